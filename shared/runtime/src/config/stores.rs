//! `[ledger]`, `[bus]`, `[live]`, `[vault]`, `[rules]` and `[policies]`: where things are kept.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use wideawake_live::RedisUrl;
use wideawake_vault::MasterKeys;

use super::reader::{Reader, Spot, Table};

/// The record.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// Where it is kept.
    pub engine: LedgerEngine,
    /// The file that lists erased requests. It must not be part of the ledger's backups.
    pub erased: PathBuf,
}

/// Where the record is kept.
#[derive(Clone, Debug)]
pub enum LedgerEngine {
    /// In this file, for one process. Its folder is the data directory.
    Sqlite(PathBuf),
    /// In this database, for as many as like. The address may hold a password.
    Postgres(SecretString),
}

/// Events between services.
#[derive(Clone, Debug)]
pub enum Bus {
    /// Inside this process.
    Memory,
    /// At this broker. The address may hold a password.
    RabbitMq(SecretString),
}

/// What may be forgotten.
#[derive(Clone, Debug)]
pub enum Live {
    /// Inside this process.
    Memory,
    /// At this server, or at the master that sentinels name.
    Redis(RedisUrl),
}

/// Sealing.
#[derive(Clone, Debug)]
pub struct Vault {
    /// The configured keys; without them one is made beside the ledger.
    pub master_keys: Option<MasterKeys>,
}

pub(super) fn ledger(reader: &Reader<'_>, root: &mut Table, base: &Path) -> Ledger {
    let mut table = reader.table(root, "ledger");
    let engine = reader.get(&mut table, "url", |spot| ledger_engine(spot, base));
    let engine = engine.unwrap_or_else(|| LedgerEngine::Sqlite(base.join("data/ledger.sqlite3")));
    let wanted = "write the path of a file such as \"data/erased.txt\"";
    let erased = reader.get(&mut table, "erased", |spot| path(spot, wanted)).map(|erased| base.join(erased));
    reader.done(table);
    let beside = || match &engine {
        LedgerEngine::Sqlite(file) => file.with_file_name("erased.txt"),
        LedgerEngine::Postgres(_) => base.join("data/erased.txt"),
    };
    let erased = erased.unwrap_or_else(beside);
    Ledger { engine, erased }
}

fn ledger_engine(spot: &Spot<'_>, base: &Path) -> Option<LedgerEngine> {
    let wanted = "write \"sqlite:\" and the path of a file, such as \"sqlite:data/ledger.sqlite3\", or the address of a PostgreSQL database, such as \"postgres://user:password@host:5432/wideawake\"";
    let url = spot.text(wanted)?;
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        return address(spot, url, wanted).map(LedgerEngine::Postgres);
    }
    let Some(path) = url.strip_prefix("sqlite:") else { return spot.wrong(wanted) };
    if path.starts_with("//") && !path.starts_with("///") {
        return spot.wrong("leave out the \"//\" before a relative path, or write \"///\" before an absolute one");
    }
    if path.is_empty() || path.ends_with('/') || path.contains(['?', '\0']) || path.starts_with(':') {
        return spot.wrong(wanted);
    }
    Some(LedgerEngine::Sqlite(base.join(path)))
}

/// Something with `//` and a host behind it; its engine's own client reads the rest.
fn address(spot: &Spot<'_>, url: String, wanted: &str) -> Option<SecretString> {
    let host = url.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or_default());
    let host = host.and_then(|host| host.rsplit('@').next());
    let is_good = host.is_some_and(|host| !host.is_empty() && !host.starts_with(':'));
    if is_good && !url.contains(|c: char| c.is_control() || c == ' ') { Some(url.into()) } else { spot.wrong(wanted) }
}

pub(super) fn bus(reader: &Reader<'_>, root: &mut Table) -> Bus {
    let mut table = reader.table(root, "bus");
    let wanted =
        "write \"memory:\", or the address of a RabbitMQ broker, such as \"amqp://user:password@host:5672/vhost\"";
    let bus = reader.get(&mut table, "url", |spot| {
        let url = spot.text(wanted)?;
        match url.split_once(':').unwrap_or((&url, "")) {
            ("memory", "") => Some(Bus::Memory),
            ("amqp" | "amqps", _) => address(spot, url, wanted).map(Bus::RabbitMq),
            _ => spot.wrong(wanted),
        }
    });
    reader.done(table);
    bus.unwrap_or(Bus::Memory)
}

pub(super) fn live(reader: &Reader<'_>, root: &mut Table, base: &Path) -> Live {
    let mut table = reader.table(root, "live");
    let wanted = "write \"memory:\", or the address of a Redis server, such as \"redis://host:6379/0\", \"rediss://…\" for TLS, or \"redis+sentinel://host:26379,host:26379/master\"";
    let live = reader.get(&mut table, "url", |spot| {
        let url = spot.text(wanted)?;
        match url.split_once(':').unwrap_or((&url, "")) {
            ("memory", "") => Some(Live::Memory),
            ("redis" | "rediss" | "redis+sentinel" | "rediss+sentinel", _) => match RedisUrl::parse(&url) {
                Ok(url) => Some(Live::Redis(url.relative_to(base))),
                Err(why) => spot.wrong(why),
            },
            _ => spot.wrong(wanted),
        }
    });
    reader.done(table);
    live.unwrap_or(Live::Memory)
}

pub(super) fn vault(reader: &Reader<'_>, root: &mut Table, ledger: &Ledger) -> Vault {
    let mut table = reader.table(root, "vault");
    let spot = reader.spot(&mut table, "master_keys").map(Spot::secret);
    let keys = match &spot {
        Some(spot) => spot.list(KEYS, key),
        None => Some(Vec::new()),
    };
    if matches!(ledger.engine, LedgerEngine::Postgres(_)) && keys.as_ref().is_some_and(Vec::is_empty) {
        let wanted = "a ledger in PostgreSQL needs a key that all processes are given: 32 random bytes in base64, such as `openssl rand -base64 32` prints";
        reader.missing(&table, "master_keys", wanted);
    }
    reader.done(table);
    Vault { master_keys: keys.and_then(|keys| MasterKeys::from_base64(&keys).ok()) }
}

const KEYS: &str =
    "a list of keys, newest first, each 32 random bytes in base64, such as `openssl rand -base64 32` prints";

/// Keys are looked at one by one, so that each that is wrong is named, by its line and not by what it is.
fn key(spot: &Spot<'_>) -> Option<zeroize::Zeroizing<String>> {
    let wanted = "write 32 random bytes in base64, such as `openssl rand -base64 32` prints";
    let key = zeroize::Zeroizing::new(spot.text(wanted)?);
    if MasterKeys::from_base64(&[key.as_str()]).is_ok() { Some(key) } else { spot.wrong(wanted) }
}

/// A file named by the key `file` of a section.
pub(super) fn file(
    reader: &Reader<'_>,
    root: &mut Table,
    base: &Path,
    section: &'static str,
    default: &str,
) -> PathBuf {
    let mut table = reader.table(root, section);
    let wanted = format!("write the path of a file such as \"{default}\"");
    let file = reader.get(&mut table, "file", |spot| path(spot, &wanted));
    reader.done(table);
    base.join(file.as_deref().unwrap_or(default))
}

fn path(spot: &Spot<'_>, wanted: &str) -> Option<String> {
    let path = spot.text(wanted)?;
    if path.is_empty() || path.contains('\0') { spot.wrong(wanted) } else { Some(path) }
}

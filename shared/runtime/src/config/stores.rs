//! `[ledger]`, `[bus]`, `[live]`, `[vault]`, `[rules]` and `[policies]`: where things are kept.

use std::path::{Path, PathBuf};

use wideawake_vault::MasterKeys;

use super::reader::{Reader, Spot, Table};

/// The record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// The SQLite file. Its folder is the data directory.
    pub path: PathBuf,
}

/// Events between services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bus {
    /// Inside this process.
    Memory,
}

/// What may be forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Live {
    /// Inside this process.
    Memory,
}

/// Sealing.
#[derive(Clone, Debug)]
pub struct Vault {
    /// The configured keys; without them one is made beside the ledger.
    pub master_keys: Option<MasterKeys>,
}

pub(super) fn ledger(reader: &Reader<'_>, root: &mut Table, base: &Path) -> Ledger {
    let mut table = reader.table(root, "ledger");
    let path = reader.get(&mut table, "url", sqlite).unwrap_or_else(|| "data/ledger.sqlite3".to_owned());
    reader.done(table);
    Ledger { path: base.join(path) }
}

fn sqlite(spot: &Spot<'_>) -> Option<String> {
    let wanted = "write \"sqlite:\" and the path of a file, such as \"sqlite:data/ledger.sqlite3\"";
    let url = spot.text(wanted)?;
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        return spot.wrong(format!("PostgreSQL is not supported yet; {wanted}"));
    }
    let Some(path) = url.strip_prefix("sqlite:") else { return spot.wrong(wanted) };
    if path.starts_with("//") && !path.starts_with("///") {
        return spot.wrong("leave out the \"//\" before a relative path, or write \"///\" before an absolute one");
    }
    if path.is_empty() || path.ends_with('/') || path.contains(['?', '\0']) || path.starts_with(':') {
        return spot.wrong(wanted);
    }
    Some(path.to_owned())
}

pub(super) fn bus(reader: &Reader<'_>, root: &mut Table) -> Bus {
    let mut table = reader.table(root, "bus");
    reader.get(&mut table, "url", |spot| memory(spot, &["amqp:", "amqps:"], "RabbitMQ"));
    reader.done(table);
    Bus::Memory
}

pub(super) fn live(reader: &Reader<'_>, root: &mut Table) -> Live {
    let mut table = reader.table(root, "live");
    reader.get(&mut table, "url", |spot| memory(spot, &["redis:", "rediss:", "redis+"], "Redis"));
    reader.done(table);
    Live::Memory
}

fn memory(spot: &Spot<'_>, later: &[&str], engine: &str) -> Option<()> {
    let wanted = "write \"memory:\"";
    let url = spot.text(wanted)?;
    if url == "memory:" {
        Some(())
    } else if later.iter().any(|scheme| url.starts_with(scheme)) {
        spot.wrong(format!("{engine} is not supported yet; {wanted}"))
    } else {
        spot.wrong(wanted)
    }
}

pub(super) fn vault(reader: &Reader<'_>, root: &mut Table) -> Vault {
    let mut table = reader.table(root, "vault");
    let keys = reader.spot(&mut table, "master_keys").map(Spot::secret).and_then(|spot| spot.list(KEYS, key));
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
    let file = reader.get(&mut table, "file", |spot| {
        let wanted = format!("write the path of a file such as \"{default}\"");
        let path = spot.text(&wanted)?;
        if path.is_empty() || path.contains('\0') { spot.wrong(wanted) } else { Some(path) }
    });
    reader.done(table);
    base.join(file.as_deref().unwrap_or(default))
}

//! PostgreSQL of one's own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::certificates;
use crate::program::{PATIENCE, Program, free_port, is_root};

/// The variable that names a server that runs already, for [`Postgres::fresh_database`].
const SHARED: &str = "WIDEAWAKE_TEST_POSTGRES";

/// A PostgreSQL server on a port of its own, with its data in a temporary folder.
#[derive(Debug)]
pub struct Postgres {
    /// None while it is stopped.
    program: Option<Program>,
    settings: Vec<(String, String)>,
    tls: bool,
    port: u16,
    // Removed when this is dropped, or by the janitor when this process ends without that.
    folder: TempDir,
    _janitor: Janitor,
}

impl Postgres {
    /// Starts one as it comes, but for the port.
    pub fn start() -> Result<Self> {
        Self::start_with(&[])
    }

    /// Starts one with settings such as `("fsync", "off")`.
    pub fn start_with(settings: &[(&str, &str)]) -> Result<Self> {
        Self::started(settings, false)
    }

    /// Starts one that also speaks TLS; [`Postgres::url`] then asks for that, with the certificate authority that was
    /// made for it.
    pub fn with_tls() -> Result<Self> {
        Self::started(&[], true)
    }

    fn started(settings: &[(&str, &str)], tls: bool) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("wideawake-postgres-").tempdir()?;
        let janitor = Janitor::of(folder.path())?;
        if is_root() {
            run(Command::new("chown").arg("postgres:postgres").arg(folder.path()))?;
        }
        let data = folder.path().join("data");
        let mut initdb = as_postgres(&program("initdb")?);
        initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"]);
        run(initdb.arg(&data).current_dir("/"))?;
        let mut settings: Vec<_> =
            settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        if tls {
            certificates::make(folder.path())?;
            let [_, certificate, key] = certificates::FILES.map(|file| folder.path().join(file));
            std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
            if is_root() {
                run(Command::new("chown").arg("postgres:postgres").args([&certificate, &key]))?;
            }
            settings.push(("ssl".to_owned(), "on".to_owned()));
            settings.push(("ssl_cert_file".to_owned(), certificate.display().to_string()));
            settings.push(("ssl_key_file".to_owned(), key.display().to_string()));
        }
        let mut server = Self { program: None, settings, tls, port: free_port()?, folder, _janitor: janitor };
        server.restart()?;
        Ok(server)
    }

    /// The port it listens on, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL of its first database; whoever connects may do everything.
    pub fn url(&self) -> String {
        let url = format!("postgres://postgres@localhost:{}/postgres", self.port);
        if !self.tls {
            return url.replace("localhost", "127.0.0.1");
        }
        format!("{url}?sslmode=require&sslrootcert={}", self.folder.path().join(certificates::FILES[0]).display())
    }

    /// The folder in which it keeps its data.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Makes a new empty database and returns its URL.
    pub fn database(&self) -> Result<String> {
        database_on(&self.url())
    }

    /// A new empty database, for a test that does not mind what else the server does: on the server that
    /// `WIDEAWAKE_TEST_POSTGRES` names, or else on one for this process.
    pub fn fresh_database() -> Result<String> {
        static OWN: Mutex<Option<Postgres>> = Mutex::new(None);
        if let Ok(url) = std::env::var(SHARED) {
            return database_on(&url).with_context(|| format!("{SHARED} names a server that cannot be used"));
        }
        let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
        let server = match own.take() {
            Some(server) => server,
            None => Self::start()?,
        };
        own.insert(server).database()
    }

    /// Stops it in an orderly way, without waiting for those who are connected.
    pub fn stop(&mut self) -> Result<()> {
        match self.program.take() {
            Some(mut program) => program.stop("INT"),
            None => Ok(()),
        }
    }

    /// Ends it as a power cut would, but for what the operating system has not written yet.
    pub fn kill(&mut self) {
        self.program = None;
    }

    /// Starts it again on the same port and data, and stops it before if it runs.
    pub fn restart(&mut self) -> Result<()> {
        self.stop()?;
        let until = Instant::now() + PATIENCE;
        loop {
            match self.launch() {
                Ok(program) => {
                    self.program = Some(program);
                    return Ok(());
                }
                // Its parts notice one by one that it was killed, and until then nobody may take their place.
                Err(error) if Instant::now() > until || !error.to_string().contains("still in use") => {
                    return Err(error);
                }
                Err(_) => std::thread::sleep(Duration::from_millis(100)),
            }
        }
    }

    /// Sends a signal such as `STOP` or `CONT` to all of its processes.
    pub fn signal(&self, signal: &str) -> Result<()> {
        let Some(program) = &self.program else { bail!("PostgreSQL is stopped") };
        program.signal(signal)?;
        // Each of its parts leads a group of its own.
        for part in parts(program.id())? {
            let _ = Command::new("kill").args(["-s", signal, &part]).stderr(Stdio::null()).status();
        }
        Ok(())
    }

    fn launch(&self) -> Result<Program> {
        let (data, log) = (self.data(), self.folder.path().join("log"));
        let data = data.to_string_lossy();
        let mut settings = vec![
            format!("port={}", self.port),
            "listen_addresses=127.0.0.1".to_owned(),
            format!("unix_socket_directories={}", self.folder.path().display()),
            "max_connections=200".to_owned(),
        ];
        settings.extend(self.settings.iter().map(|(name, value)| format!("{name}={value}")));
        let mut args = vec!["-D", &data];
        for setting in &settings {
            args.extend(["-c", setting]);
        }
        std::fs::write(&log, "")?;
        if is_root() {
            run(Command::new("chown").arg("postgres:postgres").arg(&log))?;
        }
        let mut program = Program::start(&program("postgres")?, &args, &[], Some("postgres"), &log)?;
        let (ready, port) = (self::program("pg_isready")?, self.port.to_string());
        program.wait_until(&log, || {
            let mut ask = Command::new(&ready);
            ask.args(["-q", "-h", "127.0.0.1", "-p", &port]).stdout(Stdio::null()).stderr(Stdio::null());
            ask.status().is_ok_and(|answer| answer.success())
        })?;
        Ok(program)
    }
}

/// Removes a folder when this process has ended, whatever ended it.
#[derive(Debug)]
struct Janitor(Child);

impl Janitor {
    fn of(folder: &Path) -> Result<Self> {
        // It reads until nobody is left who could write.
        let wait = "cat >/dev/null; for pause in 0.2 1 3; do sleep $pause; rm -rf -- \"$1\"; done";
        let mut command = Command::new("sh");
        command.args(["-c", wait, "janitor"]).arg(folder).current_dir("/");
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        Ok(Self(child))
    }
}

impl Drop for Janitor {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn database_on(url: &str) -> Result<String> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("wideawake_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let psql = program("psql")?;
    for sql in [
        format!("DROP DATABASE IF EXISTS {name}"),
        format!("CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"),
    ] {
        run(Command::new(&psql).args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", &sql]))?;
    }
    let (base, query) = url.split_once('?').map_or((url, String::new()), |(base, query)| (base, format!("?{query}")));
    let server = base.rsplit_once('/').map_or(base, |(server, _)| if server.ends_with('/') { base } else { server });
    Ok(format!("{server}/{name}{query}"))
}

/// A program of the newest PostgreSQL that is installed.
fn program(name: &str) -> Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let installed = versions.filter_map(|version| {
        let number: u32 = version.file_name().to_str()?.parse().ok()?;
        let path = version.path().join("bin").join(name);
        path.exists().then_some((number, path))
    });
    if let Some((_, path)) = installed.max() {
        return Ok(path);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|path| path.exists())
        .with_context(|| format!("PostgreSQL's {name} is not installed; run tests/install"))
}

/// PostgreSQL refuses to be root.
fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
    command
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// The processes that `parent` started.
fn parts(parent: u32) -> Result<Vec<String>> {
    let listed = Command::new("ps").args(["-o", "pid=", "--ppid", &parent.to_string()]).output()?;
    Ok(String::from_utf8_lossy(&listed.stdout).split_whitespace().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn ask(url: &str, sql: &str) -> String {
        let output = Command::new(program("psql").unwrap()).args(["-XAtq", "-d", url, "-c", sql]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    #[test]
    fn it_keeps_what_was_written_whatever_ends_it() {
        let mut server = Postgres::start().unwrap();
        let url = server.database().unwrap();
        assert_ne!(url, server.database().unwrap());
        assert_eq!(ask(&url, "SHOW fsync"), "on");
        ask(&url, "CREATE TABLE kept (n integer)");
        server.kill();
        server.restart().unwrap();
        ask(&url, "INSERT INTO kept VALUES (1)");
        server.restart().unwrap();
        assert_eq!(ask(&url, "SELECT count(*) FROM kept"), "1");
        let folder = server.folder.path().to_owned();
        server.stop().unwrap();
        drop(server);
        assert!(!folder.exists());
    }
}

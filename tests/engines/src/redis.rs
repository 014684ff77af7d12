//! Redis of one's own: a server, one with TLS, or a master, a replica and three Sentinels.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::certificates;
use crate::program::{PATIENCE, Program, free_port};

const SERVER: &str = "/usr/bin/redis-server";
const CLIENT: &str = "/usr/bin/redis-cli";

/// How often another port is tried when somebody was faster to take the first.
const PORTS: usize = 5;

/// The name of the master among Sentinels.
const MASTER: &str = "wideawake";

/// A Redis server that keeps nothing on disk.
#[derive(Debug)]
pub struct Redis {
    server: Program,
    folder: TempDir,
    /// Without TLS.
    port: u16,
    tls_port: Option<u16>,
    replica_of: Option<u16>,
}

impl Redis {
    /// Starts one, and waits until it answers.
    pub fn start() -> Result<Self> {
        Self::started(false, None)
    }

    /// One that also listens with TLS; [`Redis::url`] is then that of TLS, with the certificate authority that was made
    /// for it.
    pub fn with_tls() -> Result<Self> {
        Self::started(true, None)
    }

    fn started(tls: bool, replica_of: Option<u16>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        if tls {
            certificates::make(folder.path())?;
        }
        for _ in 1..PORTS {
            let (port, tls_port) = (free_port()?, tls.then(free_port).transpose()?);
            if let Ok(server) = launch(folder.path(), port, tls_port, replica_of) {
                return Ok(Self { server, folder, port, tls_port, replica_of });
            }
        }
        let (port, tls_port) = (free_port()?, tls.then(free_port).transpose()?);
        let server = launch(folder.path(), port, tls_port, replica_of)?;
        Ok(Self { server, folder, port, tls_port, replica_of })
    }

    /// Where it is.
    pub fn url(&self) -> String {
        match self.tls_port {
            None => format!("redis://127.0.0.1:{}/0", self.port),
            Some(port) => format!("rediss://localhost:{port}/0?ca={}", self.folder.path().join("ca.crt").display()),
        }
    }

    /// Its port without TLS.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends it in good order. It can be [`Redis::restart`]ed.
    pub fn stop(&mut self) -> Result<()> {
        self.server.stop("TERM")
    }

    /// Ends it as a power cut would. It can be [`Redis::restart`]ed.
    pub fn kill(&mut self) {
        self.server.kill();
    }

    /// Starts it again on the same port, empty; ends it before if it runs.
    pub fn restart(&mut self) -> Result<()> {
        self.server.kill();
        let until = Instant::now() + PATIENCE;
        loop {
            // Somebody may have been given its port for a moment.
            match launch(self.folder.path(), self.port, self.tls_port, self.replica_of) {
                Ok(server) => {
                    self.server = server;
                    return Ok(());
                }
                Err(error) if Instant::now() > until => return Err(error),
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    /// Makes it answer nothing while its connections stay, like a link into a black hole.
    pub fn pause(&self) -> Result<()> {
        self.server.signal("STOP")
    }

    /// Ends what [`Redis::pause`] began.
    pub fn resume(&self) -> Result<()> {
        self.server.signal("CONT")
    }

    /// Forgets everything.
    pub fn wipe(&self) -> Result<()> {
        self.command(&["FLUSHALL"]).map(drop)
    }

    /// What it answers to a command, as `redis-cli` says it.
    pub fn command(&self, words: &[&str]) -> Result<String> {
        ask(self.port, words)
    }
}

fn launch(folder: &Path, port: u16, tls_port: Option<u16>, replica_of: Option<u16>) -> Result<Program> {
    let folder = folder.to_string_lossy();
    let log = PathBuf::from(format!("{folder}/redis.log"));
    let plain = port.to_string();
    let mut args = vec!["--port", &plain, "--bind", "127.0.0.1", "--dir", &folder];
    args.extend(["--save", "", "--appendonly", "no", "--daemonize", "no", "--repl-diskless-sync-delay", "0"]);
    let tls = tls_port.map(|port| port.to_string());
    let files = certificates::FILES.map(|file| format!("{folder}/{file}"));
    if let Some(tls) = &tls {
        args.extend(["--tls-port", tls, "--tls-auth-clients", "no", "--tls-ca-cert-file", &files[0]]);
        args.extend(["--tls-cert-file", &files[1], "--tls-key-file", &files[2]]);
    }
    let master = replica_of.map(|port| format!("127.0.0.1 {port}"));
    if let Some(master) = &master {
        args.extend(["--replicaof", master]);
    }
    let mut server = Program::start(Path::new(SERVER), &args, &[], None, &log)
        .context("Redis is needed: `apt-get install redis-server`, or tests/install")?;
    server.wait_until(&log, || answers(port))?;
    Ok(server)
}

/// Whether a server on this port says that it is there.
fn answers(port: u16) -> bool {
    let Ok(mut socket) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let _ = socket.set_read_timeout(Some(Duration::from_secs(5)));
    let mut answer = [0; 5];
    socket.write_all(b"PING\r\n").is_ok() && socket.read_exact(&mut answer).is_ok() && answer == *b"+PONG"
}

fn ask(port: u16, words: &[&str]) -> Result<String> {
    let mut command = Command::new(CLIENT);
    command.args(["-h", "127.0.0.1", "-p", &port.to_string()]).args(words).stdin(Stdio::null());
    let output = command.output().with_context(|| format!("{CLIENT} is needed: `apt-get install redis-tools`"))?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if !output.status.success() || said.starts_with("ERR") {
        bail!("Redis on port {port} does not take {words:?}: {said} {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(said)
}

/// A master, a replica, and three Sentinels of which two must agree.
#[derive(Debug)]
pub struct Sentinels {
    /// The first was the master at the beginning.
    servers: Vec<Redis>,
    judges: Vec<(Program, u16)>,
    _folder: TempDir,
}

impl Sentinels {
    /// Starts them, and waits until a failover would succeed.
    pub fn start() -> Result<Self> {
        let master = Redis::started(false, None)?;
        let replica = Redis::started(false, Some(master.port))?;
        let folder = tempfile::tempdir()?;
        let mut sentinels = Vec::new();
        for n in 0..3 {
            let port = free_port()?;
            let own = folder.path().join(n.to_string());
            std::fs::create_dir(&own)?;
            let file = own.join("sentinel.conf");
            let (dir, at) = (own.display(), master.port);
            std::fs::write(
                &file,
                format!(
                    "port {port}\nbind 127.0.0.1\ndir {dir}\nsentinel monitor {MASTER} 127.0.0.1 {at} 2\n\
                     sentinel down-after-milliseconds {MASTER} 500\nsentinel failover-timeout {MASTER} 3000\n"
                ),
            )?;
            let log = own.join("sentinel.log");
            let args = [&*file.to_string_lossy(), "--sentinel"];
            let mut sentinel = Program::start(Path::new(SERVER), &args, &[], None, &log)
                .context("Redis is needed: `apt-get install redis-server`, or tests/install")?;
            sentinel.wait_until(&log, || answers(port))?;
            sentinels.push((sentinel, port));
        }
        let all = Self { servers: vec![master, replica], judges: sentinels, _folder: folder };
        let until = Instant::now() + PATIENCE;
        while !all.is_ready() {
            if Instant::now() > until {
                bail!("the Sentinels do not find each other");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(all)
    }

    fn is_ready(&self) -> bool {
        let synced = self.servers[1].command(&["INFO", "replication"]);
        synced.is_ok_and(|info| info.contains("master_link_status:up"))
            && self.judges.iter().all(|(_, port)| {
                let knows = ask(*port, &["INFO", "sentinel"]);
                knows.is_ok_and(|info| info.contains("status=ok") && info.contains("slaves=1,sentinels=3"))
            })
    }

    /// Where they are.
    pub fn url(&self) -> String {
        let hosts: Vec<_> = self.judges.iter().map(|(_, port)| format!("127.0.0.1:{port}")).collect();
        format!("redis+sentinel://{}/{MASTER}/0", hosts.join(","))
    }

    /// The server that is the master, as the Sentinels see it.
    pub fn master(&self) -> Result<usize> {
        let mut error = None;
        for (_, port) in &self.judges {
            match ask(*port, &["SENTINEL", "get-master-addr-by-name", MASTER]) {
                Ok(said) => {
                    let port = said.lines().nth(1).and_then(|port| port.parse().ok());
                    let found = self.servers.iter().position(|server| Some(server.port) == port);
                    return found.context("the Sentinels name a server that is not ours");
                }
                Err(one) => error = Some(one),
            }
        }
        Err(error.context("there are no Sentinels")?)
    }

    /// The servers; the first was the master at the beginning.
    pub fn servers(&mut self) -> &mut [Redis] {
        &mut self.servers
    }

    /// Ends the master as a power cut would; the other takes over soon.
    pub fn kill_master(&mut self) -> Result<()> {
        let master = self.master()?;
        self.servers[master].kill();
        Ok(())
    }
}

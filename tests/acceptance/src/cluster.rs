//! Several processes of the real program, one service each, that meet in PostgreSQL, RabbitMQ and Redis.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::binary::{Output, Process, command};
use crate::{DEADLINE, config, sealed};

/// Where the processes meet.
#[derive(Clone, Debug)]
pub struct Engines {
    pub ledger: String,
    pub bus: String,
    pub live: String,
}

impl Engines {
    /// The variables that lead a process there.
    pub fn variables(&self) -> [(&'static str, &str); 3] {
        [
            ("WIDEAWAKE_LEDGER__URL", &self.ledger),
            ("WIDEAWAKE_BUS__URL", &self.bus),
            ("WIDEAWAKE_LIVE__URL", &self.live),
        ]
    }
}

/// The key under which these processes seal.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A configuration and the folder it stands in, for processes that meet in engines.
pub struct Cluster {
    folder: TempDir,
    engines: Engines,
}

impl Cluster {
    /// With these keys of the configuration set; nothing runs yet.
    pub fn new(keys: &str, engines: Engines) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let listens = ["router", "escalation", "notifier"].map(|name| format!("{name}.listen = '127.0.0.1:0'\n"));
        let text = config::text_over(&format!("vault.master_keys = ['{KEY}']\n{}", listens.concat()), keys);
        std::fs::write(folder.path().join("wideawake.toml"), text).expect("a file can be written");
        Self { folder, engines }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn engines(&self) -> &Engines {
        &self.engines
    }

    fn config(&self) -> String {
        self.folder.path().join("wideawake.toml").display().to_string()
    }

    /// Runs the program as a tool over the same configuration.
    pub fn tool(&self, args: &[&str]) -> Output {
        let mut tool = command(&[args, &["--config", &self.config()]].concat());
        tool.envs(self.engines.variables());
        crate::binary::output(&mut tool)
    }

    /// Adds an admin, and gives their id and token.
    pub fn admin(&self) -> (String, String) {
        let added = self.tool(&["staff", "add", "--role", "admin"]).ok();
        let admin: Value =
            serde_json::from_str(added.lines().last().unwrap_or_default()).expect("JSON as its last line");
        let field = |name: &str| admin[name].as_str().unwrap_or_else(|| panic!("no {name} in {admin}")).to_owned();
        (field("id"), field("token"))
    }

    /// Starts a process that runs `args`, such as `router`, and meets the others at `engines`, which may be reached in
    /// another way than by the rest.
    pub fn start(&self, name: &str, args: &[&str], engines: &Engines) -> Service {
        let mut service = Service {
            name: name.to_owned(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            config: self.config(),
            engines: engines.clone(),
            log: self.folder.path().join(format!("{name}.log")),
            process: None,
            at: None,
        };
        service.start();
        service
    }

    /// The same, by the usual way.
    pub fn run(&self, name: &str, args: &[&str]) -> Service {
        self.start(name, args, &self.engines)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.process = None;
        sealed::must_not_stand_in(&self.name, &self.log());
    }
}

/// One process of a cluster.
pub struct Service {
    name: String,
    args: Vec<String>,
    config: String,
    engines: Engines,
    log: PathBuf,
    process: Option<Process>,
    at: Option<SocketAddr>,
}

impl Service {
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it listens, or listened last.
    pub fn at(&self) -> SocketAddr {
        self.at.expect("it was started")
    }

    pub fn id(&self) -> u32 {
        self.process.as_ref().expect("it runs").child.id()
    }

    /// Everything that it has logged, in all its lives.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// Starts it, and waits until it serves. From the second time on it listens where it did.
    pub fn start(&mut self) {
        let log = File::options().create(true).append(true).open(&self.log).expect("a file can be written");
        let before = log.metadata().expect("a file").len() as usize;
        let args: Vec<_> = self.args.iter().map(String::as_str).collect();
        let mut command = command(&[&args[..], &["--config", &self.config]].concat());
        command.envs(self.engines.variables());
        if let Some(at) = self.at {
            command.env(format!("WIDEAWAKE_{}__LISTEN", self.args[0].to_uppercase()), at.to_string());
        }
        command.env("WIDEAWAKE_TELEMETRY__LOG_FORMAT", "json").stdout(Stdio::null()).stderr(log);
        let mut process = Process { child: command.spawn().expect("the program starts") };
        let began = Instant::now();
        self.at = Some(loop {
            let said = self.log().split_off(before);
            if let Some(at) = said.lines().find_map(|line| self.address(line)) {
                break at;
            }
            let ended = process.child.try_wait().expect("it is ours");
            assert!(ended.is_none() && began.elapsed() < DEADLINE * 2, "{} does not serve:\n{said}", self.name);
            std::thread::sleep(Duration::from_millis(5));
        });
        self.process = Some(process);
    }

    /// The address in the line that says that it serves.
    fn address(&self, line: &str) -> Option<SocketAddr> {
        let line: Value = serde_json::from_str(line).ok()?;
        (line["message"] == "wide awake").then(|| line[&*self.args[0]].as_str()?.parse().ok())?
    }

    pub fn kill(&mut self) {
        self.process.take().expect("it runs").kill();
    }

    pub fn terminate(&mut self) -> (ExitStatus, Duration) {
        self.process.take().expect("it runs").terminate()
    }

    /// Sends it a signal such as `STOP`.
    pub fn signal(&self, signal: &str) {
        let done = std::process::Command::new("kill").args(["-s", signal, &self.id().to_string()]).status();
        assert!(done.expect("there is kill").success());
    }
}

//! The real program: as a server that can be killed, and as a tool.

use std::fs::File;
use std::net::SocketAddr;
use std::ops::Deref;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::killer::{Kill, Killer};
use crate::{DEADLINE, Doors, House, config, sealed, server};

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Output {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    /// What it printed, if it went well.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.stdout
    }

    /// What it said, if it failed with this code.
    #[track_caller]
    pub fn fails(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        self.stderr
    }
}

/// Where the program is: `WIDEAWAKE_BIN`, or beside this test, built if it is missing or older than the library in it.
pub fn path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        if let Some(given) = std::env::var_os("WIDEAWAKE_BIN") {
            return given.into();
        }
        // A test lies in `deps` of the profile's folder, a command that uses this in that folder itself.
        let folder = std::env::current_exe().expect("it is a file").parent().expect("in a folder").to_owned();
        let profile = if folder.ends_with("deps") { folder.parent().expect("of a profile") } else { &folder };
        let program = profile.join("wideawake");
        if !is_fresh(&program, &profile.join("deps")) {
            let mut build = Command::new(env!("CARGO"));
            build.args(["build", "--quiet", "-p", "wideawake", "--bin", "wideawake"]);
            if profile.ends_with("release") {
                build.arg("--release");
            }
            build.current_dir(workspace()).env("CARGO_TARGET_DIR", profile.parent().expect("a target folder"));
            assert!(build.status().expect("cargo is there").success(), "the program does not build");
        }
        program
    })
}

fn is_fresh(program: &Path, deps: &Path) -> bool {
    let modified = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    let libraries = std::fs::read_dir(deps).into_iter().flatten().filter_map(Result::ok).filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libwideawake-") && name.ends_with(".rlib")
    });
    let newest = libraries.filter_map(|entry| modified(&entry.path())).max();
    modified(program).is_some_and(|program| newest.is_none_or(|newest| newest <= program))
}

/// The folder of the workspace.
pub fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The program with nothing of this process's environment that would configure it.
pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(path());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("WIDEAWAKE_") || name.starts_with("OTEL_") {
            command.env_remove(&*name);
        }
    }
    command.args(args).stdin(Stdio::null());
    command
}

/// Runs the program as a tool.
pub fn tool(args: &[&str]) -> Output {
    output(&mut command(args))
}

/// Runs a command to its end.
pub fn output(command: &mut Command) -> Output {
    let done = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints UTF-8");
    Output { code: done.status.code(), stdout: text(done.stdout), stderr: text(done.stderr) }
}

/// A process and what it says on stderr. Dropping it kills it.
pub struct Process {
    pub child: Child,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it was ours");
    }

    /// Sends it a signal, such as `HUP`.
    pub fn signal(&self, name: &str) {
        let kill = Command::new("sh").arg("-c").arg(format!("kill -{name} {}", self.child.id())).status();
        assert!(kill.expect("there is a shell").success());
    }

    /// SIGTERM, and how long it took to end.
    pub fn terminate(&mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        self.signal("TERM");
        loop {
            if let Some(status) = self.child.try_wait().expect("it was ours") {
                return (status, began.elapsed());
            }
            assert!(began.elapsed() < DEADLINE, "SIGTERM did not end it");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// The real program, serving a folder of its own.
pub struct Binary {
    house: House,
    process: Option<Process>,
    folder: TempDir,
    variables: Vec<(&'static str, PathBuf)>,
}

impl Binary {
    /// With these keys of the configuration set.
    pub async fn start(keys: &str) -> Self {
        Self::start_in(keys, Vec::new()).await
    }

    /// The same, in an environment with these variables.
    pub async fn start_in(keys: &str, variables: Vec<(&'static str, PathBuf)>) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        std::fs::write(folder.path().join("wideawake.toml"), config::text(keys)).expect("a file can be written");
        let (process, intake, desk) = serve_in(folder.path(), &variables);
        let doors = Doors::new(intake, desk);
        let added = tool(&["staff", "add", "--role", "admin", "--config", &config_in(folder.path())]).ok();
        let admin: Value =
            serde_json::from_str(added.lines().last().unwrap_or_default()).expect("JSON as its last line");
        let (id, token) = (admin["id"].as_str().expect("an id"), admin["token"].as_str().expect("a token"));
        let beat = server::beat(&server::read(keys, folder.path()));
        let house = House::of(&doors, id, token, beat).await;
        Self { house, process: Some(process), folder, variables }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn config(&self) -> String {
        config_in(self.folder.path())
    }

    /// Runs the program as a tool over the same configuration.
    pub fn tool(&self, args: &[&str]) -> Output {
        tool(&[args, &["--config", &self.config()]].concat())
    }

    /// Everything that was logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("stderr.log")).expect("a log")
    }

    /// How much memory it holds, in bytes.
    ///
    /// # Panics
    /// When it does not run.
    pub fn resident(&self) -> u64 {
        let id = self.process.as_ref().expect("it runs").child.id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("a process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has memory");
        let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().expect("a number");
        kilobytes * 1_024
    }

    pub fn kill(&mut self) {
        self.process.take().expect("it runs").kill();
    }

    pub fn terminate(&mut self) -> (ExitStatus, Duration) {
        self.process.take().expect("it runs").terminate()
    }

    /// SIGHUP: it reads its rules again.
    pub fn hang_up(&self) {
        self.process.as_ref().expect("it runs").signal("HUP");
    }

    /// Serves the same folder again. Clients find it where it is now.
    pub fn restart(&mut self) {
        let (process, intake, desk) = serve_in(self.folder.path(), &self.variables);
        self.house.doors.moved(intake, desk);
        self.process = Some(process);
    }

    /// Serves the same folder again until it is dead by its own hand. Says whether it lived long enough to serve.
    ///
    /// # Panics
    /// When it dies of anything else, or lives on.
    pub async fn dies(&mut self, killer: &Killer, kill: &Kill) -> bool {
        let folder = self.folder.path().to_owned();
        let mut life = Life::begin(&folder, |command| killer.arm(command, &folder.join("data"), kill));
        let began = Instant::now();
        let mut served = false;
        while !life.has_ended() {
            if !served && let Some((intake, desk)) = life.doors() {
                served = true;
                self.house.doors.moved(intake, desk);
            }
            assert!(began.elapsed() < DEADLINE * 3, "it lives on, in spite of {kill:?}:\n{}", life.log());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        assert!(life.was_killed(), "it was not killed by {kill:?}:\n{}", life.log());
        served
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        self.process = None;
        sealed::must_not_stand_in("the program", &self.log());
    }
}

impl Deref for Binary {
    type Target = House;
    fn deref(&self) -> &House {
        &self.house
    }
}

fn config_in(folder: &Path) -> String {
    folder.join("wideawake.toml").display().to_string()
}

/// Serves `folder`, and waits until the doors answer.
pub fn serve(folder: &Path) -> (Process, SocketAddr, SocketAddr) {
    serve_in(folder, &[])
}

fn serve_in(folder: &Path, variables: &[(&'static str, PathBuf)]) -> (Process, SocketAddr, SocketAddr) {
    let mut life = Life::begin(folder, |command| {
        command.envs(variables.iter().map(|(name, value)| (name, value)));
    });
    let began = Instant::now();
    loop {
        if let Some((intake, desk)) = life.doors() {
            return (life.process, intake, desk);
        }
        assert!(!life.has_ended() && began.elapsed() < DEADLINE, "it does not serve:\n{}", life.log());
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A process that serves, and the part of the log that it wrote.
pub struct Life {
    process: Process,
    ended: Option<ExitStatus>,
    log: PathBuf,
    before: usize,
}

impl Life {
    /// Serves `folder` as `changed` has it.
    pub fn begin(folder: &Path, changed: impl FnOnce(&mut Command)) -> Self {
        let path = folder.join("stderr.log");
        let log = File::options().create(true).append(true).open(&path).expect("a file can be written");
        let before = log.metadata().expect("a file").len() as usize;
        let mut command = command(&["serve", "--config", &config_in(folder)]);
        command.env("WIDEAWAKE_TELEMETRY__LOG_FORMAT", "json").stdout(Stdio::null()).stderr(log);
        changed(&mut command);
        let process = Process { child: command.spawn().expect("the program starts") };
        Self { process, ended: None, log: path, before }
    }

    pub fn log(&self) -> String {
        let mut log = std::fs::read(&self.log).expect("a log");
        String::from_utf8_lossy(&log.split_off(self.before)).into_owned()
    }

    /// Where the doors are, once they answer: it says so.
    pub fn doors(&self) -> Option<(SocketAddr, SocketAddr)> {
        self.log().lines().find_map(|line| {
            let line: Value = serde_json::from_str(line).ok()?;
            let at = |door: &str| line[door].as_str().and_then(|at| at.parse().ok()).expect("an address");
            (line["message"] == "wide awake").then(|| (at("intake"), at("desk")))
        })
    }

    pub fn has_ended(&mut self) -> bool {
        self.ended = self.process.child.try_wait().expect("it is ours");
        self.ended.is_some()
    }

    pub fn was_killed(&self) -> bool {
        self.ended.is_some_and(|status| status.signal() == Some(9))
    }
}

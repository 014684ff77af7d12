//! One child process with what it started, gone when it is dropped or when this process ends, however it ends.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How long a server may take to start or to stop on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// A program that runs. Dropping it kills it, and whatever it started in its process group.
#[derive(Debug)]
pub struct Program {
    child: Child,
    name: String,
}

impl Program {
    /// Starts `program` with `args` as `user` (`None`: as who we are), what it says going to the file `log`.
    pub fn start(
        program: &Path,
        args: &[&str],
        environment: &[(&str, &str)],
        user: Option<&str>,
        log: &Path,
    ) -> Result<Self> {
        if !program.exists() {
            bail!("{} is missing; run tests/install", program.display());
        }
        let file = std::fs::File::options().create(true).append(true).open(log)?;
        // The child is told when we die, whatever we die of.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]);
        if let Some(user) = user.filter(|_| is_root()) {
            command.args([&format!("--reuid={user}"), &format!("--regid={user}"), "--clear-groups"]);
        }
        command.arg(program).args(args).envs(environment.iter().copied());
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let name = program.display().to_string();
        let child = spawn(command).with_context(|| format!("cannot start {name}"))?;
        Ok(Self { child, name })
    }

    /// Its number, and that of its process group.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends a signal such as `TERM`, `STOP` or `CONT` to its whole group.
    pub fn signal(&self, signal: &str) -> Result<()> {
        let group = format!("-{}", self.id());
        let done = Command::new("kill").args(["-s", signal, "--", &group]).stderr(Stdio::null()).status()?;
        if done.success() { Ok(()) } else { bail!("{} does not take the signal {signal}", self.name) }
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        let _ = self.signal("KILL");
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Sends `signal` and waits until it is gone.
    pub fn stop(&mut self, signal: &str) -> Result<()> {
        self.signal(signal)?;
        let until = Instant::now() + PATIENCE;
        while self.runs() {
            if Instant::now() > until {
                bail!("{} did not stop", self.name);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// Asks again and again until `ready` says yes; fails when the program ends or takes too long.
    pub fn wait_until(&mut self, log: &Path, mut ready: impl FnMut() -> bool) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        while !ready() {
            if !self.runs() || Instant::now() > until {
                let said = std::fs::read_to_string(log).unwrap_or_default();
                let last: Vec<_> = said.lines().rev().take(20).collect();
                let last: Vec<_> = last.into_iter().rev().collect();
                bail!("{} does not come up:\n{}", self.name, last.join("\n"));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port that nobody listens on at the moment. It is below those that the system gives to whoever calls somebody else, so
/// that no such call takes it before its server does.
///
/// # Errors
/// When a hundred ports in a row are taken.
pub fn free_port() -> Result<u16> {
    for _ in 0..100 {
        let port = 20_000 + (RandomState::new().build_hasher().finish() % 12_000) as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no free port was found between 20000 and 31999")
}

pub(crate) fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// A child is told of the end of the thread that started it, so that one thread that never ends starts them all.
fn spawn(command: Command) -> std::io::Result<Child> {
    type Order = (Command, Sender<std::io::Result<Child>>);
    static STARTER: OnceLock<Sender<Order>> = OnceLock::new();
    let starter = STARTER.get_or_init(|| {
        let (orders, inbox) = mpsc::channel::<Order>();
        std::thread::spawn(move || {
            for (mut command, answer) in inbox {
                let _ = answer.send(command.spawn());
            }
        });
        orders
    });
    let (answer, outcome) = mpsc::channel();
    let gone = || std::io::Error::other("the thread that starts programs is gone");
    starter.send((command, answer)).map_err(|_| gone())?;
    outcome.recv().map_err(|_| gone())?
}

//! ChromeDriver on a port of its own, ended with what it started when the test ends.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long it may take to come up, or to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often it is started. The port that it finds free it takes for IPv4 and then for IPv6, where another may be faster.
const ATTEMPTS: u32 = 5;

#[derive(Debug)]
pub(crate) struct Driver {
    child: Child,
    pub(crate) url: String,
}

impl Driver {
    pub(crate) fn start() -> Self {
        let mut said = String::new();
        for _ in 0..ATTEMPTS {
            match Self::try_start() {
                Ok(driver) => return driver,
                Err(what) => said = what,
            }
        }
        panic!("ChromeDriver did not say where it listens, {ATTEMPTS} times; at last it said: {said}");
    }

    /// Starts it; or what it said instead.
    fn try_start() -> Result<Self, String> {
        let mut command = Command::new(program(&["chromedriver"]));
        command
            .args(["--port=0", "--log-level=WARNING"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().expect("ChromeDriver starts; tests/install installs it");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
        let mut said = String::new();
        let port = lines.find_map(|line| {
            said.push_str(&line);
            said.push('\n');
            let (_, rest) = line.split_once("started successfully on port ")?;
            rest.trim_end_matches('.').parse::<u16>().ok()
        });
        let Some(port) = port else {
            let _ = child.kill();
            let _ = child.wait();
            return Err(said);
        };
        // Whatever else it prints must go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, url: format!("http://127.0.0.1:{port}") })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Asked to end, it ends its browsers as well.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let give_up = Instant::now() + PATIENCE;
        while Instant::now() < give_up {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where one of these programs is.
pub(crate) fn program(names: &[&str]) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).chain([Path::new("/usr/bin").to_owned()]).collect();
    let found =
        names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|at| at.is_file());
    found.unwrap_or_else(|| panic!("none of {names:?} is installed; tests/install does that"))
}

//! RabbitMQ of one's own.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::certificates;
use crate::program::{Program, free_port};

const LIBRARY: &str = "/usr/lib/rabbitmq/lib";

/// The Erlang port mapper that belongs to this broker alone.
const EPMD: &str = "/usr/bin/epmd";

/// The address of a broker that runs already, such as `amqp://guest:guest@127.0.0.1:5672`, for [`fresh_vhost`].
const RUNNING: &str = "WIDEAWAKE_TEST_RABBITMQ";

/// The address of its management interface, such as `http://guest:guest@127.0.0.1:15672`.
const RUNNING_ADMIN: &str = "WIDEAWAKE_TEST_RABBITMQ_ADMIN";

/// The broker of this process, for [`fresh_vhost`], and who sweeps up after it.
static OURS: Mutex<Option<(RabbitMq, Child)>> = Mutex::new(None);

/// A RabbitMQ server of one node, with its data in a temporary folder.
#[derive(Debug)]
pub struct RabbitMq {
    node: Program,
    _epmd: Program,
    server: PathBuf,
    folder: TempDir,
    ports: Ports,
}

#[derive(Clone, Copy, Debug)]
struct Ports {
    amqp: u16,
    /// Where it speaks TLS.
    amqps: Option<u16>,
    admin: u16,
    /// Between Erlang nodes.
    distribution: u16,
    epmd: u16,
}

impl RabbitMq {
    /// Starts a broker and waits until it serves.
    pub fn start() -> Result<Self> {
        Self::started(false)
    }

    /// Starts one that also speaks TLS; [`RabbitMq::fresh_vhost`] then gives addresses of that, with the certificate
    /// authority that was made for it.
    pub fn with_tls() -> Result<Self> {
        Self::started(true)
    }

    fn started(tls: bool) -> Result<Self> {
        let server = server()?;
        let folder = TempDir::with_prefix("wideawake-rabbitmq-")?;
        let amqps = tls.then(free_port).transpose()?;
        let (amqp, admin, distribution, epmd) = (free_port()?, free_port()?, free_port()?, free_port()?);
        let ports = Ports { amqp, amqps, admin, distribution, epmd };
        let at = folder.path();
        if tls {
            certificates::make(at)?;
        }
        for name in ["home", "data", "log"] {
            std::fs::create_dir(at.join(name))?;
        }
        let cookie = at.join("home/.erlang.cookie");
        std::fs::write(&cookie, "wideawake")?;
        std::fs::set_permissions(&cookie, std::os::unix::fs::PermissionsExt::from_mode(0o400))?;
        // Vhosts are made over HTTP: each call of rabbitmqctl would start an Erlang of its own.
        std::fs::write(at.join("enabled_plugins"), "[rabbitmq_management].")?;
        std::fs::write(at.join("rabbitmq.conf"), configuration(at, ports))?;
        let port = ports.epmd.to_string();
        let args = ["-port", port.as_str(), "-address", "127.0.0.1"];
        let epmd = Program::start(Path::new(EPMD), &args, &[], None, &at.join("epmd.log"))?;
        let node = node(&server, at, ports)?;
        Ok(Self { node, _epmd: epmd, server, folder, ports })
    }

    /// Where its first vhost is.
    pub fn url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}/%2f", self.ports.amqp)
    }

    /// Where its management interface is.
    pub fn admin(&self) -> String {
        format!("http://guest:guest@127.0.0.1:{}", self.ports.admin)
    }

    /// The port for clients.
    pub fn port(&self) -> u16 {
        self.ports.amqp
    }

    /// Where a new vhost is, in which there is nothing yet.
    pub fn fresh_vhost(&self) -> Result<String> {
        let admin = format!("guest:guest@127.0.0.1:{}", self.ports.admin);
        let url = make_vhost(&format!("guest:guest@127.0.0.1:{}", self.ports.amqp), &admin)?;
        let Some(amqps) = self.ports.amqps else { return Ok(url) };
        let vhost = url.rsplit('/').next().context("an address ends with a vhost")?;
        let authority = self.folder.path().join(certificates::FILES[0]);
        Ok(format!("amqps://guest:guest@localhost:{amqps}/{vhost}?cacertfile={}", authority.display()))
    }

    /// Publishes anything at all to an exchange of the vhost at `url`, under a key of plain characters.
    pub fn publish(&self, url: &str, exchange: &str, key: &str, payload: &str) -> Result<()> {
        let vhost = url.rsplit('/').next().context("an address ends with a vhost")?;
        let payload = base64(payload);
        let body =
            format!(r#"{{"properties":{{}},"routing_key":"{key}","payload":"{payload}","payload_encoding":"base64"}}"#);
        let admin = format!("guest:guest@127.0.0.1:{}", self.ports.admin);
        let answer = ask(&admin, "POST", &format!("/api/exchanges/{vhost}/{exchange}/publish"), &body)?;
        if !answer.contains(r#""routed":true"#) {
            bail!("no queue takes {key}");
        }
        Ok(())
    }

    /// Stops it in good order.
    pub fn stop(&mut self) -> Result<()> {
        self.node.stop("TERM")
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        self.node.kill();
    }

    /// Holds it still, with its connections open, until [`RabbitMq::go_on`].
    pub fn freeze(&self) -> Result<()> {
        self.node.signal("STOP")
    }

    /// Ends [`RabbitMq::freeze`].
    pub fn go_on(&self) -> Result<()> {
        self.node.signal("CONT")
    }

    /// Starts it again, where it was and with what it kept, after stopping it if it runs.
    pub fn restart(&mut self) -> Result<()> {
        if self.node.runs() {
            self.stop()?;
        }
        self.node = node(&self.server, self.folder.path(), self.ports)?;
        Ok(())
    }
}

/// Where a new vhost is: on the broker that the environment names, or else on one that is started for this process.
pub fn fresh_vhost() -> Result<String> {
    if let Ok(url) = std::env::var(RUNNING) {
        let admin =
            std::env::var(RUNNING_ADMIN).with_context(|| format!("{RUNNING} needs {RUNNING_ADMIN} beside it"))?;
        let amqp = url.strip_prefix("amqp://").with_context(|| format!("{RUNNING} begins with amqp://"))?;
        let admin = admin.strip_prefix("http://").with_context(|| format!("{RUNNING_ADMIN} begins with http://"))?;
        return make_vhost(amqp.split('/').next().unwrap_or(amqp), admin.trim_end_matches('/'));
    }
    let mut ours = OURS.lock().unwrap_or_else(PoisonError::into_inner);
    if ours.is_none() {
        let broker = RabbitMq::start()?;
        let sweeper = sweep_after_us(broker.folder.path())?;
        *ours = Some((broker, sweeper));
    }
    ours.as_ref().context("it was started")?.0.fresh_vhost()
}

/// Removes the folder when this process ends: nothing in a static is ever dropped.
fn sweep_after_us(folder: &Path) -> Result<Child> {
    let mut command = Command::new("sh");
    // The input ends when we do, however we end.
    command.args(["-c", "cat >/dev/null; sleep 1; rm -rf -- \"$0\""]).arg(folder).stdin(Stdio::piped());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    Ok(command.spawn()?)
}

fn server() -> Result<PathBuf> {
    let versions = std::fs::read_dir(LIBRARY).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut versions: Vec<_> = versions.filter(|path| path.join("sbin/rabbitmq-server").exists()).collect();
    versions.sort();
    match versions.pop() {
        Some(newest) if Path::new(EPMD).exists() => Ok(newest.join("sbin/rabbitmq-server")),
        _ => bail!("RabbitMQ is missing ({LIBRARY}/rabbitmq_server-*, {EPMD}); run tests/install"),
    }
}

fn configuration(folder: &Path, ports: Ports) -> String {
    let mut lines = vec![
        format!("listeners.tcp.1 = 127.0.0.1:{}", ports.amqp),
        "management.tcp.ip = 127.0.0.1".to_owned(),
        format!("management.tcp.port = {}", ports.admin),
        "management_agent.disable_metrics_collector = true".to_owned(),
        "disk_free_limit.absolute = 64MB".to_owned(),
        "log.file = false".to_owned(),
        "log.console = true".to_owned(),
        "log.console.level = warning".to_owned(),
    ];
    if let Some(amqps) = ports.amqps {
        let [authority, certificate, key] = certificates::FILES.map(|file| folder.join(file).display().to_string());
        lines.push(format!("listeners.ssl.1 = 127.0.0.1:{amqps}"));
        lines.push(format!("ssl_options.cacertfile = {authority}"));
        lines.push(format!("ssl_options.certfile = {certificate}"));
        lines.push(format!("ssl_options.keyfile = {key}"));
        lines.push("ssl_options.verify = verify_none".to_owned());
    }
    lines.join("\n") + "\n"
}

fn node(server: &Path, folder: &Path, ports: Ports) -> Result<Program> {
    let at = |name: &str| folder.join(name).display().to_string();
    let name = format!("wideawake-{}@localhost", ports.amqp);
    let (distribution, epmd) = (ports.distribution.to_string(), ports.epmd.to_string());
    let environment = [
        ("HOME", at("home")),
        ("ERL_EPMD_PORT", epmd),
        ("ERL_EPMD_ADDRESS", "127.0.0.1".to_owned()),
        ("ERL_CRASH_DUMP", "/dev/null".to_owned()),
        ("RABBITMQ_NODENAME", name),
        ("RABBITMQ_DIST_PORT", distribution),
        ("RABBITMQ_CONF_ENV_FILE", "/dev/null".to_owned()),
        ("RABBITMQ_CONFIG_FILE", at("rabbitmq.conf")),
        ("RABBITMQ_ADVANCED_CONFIG_FILE", at("advanced.config")),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", at("enabled_plugins")),
        ("RABBITMQ_MNESIA_BASE", at("data")),
        ("RABBITMQ_LOG_BASE", at("log")),
        ("RABBITMQ_PID_FILE", at("pid")),
        // The node itself takes our signals, with no shell between.
        ("RABBITMQ_ALLOW_INPUT", "1".to_owned()),
        // It shares the machine with what it is tested with.
        ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-noinput +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none".to_owned()),
    ];
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let log = folder.join("node.log");
    let mut node = Program::start(server, &[], &environment, None, &log)?;
    let admin = format!("guest:guest@127.0.0.1:{}", ports.admin);
    node.wait_until(&log, || speaks_amqp(ports.amqp) && ask(&admin, "GET", "/api/vhosts", "").is_ok())?;
    Ok(node)
}

/// Whether somebody answers the greeting of AMQP on this port.
fn speaks_amqp(port: u16) -> bool {
    let greet = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"AMQP\x00\x00\x09\x01")?;
        let mut answer = [0];
        stream.read_exact(&mut answer)?;
        Ok(answer == [1])
    };
    let answered = greet().unwrap_or_default();
    if !answered {
        std::thread::sleep(Duration::from_millis(50));
    }
    answered
}

fn make_vhost(amqp: &str, admin: &str) -> Result<String> {
    // Chance comes from the folder, so that also a broker that outlives us has none of this name.
    let chance = tempfile::Builder::new().prefix("wideawake-").rand_bytes(12).tempfile()?;
    let name = chance.path().file_name().context("a file has a name")?.to_string_lossy().into_owned();
    ask(admin, "PUT", &format!("/api/vhosts/{name}"), "{}")?;
    let all = r#"{"configure":".*","write":".*","read":".*"}"#;
    let user = admin.split([':', '@']).next().unwrap_or("guest");
    ask(admin, "PUT", &format!("/api/permissions/{name}/{user}"), all)?;
    Ok(format!("amqp://{amqp}/{name}"))
}

/// One call of the management interface at `user:password@host:port`; what it answers, if that is a success.
fn ask(admin: &str, method: &str, path: &str, body: &str) -> Result<String> {
    let (user, host) = admin.split_once('@').context("an address is user:password@host:port")?;
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.0\r\nHost: {host}\r\nAuthorization: Basic {}\r\n", base64(user));
    let head = format!("{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(format!("{head}{body}").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let status = answer.split(' ').nth(1).unwrap_or_default();
    if !status.starts_with('2') {
        bail!("{method} {path} is answered with {status}");
    }
    Ok(answer)
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for three in text.as_bytes().chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for n in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * n) & 63) as usize] as char;
            encoded.push(if n > three.len() { '=' } else { digit });
        }
    }
    encoded
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_as_it_was_always_written() {
        for (text, encoded) in
            [("", ""), ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj"), ("guest:guest", "Z3Vlc3Q6Z3Vlc3Q=")]
        {
            assert_eq!(base64(text), encoded);
        }
    }

    #[test]
    fn it_serves_again_after_a_kill_and_leaves_nothing_behind() {
        let mut broker = RabbitMq::start().unwrap();
        let port = broker.port();
        assert!(speaks_amqp(port));
        let one = broker.fresh_vhost().unwrap();
        assert_ne!(one, broker.fresh_vhost().unwrap());
        broker.kill();
        assert!(!speaks_amqp(port));
        broker.restart().unwrap();
        assert!(speaks_amqp(port));
        broker.stop().unwrap();
        let (folder, epmd) = (broker.folder.path().to_owned(), broker.ports.epmd);
        drop(broker);
        assert!(!folder.exists());
        assert!(TcpStream::connect(("127.0.0.1", epmd)).is_err());
    }
}

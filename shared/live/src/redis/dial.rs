//! Reaching Redis: the socket, TLS, Sentinels, sign-in.

use ::redis::aio::MultiplexedConnection;
use ::redis::{AsyncConnectionConfig, ProtocolVersion, PushInfo, RedisConnectionInfo, RedisError, cmd};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::pace::Pace;
use super::url::{Host, Login, RedisUrl, Servers};

/// How many commands may wait to be written; whoever has one more waits until there is room.
const WAITING: usize = 1_024;

/// Why Redis cannot even be tried.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The certificates that are to be trusted cannot be read.
    #[error("cannot read the certificates in {path}")]
    Certificates {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The file holds no certificates.
    #[error("there are no certificates in {0}; it must be a PEM file")]
    NoCertificates(PathBuf),
    /// TLS cannot be set up.
    #[error("TLS for Redis cannot be set up")]
    Tls(#[source] rustls::Error),
}

/// Hears what the server says unasked. Must not wait.
pub(super) type Push = Box<dyn Fn(PushInfo) + Send + Sync>;

/// Knows how to reach the server that takes writes.
pub(super) struct Dialler {
    url: RedisUrl,
    tls: Option<TlsConnector>,
    pub(super) pace: Pace,
    /// The Sentinel that answered last.
    sentinel: AtomicUsize,
}

/// A connection. Dropping it closes it.
pub(super) struct Line {
    pub(super) connection: MultiplexedConnection,
    host: Host,
    driver: AbortHandle,
    gone: watch::Receiver<()>,
}

impl Line {
    /// Ends it, and whatever waits for an answer over it.
    pub(super) fn close(&self) {
        self.driver.abort();
    }

    /// Waits until it is closed, by whomever.
    pub(super) async fn gone(&self) {
        let mut gone = self.gone.clone();
        while gone.changed().await.is_ok() {}
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.close();
    }
}

/// Why there is no connection, in words for a log. Never says a password.
#[derive(Debug)]
pub(super) struct Trouble(String);

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Trouble> for crate::LiveError {
    fn from(trouble: Trouble) -> Self {
        Self(trouble.0)
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Dialler {
    pub(super) fn new(url: RedisUrl, pace: Pace) -> Result<Self, OpenError> {
        let tls = if url.tls { Some(connector(&url)?) } else { None };
        Ok(Self { url, tls, pace, sentinel: AtomicUsize::new(0) })
    }

    pub(super) fn url(&self) -> &RedisUrl {
        &self.url
    }

    /// Connects to the server that takes writes, and asks whether it answers.
    pub(super) async fn dial(&self, push: Option<Push>) -> Result<Line, Trouble> {
        match &self.url.servers {
            Servers::One(host) => self.connect(host.clone(), self.url.login.as_ref(), self.url.db, push, false).await,
            Servers::Sentinels { .. } => {
                let host = self.master().await?;
                self.connect(host, self.url.login.as_ref(), self.url.db, push, true).await
            }
        }
    }

    /// Whether the line no longer leads to the master, as the Sentinels see it. If they do not say, it is taken to.
    pub(super) async fn has_moved(&self, line: &Line) -> bool {
        match &self.url.servers {
            Servers::One(_) => false,
            Servers::Sentinels { .. } => self.master().await.is_ok_and(|master| master != line.host),
        }
    }

    /// Asks one Sentinel after the other, beginning with the one that answered last.
    async fn master(&self) -> Result<Host, Trouble> {
        let Servers::Sentinels { hosts, master, login } = &self.url.servers else {
            return Err(Trouble("there are no Sentinels".to_owned()));
        };
        let first = self.sentinel.load(Ordering::Relaxed);
        let mut trouble = String::new();
        for at in (0..hosts.len()).map(|n| (first + n) % hosts.len()) {
            match self.ask(&hosts[at], login.as_ref(), master).await {
                Ok(host) => {
                    self.sentinel.store(at, Ordering::Relaxed);
                    return Ok(host);
                }
                Err(Trouble(one)) => {
                    if !trouble.is_empty() {
                        trouble.push_str("; ");
                    }
                    trouble.push_str(&one);
                }
            }
        }
        Err(Trouble(trouble))
    }

    async fn ask(&self, sentinel: &Host, login: Option<&Login>, master: &str) -> Result<Host, Trouble> {
        let line = self.connect(sentinel.clone(), login, 0, None, false).await?;
        let mut ask = cmd("SENTINEL");
        ask.arg("get-master-addr-by-name").arg(master);
        let mut connection = line.connection.clone();
        let address = ask.query_async::<Option<(String, u16)>>(&mut connection);
        match timeout(self.pace.answer, address).await {
            Ok(Ok(Some((name, port)))) => Ok(Host { name, port }),
            Ok(Ok(None)) => Err(Trouble(format!("the Sentinel {sentinel} knows no master {master}"))),
            Ok(Err(error)) => Err(at(sentinel, &error)),
            Err(_) => Err(slow(sentinel)),
        }
    }

    async fn connect(
        &self,
        host: Host,
        login: Option<&Login>,
        db: u16,
        push: Option<Push>,
        must_be_master: bool,
    ) -> Result<Line, Trouble> {
        let connecting = self.open(&host, login, db, push);
        let line = timeout(self.pace.connect, connecting).await.map_err(|_| slow(&host))??;
        let mut connection = line.connection.clone();
        if must_be_master {
            let role = cmd("ROLE");
            let role = role.query_async::<::redis::Value>(&mut connection);
            let role = timeout(self.pace.answer, role).await.map_err(|_| slow(&host))?;
            let role = role.map_err(|error| at(&host, &error))?;
            let name = role.as_sequence().and_then(|role| role.first()).cloned();
            if name.is_none_or(|name| ::redis::from_redis_value::<String>(name).ok().as_deref() != Some("master")) {
                return Err(Trouble(format!("{host} is not the master yet")));
            }
        } else {
            ping(&mut connection, self.pace.answer).await.map_err(|Trouble(why)| Trouble(format!("{host}: {why}")))?;
        }
        Ok(line)
    }

    async fn open(&self, host: &Host, login: Option<&Login>, db: u16, push: Option<Push>) -> Result<Line, Trouble> {
        let failed = |error: std::io::Error| Trouble(format!("{host}: {error}"));
        let socket = TcpStream::connect((&*host.name, host.port)).await.map_err(failed)?;
        // Or each answer waits for more to come.
        socket.set_nodelay(true).map_err(failed)?;
        let stream: Box<dyn Stream> = match &self.tls {
            None => Box::new(socket),
            Some(tls) => {
                let name = ServerName::try_from(host.name.clone());
                let name = name.map_err(|_| Trouble(format!("{host} is no name that a certificate can have")))?;
                Box::new(tls.connect(name, socket).await.map_err(failed)?)
            }
        };
        let mut info = RedisConnectionInfo::default().set_db(i64::from(db)).set_skip_set_lib_name();
        if let Some(login) = login {
            info = info.set_password(&login.password);
            if let Some(user) = &login.user {
                info = info.set_username(user);
            }
        }
        // Whoever asks waits as long as suits what is asked.
        let mut config = AsyncConnectionConfig::new().set_response_timeout(None).set_pipeline_buffer_size(WAITING);
        if let Some(push) = push {
            info = info.set_protocol(ProtocolVersion::RESP3);
            config = config.set_push_sender(move |said| {
                push(said);
                Ok::<_, std::convert::Infallible>(())
            });
        }
        let opened = MultiplexedConnection::new_with_config(&info, stream, config).await;
        let (connection, driver) = opened.map_err(|error| at(host, &error))?;
        let (going, gone) = watch::channel(());
        let driver = tokio::spawn(async move {
            driver.await;
            drop(going);
        });
        Ok(Line { connection, host: host.clone(), driver: driver.abort_handle(), gone })
    }
}

/// Whether it answers in time.
pub(super) async fn ping(connection: &mut MultiplexedConnection, patience: Duration) -> Result<(), Trouble> {
    let ping = cmd("PING");
    match timeout(patience, ping.query_async::<::redis::Value>(connection)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(Trouble(error.to_string())),
        Err(_) => Err(Trouble("no answer in time".to_owned())),
    }
}

fn at(host: &Host, error: &RedisError) -> Trouble {
    Trouble(format!("{host}: {error}"))
}

fn slow(host: &Host) -> Trouble {
    Trouble(format!("{host}: no answer in time"))
}

/// Made once: reading the system's certificates takes longer than a handshake. The provider is named, so that it does not
/// matter which one the process has installed.
fn connector(url: &RedisUrl) -> Result<TlsConnector, OpenError> {
    let mut roots = RootCertStore::empty();
    match &url.ca {
        Some(path) => {
            let unreadable = |source| OpenError::Certificates { path: path.clone(), source };
            let pem = std::fs::read(path).map_err(unreadable)?;
            for certificate in CertificateDer::pem_slice_iter(&pem) {
                let certificate = certificate.map_err(|error| unreadable(std::io::Error::other(error)))?;
                roots.add(certificate).map_err(OpenError::Tls)?;
            }
            if roots.is_empty() {
                return Err(OpenError::NoCertificates(path.clone()));
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(OpenError::Tls)?.with_root_certificates(roots).with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

//! A mail server: SMTP as RFC 5321 has it, as far as somebody who hands mail over needs it, with AUTH PLAIN (RFC 4954) and
//! STARTTLS (RFC 3207).

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::eventually;

/// A mail that was taken over.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// Who said hello.
    pub hello: String,
    /// The argument of AUTH PLAIN.
    pub login: Option<String>,
    /// Whether it came over TLS.
    pub sealed: bool,
    pub from: String,
    pub to: Vec<String>,
    /// Headers and body, dots taken off.
    pub data: String,
    pub at: Option<chrono::DateTime<chrono::Utc>>,
}

impl Mail {
    pub fn header(&self, name: &str) -> String {
        let head = self.data.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ").replace("\r\n\t", " ");
        let of_it = head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        });
        of_it.unwrap_or_else(|| panic!("no {name} in\n{head}"))
    }

    /// The body with the line breaks of quoted-printable taken out.
    pub fn body(&self) -> String {
        let body = self.data.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
        body.replace("=\r\n", "").replace("=3D", "=")
    }
}

#[derive(Default)]
struct Inner {
    mails: Mutex<Vec<Mail>>,
    /// What is answered to RCPT instead of 250.
    refuses: Mutex<Option<String>>,
    /// For STARTTLS, if it is offered.
    tls: Option<TlsAcceptor>,
}

pub struct Smtp {
    at: SocketAddr,
    inner: Arc<Inner>,
    serving: JoinHandle<()>,
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Smtp {
    /// One that takes mail in the clear.
    pub async fn start() -> Self {
        Self::start_as(Inner::default()).await
    }

    /// One that takes mail after STARTTLS only, with `server.crt` and `server.key` of this folder.
    pub async fn start_with_tls(folder: &Path) -> Self {
        let chain = CertificateDer::pem_file_iter(folder.join("server.crt")).expect("a certificate");
        let chain = chain.collect::<Result<Vec<_>, _>>().expect("a certificate");
        let key = PrivateKeyDer::from_pem_file(folder.join("server.key")).expect("a key");
        let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.expect("versions").with_no_client_auth().with_single_cert(chain, key).expect("a pair");
        Self::start_as(Inner { tls: Some(TlsAcceptor::from(Arc::new(config))), ..Inner::default() }).await
    }

    async fn start_as(inner: Inner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let at = listener.local_addr().expect("an address");
        let inner = Arc::new(inner);
        let serving = tokio::spawn({
            let inner = inner.clone();
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let inner = inner.clone();
                    tokio::spawn(async move {
                        // Whoever hangs up has nothing more to say.
                        let _ = talk(stream, &inner).await;
                    });
                }
            }
        });
        Self { at, inner, serving }
    }

    pub fn port(&self) -> u16 {
        self.at.port()
    }

    /// From now on every recipient is answered with this, such as `550 5.1.1 no such mailbox`.
    pub fn refuses(&self, answer: Option<&str>) {
        *self.inner.refuses.lock().unwrap() = answer.map(ToOwned::to_owned);
    }

    pub fn mails(&self) -> Vec<Mail> {
        self.inner.mails.lock().unwrap().clone()
    }

    /// Waits for mail number `n`, from 0.
    pub async fn mail(&self, n: usize) -> Mail {
        eventually(&format!("mail number {n}"), || async { self.mails().get(n).cloned() }).await
    }
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

async fn talk(stream: impl Wire + 'static, inner: &Inner) -> std::io::Result<()> {
    let mut wire: BufReader<Box<dyn Wire>> = BufReader::new(Box::new(stream));
    wire.write_all(b"220 mail.test ESMTP\r\n").await?;
    let mut mail = Mail::default();
    loop {
        let Some(line) = line(&mut wire).await? else { return Ok(()) };
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let verb = verb.to_ascii_uppercase();
        let is_open = inner.tls.is_some() && !mail.sealed;
        let answer = match verb.as_str() {
            "EHLO" => {
                mail = Mail { hello: rest.to_owned(), sealed: mail.sealed, ..Mail::default() };
                let offers = if is_open { "STARTTLS" } else { "AUTH PLAIN" };
                format!("250-mail.test\r\n250-8BITMIME\r\n250 {offers}")
            }
            "STARTTLS" => match &inner.tls {
                Some(tls) if is_open => {
                    wire.write_all(b"220 2.0.0 go on\r\n").await?;
                    wire = BufReader::new(Box::new(tls.accept(wire.into_inner()).await?));
                    mail = Mail { sealed: true, ..Mail::default() };
                    continue;
                }
                _ => "503 5.5.1 not here".to_owned(),
            },
            "AUTH" | "MAIL" | "RCPT" | "DATA" if is_open => "530 5.7.0 STARTTLS first".to_owned(),
            "AUTH" => match rest.split_once(' ') {
                Some(("PLAIN", initial)) => {
                    mail.login = Some(initial.to_owned());
                    "235 2.7.0 welcome".to_owned()
                }
                _ => "504 5.5.4 only PLAIN, with its argument".to_owned(),
            },
            "MAIL" => {
                mail.from = path(rest);
                mail.to.clear();
                "250 2.1.0 go on".to_owned()
            }
            "RCPT" => {
                let refused = inner.refuses.lock().unwrap().clone();
                refused.unwrap_or_else(|| {
                    mail.to.push(path(rest));
                    "250 2.1.5 go on".to_owned()
                })
            }
            "DATA" if mail.to.is_empty() => "503 5.5.1 for whom?".to_owned(),
            "DATA" => {
                wire.write_all(b"354 end with a dot\r\n").await?;
                let mut data = String::new();
                loop {
                    let Some(line) = self::line(&mut wire).await? else { return Ok(()) };
                    if line == "." {
                        break;
                    }
                    data.push_str(line.strip_prefix('.').unwrap_or(&line));
                    data.push_str("\r\n");
                }
                inner.mails.lock().unwrap().push(Mail { data, at: Some(crate::now()), ..mail.clone() });
                "250 2.0.0 taken over".to_owned()
            }
            "RSET" | "NOOP" => "250 2.0.0 well".to_owned(),
            "QUIT" => {
                wire.write_all(b"221 2.0.0 goodbye\r\n").await?;
                return Ok(());
            }
            _ => "500 5.5.2 pardon?".to_owned(),
        };
        wire.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

/// A line without its end; `None` when they hung up.
async fn line(lines: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    if lines.read_until(b'\n', &mut line).await? == 0 {
        return Ok(None);
    }
    let line = String::from_utf8_lossy(&line).into_owned();
    Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// What stands between `<` and `>`.
fn path(argument: &str) -> String {
    let inner = argument.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(path, _)| path.to_owned()).unwrap_or_default()
}

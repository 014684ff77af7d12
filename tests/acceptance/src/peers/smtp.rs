//! A mail server: SMTP as RFC 5321 has it, as far as somebody who hands mail over needs it, with AUTH PLAIN (RFC 4954).

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::eventually;

/// A mail that was taken over.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// Who said hello.
    pub hello: String,
    /// The argument of AUTH PLAIN.
    pub login: Option<String>,
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

#[derive(Debug, Default)]
struct Inner {
    mails: Mutex<Vec<Mail>>,
    /// What is answered to RCPT instead of 250.
    refuses: Mutex<Option<String>>,
}

#[derive(Debug)]
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
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let at = listener.local_addr().expect("an address");
        let inner = Arc::new(Inner::default());
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

async fn talk(stream: TcpStream, inner: &Inner) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read);
    write.write_all(b"220 mail.test ESMTP\r\n").await?;
    let mut mail = Mail::default();
    loop {
        let Some(line) = line(&mut lines).await? else { return Ok(()) };
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let answer = match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                mail = Mail { hello: rest.to_owned(), ..Mail::default() };
                "250-mail.test\r\n250-8BITMIME\r\n250 AUTH PLAIN".to_owned()
            }
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
                write.write_all(b"354 end with a dot\r\n").await?;
                let mut data = String::new();
                loop {
                    let Some(line) = self::line(&mut lines).await? else { return Ok(()) };
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
                write.write_all(b"221 2.0.0 goodbye\r\n").await?;
                return Ok(());
            }
            _ => "500 5.5.2 pardon?".to_owned(),
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
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

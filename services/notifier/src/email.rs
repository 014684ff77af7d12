//! Pages as e-mails, handed to one mail server.

use std::error::Error as _;
use std::time::{Duration, SystemTime};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;
use wideawake_domain::process::ErrandOutcome;
use wideawake_runtime::config::{self, MailTls};

use crate::couriers::{CouriersError, Parcel, failed, refused};
use crate::words;

pub(crate) struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    domain: String,
}

impl Mail {
    pub(crate) fn new(config: &config::Email, timeout: Duration) -> Result<Self, CouriersError> {
        let from: Address = config.from.parse()?;
        let domain = from.domain().to_owned();
        let parameters = || TlsParameters::new_rustls(config.host.clone());
        let tls = match config.tls {
            MailTls::None => Tls::None,
            MailTls::StartTls => Tls::Required(parameters()?),
            MailTls::Tls => Tls::Wrapper(parameters()?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port)
            .tls(tls)
            .timeout(Some(timeout))
            .hello_name(ClientId::Domain(domain.clone()));
        if let Some((user, password)) = &config.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
        }
        let from = Mailbox::new(Some("Wideawake".to_owned()), from);
        Ok(Self { transport: builder.build(), from, domain })
    }

    pub(crate) async fn send(&self, parcel: &Parcel<'_>) -> ErrandOutcome {
        let Ok(to) = parcel.errand.contact.to.parse::<Address>() else { return refused("bad_address") };
        let Ok(message) = self.write(parcel, to) else { return refused("unwritable") };
        match self.transport.send(message).await {
            Ok(_) => ErrandOutcome::Done,
            Err(error) => judge(&error),
        }
    }

    fn write(&self, parcel: &Parcel<'_>, to: Address) -> Result<Message, lettre::error::Error> {
        // The same page has the same id however often it is sent: mail programs show it once.
        let id = format!("<{}@{}>", parcel.errand.page, self.domain);
        let header = |name, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(words::subject(parcel))
            .message_id(Some(id))
            .date(SystemTime::from(parcel.at))
            // RFC 3834: nobody's out-of-office reply answers a machine.
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("X-Auto-Response-Suppress", "All"))
            .raw_header(header("List-Id", &format!("Wideawake pages <pages.{}>", self.domain)))
            .raw_header(header("Importance", "high"))
            .multipart(MultiPart::alternative_plain_html(words::plain(parcel), words::html(parcel)))
    }
}

/// RFC 5321: what is said of the address is for good, and what is said of us or of the moment may change.
fn judge(error: &Error) -> ErrandOutcome {
    let Some(code) = error.status().map(u16::from) else {
        return match error {
            _ if error.is_timeout() => failed("timeout"),
            _ if is_of_tls(error) => failed("tls"),
            _ if error.is_client() => failed("mail_client"),
            _ => failed("connect"),
        };
    };
    let why = format!("smtp_{code}");
    if matches!(code, 501 | 510..=515 | 550..=553 | 556) { refused(why) } else { failed(why) }
}

/// Whether TLS came to nothing. A handshake fails as input and output do, with the reason somewhere inside.
fn is_of_tls(error: &Error) -> bool {
    let mut cause = error.source();
    while let Some(one) = cause {
        let io = one.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if io.is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>) {
            return true;
        }
        cause = one.source();
    }
    error.is_tls()
}

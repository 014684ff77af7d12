//! `[escalation]` and `[notifier]`: where they say how they are, and how people are paged.
//!
//! Every secret in here prints as sealed, and no mistake shows one.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use wideawake_domain::paging;

use super::reader::{Reader, Spot, Table};
use crate::acknowledge::inbound::{self, Inbound};
use crate::signature::Secret;

/// The process that sees to escalations, where it is one of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// Where it says how it is.
    pub listen: SocketAddr,
}

/// How people are paged.
#[derive(Clone, Debug)]
pub struct Notifier {
    /// Where it says how it is, as a process of its own.
    pub listen: SocketAddr,
    /// The staff's door as people reach it, without a slash at the end: pages link to it.
    pub public_url: String,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// How pages are tried.
    pub paging: paging::Settings,
    /// Webhooks; `None`: nobody is paged over them.
    pub webhook: Option<Webhook>,
    /// E-mail, likewise.
    pub email: Option<Email>,
    /// Text messages, likewise.
    pub sms: Option<Sms>,
}

/// How webhooks are sent.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// What they are signed with, newest first; at least one.
    pub secrets: Vec<Secret>,
    /// Whether they may go to addresses that only this network reaches.
    pub allow_private: bool,
}

/// How a mail server is spoken with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTls {
    /// In the clear: only to a server on the same machine.
    None,
    /// In the clear until both agreed to encrypt; refused when the server will not.
    StartTls,
    /// Encrypted from the first byte.
    Tls,
}

/// The mail server that takes e-mails over.
#[derive(Clone, Debug)]
pub struct Email {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is spoken with.
    pub tls: MailTls,
    /// Who we are to it, if it asks.
    pub login: Option<(String, SecretString)>,
    /// The sender's address.
    pub from: String,
}

/// How the body of a call to a provider of text messages is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmsFormat {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`.
    Json,
}

/// The provider of text messages: one HTTP call for each.
#[derive(Clone, Debug)]
pub struct Sms {
    /// Such as `POST`.
    pub method: String,
    /// Where.
    pub url: SecretString,
    /// Further headers; they often hold a key.
    pub headers: Vec<(String, SecretString)>,
    /// How the body is written.
    pub format: SmsFormat,
    /// The body, with `{to}`, `{from}` and `{text}` where those go.
    pub body: String,
    /// The sender's number or name.
    pub from: String,
    /// What the provider answers when it took the message over; empty: anything from 200 to 299.
    pub success: Vec<u16>,
}

const TWILIO: &str = "https://api.twilio.com";

/// The sections, and what the desk must know of whoever posts text messages to it.
pub(super) fn read(reader: &Reader<'_>, root: &mut Table) -> (Escalation, Notifier, Inbound) {
    let mut table = reader.table(root, "escalation");
    let escalation = Escalation { listen: reader.get(&mut table, "listen", address).unwrap_or(local(8083)) };
    reader.done(table);

    let mut table = reader.table(root, "notifier");
    let listen = reader.get(&mut table, "listen", address).unwrap_or(local(8084));
    let public_url = reader.get(&mut table, "public_url", |spot| web(spot, PUBLIC));
    let public_url = public_url.unwrap_or_else(|| "http://127.0.0.1:8081".to_owned()).trim_end_matches('/').to_owned();
    let timeout = reader.get(&mut table, "timeout", |spot| spot.duration("a page would be waited for without end"));
    let timeout = timeout.and_then(|time| time.to_std().ok()).unwrap_or(Duration::from_secs(10));
    let paging = paging(reader, &mut table);

    let mut webhook = reader.table(&mut table, "webhook");
    let secrets = reader.spot(&mut webhook, "secrets").map(Spot::secret);
    let secrets = secrets.and_then(|spot| spot.list(SECRETS, secret)).unwrap_or_default();
    let allow_private = reader.get(&mut webhook, "allow_private", Spot::boolean).unwrap_or(false);
    reader.done(webhook);
    let webhook = (!secrets.is_empty()).then_some(Webhook { secrets, allow_private });

    let email = email(reader, &mut table);
    let (sms, mut inbound) = sms(reader, &mut table);
    inbound.url = format!("{public_url}{}", inbound::PATH);
    reader.done(table);
    (escalation, Notifier { listen, public_url, timeout, paging, webhook, email, sms }, inbound)
}

const PUBLIC: &str = "write the address of the staff's door as people reach it, such as \"https://desk.example.org\"";
const SECRETS: &str = "a list of secrets, newest first, each \"whsec_\" and 24 to 64 random bytes in base64, such as `openssl rand -base64 32` prints";

fn paging(reader: &Reader<'_>, table: &mut Table) -> paging::Settings {
    let default = paging::Settings::default();
    let endless = "a page would be tried without end";
    let number =
        |table: &mut Table, name, range, or: usize| reader.get(table, name, |spot| spot.integer(range)).unwrap_or(or);
    let time =
        |table: &mut Table, name, or: TimeDelta| reader.get(table, name, |spot| spot.duration(endless)).unwrap_or(or);
    let cap = number(table, "cap", 0..=10_000, default.cap.unwrap_or_default());
    paging::Settings {
        attempts: number(table, "attempts", 1..=10, default.attempts as usize) as u32,
        retry_after: time(table, "retry_after", default.retry_after),
        breaks_after: number(table, "breaks_after", 1..=1_000, default.breaks_after as usize) as u32,
        rests: time(table, "rests", default.rests),
        cap: (cap > 0).then_some(cap),
        window: time(table, "cap_window", default.window),
        in_flight: number(table, "in_flight", 1..=1_000, default.in_flight),
        per_provider: number(table, "per_provider", 1..=1_000, default.per_provider),
    }
}

fn email(reader: &Reader<'_>, table: &mut Table) -> Option<Email> {
    let mut table = reader.table(table, "email");
    let host =
        reader.get(&mut table, "host", |spot| one_line(spot, "write the name of a mail server, or \"\" for none"));
    let words = [("none", MailTls::None), ("starttls", MailTls::StartTls), ("tls", MailTls::Tls)];
    let tls = reader.get(&mut table, "tls", |spot| spot.one_of(&words)).unwrap_or(MailTls::StartTls);
    let usual = if tls == MailTls::Tls { 465 } else { 587 };
    let port = reader.get(&mut table, "port", |spot| spot.integer(0..=65_535)).unwrap_or_default();
    let user =
        reader.get(&mut table, "user", |spot| one_line(spot, "write a name, or \"\" for none")).unwrap_or_default();
    let password = reader.spot(&mut table, "password").map(Spot::secret);
    let password = password.and_then(|spot| one_line(&spot, "write a password, or \"\" for none")).unwrap_or_default();
    let from = reader.spot(&mut table, "from");
    let sender = from.as_ref().and_then(|spot| one_line(spot, "write an e-mail address")).unwrap_or_default();
    let host = host.filter(|host| !host.is_empty());
    if host.is_some() && !sender.contains('@') {
        let wanted = "write the address that pages come from, such as \"wideawake@example.org\"";
        match from {
            Some(spot) => spot.against(wanted),
            None => reader.missing(&table, "from", wanted),
        }
    }
    reader.done(table);
    let login = (!user.is_empty()).then(|| (user, password.into()));
    Some(Email { host: host?, port: if port == 0 { usual } else { port as u16 }, tls, login, from: sender })
}

fn sms(reader: &Reader<'_>, table: &mut Table) -> (Option<Sms>, Inbound) {
    let mut table = reader.table(table, "sms");
    let preset = reader.get(&mut table, "preset", |spot| spot.one_of(&[("", false), ("twilio", true)]));
    let is_twilio = preset.unwrap_or(false);
    let text = |table: &mut Table, name, wanted: &str| {
        reader.get(table, name, |spot| one_line(&spot.clone().secret(), wanted)).unwrap_or_default()
    };
    let method = reader.get(&mut table, "method", |spot| spot.one_of(&METHODS.map(|method| (method, method))));
    let url = reader.spot(&mut table, "url").map(Spot::secret);
    let url = url.and_then(|spot| web(&spot, "write an http or https URL, or \"\" for none")).unwrap_or_default();
    let headers = reader.spot(&mut table, "headers").map(Spot::secret);
    let headers: Vec<(String, String)> = headers.and_then(|spot| spot.list(HEADERS, header)).unwrap_or_default();
    let headers = headers.into_iter().map(|(name, value)| (name, value.into())).collect();
    let formats = [("form", SmsFormat::Form), ("json", SmsFormat::Json)];
    let format = reader.get(&mut table, "format", |spot| spot.one_of(&formats)).unwrap_or(SmsFormat::Form);
    let body = reader.get(&mut table, "body", |spot| template(spot, format)).unwrap_or_else(|| BODY.to_owned());
    let success = reader.get(&mut table, "success", |spot| {
        spot.list("a list of status codes such as [200, 202]", |spot| spot.integer(200..=299))
    });
    let success = success.unwrap_or_default().into_iter().map(|status| status as u16).collect();
    let from = reader.get(&mut table, "from", |spot| one_line(spot, "write a number or a name")).unwrap_or_default();
    let account = text(&mut table, "account", "write the account's id");
    let token = text(&mut table, "token", "write the account's token");
    let inbound_secrets = reader.spot(&mut table, "inbound_secrets").map(Spot::secret);
    let secrets = inbound_secrets.and_then(|spot| spot.list(SECRETS, secret)).unwrap_or_default();
    let mut inbound = Inbound { secrets, ..Inbound::default() };
    if !is_twilio {
        reader.done(table);
        let (method, url) = (method.unwrap_or("POST").to_owned(), SecretString::from(url));
        let is_there = !url.expose_secret().is_empty();
        return (is_there.then_some(Sms { method, url, headers, format, body, from, success }), inbound);
    }
    for (name, value) in [("account", &account), ("token", &token), ("from", &from)] {
        if value.is_empty() {
            reader.missing(&table, name, "is missing; the preset \"twilio\" needs account, token and from");
        }
    }
    reader.done(table);
    let base = if url.is_empty() { TWILIO } else { url.trim_end_matches('/') };
    let url = format!("{base}/2010-04-01/Accounts/{account}/Messages.json").into();
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{account}:{token}")));
    let headers = vec![("authorization".to_owned(), basic.into())];
    inbound.twilio = Some(token.into());
    let (method, format, body) = ("POST".to_owned(), SmsFormat::Form, BODY.to_owned());
    (Some(Sms { method, url, headers, format, body, from, success }), inbound)
}

const METHODS: [&str; 3] = ["POST", "PUT", "GET"];
const BODY: &str = "To={to}&From={from}&Body={text}";
const HEADERS: &str = "a list of headers such as [\"Authorization: Bearer …\"]";

fn header(spot: &Spot<'_>) -> Option<(String, String)> {
    let wanted = "write a header such as \"Authorization: Bearer …\"";
    let text = spot.text(wanted)?;
    let split = text.split_once(':').map(|(name, value)| (name.trim(), value.trim()));
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    match split {
        Some((name, value)) if is_name(name) && value.bytes().all(|b| (b' '..=b'~').contains(&b)) => {
            Some((name.to_ascii_lowercase(), value.to_owned()))
        }
        _ => spot.wrong(wanted),
    }
}

fn template(spot: &Spot<'_>, format: SmsFormat) -> Option<String> {
    let text = spot.text("write the body with {to} and {text} in it")?;
    if !text.contains("{to}") || !text.contains("{text}") {
        return spot
            .wrong("write {to} where the number goes, {text} where the message goes, and {from} for the sender");
    }
    let filled = text.replace("{to}", "1").replace("{text}", "1").replace("{from}", "1");
    if format == SmsFormat::Json && serde_json::from_str::<serde_json::Value>(&filled).is_err() {
        return spot.wrong("is not JSON once {to}, {from} and {text} are filled in; write them inside quotes");
    }
    Some(text)
}

fn secret(spot: &Spot<'_>) -> Option<Secret> {
    let wanted = "write \"whsec_\" and 24 to 64 random bytes in base64, such as `openssl rand -base64 32` prints";
    match Secret::parse(&spot.text(wanted)?) {
        Some(secret) => Some(secret),
        None => spot.wrong(wanted),
    }
}

/// A URL of the web, or nothing.
fn web(spot: &Spot<'_>, wanted: &str) -> Option<String> {
    let url = one_line(spot, wanted)?;
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let is_good = host.is_some_and(|host| !host.is_empty() && !host.starts_with(['/', ':', '?']));
    if url.is_empty() || (is_good && !url.contains(' ')) { Some(url) } else { spot.wrong(wanted) }
}

fn one_line(spot: &Spot<'_>, wanted: &str) -> Option<String> {
    let text = spot.text(wanted)?;
    if text.chars().any(char::is_control) { spot.wrong(wanted) } else { Some(text) }
}

fn local(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

fn address(spot: &Spot<'_>) -> Option<SocketAddr> {
    spot.parsed("write an IP address and a port such as \"127.0.0.1:8084\"; port 0 takes any that is free")
}

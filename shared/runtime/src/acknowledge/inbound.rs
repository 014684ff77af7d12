//! Text messages that come in: whether the provider sent them, and what they say.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use wideawake_vault::{hmac_sha1, same};

use crate::signature::{Secret, is_signed};

/// The path at the desk where a provider posts text messages.
pub const PATH: &str = "/v1/inbound/sms";

/// The header in which Twilio signs.
const TWILIO: &str = "x-twilio-signature";

/// The most fields that a form may have.
const FIELDS: usize = 100;

/// What is known of whoever posts text messages. Without any secret everything is refused.
#[derive(Clone, Debug, Default)]
pub struct Inbound {
    /// Secrets of Standard Webhooks, newest first.
    pub secrets: Vec<Secret>,
    /// The token of a Twilio account.
    pub twilio: Option<SecretString>,
    /// The URL at which the provider reaches [`PATH`], as it knows it: Twilio signs that, too.
    pub url: String,
}

/// A text message that came in. It prints without what it says.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Message {
    /// Who sent it: a phone number.
    pub from: String,
    /// What it says.
    pub text: String,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("‹sealed›")
    }
}

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is not signed by the provider.
    NotGenuine,
    /// It is neither `{"from","text"}` nor a form with `From` and `Body`.
    NotAMessage,
}

/// The message in a call, if the provider made it: JSON `{"from","text"}`, signed as Standard Webhooks say, or a form
/// with `From` and `Body`, signed as Twilio does or as Standard Webhooks say.
pub fn receive(inbound: &Inbound, headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) -> Result<Message, Refused> {
    let form = form(body);
    let genuine = is_signed(&inbound.secrets, headers, body, now)
        || form.as_ref().is_some_and(|form| is_twilios(inbound, headers, form));
    if !genuine {
        return Err(Refused::NotGenuine);
    }
    let is_json = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if is_json {
        return serde_json::from_slice(body).map_err(|_| Refused::NotAMessage);
    }
    let form = form.ok_or(Refused::NotAMessage)?;
    let field = |wanted: &str| form.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    match (field("From"), field("Body")) {
        (Some(from), Some(text)) => Ok(Message { from, text }),
        _ => Err(Refused::NotAMessage),
    }
}

/// Twilio signs the URL and all fields, in order of their names, name and value behind one another.
fn is_twilios(inbound: &Inbound, headers: &HeaderMap, form: &[(String, String)]) -> bool {
    let (Some(token), Some(given)) = (&inbound.twilio, headers.get(TWILIO)) else { return false };
    let mut sorted: Vec<&(String, String)> = form.iter().collect();
    sorted.sort();
    let fields = sorted.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
    let parts: Vec<&[u8]> = std::iter::once(inbound.url.as_bytes()).chain(fields).collect();
    let signed = BASE64_STANDARD.encode(hmac_sha1(token.expose_secret().as_bytes(), &parts));
    same(signed.as_bytes(), given.as_bytes())
}

/// The fields of `application/x-www-form-urlencoded`.
pub fn form(body: &[u8]) -> Option<Vec<(String, String)>> {
    let text = std::str::from_utf8(body).ok()?;
    let decode = |part: &str| -> Option<String> {
        let spaced = part.replace('+', " ");
        Some(percent_decode_str(&spaced).decode_utf8().ok()?.into_owned())
    };
    let mut fields = Vec::new();
    for field in text.split('&').filter(|field| !field.is_empty()) {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        fields.push((decode(name)?, decode(value)?));
        if fields.len() > FIELDS {
            return None;
        }
    }
    Some(fields)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::signature;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000, 0).unwrap()
    }

    fn secret() -> Secret {
        Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()
    }

    fn signed(body: &str, kind: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        headers.insert(signature::ID, "m1".parse().unwrap());
        headers.insert(signature::TIMESTAMP, now().timestamp().to_string().parse().unwrap());
        let by_us = signature::sign(&[secret()], "m1", now().timestamp(), body.as_bytes());
        headers.insert(signature::SIGNATURE, by_us.parse().unwrap());
        headers
    }

    #[test]
    fn a_signed_message_is_read_as_json_or_as_a_form() {
        let inbound = Inbound { secrets: vec![secret()], ..Inbound::default() };
        let message = Message { from: "+34600000000".to_owned(), text: "ACK 012345".to_owned() };
        let json = r#"{"from":"+34600000000","text":"ACK 012345"}"#;
        let form = "From=%2B34600000000&Body=ACK+012345&More=1";
        for (body, kind) in [(json, "application/json; charset=utf-8"), (form, "application/x-www-form-urlencoded")] {
            let headers = signed(body, kind);
            assert_eq!(receive(&inbound, &headers, body.as_bytes(), now()), Ok(message.clone()));
            assert_eq!(receive(&inbound, &headers, b"x", now()), Err(Refused::NotGenuine));
            assert_eq!(receive(&Inbound::default(), &headers, body.as_bytes(), now()), Err(Refused::NotGenuine));
        }
        for other in ["", "From=1", "{}", "%ff=1&From=1&Body=2"] {
            let headers = signed(other, "text/plain");
            assert_eq!(receive(&inbound, &headers, other.as_bytes(), now()), Err(Refused::NotAMessage), "{other}");
        }
    }

    /// The example of Twilio's own documentation.
    #[test]
    fn a_message_from_twilio_is_known_by_its_own_signature() {
        let inbound = Inbound {
            secrets: Vec::new(),
            twilio: Some("12345".to_owned().into()),
            url: "https://mycompany.com/myapp.php?foo=1&bar=2".to_owned(),
        };
        let form = [
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675309"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("To", "+18005551212"),
        ];
        let form: Vec<(String, String)> = form.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let mut headers = HeaderMap::new();
        headers.insert(TWILIO, "RSOYDt4T1cUTdK1PDd93/VVr8B8=".parse().unwrap());
        assert!(is_twilios(&inbound, &headers, &form));
        assert!(!is_twilios(&inbound, &headers, &form[1..]));
        assert!(!is_twilios(&Inbound { twilio: None, ..inbound }, &headers, &form));
    }
}

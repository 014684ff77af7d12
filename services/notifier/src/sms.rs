//! Pages as text messages: one HTTP call to any provider, by a template.

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Method, StatusCode};
use secrecy::ExposeSecret;
use wideawake_domain::process::ErrandOutcome;
use wideawake_runtime::config::{self, SmsFormat};
use wideawake_runtime::outgoing::client;

use crate::couriers::{Parcel, failed, refused, unanswered};
use crate::webhook::drain;
use crate::words;

/// RFC 3986: what may stand as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(crate) struct Texts {
    client: Client,
    config: config::Sms,
}

impl Texts {
    pub(crate) fn new(config: &config::Sms, timeout: Duration) -> Result<Self, reqwest::Error> {
        Ok(Self { client: client(timeout).build()?, config: config.clone() })
    }

    pub(crate) async fn send(&self, parcel: &Parcel<'_>) -> ErrandOutcome {
        let config = &self.config;
        let text = words::text_message(parcel);
        let values = [("{to}", &*parcel.errand.contact.to), ("{from}", &*config.from), ("{text}", &*text)];
        let body = fill(&config.body, config.format, &values);
        let Ok(method) = Method::from_bytes(config.method.as_bytes()) else { return refused("bad_method") };
        let url = config.url.expose_secret();
        let mut call = if method == Method::GET {
            let joined = if url.contains('?') { '&' } else { '?' };
            self.client.get(format!("{url}{joined}{body}"))
        } else {
            let kind = match config.format {
                SmsFormat::Form => "application/x-www-form-urlencoded",
                SmsFormat::Json => "application/json",
            };
            self.client.request(method, url).header("content-type", kind).body(body)
        };
        for (name, value) in &config.headers {
            call = call.header(name, value.expose_secret());
        }
        match call.send().await {
            Ok(answer) => {
                let status = answer.status();
                drain(answer).await;
                judge(status, &config.success)
            }
            Err(error) => unanswered(&error),
        }
    }
}

/// The template with the values in it, each escaped as the format wants it. What a value holds is not looked at again.
fn fill(template: &str, format: SmsFormat, values: &[(&str, &str)]) -> String {
    let escape = |value: &str| match format {
        SmsFormat::Form => utf8_percent_encode(value, ESCAPED).to_string(),
        SmsFormat::Json => {
            let quoted = serde_json::Value::from(value).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        }
    };
    let mut filled = String::with_capacity(template.len() + 200);
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((name, value)) = values.iter().find(|(name, _)| rest.starts_with(name)) {
            filled.push_str(&escape(value));
            rest = &rest[name.len()..];
        } else {
            filled.push('{');
            rest = &rest[1..];
        }
    }
    filled.push_str(rest);
    filled
}

/// What a provider says of the number is for good; what it says of us or of the moment may change.
fn judge(status: StatusCode, success: &[u16]) -> ErrandOutcome {
    let code = status.as_u16();
    let why = format!("status_{code}");
    match code {
        200..=299 if success.is_empty() || success.contains(&code) => ErrandOutcome::Done,
        400 | 404 | 410 | 422 => refused(why),
        _ => failed(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [(&str, &str); 3] = [("{to}", "+34 600"), ("{from}", "{text}"), ("{text}", "a \"b\" & c\\ü\n{to}")];

    #[test]
    fn values_are_escaped_and_not_read_as_templates() {
        let form = fill("To={to}&From={from}&Body={text}&x={y", SmsFormat::Form, &VALUES);
        assert_eq!(form, "To=%2B34%20600&From=%7Btext%7D&Body=a%20%22b%22%20%26%20c%5C%C3%BC%0A%7Bto%7D&x={y");
        let json = fill(r#"{"to":"{to}","n":{"from":"{from}","text":"{text}"}}"#, SmsFormat::Json, &VALUES);
        let read: serde_json::Value = serde_json::from_str(&json).unwrap_or_default();
        assert_eq!(read["n"]["text"], VALUES[2].1);
        assert_eq!((&read["to"], &read["n"]["from"]), (&"+34 600".into(), &"{text}".into()));
    }

    #[test]
    fn only_what_is_said_of_the_number_is_for_good() {
        let judge = |status: u16, success: &[u16]| judge(StatusCode::from_u16(status).unwrap_or_default(), success);
        assert_eq!((judge(201, &[]), judge(202, &[202])), (ErrandOutcome::Done, ErrandOutcome::Done));
        assert_eq!(judge(400, &[]), refused("status_400"));
        for status in [200, 401, 403, 429, 500] {
            assert_eq!(judge(status, &[202]), failed(format!("status_{status}")));
        }
    }
}

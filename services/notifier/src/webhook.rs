//! Pages as signed webhooks.

use std::time::Duration;

use reqwest::{Client, Response, StatusCode, Url};
use serde::Serialize;
use wideawake_domain::process::ErrandOutcome;
use wideawake_runtime::config;
use wideawake_runtime::outgoing::client;
use wideawake_runtime::signature::{self, Secret};

use crate::address::{PublicOnly, is_allowed};
use crate::couriers::{Parcel, failed, refused, unanswered};
use crate::words;

/// How much of an answer is read, so that a connection can be used again.
const MOST: usize = 4 * 1024;

/// What a webhook says. The shape is a promise to whoever receives it.
#[derive(Serialize)]
struct Body {
    r#type: &'static str,
    page: wideawake_domain::PageId,
    escalation: wideawake_domain::EscalationId,
    request: wideawake_domain::RequestId,
    priority: wideawake_domain::Priority,
    line: String,
    occasion: &'static str,
    acknowledge_url: String,
    at: chrono::DateTime<chrono::Utc>,
}

pub(crate) struct Webhooks {
    client: Client,
    secrets: Vec<Secret>,
    allow_private: bool,
}

impl Webhooks {
    pub(crate) fn new(config: &config::Webhook, timeout: Duration) -> Result<Self, reqwest::Error> {
        let builder = client(timeout);
        let builder = if config.allow_private { builder } else { builder.dns_resolver(PublicOnly) };
        Ok(Self { client: builder.build()?, secrets: config.secrets.clone(), allow_private: config.allow_private })
    }

    pub(crate) async fn send(&self, parcel: &Parcel<'_>) -> ErrandOutcome {
        let errand = parcel.errand;
        let Ok(url) = errand.contact.to.parse::<Url>() else { return refused("bad_url") };
        if !self.allow_private && !is_allowed(&url) {
            return refused("private_address");
        }
        let body = Body {
            r#type: "escalation.page",
            page: errand.page,
            escalation: errand.escalation,
            request: errand.request,
            priority: errand.priority,
            line: errand.line.clone(),
            occasion: words::occasion(errand.occasion),
            acknowledge_url: parcel.link.clone(),
            at: parcel.at,
        };
        let Ok(body) = serde_json::to_vec(&body) else { return refused("unwritable") };
        let (id, timestamp) = (errand.page.to_string(), parcel.at.timestamp());
        let signature = signature::sign(&self.secrets, &id, timestamp, &body);
        let call = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .header(signature::ID, id)
            .header(signature::TIMESTAMP, timestamp)
            .header(signature::SIGNATURE, signature)
            .body(body);
        match call.send().await {
            Ok(answer) => {
                let status = answer.status();
                drain(answer).await;
                judge(status)
            }
            Err(error) => unanswered(&error),
        }
    }
}

/// Reads what little of an answer is worth reading.
pub(crate) async fn drain(mut answer: Response) {
    let mut read = 0;
    while read < MOST
        && let Ok(Some(chunk)) = answer.chunk().await
    {
        read += chunk.len();
    }
}

fn judge(status: StatusCode) -> ErrandOutcome {
    let why = format!("status_{}", status.as_u16());
    match status.as_u16() {
        200..=299 => ErrandOutcome::Done,
        408 | 425 | 429 | 500..=599 => failed(why),
        _ => refused(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_do_better_later_is_told_from_what_will_not() {
        let judge = |status: u16| judge(StatusCode::from_u16(status).unwrap_or_default());
        assert_eq!(judge(204), ErrandOutcome::Done);
        for status in [429, 500, 503] {
            assert_eq!(judge(status), failed(format!("status_{status}")));
        }
        for status in [301, 400, 404, 410] {
            assert_eq!(judge(status), refused(format!("status_{status}")));
        }
    }
}

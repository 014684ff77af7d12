//! Who carries a page, by the kind of its contact method.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tracing::{debug, warn};
use wideawake_domain::process::{Errand, ErrandOutcome};
use wideawake_domain::staff::ContactKind;
use wideawake_runtime::acknowledge::{self, Page};
use wideawake_runtime::process::Courier;
use wideawake_runtime::{Record, clock, config};

use crate::email::Mail;
use crate::sms::Texts;
use crate::webhook::Webhooks;

/// Why pages could not be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum CouriersError {
    /// The system gives no TLS or no sockets.
    #[error("cannot make a client for webhooks and text messages")]
    Http(#[from] reqwest::Error),
    /// The mail server cannot be spoken with as configured.
    #[error("cannot speak with the mail server of `notifier.email`")]
    Mail(#[from] lettre::transport::smtp::Error),
    /// The sender is no address.
    #[error("`notifier.email.from` is not an e-mail address")]
    Sender(#[from] lettre::address::AddressError),
}

/// Everything by which pages leave.
pub struct Couriers {
    record: Arc<Record>,
    public_url: String,
    timeout: Duration,
    webhooks: Option<Webhooks>,
    mail: Option<Mail>,
    texts: Option<Texts>,
}

/// A page on its way, with how it can be answered.
pub(crate) struct Parcel<'a> {
    pub(crate) errand: &'a Errand,
    /// Where it is answered.
    pub(crate) link: String,
    /// With what a text message is answered.
    pub(crate) code: String,
    pub(crate) public_url: &'a str,
    pub(crate) at: chrono::DateTime<chrono::Utc>,
}

impl Couriers {
    /// Those that `config` says there are.
    pub fn new(record: Arc<Record>, config: &config::Notifier) -> Result<Self, CouriersError> {
        let webhooks = config.webhook.as_ref().map(|webhook| Webhooks::new(webhook, config.timeout)).transpose()?;
        let mail = config.email.as_ref().map(|email| Mail::new(email, config.timeout)).transpose()?;
        let texts = config.sms.as_ref().map(|sms| Texts::new(sms, config.timeout)).transpose()?;
        let (public_url, timeout) = (config.public_url.clone(), config.timeout);
        Ok(Self { record, public_url, timeout, webhooks, mail, texts })
    }

    async fn carry(&self, errand: &Errand) -> ErrandOutcome {
        let page =
            Page { escalation: errand.escalation, staff: errand.staff, call: errand.call, method: errand.method };
        let answer = acknowledge::mint(&self.record, &page);
        let (link, code) = (answer.url(&self.public_url), answer.code().to_owned());
        let parcel = Parcel { errand, link, code, public_url: &self.public_url, at: clock::now() };
        match (errand.contact.kind, &self.webhooks, &self.mail, &self.texts) {
            (ContactKind::Webhook, Some(webhooks), ..) => webhooks.send(&parcel).await,
            (ContactKind::Email, _, Some(mail), _) => mail.send(&parcel).await,
            (ContactKind::Sms, .., Some(texts)) => texts.send(&parcel).await,
            _ => ErrandOutcome::Refused { why: "not_configured".to_owned() },
        }
    }
}

#[async_trait]
impl Courier for Couriers {
    async fn run(&self, errand: &Errand) -> ErrandOutcome {
        let outcome = match tokio::time::timeout(self.timeout, self.carry(errand)).await {
            Ok(outcome) => outcome,
            Err(_) => failed("timeout"),
        };
        let (page, escalation, kind) = (errand.page, errand.escalation, errand.contact.kind.as_str());
        match &outcome {
            ErrandOutcome::Done => debug!(%page, %escalation, kind, attempt = errand.attempt, "a page left"),
            ErrandOutcome::Failed { why } | ErrandOutcome::Refused { why } => {
                warn!(%page, %escalation, kind, attempt = errand.attempt, why, "a page could not be delivered");
            }
        }
        outcome
    }
}

pub(crate) fn failed(why: impl Into<String>) -> ErrandOutcome {
    ErrandOutcome::Failed { why: why.into() }
}

pub(crate) fn refused(why: impl Into<String>) -> ErrandOutcome {
    ErrandOutcome::Refused { why: why.into() }
}

/// Why no answer came, as a code.
pub(crate) fn unanswered(error: &reqwest::Error) -> ErrandOutcome {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if error.is::<crate::address::Private>() {
            return refused("private_address");
        }
        source = error.source();
    }
    match error {
        _ if error.is_builder() => refused("bad_url"),
        _ if error.is_timeout() => failed("timeout"),
        _ if error.is_connect() => failed("connect"),
        _ => failed("no_answer"),
    }
}

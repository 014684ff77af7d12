//! What a browser keeps between the two halves of a sign-in that leads through somebody else: a provider, or an authenticator.
//!
//! Nothing of it is kept here, so nothing can be filled up. What the other side has to give back follows from the ticket and a
//! key of the vault: only the browser that began can go on, for a few minutes, and what it began.

use axum::http::{HeaderMap, HeaderValue};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use wideawake_runtime::http::auth::cookie;
use wideawake_runtime::{clock, tokens};

use super::cookies;
use crate::desk::Desk;

/// How long somebody takes, a second factor at a provider included.
pub(super) const LASTS: TimeDelta = TimeDelta::minutes(10);

/// The names that sessions have which may begin once.
const ONCE: Uuid = Uuid::from_u128(0x7d1f_0a5e_5b0c_4b3e_9d57_1e1f_2c9a_6b04);

/// A ticket as the browser has it: `<random>.<until>.<errand>`. Nobody has proven anything by having one.
#[derive(Clone)]
pub(super) struct Ticket {
    text: String,
    until: DateTime<Utc>,
    errand: String,
}

impl Ticket {
    /// A new one. The errand is of letters, digits, `-` and `_`.
    pub(super) fn new(errand: &str) -> Self {
        let until = clock::now() + LASTS;
        let text = format!("{}.{}.{errand}", tokens::new().expose(), until.timestamp());
        Self { text, until, errand: errand.to_owned() }
    }

    /// The one that the browser has in that cookie, unless it is over.
    pub(super) fn of(desk: &Desk, headers: &HeaderMap, name: &str) -> Option<Self> {
        let text = cookie(headers, &cookies::name(desk, name))?.expose().to_owned();
        let (rest, errand) = text.rsplit_once('.')?;
        let (_, until) = rest.rsplit_once('.')?;
        let until = DateTime::from_timestamp(until.parse().ok()?, 0)?;
        let now = clock::now();
        let is_good = now < until && until <= now + LASTS;
        is_good.then(|| Self { errand: errand.to_owned(), until, text: text.clone() })
    }

    /// What it is for. It is true if what follows from the ticket came back.
    pub(super) fn errand(&self) -> &str {
        &self.errand
    }

    /// When it was made.
    pub(super) fn began_at(&self) -> DateTime<Utc> {
        self.until - LASTS
    }

    /// What follows from it for `part` of `purpose`, under each key of the vault, newest first.
    pub(super) fn secrets(&self, desk: &Desk, purpose: &str, part: &str) -> Vec<[u8; 32]> {
        desk.record.vault().keyed_all(purpose, &[self.text.as_bytes(), part.as_bytes()])
    }

    /// The name of the session that it may begin.
    pub(super) fn session(&self) -> Uuid {
        Uuid::new_v5(&ONCE, self.text.as_bytes())
    }

    /// The cookie that the browser keeps it in.
    pub(super) fn cookie(&self, desk: &Desk, name: &str, site: cookies::Site) -> Option<HeaderValue> {
        cookies::set(desk, name, &self.text, LASTS, site)
    }
}

/// The cookie that takes it away again.
pub(super) fn torn(desk: &Desk, name: &str, site: cookies::Site) -> Option<HeaderValue> {
    cookies::set(desk, name, "", TimeDelta::zero(), site)
}

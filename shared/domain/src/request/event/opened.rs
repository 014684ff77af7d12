//! Asking for support, and how urgent it is.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::screening::Level;
use crate::settings::Skill;
use crate::{Language, Priority, RequestId, StaffId, Text};

/// How old the member says they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AgeBand {
    /// Under 18: whoever talks with them needs `safeguarding`.
    #[serde(rename = "under_18")]
    Under18,
    /// 18 to 25.
    #[serde(rename = "18_25")]
    From18To25,
    /// Over 25.
    #[serde(rename = "over_25")]
    Over25,
}

impl AgeBand {
    /// The names in JSON, in order.
    pub const NAMES: [(&'static str, Self); 3] =
        [("under_18", Self::Under18), ("18_25", Self::From18To25), ("over_25", Self::Over25)];
}

/// A conversation that the member wants to take up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Again {
    /// The earlier request.
    pub request: RequestId,
    /// Who talked with the member then.
    pub volunteer: StaffId,
}

/// A member asked for support.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// The line.
    pub line: String,
    /// The language the member wants to talk in.
    pub language: Language,
    /// The member's zone, if they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<Tz>,
    /// ISO 3166 alpha-2, if they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The screen name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<Text>,
    /// How old they say they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_band: Option<AgeBand>,
    /// What they chose from the line's list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<Skill>,
    /// The screening answers as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screening: Option<Text>,
    /// SHA-256 of the capability token, base64.
    pub token: String,
    /// A keyed hash of the body, base64, when the request was made with an `Idempotency-Key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// The conversation it goes on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Again>,
}

/// What was known at the door was weighed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Triaged {
    /// The screening level, when there was a screening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// How urgent that makes it.
    pub priority: Priority,
    /// Qualifications that rules require.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Skill>,
    /// Kinds of resources that the member is shown at once, such as `emergency`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub show: Vec<String>,
    /// What rules call it, for people and reports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The rules that fired.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Fired>,
}

/// A rule that fired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fired {
    /// Its name.
    pub rule: String,
    /// The version of the file it stood in: the first 16 hexadecimal digits of its SHA-256.
    pub version: String,
    /// Of a rule that needs time: since when what it watches for had lasted. It fires once for each such time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// Its condition could not be worked out, and counted as true because it makes things safer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
}

/// Somebody or some rule changed how urgent it is; the actor says who.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorityChanged {
    /// Before.
    pub from: Priority,
    /// From now on.
    pub to: Priority,
    /// Why, in a supervisor's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

//! What an organisation wrote down about whom to call (DESIGN section 9). Parsed and checked elsewhere; here it is true.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

use crate::StaffId;
use crate::settings::name;

/// Whom to call, in steps. It is copied into the escalation that it opens, so that editing the file changes none that
/// runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// What it is called.
    pub name: String,
    /// One after the other, until somebody acknowledges.
    pub steps: Vec<Step>,
    /// How often all steps are gone through again after the first time.
    #[serde(default)]
    pub repeat: u32,
    /// Acknowledged and not resolved for this long pages again; `None`: never.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_millis")]
    pub resolve_within: Option<TimeDelta>,
    /// How often the fallback pages every supervisor of the pool.
    #[serde(with = "millis")]
    pub fallback_every: TimeDelta,
}

/// One step of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Whom.
    pub page: Vec<Target>,
    /// How long to wait for an acknowledgement.
    #[serde(with = "millis")]
    pub wait: TimeDelta,
}

/// Whom a step names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Target {
    /// Supervisors of the pool who are scheduled and not off.
    SupervisorsOnDuty,
    /// Volunteers of a line who should be there and are not: scheduled, and not ready.
    Scheduled(String),
    /// Whoever is on in a rotation.
    Rotation(String),
    /// One person.
    Staff(StaffId),
}

/// The text names nobody who could be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write \"supervisors_on_duty\", \"scheduled:<line>\", \"rotation:<name>\" or \"staff:<id>\"")]
pub struct NotATarget;

impl FromStr for Target {
    type Err = NotATarget;
    fn from_str(text: &str) -> Result<Self, NotATarget> {
        if text == "supervisors_on_duty" {
            return Ok(Self::SupervisorsOnDuty);
        }
        let (kind, rest) = text.split_once(':').ok_or(NotATarget)?;
        let named = || name(rest).map(ToOwned::to_owned).map_err(|_| NotATarget);
        match kind {
            "scheduled" => Ok(Self::Scheduled(named()?)),
            "rotation" => Ok(Self::Rotation(named()?)),
            "staff" => Uuid::parse_str(rest).map(StaffId).map(Self::Staff).map_err(|_| NotATarget),
            _ => Err(NotATarget),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SupervisorsOnDuty => f.write_str("supervisors_on_duty"),
            Self::Scheduled(line) => write!(f, "scheduled:{line}"),
            Self::Rotation(name) => write!(f, "rotation:{name}"),
            Self::Staff(id) => write!(f, "staff:{id}"),
        }
    }
}

impl TryFrom<String> for Target {
    type Error = NotATarget;
    fn try_from(text: String) -> Result<Self, NotATarget> {
        text.parse()
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.to_string()
    }
}

/// Every policy there is, by name. A policy that is not there is stood in for by [`Policy::supervisors`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policies(pub BTreeMap<String, Policy>);

impl Policies {
    /// The policy of that name; of one that was renamed or removed, what must never be missing.
    pub fn get(&self, name: &str) -> Policy {
        self.0.get(name).cloned().unwrap_or_else(|| Policy::supervisors(name))
    }
}

impl Policy {
    /// Calls the supervisors on duty for a minute, and then all of them.
    pub fn supervisors(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            steps: vec![Step { page: vec![Target::SupervisorsOnDuty], wait: TimeDelta::minutes(1) }],
            repeat: 0,
            resolve_within: Some(TimeDelta::minutes(30)),
            fallback_every: TimeDelta::minutes(5),
        }
    }
}

/// A length of time as whole milliseconds.
mod millis {
    use chrono::TimeDelta;
    use serde::{Deserialize, Deserializer, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
    pub(super) fn serialize<S: Serializer>(length: &TimeDelta, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_i64(length.num_milliseconds())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<TimeDelta, D::Error> {
        let written = i64::deserialize(d)?;
        TimeDelta::try_milliseconds(written).ok_or_else(|| serde::de::Error::custom("too long a time"))
    }
}

/// The same, where there may be none.
mod optional_millis {
    use chrono::TimeDelta;
    use serde::{Deserialize, Deserializer, Serializer};

    #[allow(clippy::ref_option, reason = "the signature that serde asks for")]
    pub(super) fn serialize<S: Serializer>(length: &Option<TimeDelta>, s: S) -> Result<S::Ok, S::Error> {
        match length {
            Some(length) => super::millis::serialize(length, s),
            None => s.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<TimeDelta>, D::Error> {
        let written = Option::<i64>::deserialize(d)?;
        let length = written.map(|ms| TimeDelta::try_milliseconds(ms).ok_or(ms)).transpose();
        length.map_err(|_| serde::de::Error::custom("too long a time"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn whom_a_step_names_reads_back_as_it_is_written() {
        let staff = StaffId(Uuid::from_u128(7));
        for (text, target) in [
            ("supervisors_on_duty", Target::SupervisorsOnDuty),
            ("scheduled:night", Target::Scheduled("night".to_owned())),
            ("rotation:clinicians", Target::Rotation("clinicians".to_owned())),
            ("staff:00000000-0000-0000-0000-000000000007", Target::Staff(staff)),
        ] {
            assert_eq!((text.parse(), target.to_string()), (Ok(target.clone()), text.to_owned()));
        }
        for other in ["", "everyone", "staff:7", "rotation:", "scheduled:Night line", "line:night"] {
            assert_eq!(other.parse::<Target>(), Err(NotATarget), "{other}");
        }
    }

    #[test]
    fn a_policy_that_is_gone_is_stood_in_for() {
        let policy = Policies::default().get("clinician");
        assert_eq!((&*policy.name, &policy.steps[0].page[..]), ("clinician", &[Target::SupervisorsOnDuty][..]));
        let written = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&written).unwrap(), policy);
    }
}

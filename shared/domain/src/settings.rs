//! What an organisation chose: its pools and lines, and how its dispatcher behaves. Parsed and checked elsewhere; here
//! it is true. A limit that is `None` is switched off.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::{Language, Pool, Priority};

/// A trained skill, a topic or a need, by its configured name, such as `safeguarding`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Skill(Arc<str>);

impl Skill {
    /// What whoever talks with a member under 18 must hold.
    pub fn safeguarding() -> Self {
        Self("safeguarding".into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Skill {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Skill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is no name of a skill, topic, line, pool or outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to 64 lowercase letters, digits, `-` or `_`")]
pub struct NotAName;

/// Checks a configured name: 1 to 64 of `a`–`z`, `0`–`9`, `-` and `_`.
pub fn name(text: &str) -> Result<&str, NotAName> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if (1..=64).contains(&text.len()) && text.chars().all(fits) { Ok(text) } else { Err(NotAName) }
}

impl FromStr for Skill {
    type Err = NotAName;
    fn from_str(text: &str) -> Result<Self, NotAName> {
        name(text).map(|name| Self(name.into()))
    }
}

impl TryFrom<String> for Skill {
    type Error = NotAName;
    fn try_from(text: String) -> Result<Self, NotAName> {
        text.parse()
    }
}

impl From<Skill> for String {
    fn from(skill: Skill) -> Self {
        skill.0.to_string()
    }
}

/// Everything that the core needs to know of the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// At least one.
    pub pools: Vec<Pool>,
    /// At least one; exactly one is the default.
    pub lines: Vec<Line>,
    /// How requests find volunteers.
    pub dispatch: Dispatch,
}

impl Settings {
    /// The line of that name, or the default one.
    pub fn line(&self, name: Option<&str>) -> Option<&Line> {
        self.lines.iter().find(|line| name.map_or(line.default, |name| line.name == name))
    }
}

/// What a member turns to.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Who serves it.
    pub pool: Pool,
    /// The languages it says it serves; others are taken too, told honestly, and escalate by rule.
    pub languages: Vec<Language>,
    /// What every volunteer must hold.
    pub needs: Vec<Skill>,
    /// What a volunteer should hold, and for how long that is waited for.
    pub prefers: Vec<Preference>,
    /// What a member may choose to talk about.
    pub topics: Vec<Skill>,
    /// How a conversation can end.
    pub outcomes: Vec<String>,
    /// How long after its close a request is erased; `None`: only when asked.
    pub retention: Option<TimeDelta>,
    /// Words that volunteers can begin from.
    pub templates: Vec<Template>,
    /// Whether it is meant when a request names no line.
    pub default: bool,
}

/// Words that a volunteer can begin from: never sent by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// What they are in; `None`: they fit every conversation.
    pub language: Option<Language>,
    /// The words.
    pub text: String,
}

/// A wish that gives way to waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preference {
    /// What is preferred.
    pub skill: Skill,
    /// How long from opening it counts.
    pub within: TimeDelta,
}

/// How a dispatcher behaves (DESIGN section 6).
#[derive(Clone, Debug)]
pub struct Dispatch {
    /// Without proof of presence for this long, open offers are withdrawn.
    pub presence_grace: TimeDelta,
    /// Without proof of presence for this long, active conversations are released.
    pub reconnect_grace: TimeDelta,
    /// No offer when the shift ends sooner than this, but for `urgent` and above.
    pub wind_down: Option<TimeDelta>,
    /// Rest after a request of `urgent` or above closes.
    pub rest_after_urgent: Option<TimeDelta>,
    /// Most hours of duty in an ISO week.
    pub max_weekly_hours: Option<TimeDelta>,
    /// The volunteer should have written by then; as long again, and it is released.
    pub first_reply: Option<TimeDelta>,
    /// The member should have an answer by then; as long again, and supervisors are paged.
    pub reply: Option<TimeDelta>,
    /// A member without call or heartbeat for this long is away.
    pub away_after: TimeDelta,
    /// Waiting and away for this long closes, below `urgent`.
    pub abandon_after: Option<TimeDelta>,
    /// How long from opening a topic the member chose counts as a preference.
    pub prefer_topics_for: Option<TimeDelta>,
    /// By priority: see [`Dispatch::tier`].
    pub tiers: [Tier; 4],
}

impl Dispatch {
    /// What holds for requests of `priority`.
    pub const fn tier(&self, priority: Priority) -> &Tier {
        &self.tiers[priority.index()]
    }
}

/// What differs by priority.
#[derive(Clone, Debug)]
pub struct Tier {
    /// How long an offer is held out.
    pub offer_timeout: TimeDelta,
    /// To how many volunteers at once.
    pub fanout: usize,
    /// A request that waited longer is served as one tier higher.
    pub ageing: Option<TimeDelta>,
    /// How long a volunteer who missed an offer is not asked for the same request.
    pub reoffer_after: TimeDelta,
    /// What every volunteer must hold.
    pub needs: Vec<Skill>,
}

impl Default for Dispatch {
    fn default() -> Self {
        let seconds = TimeDelta::seconds;
        let tier = |timeout, fanout, ageing, reoffer| Tier {
            offer_timeout: seconds(timeout),
            fanout,
            ageing,
            reoffer_after: seconds(reoffer),
            needs: Vec::new(),
        };
        Self {
            presence_grace: seconds(30),
            reconnect_grace: seconds(90),
            wind_down: Some(seconds(15 * 60)),
            rest_after_urgent: Some(seconds(10 * 60)),
            max_weekly_hours: None,
            first_reply: Some(seconds(60)),
            reply: Some(seconds(5 * 60)),
            away_after: seconds(60),
            abandon_after: Some(seconds(15 * 60)),
            prefer_topics_for: Some(seconds(60)),
            tiers: [
                tier(30, 1, Some(seconds(600)), 60),
                tier(30, 1, Some(seconds(600)), 60),
                tier(30, 1, None, 60),
                tier(15, 3, None, 15),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_1_to_64_small_letters_digits_dashes_and_underscores() {
        let longest = "x".repeat(64);
        for good in ["a", "z", "0", "9", "-", "_", "crisis-intervention_2", &longest] {
            assert_eq!(name(good), Ok(good));
        }
        for bad in ["", "A", "é", "a b", "a.b", &"x".repeat(65)] {
            assert_eq!(name(bad), Err(NotAName), "{bad}");
        }
    }

    #[test]
    fn a_skill_reads_back_as_it_is_written_and_its_name_is_checked() {
        let skill: Skill = "grief".parse().expect("a name");
        let written = serde_json::to_string(&skill).expect("a string");
        assert_eq!((written.as_str(), serde_json::from_str(&written).ok()), ("\"grief\"", Some(skill.clone())));
        assert_eq!((skill.as_str(), &*skill.to_string()), ("grief", "grief"));
        assert!(serde_json::from_str::<Skill>("\"Grief\"").is_err());
        assert_eq!(Skill::safeguarding().as_str(), "safeguarding");
        // It can be looked for by its name.
        assert!(std::collections::BTreeSet::from([skill]).contains("grief"));
    }

    #[test]
    fn a_line_is_found_by_its_name_and_the_default_one_without() {
        let line = |name: &str, default| Line {
            name: name.to_owned(),
            pool: Pool::named("main"),
            languages: vec![],
            needs: vec![],
            prefers: vec![],
            topics: vec![],
            outcomes: vec![],
            retention: None,
            templates: Vec::new(),
            default,
        };
        let lines = vec![line("youth", false), line("night", true)];
        let settings = Settings { pools: vec![Pool::named("main")], lines, dispatch: Dispatch::default() };
        let found = |name| settings.line(name).map(|line| &*line.name);
        assert_eq!((found(Some("youth")), found(None), found(Some("day"))), (Some("youth"), Some("night"), None));
    }
}

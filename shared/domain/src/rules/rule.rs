//! When a rule is asked, and what follows.

use chrono::{DateTime, TimeDelta, Utc};

use super::condition::{Condition, Sheet, Unclear};
use super::facts::Facts;
use crate::Priority;
use crate::request::{Findings, Fired};
use crate::settings::Skill;

/// When a rule is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trigger {
    /// A request is opened.
    Opened,
    /// The member writes, in the opening too.
    Message,
    /// It has waited.
    Waiting,
    /// One side of a conversation has been silent.
    Silent,
    /// Everyone who could be asked has been.
    Declined,
    /// The member's client has been silent.
    Away,
}

impl Trigger {
    /// The names in `rules.toml`, in order.
    pub const NAMES: [(&'static str, Self); 6] = [
        ("opened", Self::Opened),
        ("message", Self::Message),
        ("waiting", Self::Waiting),
        ("silent", Self::Silent),
        ("declined", Self::Declined),
        ("away", Self::Away),
    ];

    /// Whether the rule names how long that lasts.
    pub const fn is_timed(self) -> bool {
        !matches!(self, Self::Opened | Self::Message)
    }
}

/// What follows when a rule fires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// The request is at least so urgent.
    Priority(Priority),
    /// This policy is raised.
    Escalate(String),
    /// Whoever talks with the member must hold this.
    Require(Skill),
    /// The member is shown the resources of this kind at once.
    Show(String),
    /// It is called this, for people and reports.
    Tag(String),
}

impl Action {
    /// Whether it makes things safer: a condition that cannot be worked out counts as true for it.
    pub const fn raises_safety(&self) -> bool {
        !matches!(self, Self::Tag(_))
    }
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it is called.
    pub name: String,
    /// When it is asked.
    pub on: Trigger,
    /// How long that has lasted, for one that needs time.
    pub after: TimeDelta,
    /// What it asks; `None`: nothing, it always fires.
    pub condition: Option<Condition>,
    /// What follows.
    pub then: Vec<Action>,
}

impl Rule {
    /// Whether what it asks holds.
    fn verdict(&self, sheet: &Sheet<'_>) -> Result<bool, Unclear> {
        self.condition.as_ref().map_or(Ok(true), |condition| condition.holds_on(sheet))
    }
}

/// Every rule, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    /// The rules.
    pub rules: Vec<Rule>,
    /// The version of the file: the first 16 hexadecimal digits of its SHA-256.
    pub version: String,
}

impl RuleSet {
    /// What the rules on `trigger` make of `facts`.
    pub fn fire(&self, trigger: Trigger, facts: &Facts<'_>) -> Findings {
        let mut findings = Findings::default();
        self.fire_noting(trigger, facts, &mut findings, |_, _| {});
        findings
    }

    /// Adds what the rules on `trigger` make of `facts`, and tells `unclear` of those that could not be worked out.
    pub fn fire_noting(
        &self,
        trigger: Trigger,
        facts: &Facts<'_>,
        findings: &mut Findings,
        mut unclear: impl FnMut(&Rule, &Unclear),
    ) {
        let sheet = Sheet::of(facts);
        for rule in self.rules.iter().filter(|rule| rule.on == trigger) {
            let verdict = rule.verdict(&sheet);
            if let Err(why) = &verdict {
                unclear(rule, why);
            }
            self.follow(rule, None, verdict, findings);
        }
    }

    /// Adds what one rule makes of `facts`; `since`: since when what it watches for has lasted. Says whether it fired.
    pub fn fire_one(
        &self,
        rule: &Rule,
        since: Option<DateTime<Utc>>,
        facts: &Facts<'_>,
        findings: &mut Findings,
    ) -> bool {
        self.follow(rule, since, rule.verdict(&Sheet::of(facts)), findings)
    }

    /// Adds what follows from a verdict. Says whether the rule fired.
    fn follow(
        &self,
        rule: &Rule,
        since: Option<DateTime<Utc>>,
        verdict: Result<bool, Unclear>,
        findings: &mut Findings,
    ) -> bool {
        let failed = verdict.is_err();
        if verdict == Ok(false) || (failed && !rule.then.iter().any(Action::raises_safety)) {
            return false;
        }
        let fired = Fired { rule: rule.name.clone(), version: self.version.clone(), since, failed };
        let actions = rule.then.iter().filter(|action| !failed || action.raises_safety());
        for action in actions {
            match action {
                Action::Priority(priority) => findings.priority = findings.priority.max(*priority),
                Action::Escalate(policy) => findings.escalate.push((policy.clone(), fired.clone())),
                Action::Require(skill) => add(&mut findings.needs, skill),
                Action::Show(kind) => add(&mut findings.show, kind),
                Action::Tag(tag) => add(&mut findings.tags, tag),
            }
        }
        findings.rules.push(fired);
        true
    }
}

/// Adds what is not there yet.
fn add<T: Clone + PartialEq>(list: &mut Vec<T>, one: &T) {
    if !list.contains(one) {
        list.push(one.clone());
    }
}

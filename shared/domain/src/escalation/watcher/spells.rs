//! Rules that need time (DESIGN section 8): what they watch for, since when it has lasted, and when to look again.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Entry, Watcher};
use crate::request::{Findings, Phase};
use crate::rules::{Facts, PoolFacts, Rule, RuleSet, Side, Silence, Trigger};

/// A condition that did not hold when it was asked is asked again when something of the request changes, and otherwise
/// after as long as the rule waits, but no sooner and no later than this.
const ASKED_AGAIN: (TimeDelta, TimeDelta) = (TimeDelta::seconds(5), TimeDelta::seconds(60));

/// How long what is known of the pool is good for: everybody in it is looked at to find out.
const POOL_FACTS_FOR: TimeDelta = TimeDelta::seconds(1);

/// A condition that did not hold.
#[derive(Debug)]
pub(super) struct Asked {
    rule: String,
    since: DateTime<Utc>,
    again_at: DateTime<Utc>,
}

impl Entry {
    /// Who is silent, and since when: the volunteer, while the member waits for a first word or an answer; or else the
    /// member, since they were last answered.
    fn silence(&self) -> Option<(Side, DateTime<Utc>)> {
        let Phase::Active { since, first_word_at, unanswered_since, .. } = self.state.phase else { return None };
        let waits_since = match first_word_at {
            None => Some(unanswered_since.map_or(since, |asked| asked.min(since))),
            Some(_) => unanswered_since,
        };
        let by_volunteer = waits_since.map(|since| (Side::Volunteer, since));
        by_volunteer.or(self.answered_since.map(|since| (Side::Member, since)))
    }

    /// Since when that for which rules on `trigger` wait has lasted.
    fn lasts_since(&self, trigger: Trigger) -> Option<DateTime<Utc>> {
        match (trigger, &self.state.phase) {
            (_, Phase::Closed { .. }) | (Trigger::Opened | Trigger::Message, _) => None,
            (Trigger::Waiting, Phase::Waiting { since }) => Some(*since),
            (Trigger::Declined, Phase::Waiting { .. }) => self.state.exhausted_at,
            (Trigger::Waiting | Trigger::Declined, Phase::Active { .. }) => None,
            (Trigger::Silent, _) => self.silence().map(|(_, since)| since),
            (Trigger::Away, _) => self.state.away_since,
        }
    }

    /// The rules that have not fired for what lasts now, with since when it has and when they are to be asked.
    fn pending<'a>(&self, rules: &'a RuleSet) -> impl Iterator<Item = (&'a Rule, DateTime<Utc>, DateTime<Utc>)> {
        rules.rules.iter().filter(|rule| rule.on.is_timed()).filter_map(|rule| {
            let since = self.lasts_since(rule.on)?;
            if self.state.fired.get(&rule.name) == Some(&since) {
                return None;
            }
            let due = since.checked_add_signed(rule.after)?;
            let asked = self.asked.iter().find(|asked| asked.rule == rule.name && asked.since == since);
            Some((rule, since, asked.map_or(due, |asked| asked.again_at.max(due))))
        })
    }

    /// When to look again, whatever time alone brings.
    pub(super) fn alarm(&self, rules: &RuleSet) -> Option<DateTime<Utc>> {
        self.pending(rules).map(|(_, _, at)| at).min()
    }

    /// What the rules that are due make of it; those that do not hold are asked again later.
    pub(super) fn fire(&mut self, rules: &RuleSet, pool: PoolFacts, now: DateTime<Utc>) -> Findings {
        let mut findings = Findings::default();
        let mut asked = Vec::new();
        let silent = self.silence().map(|(side, since)| {
            let seconds = (now - since).num_seconds().try_into().unwrap_or_default();
            Silence { side, seconds }
        });
        let facts = Facts { request: &self.state, phrases: &[], screening: None, pool, silent, now };
        for (rule, since, at) in self.pending(rules) {
            if now >= at && !rules.fire_one(rule, Some(since), &facts, &mut findings) {
                let (soonest, latest) = ASKED_AGAIN;
                let again_at = now + rule.after.clamp(soonest, latest);
                asked.push(Asked { rule: rule.name.clone(), since, again_at });
            }
        }
        self.asked.retain(|known| !asked.iter().any(|new| new.rule == known.rule));
        self.asked.extend(asked);
        findings
    }
}

impl Watcher {
    /// Whether a condition is due that may ask how the pool is.
    pub(super) fn asks_a_condition(&self, entry: &Entry, now: DateTime<Utc>) -> bool {
        entry.pending(&self.book.rules).any(|(rule, _, at)| now >= at && rule.condition.is_some())
    }

    /// How the pool is, or was a moment ago.
    pub(super) fn pool_facts(&mut self, now: DateTime<Utc>) -> PoolFacts {
        let is_fresh = |at: DateTime<Utc>| at <= now && now < at + POOL_FACTS_FOR;
        if let Some((at, facts)) = self.pool_facts
            && is_fresh(at)
        {
            return facts;
        }
        let grace = self.settings.dispatch.presence_grace;
        let (ready, on_duty) = self.people.count_ready(grace, now);
        let waiting = u32::try_from(self.waiting).unwrap_or(u32::MAX);
        let facts = PoolFacts { on_duty: Some(on_duty), ready: Some(ready), waiting: Some(waiting) };
        self.pool_facts = Some((now, facts));
        facts
    }
}

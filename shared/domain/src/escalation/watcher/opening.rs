//! What was raised becomes an escalation, or one more reason of one that is open (DESIGN section 9).

use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

use super::steps::Draft;
use super::{OPEN_AGAIN_AFTER, Watcher};
use crate::escalation::{Command, Escalation, Open};
use crate::process::Intent;
use crate::request::{Raised, SupportRequest};
use crate::{RequestId, Version};

impl Watcher {
    /// What `request` raised and no escalation sees to, oldest first.
    pub(super) fn missing<'a>(&self, request: &'a SupportRequest) -> impl Iterator<Item = &'a Raised> {
        let policies = self.seen_to.get(&request.id);
        let up_to = |raised: &Raised| policies.and_then(|of| of.get(&raised.policy)).map(|seen| seen.up_to);
        let is_missing = move |raised: &&Raised| up_to(raised).is_none_or(|up_to| raised.version > up_to);
        // A request has at most so many raised that this is not worth an index.
        request.raised.iter().filter(is_missing).collect::<Vec<_>>().into_iter()
    }

    /// Opens what was raised and is not seen to; of each policy one at a time. What an open one does not cover yet is added
    /// when that one is looked at. Gives when to look again.
    pub(super) fn open_what_is_missing(
        &mut self,
        id: RequestId,
        intents: &mut Vec<Intent>,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let entry = self.requests.get_mut(&id)?;
        if std::mem::take(&mut entry.refused) {
            entry.open_after = Some(now + OPEN_AGAIN_AFTER);
        }
        let open_after = entry.open_after.filter(|at| now < *at && *at <= now + OPEN_AGAIN_AFTER);
        entry.open_after = open_after;
        let entry = self.requests.get(&id)?;
        // The first of each policy, by which the escalation has its id.
        let mut first: BTreeMap<&str, &Raised> = BTreeMap::new();
        for raised in self.missing(&entry.state) {
            first.entry(&raised.policy).or_insert(raised);
        }
        if first.is_empty() {
            return None;
        }
        let seen_to = self.seen_to.get(&id);
        let under_way = |policy: &str| seen_to.and_then(|of| of.get(policy)).and_then(|seen| seen.open);
        let mut opened = Vec::new();
        for (policy, raised) in first {
            if let Some(open) = under_way(policy) {
                self.touched_escalations.insert(open);
                continue;
            }
            if open_after.is_some() || entry.opening.iter().any(|(_, of)| of == policy) {
                continue;
            }
            let state = &entry.state;
            let open = Open {
                request: id,
                line: state.line.clone(),
                priority: state.priority,
                policy: self.book.policies.get(policy),
                raised: raised.version,
                cause: raised.cause,
                rule: raised.rule.clone(),
            };
            let (escalation, event) = Escalation::open(open);
            opened.push((escalation, event));
        }
        for (escalation, event) in opened {
            let mut draft = Draft::open(escalation, &self.pool, event, now);
            self.add_triggers(&mut draft, now);
            self.walk(&mut draft, now);
            self.opening.insert(escalation, id);
            if let Some(entry) = self.requests.get_mut(&id) {
                entry.opening.push((escalation, draft.state.policy.name.clone()));
            }
            intents.push(self.append(escalation, Version::NONE, draft.events));
        }
        open_after
    }

    /// Adds the newest of what was raised and the escalation does not cover yet.
    pub(super) fn add_triggers(&self, draft: &mut Draft, now: DateTime<Utc>) {
        let Some(entry) = self.requests.get(&draft.state.request) else { return };
        let state = &entry.state;
        let of_policy = |raised: &&Raised| raised.policy == draft.state.policy.name;
        let Some(newest) = state.raised.iter().rev().find(of_policy) else { return };
        let rule = newest.rule.clone();
        draft.add(Command::AddTrigger(newest.version, newest.cause, rule, state.priority), now);
    }
}

//! The watcher under observation: the reference model learns what the watcher learns, and judges each wish by the facts
//! that the watcher had when it made it, and what it left undone (I6).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::TimeDelta;
use wideawake_domain::escalation::{EscalationEvent, Skip, Watcher};
use wideawake_domain::process::{Intent, Process, Signal};
use wideawake_domain::request::RequestEvent;
use wideawake_domain::rules::{Rulebook, Shelf};
use wideawake_domain::settings::Settings;
use wideawake_domain::{EscalationId, Event, Pool, Recorded, RequestId, StreamId, StreamKind};

use crate::Time;
use crate::bend::Bend;
use crate::model::{Breach, Case, Model, Place, Plea, breach};
use crate::plant::Plant;

/// How long after an opening that came to nothing it may rest before it wishes for it again.
const RESTS: TimeDelta = TimeDelta::seconds(1);

/// A watcher, and what is known of what it knows.
pub(crate) struct Minded {
    pool: Pool,
    watcher: Bend,
    shelf: Shelf,
    model: Model,
    /// What it wished and does not know the outcome of.
    wishes: BTreeMap<StreamId, Intent>,
    /// Requests of which an opening came to nothing, and until when it may rest.
    refused: BTreeMap<RequestId, Option<Time>>,
    /// The latest time at which it decided: while its clock shows less, what it worked out may be of another time.
    latest: Time,
    pub(crate) breach: Option<Breach>,
}

impl Minded {
    pub(crate) fn new(pool: Pool, settings: &Arc<Settings>, shelf: Shelf, start: Time, plant: Option<Plant>) -> Self {
        let watcher = Watcher::new(pool.clone(), (**settings).clone(), shelf.clone());
        Self {
            pool,
            watcher: Bend::new(watcher, plant),
            shelf,
            model: Model::new(settings.clone(), start),
            wishes: BTreeMap::new(),
            refused: BTreeMap::new(),
            latest: Time::UNIX_EPOCH,
            breach: None,
        }
    }

    pub(crate) fn watcher(&self) -> &Watcher {
        &self.watcher.inner
    }

    pub(crate) fn has_wishes(&self) -> bool {
        !self.wishes.is_empty()
    }

    fn judge(&self, intents: &[Intent], now: Time) -> Result<(), Breach> {
        let book = self.shelf.book();
        for intent in intents {
            if self.wishes.contains_key(&intent.stream) {
                return breach("loop", format!("a second wish for {} while one is under way", intent.stream));
            }
            let known = self.model.versions.get(&intent.stream).copied().unwrap_or_default();
            if intent.expected != known || intent.pool != self.pool {
                let (stream, expected) = (intent.stream, intent.expected);
                return breach("loop", format!("a wish for {stream} at {expected}, known at {known}"));
            }
            match intent.stream.kind {
                StreamKind::Request => self.judge_request(intent, &book, now)?,
                StreamKind::Escalation => self.judge_escalation(intent, &book, now)?,
                _ => return breach("I6", format!("a watcher wishes for {}", intent.stream)),
            }
        }
        Ok(())
    }

    /// Only what rules that are due ask for, and whom else to turn to.
    fn judge_request(&self, intent: &Intent, book: &Rulebook, now: Time) -> Result<(), Breach> {
        let id = RequestId(intent.stream.id);
        let Some(case) = self.model.cases.get(&id) else {
            return breach("I6", format!("a wish for {id}, which is not known"));
        };
        let mut after = case.clone();
        let due = self.model.rules_due(case, book, now);
        let mut escalates = Vec::new();
        for event in &intent.events {
            match event {
                Event::Request(RequestEvent::Triaged(triaged)) => {
                    for fired in &triaged.rules {
                        let is_due =
                            |(rule, since): &(String, Time)| *rule == fired.rule && Some(*since) == fired.since;
                        if !due.iter().any(is_due) {
                            return breach("I6", format!("{} fires for {id} and is not due", fired.rule));
                        }
                        let rule = book.rules.rules.iter().find(|rule| rule.name == fired.rule);
                        let actions = rule.map(|rule| rule.then.clone()).unwrap_or_default();
                        escalates.extend(actions.into_iter().filter_map(|action| match action {
                            wideawake_domain::rules::Action::Escalate(policy) => Some(policy),
                            _ => None,
                        }));
                    }
                    if triaged.show.iter().any(|kind| kind == "emergency") && !self.model.shows_emergency(case) {
                        return breach("I6", format!("the member of {id} is shown emergency resources for nothing"));
                    }
                }
                Event::Request(RequestEvent::EscalationRaised(raised)) => {
                    let Some(at) = escalates.iter().position(|policy| *policy == raised.policy) else {
                        return breach("I6", format!("{id} raises {} for nothing", raised.policy));
                    };
                    escalates.remove(at);
                }
                other => return breach("I6", format!("a watcher wishes for `{}` of {id}", other.kind())),
            }
            if let Event::Request(event) = event {
                after.evolve(event, intent.actor, now)?;
            }
        }
        match escalates.first() {
            Some(policy) => breach("I6", format!("{id} does not raise {policy}, though a rule asks for it")),
            None => Ok(()),
        }
    }

    /// Each event by the reason for it.
    fn judge_escalation(&self, intent: &Intent, book: &Rulebook, now: Time) -> Result<(), Breach> {
        let id = EscalationId(intent.stream.id);
        let mut plea = self.model.pleas.get(&id).cloned();
        for event in &intent.events {
            let Event::Escalation(event) = event else { return breach("I6", "an event of another kind") };
            match (&mut plea, event) {
                (None, EscalationEvent::EscalationOpened(opened)) => {
                    let case = self.model.cases.get(&opened.request);
                    if case.is_none_or(|case| case.priority != opened.priority)
                        || opened.policy != book.policies.get(&opened.policy.name)
                    {
                        return breach("I6", format!("{id} is not opened as the request and the policy are"));
                    }
                    let opened = Plea::open(id, intent.pool.clone(), opened, now);
                    self.model.may_open(&opened)?;
                    plea = Some(opened);
                }
                (None, other) => return breach("I6", format!("{id} begins with `{}`", other.kind())),
                (Some(plea), event) => {
                    self.judge_step(plea, event, now)?;
                    plea.evolve(event, now)?;
                }
            }
        }
        Ok(())
    }

    fn judge_step(&self, plea: &Plea, event: &EscalationEvent, now: Time) -> Result<(), Breach> {
        let (id, pool, model) = (plea.id, &self.pool, &self.model);
        let named = |step: u32| {
            let step = plea.policy.steps.get(step as usize);
            step.map(|step| model.named(&step.page, pool, now)).unwrap_or_default()
        };
        let (called, expected) = match event {
            EscalationEvent::StepReached(reached) => (reached.staff.clone(), named(reached.step)),
            EscalationEvent::StepSkipped(skipped) if skipped.why == Skip::Nobody => (Vec::new(), named(skipped.step)),
            EscalationEvent::StepSkipped(_) if !model.is_lost(plea) => {
                return breach("I6", format!("a step of {id} is skipped although somebody may still be reached"));
            }
            EscalationEvent::FallbackReached(reached) => (reached.staff.clone(), model.supervisors(pool)),
            EscalationEvent::Reminded(reminded) => match plea.place {
                Place::Taken { by, .. } => (reminded.staff.clone(), model.reminded(by, pool, now)),
                _ => return breach("I6", format!("somebody is reminded of {id}, which nobody has")),
            },
            EscalationEvent::TriggerAdded(added) => {
                let case = model.cases.get(&plea.request);
                let of = |raise: &&crate::model::Raise| raise.policy == plea.policy.name;
                let newest = case.and_then(|case| case.raises.iter().rev().find(of));
                return match newest {
                    Some(newest) if newest.version == added.raised => Ok(()),
                    _ => breach("I6", format!("{id} is given {} as a reason, which is not the newest", added.raised)),
                };
            }
            EscalationEvent::StepSkipped(_) => return Ok(()),
            other => return breach("I6", format!("a watcher wishes for `{}` of {id}", other.kind())),
        };
        if called == expected {
            return Ok(());
        }
        breach("I6", format!("`{}` of {id} calls {called:?} and not {expected:?}", event.kind()))
    }

    /// I6, by the facts at hand: nothing that should be done is left undone.
    fn judge_rest(&self, now: Time) -> Result<(), Breach> {
        let book = self.shelf.book();
        let opens = |case: &Case, policy: &str| {
            self.wishes.values().flat_map(|wish| &wish.events).any(|event| match event {
                Event::Escalation(EscalationEvent::EscalationOpened(opened)) => {
                    opened.request == case.id && opened.policy.name == policy
                }
                _ => false,
            })
        };
        let under_way = |id: EscalationId| self.wishes.contains_key(&StreamId::escalation(id));
        for case in self.model.cases.values().filter(|case| case.pool == self.pool) {
            for (policy, since) in self.model.unseen(case) {
                let is_added = self.model.open_plea(case.id, policy).is_some_and(|plea| under_way(plea.id));
                if !is_added && !opens(case, policy) && !self.refused.contains_key(&case.id) {
                    let id = case.id;
                    return breach("I6", format!("{id} raised {policy} at {since}, and nothing is done about it"));
                }
            }
            if case.is_closed() || self.wishes.contains_key(&StreamId::request(case.id)) {
                continue;
            }
            if let Some((rule, since)) = self.model.rules_due(case, &book, now).first() {
                return breach("I6", format!("the rule {rule} is due for {} since {since} and does not fire", case.id));
            }
            if self.model.shows_emergency(case) {
                return breach("I6", format!("the member of {} is not shown whom else to turn to", case.id));
            }
        }
        for plea in self.model.pleas.values().filter(|plea| !under_way(plea.id)) {
            if plea.due().is_some_and(|due| now >= due) || self.model.is_lost(plea) {
                return breach("I6", format!("{} stands still at {:?}", plea.id, plea.place));
            }
        }
        Ok(())
    }

    fn note(&mut self, found: Result<(), Breach>) {
        if let Err(found) = found {
            self.breach.get_or_insert(found);
        }
    }
}

impl Process for Minded {
    fn scope(&self) -> Vec<(StreamKind, TimeDelta)> {
        self.watcher.inner.scope()
    }

    fn observe(&mut self, fact: &Recorded) {
        let learnt = self.model.learn(fact);
        self.note(learnt);
        self.watcher.observe(fact);
    }

    fn took_over(&mut self, now: Time) {
        self.watcher.took_over(now);
    }

    fn signal(&mut self, signal: Signal) {
        self.watcher.inner.signal(signal);
    }

    fn due(&self) -> Option<Time> {
        self.watcher.inner.due()
    }

    fn decide(&mut self, now: Time) -> Vec<Intent> {
        for until in self.refused.values_mut() {
            until.get_or_insert(now + RESTS);
        }
        let over: BTreeSet<RequestId> = self
            .refused
            .iter()
            .filter(|(_, until)| until.is_some_and(|until| now >= until))
            .map(|(id, _)| *id)
            .collect();
        self.refused.retain(|id, _| !over.contains(id));
        let intents = self.watcher.decide(now);
        let goes_on = now >= self.latest;
        self.latest = now.max(self.latest);
        if goes_on {
            let judged = self.judge(&intents, now);
            self.note(judged);
        }
        for intent in &intents {
            self.wishes.insert(intent.stream, intent.clone());
        }
        if goes_on {
            let rest = self.judge_rest(now);
            self.note(rest);
        }
        intents
    }

    fn settled(&mut self, stream: StreamId) {
        match self.wishes.remove(&stream) {
            None => self.note(breach("loop", format!("{stream} is settled, though nothing was wished for it"))),
            Some(wish) => {
                let opened = wish.events.iter().find_map(|event| match event {
                    Event::Escalation(EscalationEvent::EscalationOpened(opened)) => Some(opened.request),
                    _ => None,
                });
                if let Some(request) = opened
                    && !self.model.pleas.contains_key(&EscalationId(stream.id))
                {
                    self.refused.insert(request, None);
                }
            }
        }
        self.watcher.inner.settled(stream);
    }
}

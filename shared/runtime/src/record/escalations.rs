//! Escalations: loading and changing them. What is typed into one is sealed under the key of its request.

use std::collections::BTreeMap;

use wideawake_domain::escalation::{Command, Escalation, EscalationEvent, Rejection};
use wideawake_domain::request::{RequestEvent, SupportRequest};
use wideawake_domain::{Actor, EscalationId, Event, Recorded, StreamId, StreamKind, Text, Version};
use wideawake_ledger::{AppendError, KeyChange};
use wideawake_vault::VaultError;

use super::{ATTEMPTS, PAGE, Record, RecordError, prepare};
use crate::clock;

impl Record {
    /// An escalation as the record has it now.
    pub async fn escalation(&self, id: EscalationId) -> Result<Option<Escalation>, RecordError> {
        let mut state = None;
        let mut after = Version::NONE;
        loop {
            let facts = self.ledger.read(StreamId::escalation(id), after, PAGE).await?;
            for fact in &facts {
                Escalation::apply(&mut state, fact);
            }
            match facts.last() {
                Some(last) if facts.len() == PAGE => after = last.version,
                _ => return Ok(state),
            }
        }
    }

    /// Every escalation of a pool that is not resolved, oldest first.
    pub async fn open_escalations(&self, pool: &wideawake_domain::Pool) -> Result<Vec<Escalation>, RecordError> {
        let (facts, _) = self.ledger.open(pool, StreamKind::Escalation, clock::now()).await?;
        let mut states = std::collections::BTreeMap::new();
        for fact in &facts {
            Escalation::apply(states.entry(fact.stream).or_default(), fact);
        }
        let mut open: Vec<Escalation> = states.into_values().flatten().filter(|state| !state.is_resolved()).collect();
        open.sort_by_key(|escalation| (escalation.opened_at, escalation.id));
        Ok(open)
    }

    /// Whether something beyond a volunteer was asked for in a request and is not resolved, or not even opened yet.
    pub async fn is_escalated(&self, request: &SupportRequest) -> Result<bool, RecordError> {
        if request.raised.is_empty() {
            return Ok(false);
        }
        let mut resolved: BTreeMap<String, Version> = BTreeMap::new();
        let mut after = Version::NONE;
        loop {
            let facts = self.history(request.id, after, PAGE).await?;
            for fact in &facts {
                after = fact.version;
                let Ok(Event::Request(RequestEvent::EscalationRaised(raised))) = fact.event() else { continue };
                let id = EscalationId::derive(request.id, &raised.policy, fact.version);
                let until = resolved.entry(raised.policy).or_default();
                if fact.version <= *until {
                    continue;
                }
                match self.escalation(id).await? {
                    Some(escalation) if escalation.is_resolved() => *until = escalation.covers(),
                    _ => return Ok(true),
                }
            }
            if facts.len() < PAGE {
                return Ok(false);
            }
        }
    }

    /// Does what `check` asks for, judged on the escalation as it is when the change is made: when somebody else is
    /// faster, `check` is asked again. `None`: there is no such escalation. Text about a member who was erased is left
    /// out: what is decided about the escalation counts all the same.
    pub async fn change_escalation<E: From<Rejection>>(
        &self,
        id: EscalationId,
        actor: Actor,
        check: impl Fn(&Escalation) -> Result<Command, E>,
    ) -> Result<Option<Result<Vec<Recorded>, E>>, RecordError> {
        let stream = StreamId::escalation(id);
        for _ in 0..ATTEMPTS {
            let Some(state) = self.escalation(id).await? else { return Ok(None) };
            let now = clock::now();
            let decided = check(&state).and_then(|command| state.decide(command, now).map_err(E::from));
            let mut events = match decided {
                Ok(events) if events.is_empty() => return Ok(Some(Ok(Vec::new()))),
                Ok(events) => events,
                Err(refused) => return Ok(Some(Err(refused))),
            };
            if events.iter_mut().any(|event| !event.texts_mut().is_empty()) {
                let key = self.data_key(state.request).await?;
                for (n, event) in events.iter_mut().enumerate() {
                    let version = state.version.plus(n as u64 + 1);
                    match &key {
                        Some(key) => seal(event, |open| key.seal(stream, version, open)),
                        None => event.leave_texts_out(),
                    }
                }
            }
            let events = events.into_iter().map(Event::Escalation).collect();
            let append = prepare(stream, state.pool.clone(), state.version, actor, now, events, KeyChange::Keep)?;
            match self.append(append).await {
                Err(AppendError::Conflict { .. }) => {}
                answer => return Ok(Some(Ok(answer?))),
            }
        }
        Err(RecordError::Contended)
    }

    /// What was sealed in event `version` of an escalation; `None` once its request was erased.
    pub async fn escalation_text(
        &self,
        escalation: &Escalation,
        version: Version,
        text: &Text,
    ) -> Result<Option<String>, RecordError> {
        let request = StreamId::request(escalation.request);
        let Some(wrapped) = self.ledger.key(request).await? else { return Ok(None) };
        let key = self.vault.unwrap(request, &wrapped)?;
        match key.open(StreamId::escalation(escalation.id), version, text) {
            Ok(open) => Ok(Some(open.to_string())),
            Err(VaultError::Lost) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn seal(event: &mut EscalationEvent, seal: impl Fn(&str) -> Text) {
    for text in event.texts_mut() {
        if let Text::Open(open) = text {
            *text = seal(open);
        }
    }
}

//! Requests: opening, loading, changing, and reading what was sealed.

use std::sync::Arc;

use wideawake_domain::request::{Command, Rejection, RequestEvent, SupportRequest};
use wideawake_domain::{Actor, Event, Pool, Recorded, RequestId, StreamId, Text, Version};
use wideawake_ledger::{AppendError, KeyChange};
use wideawake_vault::{DataKey, VaultError};

use super::{ATTEMPTS, PAGE, Record, RecordError, prepare};
use crate::clock;

/// What came of opening a request.
#[derive(Debug)]
pub enum Opening {
    /// It is new.
    Opened(Arc<SupportRequest>),
    /// There was one of that id already.
    Existed(Arc<SupportRequest>),
}

/// What a command changed.
#[derive(Debug)]
pub struct Change {
    /// The request as it is now.
    pub request: Arc<SupportRequest>,
    /// What was appended; empty when it was so already.
    pub facts: Vec<Recorded>,
}

impl Record {
    /// Opens a request under `id`, sealing its text under a new key.
    pub async fn open_request(
        &self,
        id: RequestId,
        pool: Pool,
        mut events: Vec<RequestEvent>,
    ) -> Result<Opening, RecordError> {
        let stream = StreamId::request(id);
        let (key, wrapped) = self.vault.new_data_key(stream);
        seal(&key, stream, Version::NONE, &mut events);
        let events = events.into_iter().map(Event::Request).collect();
        let append =
            prepare(stream, pool, Version::NONE, Actor::Member, clock::now(), events, KeyChange::Create(wrapped))?;
        match self.append(append).await {
            Ok(facts) => {
                self.keys.put(id, key, |_, _| false);
                let state = SupportRequest::replay(&facts).map(Arc::new).ok_or(RecordError::Contended)?;
                Ok(Opening::Opened(self.remember(state)))
            }
            Err(AppendError::Conflict { .. }) => {
                self.request(id).await?.map(Opening::Existed).ok_or(RecordError::Contended)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A request as it was when this process last had to do with it, if that was not long ago. It may have changed since.
    pub fn seen_before(&self, id: RequestId) -> Option<Arc<SupportRequest>> {
        self.requests.get(&id)
    }

    /// A request as the record has it now.
    pub async fn request(&self, id: RequestId) -> Result<Option<Arc<SupportRequest>>, RecordError> {
        let known = self.requests.get(&id);
        let stream = StreamId::request(id);
        let mut after = known.as_ref().map_or(Version::NONE, |state| state.version);
        let mut state = None;
        loop {
            let facts = self.ledger.read(stream, after, PAGE).await?;
            if facts.is_empty() && state.is_none() {
                return Ok(known);
            }
            if state.is_none() {
                state = known.as_deref().cloned();
            }
            for fact in &facts {
                SupportRequest::apply(&mut state, fact);
            }
            match facts.last() {
                Some(last) if facts.len() == PAGE => after = last.version,
                _ => return Ok(state.map(|state| self.remember(Arc::new(state)))),
            }
        }
    }

    pub(super) fn remember(&self, state: Arc<SupportRequest>) -> Arc<SupportRequest> {
        self.requests.put(state.id, state.clone(), |old, new| old.version >= new.version);
        state
    }

    /// Does what `check` asks for, judged on the request as it is when the change is made: when somebody else is faster,
    /// `check` is asked again. `None`: there is no such request.
    pub async fn change_request<E: From<Rejection>>(
        &self,
        id: RequestId,
        actor: Actor,
        check: impl Fn(&SupportRequest) -> Result<Command, E>,
    ) -> Result<Option<Result<Change, E>>, RecordError> {
        // For a first try what was seen last will do, which as a rule was a moment ago: if it is not the latest, the append
        // says so, and nobody is refused by it.
        let mut seen = self.requests.get(&id);
        for _ in 0..ATTEMPTS {
            let (request, is_latest) = match seen.take() {
                Some(seen) => (seen, false),
                None => match self.request(id).await? {
                    Some(request) => (request, true),
                    None => return Ok(None),
                },
            };
            if request.erased {
                self.keys.remove(&id);
            }
            let now = clock::now();
            let decided = check(&request).and_then(|command| request.decide(command, actor, now).map_err(E::from));
            let mut events = match decided {
                Ok(events) if !events.is_empty() => events,
                _ if !is_latest => continue,
                Ok(_) => return Ok(Some(Ok(Change { request, facts: Vec::new() }))),
                Err(refused) => return Ok(Some(Err(refused))),
            };
            let stream = StreamId::request(id);
            if events.iter_mut().any(|event| !event.texts_mut().is_empty()) {
                match self.data_key(id).await? {
                    Some(key) => seal(&key, stream, request.version, &mut events),
                    None if !is_latest => continue,
                    None => return Ok(Some(Err(Rejection::Erased.into()))),
                }
            }
            let events = events.into_iter().map(Event::Request).collect();
            let append = prepare(stream, request.pool.clone(), request.version, actor, now, events, KeyChange::Keep)?;
            match self.append(append).await {
                Ok(facts) => {
                    let mut state = Some(SupportRequest::clone(&request));
                    for fact in &facts {
                        SupportRequest::apply(&mut state, fact);
                    }
                    let request = state.map_or(request, |state| self.remember(Arc::new(state)));
                    return Ok(Some(Ok(Change { request, facts })));
                }
                Err(AppendError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(RecordError::Contended)
    }

    /// A request, and at most `limit` of its events behind a version, with one read as a rule. Fewer than `limit` are all
    /// there are, and the request is as the record has it now.
    pub async fn follow(
        &self,
        id: RequestId,
        after: Version,
        limit: usize,
    ) -> Result<Option<(Arc<SupportRequest>, Vec<Recorded>)>, RecordError> {
        let known = self.requests.get(&id);
        let Some(known) = known.filter(|known| known.version >= after) else {
            let Some(request) = self.request(id).await? else { return Ok(None) };
            let facts = self.history(id, after, limit).await?;
            return Ok(Some((request, facts)));
        };
        let facts = self.ledger.read(StreamId::request(id), after, limit).await?;
        if facts.last().is_none_or(|last| last.version <= known.version) {
            return Ok(Some((known, facts)));
        }
        let mut state = Some(SupportRequest::clone(&known));
        for fact in facts.iter().filter(|fact| fact.version > known.version) {
            SupportRequest::apply(&mut state, fact);
        }
        Ok(state.map(|state| (self.remember(Arc::new(state)), facts)))
    }

    /// The events of a request behind a version, at most `limit`.
    pub async fn history(&self, id: RequestId, after: Version, limit: usize) -> Result<Vec<Recorded>, RecordError> {
        Ok(self.ledger.read(StreamId::request(id), after, limit).await?)
    }

    /// What was sealed in event `version` of a request; `None` once it was erased, by whomever: the ledger is asked each
    /// time whether the key still exists.
    pub async fn text(&self, id: RequestId, version: Version, text: &Text) -> Result<Option<String>, RecordError> {
        let stream = StreamId::request(id);
        let Some(wrapped) = self.ledger.key(stream).await? else {
            self.keys.remove(&id);
            return Ok(None);
        };
        let key = self.keys.get(&id).map_or_else(|| self.vault.unwrap(stream, &wrapped), Ok)?;
        match key.open(stream, version, text) {
            Ok(open) => Ok(Some(open.to_string())),
            Err(VaultError::Lost) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The data key to seal with; `None` once it was destroyed. It may have been destroyed this moment: then what is
    /// sealed with it conflicts with the erasure and is never appended.
    pub(super) async fn data_key(&self, id: RequestId) -> Result<Option<DataKey>, RecordError> {
        if let Some(key) = self.keys.get(&id) {
            return Ok(Some(key));
        }
        let stream = StreamId::request(id);
        let Some(wrapped) = self.ledger.key(stream).await? else { return Ok(None) };
        let key = self.vault.unwrap(stream, &wrapped)?;
        self.keys.put(id, key.clone(), |_, _| false);
        Ok(Some(key))
    }
}

fn seal(key: &DataKey, stream: StreamId, after: Version, events: &mut [RequestEvent]) {
    for (n, event) in events.iter_mut().enumerate() {
        let version = after.plus(n as u64 + 1);
        for text in event.texts_mut() {
            if let Text::Open(open) = text {
                *text = key.seal(stream, version, open);
            }
        }
    }
}

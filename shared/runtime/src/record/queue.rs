//! Where a request stands in its queue.

use std::collections::BTreeMap;
use std::sync::Arc;

use wideawake_domain::request::SupportRequest;
use wideawake_domain::{Pool, Recorded, RequestId, StreamId, StreamKind};
use wideawake_live::{LiveError, Place};

use super::{ATTEMPTS, PAGE, Record, RecordError};
use crate::clock;

/// What changes whether a request waits, or where.
const MOVES: [&str; 8] =
    ["opened", "triaged", "priority_changed", "released", "accepted", "assigned", "joined", "closed"];

impl Record {
    /// How many requests are served before this one; `None` when it does not wait, or when that cannot be told. A queue
    /// that has lost the request, as after the live state was wiped, gets it back.
    pub async fn ahead(&self, request: &SupportRequest) -> Option<usize> {
        if !request.is_waiting() {
            return None;
        }
        match self.rank(request).await {
            Ok(Some(ahead)) => Some(ahead),
            Ok(None) => {
                self.put_in_place(request.id, None).await;
                self.rank(request).await.ok()?
            }
            Err(_) => None,
        }
    }

    async fn rank(&self, request: &SupportRequest) -> Result<Option<usize>, LiveError> {
        self.live.ahead(&request.pool, request.id, &self.ageing(), clock::now()).await
    }

    /// Keeps the queue in step with `facts` of one request, the newest that are known.
    pub(super) async fn keep_in_step(&self, id: RequestId, facts: &[Recorded]) {
        if !facts.iter().any(|fact| MOVES.contains(&&*fact.kind)) {
            return;
        }
        let mut state = self.requests.get(&id).as_deref().cloned();
        for fact in facts {
            SupportRequest::apply(&mut state, fact);
        }
        let is_newest = |state: &SupportRequest| facts.last().is_some_and(|last| state.version == last.version);
        let known = state.filter(is_newest).map(|state| self.remember(Arc::new(state)));
        self.put_in_place(id, known).await;
    }

    /// Puts a request into the queue where it belongs, or takes it out, as `known` has it or the record. Somebody who
    /// moved it after us may have reached the queue before us, so that the record is read again until it agrees.
    async fn put_in_place(&self, id: RequestId, known: Option<Arc<SupportRequest>>) {
        let mut done = None;
        if let Some(known) = known {
            let place = place(&known);
            self.put(&known.pool, id, place).await;
            done = Some(place);
        }
        for _ in 0..ATTEMPTS {
            let Ok(Some(state)) = self.request(id).await else { return };
            let place = place(&state);
            if done == Some(place) {
                return;
            }
            self.put(&state.pool, id, place).await;
            done = Some(place);
        }
    }

    /// It need not succeed: a request that is missing is put back when it asks for its place.
    async fn put(&self, pool: &Pool, id: RequestId, place: Option<Place>) {
        let _ = match place {
            Some(place) => self.live.queue(pool, place).await,
            None => self.live.unqueue(pool, id).await,
        };
    }

    /// Puts who waits by the record in the place of the whole queue of `pool`: whoever was lost is back, and whoever should
    /// long be out of it is gone.
    pub async fn requeue(&self, pool: &Pool) -> Result<(), RecordError> {
        let (facts, mut cursor) = self.ledger.open(pool, StreamKind::Request, clock::now()).await?;
        let mut states: BTreeMap<StreamId, Option<SupportRequest>> = BTreeMap::new();
        for fact in &facts {
            SupportRequest::apply(states.entry(fact.stream).or_default(), fact);
        }
        let places: Vec<_> = states.values().flatten().filter_map(place).collect();
        self.live.refill(pool, &places).await?;
        // Whoever came meanwhile must not be missing, and whoever was taken must not stay.
        loop {
            let (facts, next) = self.ledger.tail(Some(&cursor), PAGE).await?;
            self.hint(&facts).await;
            if facts.len() < PAGE {
                return Ok(());
            }
            cursor = next;
        }
    }
}

fn place(request: &SupportRequest) -> Option<Place> {
    let place = Place { request: request.id, priority: request.priority, opened_at: request.opened_at };
    request.is_waiting().then_some(place)
}

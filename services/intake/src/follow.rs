//! The stream of a request: what was written, how it stands, and its end, without gap or repeat across connections.
//!
//! What is sent comes from the record alone, from the version on that the client has; hints only say when to look. So a
//! hint that is lost costs a few seconds and never a message.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::time::{Instant, sleep_until, timeout_at};
use wideawake_domain::request::{Phase, Speaker, SupportRequest};
use wideawake_domain::{Recorded, RequestId, StreamId, Version};
use wideawake_runtime::RecordError;
use wideawake_runtime::http::sse::{self, last_event_id};
use wideawake_runtime::http::{Problem, Sse};
use wideawake_runtime::pages::Words;
use wideawake_runtime::record::{Hint, Watch};

use crate::api::{Members, Ours};
use crate::heard::{Heard, heard};
use crate::limits::{Tab, of_request, shed};
use crate::locale::words;
use crate::member::Member;
use crate::state::Door;
use crate::view::{ClosedBody, MessageBody, ResourceList, Standing, TypingBody};

/// How many events are read at once.
const PAGE: usize = 500;

/// How often the record is read although nothing hints at a change.
const REREAD: Duration = Duration::from_secs(10);

/// How often, when there are no hints or the record did not answer.
const REREAD_BLIND: Duration = Duration::from_secs(1);

/// How often the place of whoever is next is looked up; others' change more slowly, or are of less interest.
const REPLACE: Duration = Duration::from_secs(2);

/// How long a member is shown that somebody writes, in seconds.
const TYPING_S: u32 = 6;

/// How many streams of one request are open side by side.
const TABS: usize = 8;

/// Follow a request
///
/// Server-sent events. `status` carries how the request stands, at connect and whenever that changes; `message` what
/// was written; `resources` whom else to call, when it is time to say so; `typing` that somebody is writing, which is never
/// said again; `closed` is the last. The `id` of an event is its number in the request: with `Last-Event-ID` the stream goes
/// on behind it, without it (or with one that is unknown) it begins with the whole conversation. The data of each is
/// `Request`, `Message`, `ResourceList`, `Typing` and `Closed`.
#[utoipa::path(
    get,
    path = "/v1/requests/{id}/stream",
    tag = "requests",
    params(
        ("id" = Uuid, Path),
        ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event that was received."),
    ),
    responses(
        (status = 200, description = "The stream. A comment shows every 10 s that it lives.", body = String, content_type = "text/event-stream"),
        Members, Ours,
    ),
    security(("token" = []), ("cookie" = [])),
)]
pub(crate) async fn stream(
    State(door): State<Arc<Door>>,
    Member(request): Member,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limits = &door.limits;
    if !of_request(&door, "streams", request.id, limits.config.streams).await {
        return Err(shed(&door, request.country.as_deref()));
    }
    let shutdown = door.shutdown.child_token();
    let tab = limits.config.enabled.then(|| limits.tabs.open(request.id, TABS, shutdown.clone()));
    let known = last_event_id(&headers).and_then(|id| id.parse().ok()).map(Version);
    let seen = known.filter(|version| *version <= request.version).unwrap_or(Version::NONE);
    let follower = Follower {
        door,
        id: request.id,
        words: words(&request.language),
        seen,
        told: None,
        watch: None,
        ready: VecDeque::new(),
        next: Next::Look,
        _tab: tab,
    };
    let events = stream::unfold(Box::new(follower), |mut follower| async move {
        let event = follower.next().await?;
        Some((event, follower))
    });
    Ok(Sse::new(events, shutdown).into_response())
}

/// What is kept for each stream that is open.
struct Follower {
    door: Arc<Door>,
    id: RequestId,
    words: &'static Words,
    /// Whatever concerns the member up to here was sent.
    seen: Version,
    told: Option<Standing>,
    watch: Option<Box<dyn Watch>>,
    ready: VecDeque<sse::Event>,
    next: Next,
    _tab: Option<Tab>,
}

/// What to do when everything that was ready is sent.
enum Next {
    /// Look at once.
    Look,
    /// Look when something hints at a change, or after this time.
    Wait(Duration),
    /// Say nothing more.
    End,
}

/// Why a stream no longer waits.
#[derive(PartialEq, Eq)]
enum Woken {
    /// It is time to look.
    Look,
    /// Somebody writes; there is nothing to look at yet.
    Typing,
}

impl Follower {
    async fn next(&mut self) -> Option<sse::Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            // Most streams are idle most of the time: a queue that was long once is not kept.
            self.ready = VecDeque::new();
            match self.next {
                Next::End => return None,
                Next::Look => {}
                Next::Wait(patience) => {
                    if self.wait(patience).await == Woken::Typing {
                        // However long they write, a hint that was lost is made good.
                        self.next = Next::Look;
                        return Some(sse::Event::new("typing", &TypingBody { for_s: TYPING_S }));
                    }
                }
            }
            // Boxed, so that an idle stream does not hold the room that looking takes.
            self.next = match Box::pin(self.look()).await {
                Ok(next) => next,
                Err(error) => {
                    tracing::debug!(%error, "a stream cannot be continued for the moment");
                    Next::Wait(REREAD_BLIND)
                }
            };
        }
    }

    /// Waits until there is something behind what was seen, or until it is time to look anyway, or somebody writes.
    async fn wait(&mut self, patience: Duration) -> Woken {
        let until = Instant::now() + patience;
        loop {
            let Some(watch) = &mut self.watch else {
                sleep_until(until.min(Instant::now() + REREAD_BLIND)).await;
                return Woken::Look;
            };
            match timeout_at(until, watch.next()).await {
                Ok(Ok(Hint::Grown(version))) if version <= self.seen => {}
                Ok(Ok(Hint::Grown(_))) | Err(_) => return Woken::Look,
                Ok(Ok(Hint::Typing)) => return Woken::Typing,
                Ok(Err(_)) => self.watch = None,
            }
        }
    }

    /// Reads what is behind what was seen, and how the request stands.
    async fn look(&mut self) -> Result<Next, RecordError> {
        if self.watch.is_none() {
            self.watch = self.door.record.live().watch(StreamId::request(self.id)).await.ok();
        }
        let Some((request, facts)) = self.door.record.follow(self.id, self.seen, PAGE).await? else {
            return Ok(Next::End);
        };
        let standing = self.door.standing(&request).await?;
        let position = standing.position;
        if self.told.as_ref() != Some(&standing) {
            self.told = Some(standing.clone());
            self.ready.push_back(sse::Event::new("status", &self.door.body(&request, standing)));
        }
        if request.version > self.seen {
            for fact in &facts {
                self.tell(&request, fact).await?;
                self.seen = fact.version;
            }
            if facts.is_empty() {
                return Ok(Next::Wait(REREAD_BLIND));
            }
        } else if request.version < self.seen {
            // What answers now is older than what answered before.
            return Ok(Next::Wait(REREAD_BLIND));
        }
        if self.seen != request.version || facts.len() >= PAGE {
            return Ok(Next::Look);
        }
        if let Phase::Closed { closed, at, .. } = &request.phase {
            self.ready.push_back(sse::Event::new(
                "closed",
                &ClosedBody { ending: closed.ending, at: *at, until: request.barred_until },
            ));
            return Ok(Next::End);
        }
        let place = position.map(|position| (REPLACE + Duration::from_millis(20) * position as u32).min(REREAD));
        let waiting = request.is_waiting().then(|| place.unwrap_or(REPLACE));
        Ok(Next::Wait(waiting.unwrap_or(REREAD)))
    }

    /// Makes ready what the member is to hear of a fact.
    async fn tell(&mut self, request: &SupportRequest, fact: &Recorded) -> Result<(), RecordError> {
        match heard(&self.door, request, fact, self.words).await? {
            Some(Heard::Words(from, text)) => self.say(fact, from, &text),
            Some(Heard::Resources) => self.show(request, fact),
            Some(Heard::ResourcesAndWords(text)) => {
                // Without an id of its own: it comes with the words.
                let list = ResourceList { items: self.door.resources_of(request) };
                self.ready.push_back(sse::Event::new("resources", &list));
                self.say(fact, Speaker::System, &text);
            }
            None => {}
        }
        Ok(())
    }

    fn show(&mut self, request: &SupportRequest, fact: &Recorded) {
        let list = ResourceList { items: self.door.resources_of(request) };
        self.ready.push_back(sse::Event::with_id(fact.version, "resources", &list));
    }

    fn say(&mut self, fact: &Recorded, from: Speaker, text: &str) {
        let body = MessageBody { version: fact.version, from, text, at: fact.at };
        self.ready.push_back(sse::Event::with_id(fact.version, "message", &body));
    }
}

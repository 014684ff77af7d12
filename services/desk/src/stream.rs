//! What happens to the caller, as it happens.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use utoipa::ToSchema;
use wideawake_domain::Position;
use wideawake_runtime::clock;
use wideawake_runtime::http::sse::{Event, Sse, last_event_id};
use wideawake_runtime::http::{Kind, Problem};

use crate::calendar;
use crate::desk::Desk;
use crate::feed::{
    Assigned, Bookmark, DutyWord, Escalation, Member, Notice, Nudged, OfferWithdrawn, Payload, Released, Said, Seat,
    Transfer, Urgency, missed,
};
use crate::me::{Me, me};
use crate::messages;
use crate::permit::Caller;
use crate::view::{MessageNotice, OfferView};

/// How often a stream looks whether its session is over.
const LOOK: Duration = Duration::from_secs(20);

/// The first event of every stream.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes an event")]
pub(crate) struct Snapshot(Me);

/// The data of each event of the stream, by its name.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "it describes the events")]
pub(crate) struct Notices {
    snapshot: Me,
    offer: OfferView,
    offer_withdrawn: OfferWithdrawn,
    assigned: Assigned,
    message: MessageNotice,
    member: Member,
    nudge: Nudged,
    released: Released,
    transfer: Transfer,
    priority: Urgency,
    duty: DutyWord,
    escalation: Escalation,
}

/// What happens to the caller, as it happens: server-sent events. `snapshot` comes first, with the body of `/v1/me`; then,
/// behind a `Last-Event-ID`, what was missed; then what happens. The schema `Notices` has the data of each event. What was said in
/// conversations is told to programs only with the scope `conversations`, and of what was missed only of those that
/// still are the caller's, or were two minutes ago.
#[utoipa::path(
    get, path = "/v1/me/stream",
    params(("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was received")),
    responses((status = 200, content_type = "text/event-stream", body = String), Problem)
)]
pub(crate) async fn get_stream(
    State(desk): State<Desk>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if last_event_id(&headers).is_some() {
        // The id may come from another instance, which had read further.
        desk.feed.refresh().await;
    }
    let now = clock::now();
    let (seat, mark, mine) = desk.feed.sit(caller.id(), now, |known| me(known, caller.id(), now));
    let mine = mine.ok_or(Kind::Unauthorized)?;
    let snapshot = Me { calendar: calendar::path(&desk.record, &caller.member), ..mine };
    let resumed = last_event_id(&headers).and_then(|id| Some((Arc::<str>::from(id), id.parse::<Bookmark>().ok()?)));
    let missed = match &resumed {
        Some((_, from)) => missed(&desk.record, &desk.feed, caller.id(), from, now).await?,
        None => None,
    };
    // The snapshot must not skip what is replayed behind it.
    let id = match (&resumed, &missed) {
        (Some((id, _)), Some(_)) => id.clone(),
        _ => mark,
    };
    let (notices, read) = missed.map(|missed| (missed.notices.into(), missed.read)).unwrap_or_default();
    let first = Event::with_id(id, "snapshot", &snapshot);
    let reads = caller.reads_conversations(&desk);
    let (shutdown, over) = (desk.shutdown.clone(), over(desk.clone(), caller));
    let reader = Reader { desk, seat, first: Some(first), notices, read, reads };
    let events = stream::unfold(reader, |mut reader| async move {
        let event = reader.next().await?;
        Some((event, reader))
    });
    Ok(Sse::new(events.take_until(over), shutdown).into_response())
}

/// Comes when what the caller presented is no longer good: a session may end by time alone.
async fn over(desk: Desk, caller: Caller) {
    while desk.feed.with(|known| caller.again(known, &desk.sign_in)).is_some() {
        tokio::time::sleep(LOOK).await;
    }
}

struct Reader {
    desk: Desk,
    seat: Seat,
    first: Option<Event>,
    /// What was missed.
    notices: VecDeque<Notice>,
    /// The events that were read for it: the live stream may bring them again.
    read: BTreeSet<Position>,
    /// Whether it is for them what is said.
    reads: bool,
}

impl Reader {
    async fn next(&mut self) -> Option<Event> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        loop {
            let notice = self.notice().await?;
            if self.reads || !matches!(*notice.payload, Payload::Message(_)) {
                return event(&self.desk, &notice).await;
            }
        }
    }

    async fn notice(&mut self) -> Option<Notice> {
        if let Some(notice) = self.notices.pop_front() {
            return Some(notice);
        }
        loop {
            let notice = self.seat.next().await?;
            match notice.position {
                Some(position) if self.read.contains(&position) => continue,
                // The log is read in order: what was read again lies behind.
                Some(_) => self.read = BTreeSet::new(),
                None => {}
            }
            return Some(notice);
        }
    }
}

/// A notice as an event; `None` when its text cannot be opened now: the client comes back and asks again.
async fn event(desk: &Desk, notice: &Notice) -> Option<Event> {
    let id = notice.id.as_deref();
    Some(match &*notice.payload {
        Payload::Offer(offer) => write(id, "offer", offer),
        Payload::OfferWithdrawn(gone) => write(id, "offer_withdrawn", gone),
        Payload::Assigned(assigned) => write(id, "assigned", assigned),
        Payload::Member(member) => write(id, "member", member),
        Payload::Nudge(nudge) => write(id, "nudge", nudge),
        Payload::Released(released) => write(id, "released", released),
        Payload::Transfer(transfer) => write(id, "transfer", transfer),
        Payload::Priority(urgency) => write(id, "priority", urgency),
        Payload::Duty(word) => write(id, "duty", word),
        Payload::Escalation(escalation) => write(id, "escalation", escalation),
        Payload::Message(said) => write(id, "message", &opened(desk, said).await?),
    })
}

async fn opened(desk: &Desk, said: &Said) -> Option<MessageNotice> {
    match messages::view(desk, said).await {
        Ok(message) => Some(MessageNotice { request: said.request.0, message }),
        Err(problem) => {
            tracing::warn!(%problem, "a message could not be opened; its stream ends");
            None
        }
    }
}

fn write(id: Option<&str>, name: &'static str, data: &impl Serialize) -> Event {
    match id {
        Some(id) => Event::with_id(id, name, data),
        None => Event::new(name, data),
    }
}

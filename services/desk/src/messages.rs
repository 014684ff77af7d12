//! Reading what was said, saying something, and being about to.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use wideawake_domain::request::{Command, Findings, RequestEvent, Say, Speaker, SupportRequest};
use wideawake_domain::staff::Role;
use wideawake_domain::{Event, RequestId, StreamId, Text, Version};
use wideawake_runtime::http::{JsonBody, Problem, Query, Segments, detached, parse};
use wideawake_runtime::record::Record;

use crate::desk::{Desk, read_reason};
use crate::feed::Said;
use crate::permit::{Act, Caller};
use crate::view::MessageView;

/// How many messages one call gives at most.
const MOST: usize = 500;

/// How many events are read at once.
const PAGE: usize = 1_000;

/// How often a member is told that somebody writes to them, at most; whoever says so more often is not heard.
const TYPING: Duration = Duration::from_secs(2);

/// What was said, in order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Messages {
    items: Vec<MessageView>,
}

/// What was said in a request, in order. There may be more when `limit` were given: go on behind the last version.
#[utoipa::path(
    get, path = "/v1/requests/{id}/messages",
    params(
        ("id" = uuid::Uuid, Path),
        ("after" = Option<u64>, Query, description = "Only messages behind this version"),
        ("limit" = Option<u32>, Query, description = "At most so many, 1 to 500; 500 unless told otherwise"),
        ("reason" = Option<String>, Query, description = "Why one who is no part of it reads it, for the record: `safety`, `support`, `complaint` or `review`"),
    ),
    responses((status = 200, body = Messages), Problem)
)]
pub(crate) async fn get_messages(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(RequestId,)>,
    query: Query,
) -> Result<Json<Messages>, Problem> {
    let request = desk.request(id).await?;
    let relation = caller.may(Act::Read, &request)?;
    let mut q = query.fields();
    let after = q.optional("after", parse::decimal(0..=i64::MAX)).or(0);
    let limit = q.optional("limit", parse::decimal(1..=MOST as u32)).or(MOST as u32);
    let reason = read_reason(&mut q);
    let (after, limit, reason) = q.finish((after, limit, reason))?;
    desk.note_reading(&caller, id, relation, reason).await?;
    let items = read(&desk, id, Version(after as u64), limit as usize).await?;
    Ok(Json(Messages { items }))
}

async fn read(desk: &Desk, id: RequestId, after: Version, limit: usize) -> Result<Vec<MessageView>, Problem> {
    let (mut items, mut after) = (Vec::new(), after);
    loop {
        let facts = desk.record.history(id, after, PAGE).await?;
        let count = facts.len();
        for fact in facts {
            after = fact.version;
            let Ok(Event::Request(RequestEvent::Message(message))) = fact.event() else { continue };
            let said = Said {
                request: id,
                version: fact.version,
                from: message.from,
                staff: message.staff,
                aside: message.aside,
                text: message.text,
                at: fact.at,
            };
            items.push(view(desk, &said).await?);
            if items.len() == limit {
                return Ok(items);
            }
        }
        if count < PAGE {
            return Ok(items);
        }
    }
}

/// A message with its text opened.
pub(crate) async fn view(desk: &Desk, said: &Said) -> Result<MessageView, Problem> {
    let text = opened(&desk.record, said.request, said.version, &said.text).await?;
    Ok(MessageView {
        version: said.version.0,
        from: said.from.as_str(),
        staff: said.staff.map(|staff| staff.0),
        alias: said.staff.and_then(|staff| desk.feed.with(|known| known.alias(staff))),
        text,
        at: said.at,
        to: said.aside.then_some("volunteer"),
    })
}

/// What was typed; `None` once it was erased.
pub(crate) async fn opened(
    record: &Record,
    request: RequestId,
    version: Version,
    text: &Text,
) -> Result<Option<String>, Problem> {
    Ok(record.text(request, version, text).await?)
}

/// What is said.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `post_message` reads")]
pub(crate) struct MessageBody {
    /// In Unicode scalars, without control characters but `\n`, `\t` and `\r`.
    #[schema(min_length = 1, max_length = 4000)]
    text: String,
    /// Only for the volunteer; for who joined.
    #[schema(pattern = "^volunteer$")]
    to: Option<String>,
}

/// The message is on record.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct Accepted {
    /// Its number in the request.
    version: u64,
}

/// Says something in a request.
#[utoipa::path(
    post, path = "/v1/requests/{id}/messages",
    params(("id" = uuid::Uuid, Path)),
    request_body = MessageBody,
    responses((status = 202, body = Accepted), Problem)
)]
pub(crate) async fn post_message(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(RequestId,)>,
    body: JsonBody,
) -> Result<(StatusCode, Json<Accepted>), Problem> {
    caller.may(Act::Write, &*desk.request(id).await?)?;
    let mut f = body.fields();
    let text = f.required("text", parse::text(1..=4000));
    let to = f.optional("to", parse::one_of(&["volunteer"], |to| to));
    let (text, to) = f.finish((text, to))?;
    let aside = to.is_some();
    detached(async move {
        let change = desk
            .change(id, &caller, |request| {
                caller.may(Act::Write, request)?;
                if aside && !joined(&caller, request) {
                    return Err(Problem::field("/to", "only who joined beside the volunteer can speak to them alone"));
                }
                let from = speaks_as(&caller, request);
                Ok(Command::Say(Say {
                    from,
                    staff: Some(caller.id()),
                    aside,
                    text: Text::Open(text.clone()),
                    once: None,
                    findings: Findings::default(),
                }))
            })
            .await?;
        let version = change.facts.last().map_or(change.request.version, |fact| fact.version);
        Ok((StatusCode::ACCEPTED, Json(Accepted { version: version.0 })))
    })
    .await
}

/// Says that the caller is writing to the member, who sees it for six seconds. Nothing of it is kept; every four seconds is
/// often enough.
#[utoipa::path(
    post, path = "/v1/requests/{id}/typing",
    params(("id" = uuid::Uuid, Path)),
    responses((status = 204), Problem)
)]
pub(crate) async fn post_typing(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(RequestId,)>,
) -> Result<StatusCode, Problem> {
    caller.may(Act::Write, &*desk.request(id).await?)?;
    if desk.record.allow(&format!("typing:{}", id.0), 1, TYPING).await
        && let Err(error) = desk.record.live().typing(StreamId::request(id)).await
    {
        tracing::debug!(%error, "a member is not told that somebody writes");
    }
    Ok(StatusCode::NO_CONTENT)
}

fn joined(caller: &Caller, request: &SupportRequest) -> bool {
    request.joined.contains_key(&caller.id()) && request.holder() != Some(caller.id())
}

/// Who joined speaks as what they joined as; a holder as the volunteer, unless they are none.
fn speaks_as(caller: &Caller, request: &SupportRequest) -> Speaker {
    if let Some(speaker) = request.joined.get(&caller.id()) {
        return *speaker;
    }
    if caller.is(Role::Volunteer) {
        Speaker::Volunteer
    } else if caller.is(Role::Professional) {
        Speaker::Professional
    } else {
        Speaker::Supervisor
    }
}

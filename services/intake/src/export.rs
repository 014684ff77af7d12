//! Everything that is held about one request, for its member: their words in the clear, what was made of them, and when it
//! is forgotten.
//!
//! Left out is what belongs to others: what staff wrote to each other, and who was asked before somebody came. The document
//! says so itself (ADR 27).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wideawake_domain::request::{AgeBand, Cause, Ending, Phase, RequestEvent, Speaker, SupportRequest};
use wideawake_domain::screening::Level;
use wideawake_domain::{Event, Priority, Recorded, RequestId, StaffId, Text, Version};
use wideawake_runtime::http::{Problem, Query, parse};
use wideawake_runtime::{Record, RecordError, clock};

use crate::api::{Asked, Members, Ours};
use crate::member::Member;
use crate::state::Door;
use crate::view::{Endings, Status, Writer};

/// How many events one answer covers at most.
const MOST: usize = 2_000;

/// How much text one answer has, beyond which nothing is added to it.
const TEXT: usize = 1 << 20;

/// How many events are read at once.
const PAGE: usize = 500;

/// What is held and not in here, as the document says it.
const LEFT_OUT: [&str; 3] = [
    "what staff wrote to each other: notes, reasons, and words that were not meant for you",
    "who was asked before somebody came, and why",
    "what proves whose request it is, which is kept only as hashes",
];

/// Everything that is held about one request, but for what is `left_out`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Export {
    /// Which request.
    #[schema(value_type = uuid::Uuid)]
    request: RequestId,
    /// When this was put together.
    exported_at: DateTime<Utc>,
    /// Whether what was typed can be read by nobody any more; then it is `null` here too.
    erased: bool,
    /// When it is due to be erased; `null`: not yet known, since it has not ended, or not before somebody asks.
    #[schema(required)]
    erase_at: Option<DateTime<Utc>>,
    /// What you turned to.
    line: String,
    /// The language you want to talk in.
    language: String,
    /// Your zone, if you said so.
    #[schema(required)]
    time_zone: Option<String>,
    /// Your country, if you said so.
    #[schema(required)]
    country: Option<String>,
    /// Your screen name, if you gave one.
    #[schema(required)]
    alias: Option<String>,
    /// How old you said you are.
    #[schema(required, value_type = Option<String>)]
    age_band: Option<AgeBand>,
    /// What you chose from the line's list.
    topics: Vec<String>,
    /// What you answered to the screening questions.
    #[schema(required, value_type = Option<Object>)]
    screening: Option<Value>,
    /// The request that it goes on from.
    #[schema(required, value_type = Option<uuid::Uuid>)]
    goes_on_from: Option<RequestId>,
    /// Where it is in its life.
    status: Status,
    /// How urgent it is: `standard`, `elevated`, `urgent` or `imminent`.
    #[schema(value_type = String)]
    priority: Priority,
    /// When you asked.
    opened_at: DateTime<Utc>,
    /// What was written, in order.
    messages: Vec<Said>,
    /// What else happened, in order, and what was made of what you said.
    history: Vec<Happened>,
    /// What is held and not in here.
    left_out: Vec<&'static str>,
    /// There is more: go on with `?after=` this; `null`: that is all.
    #[schema(required, value_type = Option<u64>)]
    next: Option<Version>,
}

/// Something that was written.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportedMessage)]
struct Said {
    /// Its number in the request.
    #[schema(value_type = u64)]
    version: Version,
    /// When.
    at: DateTime<Utc>,
    /// By whom.
    #[schema(value_type = Writer)]
    from: Speaker,
    /// The name that they go by, when it was staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    alias: Option<String>,
    /// What; `null` once it was erased.
    #[schema(required)]
    text: Option<String>,
}

/// Something that happened.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = ExportedEvent)]
struct Happened {
    /// Its number in the request.
    #[schema(value_type = u64)]
    version: Version,
    /// When.
    at: DateTime<Utc>,
    /// What: `opened`, `triaged` (what you said was weighed), `priority_changed`, `exhausted` (everybody had been asked),
    /// `held` (somebody took it), `joined`, `released` (it went back to waiting), `escalated` (more than a volunteer was
    /// asked for), `away`, `back`, `barred`, `closed`, `erasure_asked` or `erased`.
    what: &'static str,
    /// How urgent that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = String)]
    priority: Option<Priority>,
    /// What the screening came to: `none`, `low`, `moderate` or `high`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = String)]
    level: Option<Level>,
    /// The rules that fired.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    rules: Vec<String>,
    /// What rules call it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    tags: Vec<String>,
    /// Kinds of resources that you were shown for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    shown: Vec<String>,
    /// The name that somebody of the staff goes by.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    alias: Option<String>,
    /// As what they joined.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = Writer)]
    speaker: Option<Speaker>,
    /// What made it necessary: `silent`, `no_reply`, `away`, `beyond_holder`, `person` or `rule`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = String)]
    cause: Option<Cause>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = Endings)]
    ending: Option<Ending>,
    /// The outcome that staff noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    outcome: Option<String>,
    /// Until when, or since when, or when it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    time: Option<DateTime<Utc>>,
}

/// Take everything that is held about a request
///
/// As one JSON document: what was typed in the clear, what was made of it, and when it is erased. It says itself what is
/// left out. A very long conversation comes in parts.
#[utoipa::path(
    get,
    path = "/v1/requests/{id}/export",
    tag = "requests",
    params(
        ("id" = Uuid, Path),
        ("after" = Option<u64>, Query, description = "Only messages and events behind this: the `next` of the part before."),
    ),
    responses(
        (status = 200, description = "Everything that is held.", body = Export, headers(("Content-Disposition" = String, description = "so that a browser saves it"))),
        Members, Asked, Ours,
    ),
    security(("token" = []), ("cookie" = [])),
)]
pub(crate) async fn export(
    State(door): State<Arc<Door>>,
    Member(request): Member,
    query: Query,
) -> Result<Response, Problem> {
    let mut q = query.fields();
    let after = q.optional("after", parse::decimal(0..=i64::MAX)).or(0);
    let after = q.finish(after)?;
    let export = export_of(&door.record, request.id, Version(after as u64)).await;
    let export = export.map_err(|error| door.trouble(error, request.country.as_deref()))?;
    let export = export.ok_or(wideawake_runtime::http::Kind::NotFound)?;
    // No word of what it is about: others may see the list of what was downloaded.
    let saved = [(header::CONTENT_DISPOSITION, "attachment; filename=\"export.json\"")];
    Ok((saved, Json(export)).into_response())
}

impl Export {
    /// Behind what to go on; `None`: that is all.
    pub const fn next(&self) -> Option<Version> {
        self.next
    }

    /// Takes in the part behind it.
    pub fn join(&mut self, next: Self) {
        self.messages.extend(next.messages);
        self.history.extend(next.history);
        self.next = next.next;
    }
}

/// What is held about a request, of its messages and events those behind `after`, up to a bound; `None`: there is no such
/// request.
pub async fn export_of(record: &Record, id: RequestId, after: Version) -> Result<Option<Export>, RecordError> {
    let Some(request) = record.request(id).await? else { return Ok(None) };
    let opened = record.history(id, Version::NONE, 1).await?;
    let Some(Ok(Event::Request(RequestEvent::Opened(first)))) = opened.first().map(Recorded::event) else {
        return Ok(None);
    };
    let mut taker = Taker { record, id, names: BTreeMap::new(), size: 0 };
    let (alias, answers) = (taker.open(Version(1), first.alias.as_ref()).await?, first.screening.as_ref());
    let answers = taker.open(Version(1), answers).await?;
    let (status, erase_at) = match &request.phase {
        Phase::Waiting { .. } => (Status::Waiting, None),
        Phase::Active { .. } => (Status::Active, None),
        Phase::Closed { closed, .. } => (Status::Closed, closed.erase_at),
    };
    let mut export = Export {
        request: id,
        exported_at: clock::now(),
        erased: request.erased,
        erase_at: erase_at.filter(|_| !request.erased),
        line: request.line.clone(),
        language: request.language.to_string(),
        time_zone: request.time_zone.map(|zone| zone.name().to_owned()),
        country: request.country.clone(),
        alias,
        age_band: request.age_band,
        topics: request.topics.iter().map(ToString::to_string).collect(),
        screening: answers.and_then(|answers| serde_json::from_str(&answers).ok()),
        goes_on_from: request.again.map(|again| again.request),
        status,
        priority: request.priority,
        opened_at: request.opened_at,
        messages: Vec::new(),
        history: Vec::new(),
        left_out: LEFT_OUT.to_vec(),
        next: None,
    };
    taker.take(&request, after, &mut export).await?;
    Ok(Some(export))
}

/// Goes along a request and takes what is its member's.
struct Taker<'r> {
    record: &'r Record,
    id: RequestId,
    /// How staff are called whom it met.
    names: BTreeMap<StaffId, Option<String>>,
    /// How much text it has opened.
    size: usize,
}

impl Taker<'_> {
    async fn take(&mut self, request: &SupportRequest, after: Version, into: &mut Export) -> Result<(), RecordError> {
        let (mut after, mut taken) = (after, 0);
        loop {
            let facts = self.record.history(self.id, after, PAGE).await?;
            for fact in &facts {
                // What comes later than the state above is left to whoever asks again.
                if fact.version > request.version {
                    return Ok(());
                }
                if taken == MOST || self.size >= TEXT {
                    into.next = Some(after);
                    return Ok(());
                }
                self.fact(fact, into).await?;
                (after, taken) = (fact.version, taken + 1);
            }
            if facts.len() < PAGE {
                return Ok(());
            }
        }
    }

    async fn fact(&mut self, fact: &Recorded, into: &mut Export) -> Result<(), RecordError> {
        let Ok(Event::Request(event)) = fact.event() else { return Ok(()) };
        let (version, at) = (fact.version, fact.at);
        if let RequestEvent::Message(message) = &event {
            if message.aside {
                return Ok(());
            }
            let alias = match message.staff {
                Some(staff) => self.name(staff).await?,
                None => None,
            };
            let text = self.open(version, Some(&message.text)).await?;
            into.messages.push(Said { version, at, from: message.from, alias, text });
            return Ok(());
        }
        let happened = |what| Happened { version, at, what, ..Happened::default() };
        let happened = match event {
            RequestEvent::Opened(_) => happened("opened"),
            RequestEvent::Triaged(triaged) => Happened {
                priority: Some(triaged.priority),
                level: triaged.level,
                rules: triaged.rules.into_iter().map(|fired| fired.rule).collect(),
                tags: triaged.tags,
                shown: triaged.show,
                ..happened("triaged")
            },
            RequestEvent::PriorityChanged(changed) => {
                Happened { priority: Some(changed.to), ..happened("priority_changed") }
            }
            RequestEvent::Exhausted(_) => happened("exhausted"),
            RequestEvent::Accepted(taken) => Happened { alias: self.name(taken.volunteer).await?, ..happened("held") },
            RequestEvent::Assigned(given) => Happened { alias: self.name(given.staff).await?, ..happened("held") },
            RequestEvent::Transferred(taken) => Happened { alias: self.name(taken.to).await?, ..happened("held") },
            RequestEvent::Joined(joined) => {
                let (alias, speaker) = (self.name(joined.staff).await?, Some(joined.speaker));
                Happened { alias, speaker, ..happened(if joined.holder { "held" } else { "joined" }) }
            }
            RequestEvent::Released(_) => happened("released"),
            RequestEvent::EscalationRaised(raised) => Happened {
                cause: Some(raised.cause),
                rules: raised.rule.into_iter().map(|fired| fired.rule).collect(),
                ..happened("escalated")
            },
            RequestEvent::MemberAway(away) => Happened { time: Some(away.since), ..happened("away") },
            RequestEvent::MemberBack(_) => happened("back"),
            RequestEvent::Barred(barred) => Happened { time: Some(barred.until), ..happened("barred") },
            RequestEvent::Closed(closed) => Happened {
                ending: Some(closed.ending),
                outcome: closed.outcome,
                time: closed.erase_at,
                ..happened("closed")
            },
            RequestEvent::ErasureAsked(asked) => Happened { time: Some(asked.due), ..happened("erasure_asked") },
            RequestEvent::Erased(_) => happened("erased"),
            // Who was asked, and the staff's own arrangements.
            RequestEvent::Offered(_)
            | RequestEvent::OfferDeclined(_)
            | RequestEvent::OfferExpired(_)
            | RequestEvent::OfferWithdrawn(_)
            | RequestEvent::TransferAsked(_)
            | RequestEvent::TransferFailed(_)
            | RequestEvent::Message(_) => return Ok(()),
        };
        into.history.push(happened);
        Ok(())
    }

    async fn open(&mut self, version: Version, text: Option<&Text>) -> Result<Option<String>, RecordError> {
        let Some(text) = text else { return Ok(None) };
        let open = self.record.text(self.id, version, text).await?;
        self.size += open.as_ref().map_or(0, String::len);
        Ok(open)
    }

    async fn name(&mut self, staff: StaffId) -> Result<Option<String>, RecordError> {
        if let Some(known) = self.names.get(&staff) {
            return Ok(known.clone());
        }
        let alias = self.record.staff(staff).await?.map(|member| member.alias);
        self.names.insert(staff, alias.clone());
        Ok(alias)
    }
}

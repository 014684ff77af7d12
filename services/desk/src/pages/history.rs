//! The history of one thing, as it stands in the record.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use wideawake_domain::schedule::wall;
use wideawake_domain::{Actor, Recorded, StreamId, Version};
use wideawake_runtime::acknowledge::inbound::form;
use wideawake_runtime::http::{Kind, Problem};
use wideawake_runtime::pages::{Frame, Page};

use super::shell::Shell;
use super::visitor::Visitor;
use crate::audit::{entry, may, read};
use crate::desk::Desk;

/// How many events a page shows.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "history.html")]
struct Html {
    frame: Frame,
    shell: Shell,
    zone: String,
    /// What was asked for, as it was typed.
    of: String,
    /// Whether that was nothing that there is.
    wrong: bool,
    rows: Vec<Row>,
    /// Behind which version there is more.
    next: Option<u64>,
}

struct Row {
    version: u64,
    kind: String,
    at: String,
    utc: String,
    by: String,
    data: String,
    hash: String,
}

pub(super) async fn show(State(desk): State<Desk>, uri: Uri, visitor: Visitor) -> Result<Response, Response> {
    let query = form(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let field = |wanted: &str| query.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.trim().to_owned());
    let of: String = field("of").unwrap_or_default().chars().take(100).collect();
    let after = field("after").and_then(|after| after.parse().ok()).filter(|after| i64::try_from(*after).is_ok());
    let found = facts(&desk, &visitor, &of, Version(after.unwrap_or(0))).await;
    let (wrong, facts) = match found {
        Ok(facts) => (false, facts),
        Err(problem) if matches!(problem.kind(), Kind::NotFound | Kind::Forbidden) => (true, Vec::new()),
        Err(problem) => return Err(visitor.told(problem)),
    };
    let zone = visitor.caller.member.zone;
    let row = |fact: &Recorded| {
        let shown = entry(fact);
        let by = match fact.actor {
            Actor::Staff(staff) => desk.feed.with(|known| known.alias(staff)).unwrap_or_else(|| staff.to_string()),
            Actor::Member => visitor.frame.say("history-member").into_owned(),
            Actor::System(_) => fact.actor.to_string(),
        };
        Row {
            version: shown.version,
            kind: shown.r#type.replace('_', " "),
            at: wall::local(shown.at, zone).format("%Y-%m-%d %H:%M:%S").to_string(),
            utc: shown.at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            by,
            data: serde_json::to_string_pretty(&shown.data).unwrap_or_default(),
            hash: shown.hash,
        }
    };
    let html = Html {
        frame: visitor.frame,
        shell: visitor.shell("/board/history"),
        zone: zone.name().to_owned(),
        wrong: wrong && !of.is_empty(),
        of,
        next: facts.last().filter(|_| facts.len() == SHOWN).map(|fact| fact.version.0),
        rows: facts.iter().map(row).collect(),
    };
    let status = if html.wrong { StatusCode::NOT_FOUND } else { StatusCode::OK };
    Ok(Page::new(status, &html).into_response())
}

async fn facts(desk: &Desk, visitor: &Visitor, of: &str, after: Version) -> Result<Vec<Recorded>, Problem> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    let stream: StreamId = of.parse().map_err(|_| Kind::NotFound)?;
    may(desk, &visitor.caller, stream).await?;
    let facts = read(desk, stream, after, SHOWN).await?;
    if facts.is_empty() && after == Version::NONE { Err(Kind::NotFound.into()) } else { Ok(facts) }
}

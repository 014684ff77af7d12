//! The supervisor's board: who waits, who talks, who is on duty, what needs more than a volunteer, as it changes.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use wideawake_domain::Priority;
use wideawake_domain::staff::ReadReason;
use wideawake_runtime::pages::{Frame, Page};

use super::said::handed;
use super::shell::Shell;
use super::visitor::Visitor;
use super::volunteer::mine;
use crate::desk::Desk;

#[derive(Template)]
#[template(path = "board.html")]
struct Html {
    frame: Frame,
    shell: Shell,
    /// Each with its words, the most urgent first.
    priorities: Vec<(&'static str, String)>,
}

const MODULES: &[&str] =
    &["board.js", "kit.js", "link.js", "rows.js", "case.js", "called.js", "ask.js", "why.js", "sound.js"];

/// Shows the board. What stands on it comes with the stream.
pub(super) async fn show(State(desk): State<Desk>, visitor: Visitor) -> Result<Response, Response> {
    let mine = mine(&desk, &visitor).map_err(|problem| visitor.told(problem))?;
    let more = json!({ "reasons": ReadReason::ALL.map(ReadReason::as_str) });
    let data = handed(&desk, &visitor.caller, &visitor.frame, &mine, more);
    let html = Html {
        frame: visitor.frame.modules(MODULES),
        shell: visitor.shell("/board").handing(data),
        priorities: Priority::ALL.iter().rev().map(|priority| words(&visitor.frame, *priority)).collect(),
    };
    Ok(Page::new(StatusCode::OK, &html).with_worker().into_response())
}

fn words(frame: &Frame, priority: Priority) -> (&'static str, String) {
    (priority.as_str(), frame.say(&format!("say-priority-{}", priority.as_str())).into_owned())
}

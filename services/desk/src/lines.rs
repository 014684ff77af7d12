//! What a client needs of the configuration to work in a conversation: how it may end, the words of the line, and whom one
//! can call.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wideawake_domain::settings::Line;
use wideawake_domain::staff::Role;

use crate::desk::Desk;
use crate::permit::Caller;

/// The lines of the caller's pools.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Lines {
    items: Vec<LineView>,
    /// Whom `escalate` can call. Empty where there are no policies: any name then calls the supervisors.
    policies: Vec<String>,
}

/// What members turn to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LineView {
    name: String,
    pool: String,
    /// What it says it serves.
    languages: Vec<String>,
    /// How a conversation may end.
    outcomes: Vec<String>,
    /// Words to begin from.
    templates: Vec<TemplateView>,
}

/// Words to begin from, to be changed and never sent by themselves.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TemplateView {
    /// What they are in; `null`: they fit every conversation.
    #[schema(required)]
    language: Option<String>,
    text: String,
}

/// The lines of the caller's pools, for an admin all of them: how a conversation may end, words to begin from, and whom one
/// can call.
#[utoipa::path(get, path = "/v1/lines", responses((status = 200, body = Lines), wideawake_runtime::http::Problem))]
pub(crate) async fn get_lines(State(desk): State<Desk>, caller: Caller) -> Json<Lines> {
    Json(lines(&desk, &caller))
}

/// The same, for a page.
pub(crate) fn lines(desk: &Desk, caller: &Caller) -> Lines {
    let lines = desk.record.settings().lines.iter();
    let mine = lines.filter(|line| caller.is(Role::Admin) || caller.member.serves(&line.pool));
    let policies = desk.record.shelf().book().policies.0.keys().cloned().collect();
    Lines { items: mine.map(view).collect(), policies }
}

fn view(line: &Line) -> LineView {
    let templates = line.templates.iter();
    LineView {
        name: line.name.clone(),
        pool: line.pool.to_string(),
        languages: line.languages.iter().map(ToString::to_string).collect(),
        outcomes: line.outcomes.clone(),
        templates: templates
            .map(|template| TemplateView {
                language: template.language.as_ref().map(ToString::to_string),
                text: template.text.clone(),
            })
            .collect(),
    }
}

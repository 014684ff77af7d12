//! The member page: asking for someone, waiting, talking, and leaving at once.
//!
//! Everything works without script, by forms and a page that refreshes itself; script makes it live. The page holds nothing
//! but the cookie of the conversation, and is built to leave nothing behind (docs/pages.md says what it promises).

mod ask; // the first page's form
mod forms; // what a form says
mod leave; // going at once, having it erased, beginning anew
mod names; // what languages and countries call themselves
mod others; // whom else to turn to
mod reader; // who reads: in which language, where, and which conversation
mod said; // the conversation so far
mod start; // the first page
mod talk; // waiting, talking, and the end
mod trouble; // when something does not work

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use wideawake_runtime::http::Kind;
use wideawake_runtime::pages::{Arg, Assets, File, Frame, squeeze};

use crate::state::Door;
use reader::Reader;
use start::Start;
use talk::Talk;

/// The modules of the page; the first is started.
const MODULES: &[&str] = &["page.js", "leave.js", "forms.js", "start.js", "talk.js", "stream.js", "outbox.js"];

/// Everything that the page loads.
static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    Assets::new(&[
        File::new("page.js", include_str!("../../assets/page.js")),
        File::new("leave.js", include_str!("../../assets/leave.js")),
        File::new("forms.js", include_str!("../../assets/forms.js")),
        File::new("start.js", include_str!("../../assets/start.js")),
        File::new("talk.js", include_str!("../../assets/talk.js")),
        File::new("stream.js", include_str!("../../assets/stream.js")),
        File::new("outbox.js", include_str!("../../assets/outbox.js")),
    ])
});

/// Where the page is, and where its forms go.
const PATHS: [&str; 7] = ["/", "/ask", "/say", "/leave", "/erase", "/forget", "/current"];

/// Whether a path is one of the page's.
pub(crate) fn is_page(path: &str) -> bool {
    PATHS.contains(&path)
}

/// The page and its forms.
pub(crate) fn routes(door: Arc<Door>) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/ask", post(ask::send))
        .route("/say", post(talk::say))
        .route("/leave", post(leave::leave))
        .route("/erase", post(leave::erase))
        .route("/forget", post(leave::forget))
        .route("/current", get(leave::current))
        .with_state(door)
}

/// The files that the page loads: no limit is for them, since a school that is told of a line asks for all of them at once.
pub(crate) fn assets() -> Router {
    ASSETS.routes()
}

/// Has whatever goes wrong on the page said in words rather than as a problem, and squeezes it.
pub(crate) fn in_words(router: Router, door: Arc<Door>) -> Router {
    router.layer(from_fn_with_state(door, worded)).layer(from_fn(squeeze))
}

async fn worded(State(door): State<Arc<Door>>, reader: Reader, request: Request, next: Next) -> Response {
    let page = is_page(request.uri().path());
    let response = next.run(request).await;
    match response.extensions().get::<Kind>() {
        Some(kind) if page => trouble::page(&door, &reader, *kind, None),
        _ => response,
    }
}

/// The page: the first, or the conversation that the cookie is of.
async fn show(State(door): State<Arc<Door>>, reader: Reader) -> Response {
    match reader.conversation(&door).await {
        Ok(Some(request)) => match Talk::new(&door, &reader, &request).await {
            Ok(Some(talk)) => talk.into_response(),
            Ok(None) => Start::new(&door, &reader).forgetting().into_response(),
            Err(error) => trouble::page(&door, &reader, door.trouble(error, None).kind(), None),
        },
        Ok(None) => Start::new(&door, &reader).into_response(),
        Err(problem) => trouble::page(&door, &reader, problem.kind(), None),
    }
}

/// Words for the modules, as JSON; what is put into them later stands there as `{name}`.
fn words_as_json(frame: &Frame, keys: &[(&'static str, &[&'static str])]) -> String {
    let word = |(key, puts): &(&'static str, &[&'static str])| {
        let holes: Vec<(&'static str, Arg<'_>)> =
            puts.iter().map(|name| (*name, format!("{{{name}}}").into())).collect();
        ((*key).to_owned(), json!(frame.words.with(key, &holes)))
    };
    Value::Object(keys.iter().map(word).collect()).to_string()
}

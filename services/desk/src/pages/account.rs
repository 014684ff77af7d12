//! How one signs in, where one is signed in, and how one is called.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use uuid::Uuid;
use wideawake_runtime::pages::{Frame, Page};

use super::clock::short;
use super::said::{answers, handed};
use super::shell::Shell;
use super::visitor::Visitor;
use super::volunteer::mine;
use crate::desk::Desk;
use crate::sign_in::{passkey, sessions};
use crate::staff::contact::methods;

#[derive(Template)]
#[template(path = "account.html")]
struct Html {
    frame: Frame,
    shell: Shell,
    /// The name they sign in with; `None` for whoever has no password.
    name: Option<String>,
    second_factor: bool,
    recovery_codes: u64,
    organisation: bool,
    /// Whether passkeys can be good at this address.
    has_passkeys: bool,
    passkeys: Vec<(Uuid, String)>,
    sessions: Vec<Session>,
    /// Whose clock is meant.
    zone: &'static str,
    /// Whether they are ever called.
    is_called: bool,
}

struct Session {
    id: Uuid,
    by: String,
    began: String,
    used: String,
    ends: String,
    current: bool,
}

const MODULES: &[&str] = &["account.js", "ask.js", "contact.js", "kit.js", "passkey.js", "several.js"];

/// Shows it.
pub(super) async fn show(State(desk): State<Desk>, visitor: Visitor) -> Result<Response, Response> {
    let mine = mine(&desk, &visitor).map_err(|problem| visitor.told(problem))?;
    let member = &visitor.caller.member;
    let ways = sessions::ways_of(member);
    let more = json!({
        "second_factor": ways.second_factor,
        "contact_methods": methods(&member.contact_methods),
    });
    let data = handed(&desk, &visitor.caller, &visitor.frame, &mine, more);
    let at = |at| short(&visitor.frame, at, member.zone);
    let session = |one: sessions::SessionView| Session {
        id: one.id,
        by: visitor.frame.say(&format!("account-by-{}", one.by.replace('_', "-"))).into_owned(),
        began: at(one.began_at),
        used: at(one.used_at),
        ends: at(one.ends_at),
        current: one.current,
    };
    let mut sessions: Vec<Session> = sessions::own(&desk, &visitor.caller).into_iter().map(session).collect();
    sessions.sort_by_key(|session| !session.current);
    let html = Html {
        frame: visitor.frame.modules(MODULES),
        shell: visitor.shell("/desk/account").handing(data),
        name: ways.name,
        second_factor: ways.second_factor,
        recovery_codes: ways.recovery_codes as u64,
        organisation: ways.organisation,
        has_passkeys: passkey::are_possible(&desk),
        passkeys: member.passkeys.iter().map(|key| (key.id, key.name.clone())).collect(),
        sessions,
        is_called: answers(member),
        zone: member.zone.name(),
    };
    Ok(Page::new(StatusCode::OK, &html).with_script().into_response())
}

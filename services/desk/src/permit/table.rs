//! The calls of this door: for each the roles that it is for, what it is about, and what a program needs for it.

use axum::http::Method;
use wideawake_domain::staff::Role;

use super::relation::{Act, Over};

const V: Role = Role::Volunteer;
pub(super) const S: Role = Role::Supervisor;
pub(super) const P: Role = Role::Professional;
pub(super) const A: Role = Role::Admin;

const ALL: &[Role] = &[V, S, P, A];
const TALKS: &[Role] = &[V, S, P];
const ANSWERS: &[Role] = &[S, P];
const SUPERVISES: &[Role] = &[S];
const MANAGES: &[Role] = &[S, A];
const RUNS: &[Role] = &[A];

/// One call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    /// Whoever has none of these roles is told so.
    pub(crate) roles: &'static [Role],
    /// What decides beside the role.
    pub(crate) about: About,
    /// What a program must be allowed to make it; `None`: no program makes it.
    pub(crate) area: Option<&'static str>,
}

/// What a call is about.
#[cfg_attr(not(test), allow(dead_code, reason = "docs/permissions.md and the walk read what is wanted"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// The caller.
    Oneself,
    /// What the pools of the caller have: it shows or takes nothing else.
    Pool,
    /// An offer.
    Offer,
    /// A request.
    Request(Act),
    /// An escalation.
    Escalation(Deed),
    /// Somebody of the staff.
    Colleague(Over),
    /// The history of a request, or of somebody of the staff.
    History,
}

/// What can be done with an escalation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    See,
    TakeOn,
    /// Handing it over, resolving it.
    Decide,
}

const fn call(
    method: Method,
    path: &'static str,
    roles: &'static [Role],
    about: About,
    area: Option<&'static str>,
) -> Call {
    Call { method, path, roles, about, area }
}

/// Every call, and whom it is for. A call that is not listed is for nobody.
pub(crate) const CALLS: &[Call] = &[
    call(Method::GET, "/v1/me", ALL, About::Oneself, Some("duty")),
    call(Method::PUT, "/v1/me/duty", ALL, About::Oneself, Some("duty")),
    call(Method::POST, super::HEARTBEAT, ALL, About::Oneself, None),
    call(Method::GET, "/v1/me/stream", ALL, About::Oneself, Some("duty")),
    call(Method::GET, "/v1/me/week", ALL, About::Oneself, Some("duty")),
    call(Method::PUT, "/v1/me/password", ALL, About::Oneself, None),
    call(Method::GET, "/v1/me/sign-in", ALL, About::Oneself, None),
    call(Method::POST, "/v1/me/recovery-codes", ALL, About::Oneself, None),
    call(Method::POST, "/v1/me/passkeys/challenge", ALL, About::Oneself, None),
    call(Method::POST, "/v1/me/passkeys", ALL, About::Oneself, None),
    call(Method::GET, "/v1/me/passkeys", ALL, About::Oneself, None),
    call(Method::DELETE, "/v1/me/passkeys/{passkey}", ALL, About::Oneself, None),
    call(Method::GET, "/v1/me/sessions", ALL, About::Oneself, None),
    call(Method::DELETE, "/v1/me/sessions", ALL, About::Oneself, None),
    call(Method::DELETE, "/v1/me/sessions/{session}", ALL, About::Oneself, None),
    call(Method::POST, "/v1/offers/{id}/accept", TALKS, About::Offer, Some("duty")),
    call(Method::POST, "/v1/offers/{id}/decline", TALKS, About::Offer, Some("duty")),
    call(Method::GET, "/v1/requests/{id}", TALKS, About::Request(Act::Read), Some(CONVERSATIONS)),
    call(Method::DELETE, "/v1/requests/{id}", SUPERVISES, About::Request(Act::Supervise), None),
    call(Method::GET, "/v1/requests/{id}/messages", TALKS, About::Request(Act::Read), Some(CONVERSATIONS)),
    call(Method::POST, "/v1/requests/{id}/messages", TALKS, About::Request(Act::Write), Some(CONVERSATIONS)),
    call(Method::POST, "/v1/requests/{id}/typing", TALKS, About::Request(Act::Write), Some(CONVERSATIONS)),
    call(Method::POST, "/v1/requests/{id}/close", TALKS, About::Request(Act::Close), Some(CONVERSATIONS)),
    call(Method::POST, "/v1/requests/{id}/release", TALKS, About::Request(Act::Release), Some(CONVERSATIONS)),
    call(Method::POST, "/v1/requests/{id}/transfer", TALKS, About::Request(Act::Transfer), Some(CONVERSATIONS)),
    call(Method::POST, "/v1/requests/{id}/escalate", TALKS, About::Request(Act::Escalate), Some(CONVERSATIONS)),
    call(Method::POST, "/v1/requests/{id}/join", ANSWERS, About::Request(Act::Join), Some(CONVERSATIONS)),
    call(Method::POST, "/v1/requests/{id}/assign", SUPERVISES, About::Request(Act::Supervise), Some(CONVERSATIONS)),
    call(Method::POST, "/v1/requests/{id}/bar", SUPERVISES, About::Request(Act::Supervise), Some(CONVERSATIONS)),
    call(Method::POST, "/v1/requests/{id}/priority", SUPERVISES, About::Request(Act::Supervise), Some(CONVERSATIONS)),
    call(Method::GET, "/v1/requests/{id}/decisions", SUPERVISES, About::Request(Act::Supervise), Some(CONVERSATIONS)),
    call(Method::GET, "/v1/lines", ALL, About::Pool, Some(CONVERSATIONS)),
    call(Method::GET, "/v1/escalations", ANSWERS, About::Pool, Some("escalations")),
    call(Method::GET, "/v1/escalations/{id}", ANSWERS, About::Escalation(Deed::See), Some("escalations")),
    call(
        Method::POST,
        "/v1/escalations/{id}/acknowledge",
        ANSWERS,
        About::Escalation(Deed::TakeOn),
        Some("escalations"),
    ),
    call(Method::POST, "/v1/escalations/{id}/hand-over", ANSWERS, About::Escalation(Deed::Decide), Some("escalations")),
    call(Method::POST, "/v1/escalations/{id}/resolve", ANSWERS, About::Escalation(Deed::Decide), Some("escalations")),
    call(Method::GET, "/v1/board", SUPERVISES, About::Pool, Some("board")),
    call(Method::GET, "/v1/board/stream", SUPERVISES, About::Pool, Some("board")),
    call(Method::POST, "/v1/staff", MANAGES, About::Pool, None),
    call(Method::GET, "/v1/staff", MANAGES, About::Pool, Some("staff")),
    call(Method::GET, "/v1/staff/{id}", MANAGES, About::Colleague(Over::See), Some("staff")),
    call(Method::PATCH, "/v1/staff/{id}", MANAGES, About::Colleague(Over::Manage), None),
    call(Method::DELETE, "/v1/staff/{id}", MANAGES, About::Colleague(Over::Manage), Some("staff")),
    call(Method::POST, "/v1/staff/{id}/token", MANAGES, About::Colleague(Over::Manage), None),
    call(Method::POST, "/v1/staff/{id}/invitation", MANAGES, About::Colleague(Over::Manage), None),
    call(Method::DELETE, "/v1/staff/{id}/sessions", MANAGES, About::Colleague(Over::Manage), None),
    call(Method::POST, "/v1/staff/{id}/machine-tokens", RUNS, About::Colleague(Over::Manage), None),
    call(Method::GET, "/v1/staff/{id}/machine-tokens", RUNS, About::Colleague(Over::Manage), None),
    call(Method::DELETE, "/v1/staff/{id}/machine-tokens/{token}", RUNS, About::Colleague(Over::Manage), None),
    call(Method::PUT, "/v1/staff/{id}/shifts", MANAGES, About::Colleague(Over::ManageOrBe), Some("staff")),
    call(Method::PUT, "/v1/staff/{id}/qualifications", MANAGES, About::Colleague(Over::Manage), Some("staff")),
    call(Method::POST, "/v1/staff/{id}/extra", MANAGES, About::Colleague(Over::ManageOrBe), Some("staff")),
    call(Method::DELETE, "/v1/staff/{id}/extra/{entry}", MANAGES, About::Colleague(Over::ManageOrBe), Some("staff")),
    call(Method::POST, "/v1/staff/{id}/leave", ALL, About::Colleague(Over::ManageOrBe), Some("staff")),
    call(Method::DELETE, "/v1/staff/{id}/leave/{entry}", ALL, About::Colleague(Over::ManageOrBe), Some("staff")),
    call(Method::PUT, "/v1/staff/{id}/contact-methods", ALL, About::Colleague(Over::ManageOrBe), Some("staff")),
    call(Method::GET, "/v1/roster", SUPERVISES, About::Pool, Some("roster")),
    call(Method::GET, "/v1/coverage", SUPERVISES, About::Pool, Some("roster")),
    call(Method::GET, "/v1/rotations", SUPERVISES, About::Pool, Some("rotations")),
    call(Method::GET, "/v1/rotations/{name}", SUPERVISES, About::Pool, Some("rotations")),
    call(Method::PUT, "/v1/rotations/{name}", SUPERVISES, About::Pool, Some("rotations")),
    call(Method::POST, "/v1/rotations/{name}/overrides", SUPERVISES, About::Pool, Some("rotations")),
    call(Method::DELETE, "/v1/rotations/{name}/overrides/{id}", SUPERVISES, About::Pool, Some("rotations")),
    call(Method::GET, "/v1/rotations/{name}/now", SUPERVISES, About::Pool, Some("rotations")),
    call(Method::GET, "/v1/audit/{stream}", MANAGES, About::History, Some("audit")),
    call(Method::GET, "/desk", TALKS, About::Oneself, None),
    call(Method::GET, "/desk/week", ALL, About::Oneself, None),
    call(Method::GET, "/desk/account", ALL, About::Oneself, None),
    call(Method::GET, "/board", SUPERVISES, About::Pool, None),
    call(Method::GET, "/board/coverage", SUPERVISES, About::Pool, None),
    call(Method::GET, "/board/waits", SUPERVISES, About::Pool, None),
    call(Method::GET, "/board/roster", MANAGES, About::Pool, None),
    call(Method::GET, "/board/roster/{id}", MANAGES, About::Colleague(Over::See), None),
    call(Method::GET, "/board/rotations", SUPERVISES, About::Pool, None),
    call(Method::GET, "/board/rotations/{name}", SUPERVISES, About::Pool, None),
    call(Method::GET, "/board/history", MANAGES, About::Pool, None),
];

/// Where what is said in conversations belongs.
pub(super) const CONVERSATIONS: &str = "conversations";

/// What a program can be allowed: an area, or with `:read` behind it only what changes nothing there.
pub(crate) const AREAS: [&str; 8] =
    ["duty", CONVERSATIONS, "escalations", "board", "staff", "roster", "rotations", "audit"];

/// The call of that method and path.
pub(crate) fn find(method: &Method, path: &str) -> Option<&'static Call> {
    // A HEAD is a GET whose body is left out.
    let method = if method == Method::HEAD { &Method::GET } else { method };
    CALLS.iter().find(|call| call.method == *method && call.path == path)
}

impl Call {
    /// Whether a program with that scope may make it.
    pub(crate) fn is_in(&self, scope: &str) -> bool {
        let (area, read_only) = scope.strip_suffix(":read").map_or((scope, false), |area| (area, true));
        self.area == Some(area) && (!read_only || self.method == Method::GET)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_area_has_calls_and_every_call_of_a_program_an_area() {
        for area in AREAS {
            assert!(CALLS.iter().any(|call| call.area == Some(area)), "{area}");
        }
        assert!(CALLS.iter().all(|call| call.area.is_none_or(|area| AREAS.contains(&area))));
    }

    #[test]
    fn a_scope_to_read_changes_nothing_and_no_program_lets_others_in() {
        let may = |method, path, scope| find(&method, path).is_some_and(|call| call.is_in(scope));
        assert!(may(Method::GET, "/v1/board", "board:read") && may(Method::HEAD, "/v1/board", "board:read"));
        let shifts = "/v1/staff/{id}/shifts";
        assert!(may(Method::PUT, shifts, "staff") && !may(Method::PUT, shifts, "staff:read"));
        assert!(!may(Method::GET, "/v1/board", "staff") && !may(Method::GET, "/v1/board", "board:write"));
        for (method, path) in [
            (Method::POST, "/v1/staff"),
            (Method::PATCH, "/v1/staff/{id}"),
            (Method::POST, "/v1/staff/{id}/token"),
            (Method::POST, "/v1/staff/{id}/invitation"),
            (Method::POST, "/v1/staff/{id}/machine-tokens"),
            (Method::PUT, "/v1/me/password"),
            (Method::POST, "/v1/me/passkeys"),
            (Method::POST, "/v1/me/recovery-codes"),
        ] {
            assert!(find(&method, path).is_some_and(|call| call.area.is_none()), "{path}");
        }
    }
}

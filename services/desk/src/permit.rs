//! Who may do what, in one place: who is calling, which roles a call is for, and what a caller's relation to a request or
//! to a colleague allows.
//!
//! A role that can never do something is told so (403). Whatever a caller may not see is not there (404).

use std::collections::BTreeSet;

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::Method;
use axum::http::request::Parts;
use wideawake_domain::escalation::{self, Escalation};
use wideawake_domain::process::Signal;
use wideawake_domain::request::SupportRequest;
use wideawake_domain::staff::{Role, StaffMember};
use wideawake_domain::{Actor, Pool, RequestId, StaffId};
use wideawake_runtime::http::auth::credential;
use wideawake_runtime::http::{Kind, Problem};
use wideawake_runtime::{clock, tokens};

use crate::desk::Desk;
use crate::feed::{Known, Projection};

/// The call that says that the caller is there.
const HEARTBEAT: &str = "/v1/me/heartbeat";

/// The cookie of a session.
pub(crate) const COOKIE: &str = "wideawake_staff";

const V: Role = Role::Volunteer;
const S: Role = Role::Supervisor;
const P: Role = Role::Professional;
const A: Role = Role::Admin;

const ALL: &[Role] = &[V, S, P, A];
const TALKS: &[Role] = &[V, S, P];
const ANSWERS: &[Role] = &[S, P];
const SUPERVISES: &[Role] = &[S];
const MANAGES: &[Role] = &[S, A];

/// The roles that each call is for. A call that is not listed is for nobody.
pub(crate) const CALLS: &[(Method, &str, &[Role])] = &[
    (Method::GET, "/v1/me", ALL),
    (Method::PUT, "/v1/me/duty", ALL),
    (Method::POST, HEARTBEAT, ALL),
    (Method::GET, "/v1/me/stream", ALL),
    (Method::POST, "/v1/offers/{id}/accept", TALKS),
    (Method::POST, "/v1/offers/{id}/decline", TALKS),
    (Method::GET, "/v1/requests/{id}", TALKS),
    (Method::DELETE, "/v1/requests/{id}", SUPERVISES),
    (Method::GET, "/v1/requests/{id}/messages", TALKS),
    (Method::POST, "/v1/requests/{id}/messages", TALKS),
    (Method::POST, "/v1/requests/{id}/close", TALKS),
    (Method::POST, "/v1/requests/{id}/release", TALKS),
    (Method::POST, "/v1/requests/{id}/transfer", TALKS),
    (Method::POST, "/v1/requests/{id}/escalate", TALKS),
    (Method::POST, "/v1/requests/{id}/join", ANSWERS),
    (Method::POST, "/v1/requests/{id}/assign", SUPERVISES),
    (Method::POST, "/v1/requests/{id}/bar", SUPERVISES),
    (Method::POST, "/v1/requests/{id}/priority", SUPERVISES),
    (Method::GET, "/v1/requests/{id}/decisions", SUPERVISES),
    (Method::GET, "/v1/escalations", ANSWERS),
    (Method::GET, "/v1/escalations/{id}", ANSWERS),
    (Method::POST, "/v1/escalations/{id}/acknowledge", ANSWERS),
    (Method::POST, "/v1/escalations/{id}/hand-over", ANSWERS),
    (Method::POST, "/v1/escalations/{id}/resolve", ANSWERS),
    (Method::GET, "/v1/board", SUPERVISES),
    (Method::GET, "/v1/board/stream", SUPERVISES),
    (Method::POST, "/v1/staff", MANAGES),
    (Method::GET, "/v1/staff", MANAGES),
    (Method::GET, "/v1/staff/{id}", MANAGES),
    (Method::PATCH, "/v1/staff/{id}", MANAGES),
    (Method::DELETE, "/v1/staff/{id}", MANAGES),
    (Method::POST, "/v1/staff/{id}/token", MANAGES),
    (Method::PUT, "/v1/staff/{id}/shifts", MANAGES),
    (Method::PUT, "/v1/staff/{id}/qualifications", MANAGES),
    (Method::POST, "/v1/staff/{id}/extra", MANAGES),
    (Method::DELETE, "/v1/staff/{id}/extra/{entry}", MANAGES),
    (Method::POST, "/v1/staff/{id}/leave", ALL),
    (Method::DELETE, "/v1/staff/{id}/leave/{entry}", ALL),
    (Method::PUT, "/v1/staff/{id}/contact-methods", ALL),
    (Method::GET, "/v1/roster", SUPERVISES),
    (Method::GET, "/v1/coverage", SUPERVISES),
    (Method::GET, "/v1/rotations", SUPERVISES),
    (Method::GET, "/v1/rotations/{name}", SUPERVISES),
    (Method::PUT, "/v1/rotations/{name}", SUPERVISES),
    (Method::POST, "/v1/rotations/{name}/overrides", SUPERVISES),
    (Method::DELETE, "/v1/rotations/{name}/overrides/{id}", SUPERVISES),
    (Method::GET, "/v1/rotations/{name}/now", SUPERVISES),
    (Method::GET, "/v1/audit/{stream}", MANAGES),
];

/// Who is calling, and may make this call if the thing it is about allows it. Extracting it is the proof that they are
/// there.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Their profile.
    pub(crate) member: StaffMember,
    /// The requests with an unresolved escalation over which they were called as a professional, or which they took on.
    pub(crate) called: BTreeSet<RequestId>,
}

impl FromRequestParts<Desk> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Problem> {
        let credential = credential(&parts.method, &parts.headers, COOKIE)?;
        let hash = tokens::hash_token(credential.token().expose());
        let know = || desk.feed.with(|known| Self::known(known, &hash)).ok_or_else(|| Problem::new(Kind::Unauthorized));
        let mut caller = know()?;
        let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        // Presence may be forgotten: the next call says it again. Only a heartbeat is about nothing else.
        let (staff, at) = (caller.id(), clock::now());
        if path == HEARTBEAT {
            desk.record.staff_seen(staff, at).await;
        } else {
            desk.record.note(Signal::StaffSeen { staff, at });
        }
        if !caller.has_one_of(roles_for(&parts.method, path)) {
            return Err(Kind::Forbidden.into());
        }
        if caller.is(P) && path.starts_with("/v1/requests/{id}") {
            let request = parts.uri.path().split('/').nth(3).and_then(|id| id.parse().ok());
            let is_theirs = |id: &RequestId| desk.feed.with(|known| known.involving(caller.id()).any(|one| one == *id));
            if request.is_some_and(|id| !caller.called.contains(&id) && !is_theirs(&id)) {
                // Their page may have been faster than what this door has read.
                desk.feed.refresh().await;
                caller = know()?;
            }
        }
        Ok(caller)
    }
}

/// The roles that a call is for.
pub(crate) fn roles_for(method: &Method, path: &str) -> &'static [Role] {
    // A HEAD is a GET whose body is left out.
    let method = if method == Method::HEAD { &Method::GET } else { method };
    CALLS.iter().find(|(m, p, _)| m == method && *p == path).map_or(&[], |(.., roles)| roles)
}

impl Caller {
    fn known(known: &Projection, token_hash: &str) -> Option<Self> {
        let member = known.holder_of(token_hash)?.clone();
        let requests = known.escalations.of_staff(member.id).map(|escalation| escalation.state.request);
        let called = if member.is(P) { requests.collect() } else { BTreeSet::new() };
        Some(Self { member, called })
    }

    /// Who.
    pub(crate) const fn id(&self) -> StaffId {
        self.member.id
    }

    /// As the author of events.
    pub(crate) const fn actor(&self) -> Actor {
        Actor::Staff(self.member.id)
    }

    /// Whether they have that role.
    pub(crate) fn is(&self, role: Role) -> bool {
        self.member.is(role)
    }

    fn has_one_of(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.is(*role))
    }

    /// Whether they answer for that pool.
    pub(crate) fn supervises(&self, pool: &Pool) -> bool {
        self.is(S) && self.member.serves(pool)
    }

    /// Whether an escalation is there for them: for who answers for its pool, and for the professionals who were called
    /// over it or took it on.
    pub(crate) fn sees(&self, escalation: &Known) -> Result<(), Problem> {
        let called = self.is(P) && escalation.called.contains(&self.id());
        if called || self.supervises(&escalation.state.pool) { Ok(()) } else { Err(Kind::NotFound.into()) }
    }

    /// Whether they may hand over or resolve an escalation: who took it on, who answers for its pool, and, as long as
    /// nobody has taken it on, whoever was called over it.
    pub(crate) fn may_decide(&self, escalation: &Escalation) -> Result<(), Problem> {
        let others = escalation.taken_by().is_some_and(|by| by != self.id());
        if others && !escalation.is_resolved() && !self.supervises(&escalation.pool) {
            return Err(escalation::Rejection::AcknowledgedByOther.into());
        }
        Ok(())
    }

    /// What they are to a request.
    pub(crate) fn relation(&self, request: &SupportRequest) -> Relation {
        if request.holder() == Some(self.id()) {
            Relation::Holder
        } else if !request.is_closed() && request.joined.contains_key(&self.id()) {
            Relation::Joined
        } else if self.supervises(&request.pool) {
            Relation::Supervisor
        } else if self.called.contains(&request.id) {
            Relation::Called
        } else if request.is_closed() && request.last_holder() == Some(self.id()) {
            Relation::HeldLast
        } else {
            Relation::Other
        }
    }

    /// Whether they may do this with a request as it is now. `Ok` says what they are to it.
    pub(crate) fn may(&self, act: Act, request: &SupportRequest) -> Result<Relation, Problem> {
        let relation = self.relation(request);
        let mut verdict = act.allows(relation);
        // Who holds or joined a request of a pool of theirs answers for it all the same, and who was called over one is.
        if self.supervises(&request.pool) {
            verdict = verdict.max(act.allows(Relation::Supervisor));
        }
        if self.called.contains(&request.id) {
            verdict = verdict.max(act.allows(Relation::Called));
        }
        match verdict {
            Verdict::Allowed => Ok(relation),
            Verdict::Over => Err(Problem::new(Kind::AlreadyClosed).detail("this request has ended already")),
            Verdict::Forbidden => Err(Kind::Forbidden.into()),
            Verdict::NotThere => Err(Kind::NotFound.into()),
        }
    }

    /// What they are to somebody of the staff.
    pub(crate) fn toward(&self, other: &StaffMember) -> Toward {
        let shares = other.pools.iter().any(|pool| self.member.serves(pool));
        let granted = other.roles.iter().all(|role| matches!(role, Role::Volunteer | Role::Professional));
        let within = other.pools.iter().all(|pool| self.member.serves(pool));
        Toward {
            sees: self.is(A) || (self.is(S) && (shares || other.id == self.id())),
            manages: self.is(A) || (self.is(S) && granted && shares && within),
            is_them: other.id == self.id(),
        }
    }
}

/// What somebody is to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// They hold it.
    Holder,
    /// They are in the conversation beside the holder.
    Joined,
    /// They answer for its pool.
    Supervisor,
    /// They are a professional who was called over it, or took that on, and it is not resolved.
    Called,
    /// It ended, and they held it then.
    HeldLast,
    /// Nothing: also when it is only offered to them, or no longer theirs.
    Other,
}

/// What can be done with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Read,
    Write,
    Close,
    Release,
    Transfer,
    /// Asking for more than a volunteer.
    Escalate,
    /// Coming into the conversation.
    Join,
    /// Assigning it, setting its priority, ending it for cause, having it erased, seeing its decisions and history.
    Supervise,
}

/// Worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    NotThere,
    Forbidden,
    /// It ended, and that is no secret.
    Over,
    Allowed,
}

impl Act {
    const fn allows(self, relation: Relation) -> Verdict {
        use Verdict::{Allowed, Forbidden, NotThere, Over};
        match (self, relation) {
            (_, Relation::Other) => NotThere,
            (Self::Close, Relation::HeldLast) => Over,
            (_, Relation::HeldLast) => NotThere,
            (Self::Read, _) => Allowed,
            (Self::Write, Relation::Holder | Relation::Joined) => Allowed,
            (Self::Write, Relation::Supervisor | Relation::Called) => Forbidden,
            (
                Self::Close | Self::Release | Self::Transfer | Self::Escalate,
                Relation::Holder | Relation::Supervisor,
            ) => Allowed,
            (Self::Close | Self::Release | Self::Transfer | Self::Escalate, Relation::Joined | Relation::Called) => {
                Forbidden
            }
            (Self::Join, Relation::Supervisor | Relation::Called) => Allowed,
            (Self::Join, Relation::Holder | Relation::Joined) => Forbidden,
            (Self::Supervise, Relation::Supervisor) => Allowed,
            (Self::Supervise, Relation::Holder | Relation::Joined | Relation::Called) => Forbidden,
        }
    }
}

/// What somebody is to a colleague.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Toward {
    /// They may know of them.
    pub(crate) sees: bool,
    /// They may change their profile and hours.
    pub(crate) manages: bool,
    /// They are the same person.
    pub(crate) is_them: bool,
}

impl Toward {
    /// Only who manages them.
    pub(crate) fn must_manage(self) -> Result<(), Problem> {
        self.unless(self.manages)
    }

    /// Who manages them, and they themself.
    pub(crate) fn must_manage_or_be(self) -> Result<(), Problem> {
        self.unless(self.manages || self.is_them)
    }

    fn unless(self, allowed: bool) -> Result<(), Problem> {
        match (allowed, self.sees) {
            (true, _) => Ok(()),
            (false, true) => Err(Kind::Forbidden.into()),
            (false, false) => Err(Kind::NotFound.into()),
        }
    }
}

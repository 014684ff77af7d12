//! Who may do what, in one place: who is calling, which roles a call is for, and what a caller's relation to a request or
//! to a colleague allows.
//!
//! A role that can never do something is told so (403). Whatever a caller may not see is not there (404).
//! `docs/permissions.md` is written from it, and a test walks every cell of it through HTTP.

mod relation; // what a caller is to what a call is about, and what that allows
#[cfg(test)]
mod sheet; // docs/permissions.md
mod table; // the calls
#[cfg(test)]
pub(crate) mod walk; // what the table answers

use std::collections::BTreeSet;

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::request::Parts;
use uuid::Uuid;
use wideawake_domain::escalation::{self, Escalation};
use wideawake_domain::process::Signal;
use wideawake_domain::request::SupportRequest;
use wideawake_domain::staff::{Change, Role, Session, StaffMember, Standing};
use wideawake_domain::{Actor, Pool, RequestId, StaffId};
use wideawake_runtime::http::auth::{Credential, credential};
use wideawake_runtime::http::{Kind, Problem};
use wideawake_runtime::{clock, tokens};

use crate::desk::Desk;
use crate::feed::{Known, Projection};
use crate::sign_in::SignIn;
use crate::sign_in::cookies::{self, Renewal, renew};

pub(crate) use relation::{Act, Relation, Toward};
pub(crate) use table::AREAS;
#[cfg(test)]
pub(crate) use table::{CALLS, Call};

use relation::{Colleague, Verdict, decides, sees};
use table::{A, About, P, S, find};

/// The call that says that the caller is there.
const HEARTBEAT: &str = "/v1/me/heartbeat";

/// The cookie of a session; `__Host-` stands before it over TLS.
pub(crate) const COOKIE: &str = "wideawake_staff";

/// Who is calling, and may make this call if the thing it is about allows it. Extracting it is the proof that they are
/// there.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Their profile.
    pub(crate) member: StaffMember,
    /// The requests with an unresolved escalation over which they were called as a professional, or which they took on.
    pub(crate) called: BTreeSet<RequestId>,
    /// How they proved that it is them.
    by: By,
}

/// How somebody proved that it is them.
#[derive(Clone, Debug)]
enum By {
    /// By their own token.
    Token,
    /// By a session.
    Session(Uuid),
    /// A program acts for them, whose token has that hash.
    Machine(String),
}

/// What somebody presents: a hash, and how it came.
enum Presented {
    Bearer(String),
    Cookie(String),
}

impl FromRequestParts<Desk> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Problem> {
        let name = cookies::name(desk, COOKIE);
        let credential = credential(&parts.method, &parts.headers, &name)?;
        let hash = tokens::hash_token(credential.token().expose());
        let presented = match credential {
            Credential::Bearer(_) => Presented::Bearer(hash),
            Credential::Cookie(_) => Presented::Cookie(hash),
        };
        let know = || desk.feed.with(|known| Self::known(known, &desk.sign_in, &presented));
        let mut known = know();
        if known.is_none() && matches!(presented, Presented::Cookie(_)) {
            // Another process may have let them in a moment ago.
            desk.feed.refresh_now_and_then().await;
            known = know();
        }
        let (mut caller, standing) = known.ok_or(Kind::Unauthorized)?;
        if let (Some(session), Some(renewal)) = (&caller.session(desk), parts.extensions.get::<Renewal>()) {
            renew(desk, renewal, session, credential.token().expose(), standing).await;
        }
        let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        // Presence may be forgotten: the next call says it again. Only a heartbeat is about nothing else.
        let (staff, at) = (caller.id(), clock::now());
        if matches!(caller.by, By::Machine(_)) {
            // A program proves nothing of the person that it acts for.
        } else if path == HEARTBEAT {
            desk.record.staff_seen(staff, at).await;
        } else {
            desk.record.note(Signal::StaffSeen { staff, at });
        }
        let call = find(&parts.method, path).ok_or(Kind::Forbidden)?;
        if !call.roles.iter().any(|role| caller.is(*role)) {
            return Err(Kind::Forbidden.into());
        }
        caller.must_be_in_scope(desk, call)?;
        if caller.is(P) && matches!(call.about, About::Request(_)) {
            let request = parts.uri.path().split('/').nth(3).and_then(|id| id.parse().ok());
            let is_theirs = |id: &RequestId| desk.feed.with(|known| known.involving(caller.id()).any(|one| one == *id));
            if request.is_some_and(|id| !caller.called.contains(&id) && !is_theirs(&id)) {
                // Their page may have been faster than what this door has read.
                desk.feed.refresh().await;
                caller = know().ok_or(Kind::Unauthorized)?.0;
            }
        }
        Ok(caller)
    }
}

impl Caller {
    fn known(known: &Projection, sign_in: &SignIn, presented: &Presented) -> Option<(Self, Standing)> {
        let now = clock::now();
        let (member, by, standing) = match presented {
            Presented::Bearer(hash) => match known.holder_of(hash) {
                Some(member) => (member, By::Token, Standing::Current),
                None => (known.machine(hash, now)?.0, By::Machine(hash.clone()), Standing::Current),
            },
            Presented::Cookie(hash) => {
                let session = known.sessions.by_token(hash)?;
                let member = &known.person(session.staff)?.member;
                let standing = sign_in.standing(session, hash, member, now);
                (standing != Standing::Over).then_some((member, By::Session(session.id), standing))?
            }
        };
        Some((Self::with(known, member.clone(), by), standing))
    }

    fn with(known: &Projection, member: StaffMember, by: By) -> Self {
        let requests = known.escalations.of_staff(member.id).map(|escalation| escalation.state.request);
        let called = if member.is(P) { requests.collect() } else { BTreeSet::new() };
        Self { member, called, by }
    }

    /// Somebody who calls with their own token, as a desk knows them.
    #[cfg(test)]
    pub(crate) fn by_token(known: &Projection, id: StaffId) -> Option<Self> {
        Some(Self::with(known, known.person(id)?.member.clone(), By::Token))
    }

    /// The session of the call, if it came by one.
    pub(crate) fn session(&self, desk: &Desk) -> Option<Session> {
        let By::Session(id) = self.by else { return None };
        desk.feed.with(|known| known.sessions.get(id).cloned())
    }

    /// They as they are by now, if what they presented is still good. The token of a session may have been replaced since:
    /// the session counts.
    pub(crate) fn again(&self, known: &Projection, sign_in: &SignIn) -> Option<Self> {
        let now = clock::now();
        let member = &known.person(self.id())?.member;
        let good = match &self.by {
            By::Token => member.token == self.member.token && !member.token.is_empty(),
            By::Machine(hash) => known.machine(hash, now).is_some(),
            By::Session(id) => {
                let session = known.sessions.get(*id)?;
                sign_in.standing(session, &session.token, member, now) != Standing::Over
            }
        };
        good.then(|| Self::with(known, member.clone(), self.by.clone()))
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

    /// A program does what its token is good for, and nothing else.
    fn must_be_in_scope(&self, desk: &Desk, call: &table::Call) -> Result<(), Problem> {
        let By::Machine(hash) = &self.by else { return Ok(()) };
        let good = desk.feed.with(|known| {
            let (_, token) = known.machine(hash, clock::now())?;
            Some(token.scopes.iter().any(|scope| call.is_in(scope)))
        });
        match good {
            Some(true) => Ok(()),
            Some(false) => Err(Problem::new(Kind::Forbidden).detail("this token is not good for that call")),
            None => Err(Kind::Unauthorized.into()),
        }
    }

    /// Whether it is for them what is said in conversations: a program may be good for less.
    pub(crate) fn reads_conversations(&self, desk: &Desk) -> bool {
        let By::Machine(hash) = &self.by else { return true };
        let reads = |scope: &str| scope.strip_suffix(":read").unwrap_or(scope) == table::CONVERSATIONS;
        desk.feed.with(|known| {
            known.machine(hash, clock::now()).is_some_and(|(_, token)| token.scopes.iter().any(|scope| reads(scope)))
        })
    }

    /// Whether they answer for that pool.
    pub(crate) fn supervises(&self, pool: &Pool) -> bool {
        self.is(S) && self.member.serves(pool)
    }

    /// Whether an escalation is there for them: for who answers for its pool, and for the professionals who were called
    /// over it or took it on.
    pub(crate) fn sees(&self, escalation: &Known) -> Result<(), Problem> {
        let called = self.is(P) && escalation.called.contains(&self.id());
        if sees(called, self.supervises(&escalation.state.pool)) { Ok(()) } else { Err(Kind::NotFound.into()) }
    }

    /// Whether they may hand over or resolve an escalation: who took it on, who answers for its pool, and, as long as
    /// nobody has taken it on, whoever was called over it.
    pub(crate) fn may_decide(&self, escalation: &Escalation) -> Result<(), Problem> {
        let others = escalation.taken_by().is_some_and(|by| by != self.id());
        match decides(others && !escalation.is_resolved(), self.supervises(&escalation.pool)) {
            Verdict::Allowed => Ok(()),
            _ => Err(escalation::Rejection::AcknowledgedByOther.into()),
        }
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
        // Who holds or joined a request of a pool of theirs answers for it all the same, and who was called over one is.
        let supervisor = self.supervises(&request.pool).then_some(Relation::Supervisor);
        let called = self.called.contains(&request.id).then_some(Relation::Called);
        let verdict = act.allows_any([Some(relation), supervisor, called]);
        match verdict {
            Verdict::Allowed => Ok(relation),
            Verdict::Over => Err(Problem::new(Kind::AlreadyClosed).detail("this request has ended already")),
            Verdict::Forbidden => Err(Kind::Forbidden.into()),
            Verdict::NotThere => Err(Kind::NotFound.into()),
            Verdict::Taken => Err(escalation::Rejection::AcknowledgedByOther.into()),
        }
    }

    /// Whether they may make that change to a colleague, or to themself.
    pub(crate) fn must_be_allowed(&self, change: &Change, other: &StaffMember) -> Result<(), Problem> {
        match change {
            Change::Read(..) => Ok(()),
            Change::Shifts(_)
            | Change::AddExtra(_)
            | Change::RemoveExtra(_)
            | Change::AddLeave(_)
            | Change::RemoveLeave(_)
            | Change::ContactMethods(_)
            | Change::SignOutEverywhere => self.toward(other).must_manage_or_be(),
            Change::Profile(_)
            | Change::Token(_)
            | Change::Qualifications(_)
            | Change::Invite(..)
            | Change::AddMachineToken(_)
            | Change::RevokeMachineToken(_)
            | Change::Remove => self.toward(other).must_manage(),
        }
    }

    /// What they are to somebody of the staff.
    pub(crate) fn toward(&self, other: &StaffMember) -> Toward {
        Toward::of(
            (self.is(A), self.is(S)),
            Colleague {
                shares: other.pools.iter().any(|pool| self.member.serves(pool)),
                within: other.pools.iter().all(|pool| self.member.serves(pool)),
                below: other.roles.iter().all(|role| matches!(role, Role::Volunteer | Role::Professional)),
                is_them: other.id == self.id(),
            },
        )
    }
}

//! What the table answers for each call, role and relation; `tests/walk.rs` makes each of those calls.

use wideawake_domain::staff::Role;

pub(crate) use super::relation::Verdict;
use super::relation::{Act, Colleague, Relation, Toward, decides, sees};
pub(crate) use super::table::About;
use super::table::{Call, Deed};

/// What a caller is to what a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tie {
    Holder,
    Joined,
    Offered,
    Called,
    TookOn,
    Late,
    Themself,
    Below,
    Peer,
    Wider,
    Pool,
    Elsewhere,
}

impl Tie {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::Joined => "joined",
            Self::Offered => "offered",
            Self::Called => "called",
            Self::TookOn => "took it on",
            Self::Late => "late",
            Self::Themself => "themself",
            Self::Below => "below",
            Self::Peer => "peer",
            Self::Wider => "wider",
            Self::Pool => "pool",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// Those that there are to a thing of that kind.
    pub(crate) const fn of(about: About) -> &'static [Self] {
        match about {
            About::Oneself => &[Self::Themself],
            About::Pool => &[Self::Pool],
            About::Offer => &[Self::Offered, Self::Pool],
            About::Request(_) => {
                &[Self::Holder, Self::Joined, Self::Offered, Self::Called, Self::Pool, Self::Elsewhere]
            }
            About::Escalation(_) => &[Self::Called, Self::TookOn, Self::Late, Self::Pool, Self::Elsewhere],
            About::Colleague(_) => &[Self::Themself, Self::Below, Self::Peer, Self::Wider, Self::Elsewhere],
            About::History => &[Self::Pool, Self::Themself, Self::Below, Self::Peer, Self::Elsewhere],
        }
    }
}

/// What the table answers.
pub(crate) fn verdict(call: &Call, role: Role, tie: Tie) -> Verdict {
    if !call.roles.contains(&role) {
        return Verdict::Forbidden;
    }
    match call.about {
        About::Oneself | About::Pool => Verdict::Allowed,
        About::Offer => there(tie == Tie::Offered),
        About::Request(act) => over_request(act, role, tie),
        About::Escalation(deed) => over_escalation(deed, role, tie),
        // Nobody removes themself, whatever their role.
        About::Colleague(_) if call.method == "DELETE" && call.path == "/v1/staff/{id}" && tie == Tie::Themself => {
            Verdict::Over
        }
        About::Colleague(over) => over.allows(toward(role, tie)),
        About::History if tie == Tie::Pool && role == Role::Admin => Verdict::Forbidden,
        About::History if tie == Tie::Pool => over_request(Act::Supervise, role, tie),
        About::History => there(toward(role, tie).sees),
    }
}

const fn there(is_there: bool) -> Verdict {
    if is_there { Verdict::Allowed } else { Verdict::NotThere }
}

fn over_request(act: Act, role: Role, tie: Tie) -> Verdict {
    let supervises = role == Role::Supervisor && tie != Tie::Elsewhere;
    let relation = match tie {
        Tie::Holder => Relation::Holder,
        Tie::Joined => Relation::Joined,
        Tie::Called if role == Role::Professional => Relation::Called,
        _ => Relation::Other,
    };
    act.allows_any([Some(relation), supervises.then_some(Relation::Supervisor)])
}

fn over_escalation(deed: Deed, role: Role, tie: Tie) -> Verdict {
    let supervises = role == Role::Supervisor && tie != Tie::Elsewhere;
    let called = role == Role::Professional && matches!(tie, Tie::Called | Tie::TookOn | Tie::Late);
    if !sees(called, supervises) {
        return Verdict::NotThere;
    }
    match deed {
        Deed::See => Verdict::Allowed,
        // Whoever comes late is told who has it; that it can be handed over to them is another call.
        Deed::TakeOn if tie == Tie::Late => Verdict::Taken,
        Deed::TakeOn => Verdict::Allowed,
        Deed::Decide => decides(tie == Tie::Late, supervises),
    }
}

fn toward(role: Role, tie: Tie) -> Toward {
    let is_them = tie == Tie::Themself;
    let below = match tie {
        Tie::Themself => matches!(role, Role::Volunteer | Role::Professional),
        Tie::Peer => false,
        _ => true,
    };
    let other = Colleague {
        shares: tie != Tie::Elsewhere,
        within: !matches!(tie, Tie::Elsewhere | Tie::Wider),
        below,
        is_them,
    };
    Toward::of((role == Role::Admin, role == Role::Supervisor), other)
}

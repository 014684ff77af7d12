//! What a caller is to a request, to an escalation and to a colleague, and what that allows. Nothing in here knows of HTTP
//! but the two refusals.

use wideawake_runtime::http::{Kind, Problem};

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
    /// Assigning it, setting its priority, ending it for cause, seeing its decisions and history.
    Supervise,
}

/// Worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    NotThere,
    Forbidden,
    /// It ended, and that is no secret.
    Over,
    /// Somebody else has taken it on, and that is no secret.
    Taken,
    Allowed,
}

impl Act {
    /// The best that any of these relations gives.
    pub(super) fn allows_any(self, relations: impl IntoIterator<Item = Option<Relation>>) -> Verdict {
        let verdicts = relations.into_iter().flatten().map(|relation| self.allows(relation));
        verdicts.max().unwrap_or(Verdict::NotThere)
    }

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

/// How a colleague stands to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colleague {
    /// They serve a pool of the caller's.
    pub(super) shares: bool,
    /// Every pool of theirs is one of the caller's.
    pub(super) within: bool,
    /// They are a volunteer or a professional, and nothing more.
    pub(super) below: bool,
    /// They are the caller.
    pub(super) is_them: bool,
}

/// What the caller wants of a colleague.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// To know of them.
    See,
    /// To change them.
    Manage,
    /// To change what is theirs to change as well.
    ManageOrBe,
}

impl Over {
    pub(super) const fn allows(self, toward: Toward) -> Verdict {
        let allowed = match self {
            Self::See => toward.sees,
            Self::Manage => toward.manages,
            Self::ManageOrBe => toward.manages || toward.is_them,
        };
        match (allowed, toward.sees) {
            (true, _) => Verdict::Allowed,
            (false, true) => Verdict::Forbidden,
            (false, false) => Verdict::NotThere,
        }
    }
}

/// Whether an escalation is there for somebody: a professional who was called over it or took it on, or who answers for
/// its pool.
pub(super) const fn sees(called: bool, supervises: bool) -> bool {
    called || supervises
}

/// Whether somebody who sees an escalation may decide about it: not when somebody else has taken it on, unless they answer
/// for its pool.
pub(super) const fn decides(others_have_it: bool, supervises: bool) -> Verdict {
    if others_have_it && !supervises { Verdict::Taken } else { Verdict::Allowed }
}

impl Toward {
    /// What an admin or a supervisor is to a colleague who stands like that to them.
    pub(super) const fn of((admin, supervisor): (bool, bool), other: Colleague) -> Self {
        Self {
            sees: admin || (supervisor && (other.shares || other.is_them)),
            manages: admin || (supervisor && other.below && other.shares && other.within),
            is_them: other.is_them,
        }
    }

    /// Only who manages them.
    pub(crate) fn must_manage(self) -> Result<(), Problem> {
        self.must(Over::Manage)
    }

    /// Who manages them, and they themself.
    pub(crate) fn must_manage_or_be(self) -> Result<(), Problem> {
        self.must(Over::ManageOrBe)
    }

    fn must(self, over: Over) -> Result<(), Problem> {
        match over.allows(self) {
            Verdict::Allowed => Ok(()),
            Verdict::NotThere => Err(Kind::NotFound.into()),
            _ => Err(Kind::Forbidden.into()),
        }
    }
}

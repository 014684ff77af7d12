//! What a caller is told when the core refuses or the record fails.

use std::error::Error as _;
use std::time::Duration;

use wideawake_domain::escalation;
use wideawake_domain::request::Rejection;
use wideawake_ledger::{AppendError, LedgerError};

use crate::http::{Kind, Problem};
use crate::record::{RecordError, StaffError};

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let kind = match rejection {
            Rejection::OfferGone => Kind::OfferGone,
            Rejection::AlreadyClosed | Rejection::Erased => Kind::AlreadyClosed,
            Rejection::TransferOpen => Kind::TransferOpen,
            Rejection::NotActive => Kind::NotActive,
            Rejection::NotInConversation => Kind::NotFound,
            Rejection::EscalationOpen => Kind::EscalationOpen,
            Rejection::RiskNotAssessed => return Self::field("/risk_assessed", rejection.to_string()),
            Rejection::MayNotLower => Kind::Forbidden,
            Rejection::KeyMismatch => Kind::IdempotencyMismatch,
            Rejection::NotClosed => Kind::NotClosed,
            Rejection::TooUrgent => Kind::TooUrgent,
            Rejection::Repeated(_) => Kind::Conflict,
        };
        Self::new(kind).detail(rejection.to_string())
    }
}

impl From<escalation::Rejection> for Problem {
    fn from(rejection: escalation::Rejection) -> Self {
        let kind = match rejection {
            escalation::Rejection::AlreadyResolved => Kind::AlreadyResolved,
            escalation::Rejection::NotAcknowledged => Kind::NotAcknowledged,
            escalation::Rejection::AcknowledgedByOther => Kind::AcknowledgedByOther,
            escalation::Rejection::PageUsed => Kind::PageUsed,
            escalation::Rejection::NotConfirmed => return Self::field("/confirmed_by", rejection.to_string()),
        };
        Self::new(kind).detail(rejection.to_string())
    }
}

impl From<RecordError> for Problem {
    fn from(error: RecordError) -> Self {
        let passing = matches!(
            error,
            RecordError::Append(AppendError::Busy | AppendError::Unknown(_))
                | RecordError::Read(LedgerError::Unavailable(_))
                | RecordError::Live(_)
                | RecordError::Contended
                | RecordError::Tombstone(_)
        );
        let source = error.source().map(ToString::to_string);
        tracing::error!(%error, source, "a call could not be carried out");
        if passing { Self::new(Kind::Unavailable).retry_after(Duration::from_secs(1)) } else { Kind::Internal.into() }
    }
}

impl From<StaffError> for Problem {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::Unknown | StaffError::UnknownEntry(_) => Kind::NotFound.into(),
            StaffError::Record(error) => error.into(),
        }
    }
}

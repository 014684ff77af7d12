//! What went wrong, and whether anything was written.

use deadpool_postgres::PoolError;
use tokio_postgres::error::{Severity, SqlState};

use super::address::said;
use crate::{AppendError, LedgerError};

/// Why a call has no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server was not asked: nothing was done.
    NotAsked(String),
    /// The server refused, and has undone what it had done.
    Refused {
        /// Why, in the words of the standard.
        code: SqlState,
        /// Why, in its own.
        message: String,
    },
    /// No answer came: it may have been done.
    Lost(String),
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            // A connection that ends may end after a commit and before its answer.
            Some(refusal) if !matches!(refusal.parsed_severity(), Some(Severity::Fatal | Severity::Panic)) => {
                Self::Refused { code: refusal.code().clone(), message: refusal.message().to_owned() }
            }
            _ => Self::Lost(said(&error)),
        }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        Self::NotAsked(match error {
            PoolError::Timeout(_) => "no connection in time".to_owned(),
            PoolError::Backend(error) => said(&error),
            PoolError::PostCreateHook(error) => error.to_string(),
            other => other.to_string(),
        })
    }
}

impl Failure {
    /// Whether the same connection may be used again.
    pub(super) fn leaves_a_connection(&self) -> bool {
        // Who is told that nothing may be written here speaks with a server that no longer leads.
        matches!(self, Self::Refused { code, .. } if *code != SqlState::READ_ONLY_SQL_TRANSACTION)
    }

    /// The answer to an append.
    pub(super) fn of_append(&self) -> AppendError {
        match self {
            Self::NotAsked(_) => AppendError::Busy,
            Self::Refused { code, .. } if passes(code) => AppendError::Busy,
            Self::Refused { message, .. } => AppendError::Unknown(message.clone()),
            Self::Lost(why) => AppendError::Unknown(why.clone()),
        }
    }
}

/// Whether the same may succeed a little later.
fn passes(code: &SqlState) -> bool {
    // Serialization and deadlock; no memory, disk or connection left; locks, cancelled statements, a server that starts.
    let class = &code.code()[..2];
    ["40", "53", "55", "57"].contains(&class) || *code == SqlState::READ_ONLY_SQL_TRANSACTION
}

impl From<Failure> for LedgerError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused { code, message }
                if code == SqlState::DATA_CORRUPTED || code == SqlState::INDEX_CORRUPTED =>
            {
                Self::Damaged(message)
            }
            Failure::NotAsked(why) | Failure::Lost(why) => Self::Unavailable(why),
            Failure::Refused { message, .. } => Self::Unavailable(message),
        }
    }
}

//! The clock and the dice: the only place where services learn the time or draw an identifier.

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

/// Now, in whole microseconds, as the record keeps time.
#[allow(clippy::disallowed_methods, reason = "this is the one place that may")]
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// A new identifier: UUIDv7, so that those made later sort later.
#[allow(clippy::disallowed_methods, reason = "this is the one place that may")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

//! How often somebody may guess. Guessing is slowed down, never a person: whoever signed in from a browser before has
//! tries of their own there, which no stranger can use up.

use std::time::Duration;

use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use wideawake_domain::StaffId;
use wideawake_runtime::clock;
use wideawake_runtime::http::{Caller, Kind, Problem};

use super::password::Turn;
use crate::desk::Desk;

/// Tries of one browser that is known, and of one address for one name.
const TRIES: u32 = 10;

/// Tries of one address, whatever the names: a house full of people may share it.
const OF_AN_ADDRESS: u32 = 100;

/// Tries for one name from browsers that are not known, wherever they are.
const OF_A_NAME: u32 = 200;

/// Codes of one person from browsers that are not known.
const CODES: u32 = 20;

const WITHIN: Duration = Duration::from_mins(15);
const WITHIN_AN_HOUR: Duration = Duration::from_hours(1);
const WITHIN_A_DAY: Duration = Duration::from_hours(24);

/// Where a call came from, behind the proxies that are trusted.
pub(super) fn address(parts: &Parts) -> String {
    let source = parts.extensions.get::<Caller>().map(|caller| caller.source.bytes());
    source.unwrap_or_default().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Counts a step of a sign-in by way of a provider or an authenticator, where there is nothing to guess.
pub(super) async fn may_come_and_go(desk: &Desk, address: &str) -> Result<(), Problem> {
    if allows(desk, &format!("by way of others at {address}"), 4 * OF_AN_ADDRESS, WITHIN).await {
        return Ok(());
    }
    Err(Problem::new(Kind::TooManyRequests).detail("too many sign-ins from here; wait a while").retry_after(WITHIN))
}

/// Counts a try for `name` from `address`, by a browser with that mark if it is known; whose turn it is.
pub(super) async fn may_try(desk: &Desk, name: &str, address: &str, device: Option<&str>) -> Result<Turn, Problem> {
    if let Some(device) = device
        && allows(desk, &format!("device {device}"), TRIES, WITHIN).await
    {
        return Ok(Turn::Known);
    }
    let slow = |within: Duration| {
        let detail = "too many tries; wait, or sign in from a browser from which you did before";
        Err(Problem::new(Kind::TooManyRequests).detail(detail).retry_after(within))
    };
    if !allows(desk, &format!("at {address}"), OF_AN_ADDRESS, WITHIN).await
        || !allows(desk, &format!("for {name} at {address}"), TRIES, WITHIN).await
    {
        return slow(WITHIN);
    }
    if !allows(desk, &format!("for {name}"), OF_A_NAME, WITHIN_AN_HOUR).await {
        return slow(WITHIN_AN_HOUR);
    }
    Ok(Turn::Stranger)
}

/// Counts a code of an authenticator from a browser that is not known, by whoever has the right password. Nobody else comes
/// so far, so that a stranger keeps nobody out by it; who has the password alone would guess one of a million some day.
pub(super) async fn may_try_code(desk: &Desk, staff: StaffId) -> Result<(), Problem> {
    if allows(desk, &format!("codes of {staff}"), CODES, WITHIN_A_DAY).await {
        return Ok(());
    }
    tracing::warn!(%staff, "many codes were tried with the right password; it may be known to somebody else");
    let detail = "too many codes; sign in from a browser from which you did before, with a passkey or a recovery code, and \
                  change the password if the tries were not yours";
    Err(Problem::new(Kind::TooManyRequests).detail(detail).retry_after(WITHIN_A_DAY))
}

/// Counts one more of `what`, under a keyed hash: whoever looks where it is counted learns neither names nor addresses.
async fn allows(desk: &Desk, what: &str, most: u32, within: Duration) -> bool {
    let key = format!("sign-in:{}", URL_SAFE_NO_PAD.encode(desk.record.vault().keyed("sign-in", &[what.as_bytes()])));
    desk.record.live().allow(&key, most, within, clock::now()).await.unwrap_or(true)
}

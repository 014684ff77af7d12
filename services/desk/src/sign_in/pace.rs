//! How often somebody may guess. Guessing is slowed down, never a person: whoever signed in from a browser before has
//! tries of their own there, which no stranger can use up.

use std::time::Duration;

use axum::http::request::Parts;
use wideawake_runtime::http::{Caller, Kind, Problem};
use wideawake_runtime::{clock, tokens};

use super::password::Turn;
use crate::desk::Desk;

/// Tries of one browser that is known, and of one address for one name.
const TRIES: u32 = 10;

/// Tries of one address, whatever the names: a house full of people may share it.
const OF_AN_ADDRESS: u32 = 100;

/// Tries for one name from browsers that are not known, wherever they are.
const OF_A_NAME: u32 = 200;

const WITHIN: Duration = Duration::from_mins(15);
const WITHIN_AN_HOUR: Duration = Duration::from_hours(1);

/// Where a call came from, behind the proxies that are trusted.
pub(super) fn address(parts: &Parts) -> String {
    let source = parts.extensions.get::<Caller>().map(|caller| caller.source.bytes());
    source.unwrap_or_default().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Counts a step of a sign-in by way of a provider or an authenticator, where there is nothing to guess.
pub(super) async fn may_come_and_go(desk: &Desk, address: &str) -> Result<(), Problem> {
    let key = format!("sign-in:{}", tokens::hash_token(&format!("by way of others at {address}")));
    let allowed = desk.record.live().allow(&key, 4 * OF_AN_ADDRESS, WITHIN, clock::now()).await.unwrap_or(true);
    if allowed {
        return Ok(());
    }
    Err(Problem::new(Kind::TooManyRequests).detail("too many sign-ins from here; wait a while").retry_after(WITHIN))
}

/// Counts a try for `name` from `address`, by a browser with that mark if it is known; whose turn it is.
pub(super) async fn may_try(desk: &Desk, name: &str, address: &str, device: Option<&str>) -> Result<Turn, Problem> {
    let allowed = async |key: String, most: u32, within: Duration| {
        let key = format!("sign-in:{}", tokens::hash_token(&key));
        desk.record.live().allow(&key, most, within, clock::now()).await.unwrap_or(true)
    };
    if let Some(device) = device
        && allowed(format!("device {device}"), TRIES, WITHIN).await
    {
        return Ok(Turn::Known);
    }
    let slow = |within: Duration| {
        let detail = "too many tries; wait, or sign in from a browser from which you did before";
        Err(Problem::new(Kind::TooManyRequests).detail(detail).retry_after(within))
    };
    if !allowed(format!("at {address}"), OF_AN_ADDRESS, WITHIN).await
        || !allowed(format!("for {name} at {address}"), TRIES, WITHIN).await
    {
        return slow(WITHIN);
    }
    if !allowed(format!("for {name}"), OF_A_NAME, WITHIN_AN_HOUR).await {
        return slow(WITHIN_AN_HOUR);
    }
    Ok(Turn::Stranger)
}

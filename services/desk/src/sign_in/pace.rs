//! How often somebody may guess. Guessing is slowed down, never a person: whoever signed in from a browser before has
//! tries of their own there, which no stranger can use up.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use wideawake_runtime::http::{Kind, Problem};
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

/// Where a call came from: an address, or for IPv6 what one customer has of them.
pub(super) fn address(parts: &Parts) -> String {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
    match peer {
        Some(IpAddr::V4(v4)) => v4.to_string(),
        Some(IpAddr::V6(v6)) => v6.segments()[..4].iter().map(|part| format!("{part:x}:")).collect(),
        None => String::new(),
    }
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

//! The pages in a real browser: Debian's Chromium, driven by its own driver, against the whole app in this process.
//!
//! Everything here fails by panicking with what was seen, and nothing sleeps to wait for something: it waits for the
//! thing, with a deadline that a slow machine meets as well.
#![allow(missing_docs, clippy::missing_docs_in_private_items, clippy::unwrap_used, clippy::panic)]

pub mod axe; // whether everyone can use a page
pub mod browser; // a browser of one's own
mod driver; // the program that drives it
pub mod ledger; // a ledger that can be cut off
pub mod line; // the line between a browser and a door: it can be cut, and what goes over it is counted
pub mod look; // pictures of pages

use wideawake_acceptance::Server;

pub use axe::must_be_usable_by_everyone;
pub use browser::{Browser, Wish};
pub use line::Line;

/// A server whose deadlines are short, and which takes whoever leaves to a page of its own, since nothing else can be
/// reached from a test.
pub async fn server(keys: &str) -> Server {
    Server::start(&format!("intake.leave_to = \"/healthz\"\n{keys}")).await
}

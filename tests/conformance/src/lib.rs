//! What every implementation of a trait of ours must do, written once against the trait.
//!
//! A macro per trait makes one test of each rule, for the implementation it is given.
#![allow(clippy::unwrap_used, clippy::panic, reason = "everything in this crate is a test")]

pub mod bus;
pub mod ledger;
pub mod live;

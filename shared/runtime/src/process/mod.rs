//! The loop that runs any [`wideawake_domain::process::Process`]: take the lease, rebuild from the record, then observe,
//! decide, append, and feed the outcome back; beside a healthy bus the ledger's tail is read slowly as an auditor.
//!
//! [`Driver`] is that loop without any I/O: inputs in, effects out, time as an argument. [`run`] carries the effects out.

mod driver; // the loop without I/O
mod ears; // what is heard beside answers
mod effect; // what goes in and out
mod links; // from what is observed to where it came from
mod metered; // what is measured of it
mod order; // facts in order, once each
mod runner; // carries effects out
#[cfg(test)]
mod tests;

pub use driver::{Driver, Options};
pub use effect::{Effect, Input};
pub use metered::{Measure, Metered};
pub use runner::{Courier, Ports, run};

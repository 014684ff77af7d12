//! What happens when a process, an engine or a link fails while people are being helped: real servers on private ports,
//! real processes, and links between them that can be cut.
//!
//! Whatever fails, afterwards everything that was acknowledged is in the record, nobody is held by two, everybody who
//! waited is asked for again, and `wideawake audit` has nothing to say.
#![allow(clippy::unwrap_used, clippy::panic, reason = "everything in this crate is a test")]

pub mod fault; // what can fail, and how
pub mod measure; // how long nobody was offered anybody
pub mod proxy; // links
pub mod run; // one fault, or two at once
pub mod stage; // engines, processes and people

//! One member asking for support, from opening to close: its events, the state they add up to, and what may be done.
//!
//! [`SupportRequest::decide`] says which events a command causes, [`SupportRequest::evolve`] what an event changes. Both
//! are pure; whoever appends what `decide` gave with the version it saw can be sure that nobody was faster.

mod barred;
mod command;
mod decide;
mod event;
mod evolve;
mod state;
#[cfg(test)]
mod tests;

pub use barred::turned_away;
pub use command::{Command, Findings, Joining, Open, Rejection, Retention, Say};
pub use event::*;
pub(crate) use state::SetAside;
pub use state::{Asked, OpenOffer, Phase, Raised, SupportRequest, Transfer};

//! More than a volunteer: who is called, in which steps, until somebody takes it on, and until it is resolved.
//!
//! [`Escalation::decide`] says which events a command causes, [`Escalation::evolve`] what an event changes. Both are pure.
//! An escalation never ends otherwise than by a person: after its last step comes the fallback, which repeats (I6).

mod command;
mod decide;
mod event;
mod evolve;
mod policy;
mod reach;
mod state;
#[cfg(test)]
mod tests;
pub mod watcher;

pub use command::{Command, Open, Rejection, Resolution};
pub use event::*;
pub use policy::{NotATarget, Policies, Policy, Step, Target};
pub use reach::{Unreached, unreached};
pub use state::{Attempt, Call, Escalation, Next, Stage, Trigger};
pub use watcher::{Levels, Watcher};

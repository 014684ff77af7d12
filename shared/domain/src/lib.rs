//! The pure core of Wideawake: what a request, a shift and an offer are, and who is asked to help whom, and when.
//!
//! Nothing in here does I/O, reads a clock or draws a random number: time and identifiers come in as arguments, and what
//! should happen goes out as events. The same code runs in production, in the simulator and in the planner.

pub mod audit;
pub mod dispatch;
pub mod escalation;
pub mod event;
pub mod id;
pub mod language;
pub mod lexicon;
pub mod paging;
#[cfg(feature = "planted")]
pub mod planted;
pub mod priority;
pub mod process;
pub mod record;
pub mod request;
pub mod rotation;
pub mod rules;
pub mod schedule;
pub mod screening;
pub mod settings;
pub mod staff;
pub mod text;
pub mod wait;
#[cfg(test)]
mod wire_format;

pub use event::Event;
pub use id::{EscalationId, OfferId, PageId, RequestId, StaffId};
pub use language::Language;
pub use priority::Priority;
pub use record::{Actor, Pool, Position, Recorded, StreamId, StreamKind, Version};
pub use text::Text;

//! Staff: who they are, what they may do, when they are scheduled, and what they say of their duty.

mod duty;
mod event;
mod member;
mod session;
mod sign_in;
#[cfg(test)]
mod tests;

pub use duty::{Duty, DutyEvent, DutySet, DutyWeek, NOT_RESPONDING, duty_stream};
pub use event::*;
pub use member::{Change, StaffMember, UnknownEntry};
pub use session::{
    CodeUsed, Lifetimes, Session, SessionEnded, SessionEvent, SessionRotated, SessionStarted, Sessions, Standing,
    session_stream,
};
pub use sign_in::{Authority, Invitation, InvitationGone, MachineToken, NotAName, SignIn, SignInName};

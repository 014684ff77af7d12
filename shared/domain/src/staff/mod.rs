//! Staff: who they are, what they may do, when they are scheduled, and what they say of their duty.

mod duty;
mod event;
mod member;
mod organisation;
mod passkey;
mod session;
mod sign_in;
#[cfg(test)]
mod tests;

pub use duty::{Duty, DutyEvent, DutySet, DutyWeek, NOT_RESPONDING, duty_stream};
pub use event::*;
pub use member::{Change, StaffMember, UnknownEntry};
pub use organisation::{Grant, Mapped, Mapping, OrganisationAccount};
pub use passkey::{MOST_PASSKEYS, PasskeyRefused};
pub use session::{
    Lifetimes, Means, Session, SessionEnded, SessionEvent, SessionRotated, SessionStarted, Sessions, Standing, Used,
    session_stream,
};
pub use sign_in::{Authority, Invitation, InvitationGone, MachineToken, NotAName, SignIn, SignInName};

//! What can happen to a request. These shapes are a wire format: they only ever gain optional fields.

mod ended; // going back to waiting, asking for more, and the end
mod offered; // whom it is held out to, and who takes it
mod opened; // asking for support, and how urgent it is
mod said; // what goes on in a conversation

pub use self::ended::*;
pub use self::offered::*;
pub use self::opened::*;
pub use self::said::*;
use crate::Text;
use crate::event::events;

events! {
    /// Something that happened to a request.
    RequestEvent {
        /// A member asked for support.
        Opened = "opened",
        /// What was known at the door was weighed.
        Triaged = "triaged",
        /// Somebody or some rule changed how urgent it is.
        PriorityChanged = "priority_changed",
        /// It was held out to a volunteer.
        Offered = "offered",
        /// The volunteer said no.
        OfferDeclined = "offer_declined",
        /// The volunteer said nothing in time.
        OfferExpired = "offer_expired",
        /// The offer was taken back.
        OfferWithdrawn = "offer_withdrawn",
        /// Everyone who could be asked has been.
        Exhausted = "exhausted",
        /// A volunteer took it.
        Accepted = "accepted",
        /// A supervisor gave it to somebody.
        Assigned = "assigned",
        /// Somebody wrote.
        Message = "message",
        /// The member's client fell silent.
        MemberAway = "member_away",
        /// The member's client is heard again.
        MemberBack = "member_back",
        /// The holder asks for somebody else to take over.
        TransferAsked = "transfer_asked",
        /// Somebody else took over.
        Transferred = "transferred",
        /// Nobody took over; the holder keeps it.
        TransferFailed = "transfer_failed",
        /// A supervisor or professional came in.
        Joined = "joined",
        /// It went back to waiting, keeping its place in time.
        Released = "released",
        /// Somebody or some rule asks for more than a volunteer.
        EscalationRaised = "escalation_raised",
        /// A supervisor ended it for cause.
        Barred = "barred",
        /// It ended.
        Closed = "closed",
        /// Somebody asked, after its end, for everything typed to be made unreadable.
        ErasureAsked = "erasure_asked",
        /// Everything typed by or about the member can be read by nobody any more.
        Erased = "erased",
    }
}

impl RequestEvent {
    /// Everything in it that was typed by or about the member.
    pub fn texts_mut(&mut self) -> Vec<&mut Text> {
        match self {
            Self::Opened(e) => e.alias.iter_mut().chain(e.screening.iter_mut()).collect(),
            Self::PriorityChanged(e) => e.reason.iter_mut().collect(),
            Self::OfferDeclined(e) => e.reason.iter_mut().collect(),
            Self::Message(e) => vec![&mut e.text],
            Self::TransferAsked(e) => e.note.iter_mut().collect(),
            Self::Released(e) => e.note.iter_mut().collect(),
            Self::EscalationRaised(e) => e.reason.iter_mut().collect(),
            Self::Barred(e) => vec![&mut e.reason],
            Self::Closed(e) => e.note.iter_mut().collect(),
            Self::Triaged(_)
            | Self::ErasureAsked(_)
            | Self::Offered(_)
            | Self::OfferExpired(_)
            | Self::OfferWithdrawn(_)
            | Self::Exhausted(_)
            | Self::Accepted(_)
            | Self::Assigned(_)
            | Self::MemberAway(_)
            | Self::MemberBack(_)
            | Self::Transferred(_)
            | Self::TransferFailed(_)
            | Self::Joined(_)
            | Self::Erased(_) => Vec::new(),
        }
    }
}

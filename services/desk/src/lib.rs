//! The staff's door: duty, offers, conversations, the board, staff and their hours, the roster, rotations and the audit
//! trail.
//!
//! Handlers load, decide, append and answer. What they show comes from one reader of the log (`feed`), who may see and do
//! what is in one place (`permit`). This door never decides who is asked: the router does.

mod answer; // answers to pages from outside
mod audit; // the history of one thing, sealed text left out
mod board; // what a supervisor has before them
mod calendar; // shifts for any calendar program
mod conversation; // closing, giving back, handing over, assigning
mod decisions; // every offer with its reasons
mod desk; // what the calls share
mod door; // the router and its document
mod erase; // having a request erased
mod escalations; // what needs more than a volunteer
mod feed; // what the desk knows, and who listens
mod figures; // how long people waited in the last days, and who took how many conversations
mod lines; // how a conversation may end, the words of the line, whom one can call
mod me; // the caller: profile, duty, heartbeat
mod messages; // reading and writing
mod offers; // accepting and declining
mod pages; // the pages of the staff
mod permit; // who may do what
mod reinforce; // asking for more than a volunteer, coming in, ending it for cause
mod requests; // one request, as those who may see it see it
mod roster; // who is scheduled, and where nobody is
mod rotations; // on-call rotations
mod sign_in; // names and passwords, sessions, invitations
mod staff; // colleagues and their hours
mod stream; // what happens, as it happens
mod view; // shapes that several calls share
mod week; // what the caller did this week

#[cfg(test)]
mod tests;

pub use door::{in_process, openapi, serve};

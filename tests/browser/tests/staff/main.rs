//! The staff's pages, as a volunteer and a supervisor have them.
#![allow(missing_docs, clippy::missing_docs_in_private_items, clippy::unwrap_used, clippy::panic)]

mod account; // how one signs in, where, and how one is called
mod crowd; // a board with two thousand who wait
mod hours; // roster, coverage, waits, the record
mod looks; // in every state, scheme and direction, on small screens, for everyone
mod night; // three browsers, from the first word to the last
mod people; // letting somebody in and out, and who is on call
mod scene; // what they have in common
mod shots; // pictures for the documents
mod sign_in; // coming in and going out

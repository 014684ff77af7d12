//! The member page, as a member has it.
#![allow(missing_docs, clippy::missing_docs_in_private_items, clippy::unwrap_used, clippy::panic)]

mod leaving; // at once, and without a trace
mod ledger; // while nothing can be written
mod looks; // in every state, scheme and direction, on small screens, from the keyboard, for everyone
mod night; // from the first word to the last
mod plain; // without script
mod scene; // what they have in common
mod shots; // pictures for the documents
mod weight; // what comes over the line

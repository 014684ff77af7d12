//! Whatever anybody sends, they get a documented problem: never a fault of ours, and never a hint.
#![allow(clippy::unwrap_used, clippy::panic)]

mod bodies; // JSON that is none, or says what it may not
mod connections; // connections that are slow, silent, huge, or too many
mod night; // a night under way, to be attacked
mod places; // paths, methods, queries and headers with anything in them
mod raw; // bytes that are no HTTP, and more of them than anybody reads
mod strangers; // those whose token fits nothing, and those whose role does not include it

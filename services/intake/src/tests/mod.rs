//! The door driven as a client would, over a real ledger in a temporary folder.

mod contract;
mod house;
mod rekeying;

mod api;
mod erasing;
mod exporting;
mod following;
mod opening;
mod talking;
mod triage;

//! The door driven as a client would, over a real ledger in a temporary folder.

mod contract;
mod house;
mod limits;
mod rekeying;

mod api;
mod barred;
mod erasing;
mod exporting;
mod following;
mod opening;
mod page;
mod talking;
mod triage;

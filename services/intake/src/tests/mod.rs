//! The door driven as a client would, over a real ledger in a temporary folder.

mod contract;
mod house;
<<<<<<< HEAD
mod rekeying;
=======
mod limits;
>>>>>>> issue6-b

mod api;
mod barred;
mod erasing;
mod exporting;
mod following;
mod opening;
mod talking;
mod triage;

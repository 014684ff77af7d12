//! Thousands of nights with everything going wrong, each of them drawn from one number.
//!
//! The real state machines, the real dispatcher and the real process loop run here over a ledger, a bus and live state in
//! memory, under a virtual clock. Beside them a simple reference model says who may hold what and who should have been
//! asked. Nothing here opens a socket, reads a clock or draws a random number but from the seed: the same seed is the
//! same night, byte for byte. `docs/simulation.md` tells the rest.

mod agenda; // what is going to happen, in order
mod bend; // the watcher with a planted fault
mod book; // the rules and policies of a night
mod broker; // the bus and who tells it
mod call; // what people ask of the doors: load, decide, append, again
mod chance; // the dice
mod charge; // whatever an instance does, behind one face
mod checks; // the invariants, after every step
pub mod cli; // what `main` runs
pub mod fairness; // waits and fairness beside first come, first served
mod faults; // what goes wrong, and when
mod kind; // what an instance does for a pool
mod ledger; // the ledger in memory
mod minded; // the watcher under observation
mod model; // the rules once more, simple and slow
mod night; // one night from its seed to its end
mod options; // what is drawn before a night begins
mod people; // members, volunteers and supervisors
mod plant; // faults on purpose
mod ports; // the ledger and the live state, with their faults
mod process; // what the instances of a process share, and how it ends
mod runner; // instances of the process loop
mod scenario; // the rows of the table in DESIGN section 10
mod trace; // what happened, for whoever wants to read it
mod twist; // the dispatcher with a planted fault
mod watch; // the dispatcher under observation
mod world; // everything there is on one night

pub use checks::Promises;
pub use faults::{Episode, Fault};
pub use model::Breach;
pub use night::{Outcome, Violation, run, run_scenario};
pub use options::Options;
pub use plant::Plant;
pub use scenario::Scenario;

pub(crate) type Time = chrono::DateTime<chrono::Utc>;

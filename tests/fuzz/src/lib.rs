//! Every parser that sees bytes from outside, as a function of any bytes at all. It may refuse them; it may not panic, answer
//! 500, read its own writing differently, or take for genuine what is not.
//!
//! `guided/` gives these to cargo-fuzz, which looks for what nobody thought of (`tests/fuzz/run`). What it found worth keeping
//! lies in `corpus/`, and each run of the tests goes through that and through changes of it.

#![allow(clippy::expect_used, clippy::panic, reason = "a panic is how a target says that something is wrong")]

mod doors; // every call of both doors
mod files; // what operators write
mod messages; // what other systems send
mod words; // what members write, and conditions over it

/// Something that reads bytes.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, and that of its folder in `corpus/`.
    pub name: &'static str,
    /// What reads them.
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: [Target; 11] = [
    Target { name: "members_door", run: doors::members },
    Target { name: "staffs_door", run: doors::staff },
    Target { name: "config", run: files::config },
    Target { name: "rules", run: files::rules },
    Target { name: "policies", run: files::policies },
    Target { name: "lexicon", run: files::lexicon },
    Target { name: "roster", run: files::roster },
    Target { name: "condition", run: words::condition },
    Target { name: "message", run: words::message },
    Target { name: "envelope", run: messages::envelope },
    Target { name: "outside", run: messages::outside },
];

/// The target of that name.
///
/// # Panics
///
/// When there is none.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target of that name");
    (target.run)(bytes);
}

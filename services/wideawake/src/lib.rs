//! The one binary: `serve` runs every service in one process, and the tools look after what it keeps.

pub mod app; // every service in one process
pub mod cli; // the commands
mod demo; // a night to look at

//! Runs nights: many, or one with its trace, or those with planted faults.

use clap::Parser;
use std::process::ExitCode;
use wideawake_simulation::cli::{Args, execute};

fn main() -> ExitCode {
    execute(&Args::parse())
}

//! `cargo run --release -p wideawake-load`: how fast the program is on this machine.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    wideawake_load::execute(&wideawake_load::Args::parse())
}

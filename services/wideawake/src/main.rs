//! `wideawake`: see `wideawake --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    wideawake::cli::main()
}

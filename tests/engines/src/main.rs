//! `wideawake-engines COMMAND…`: runs a command beside a PostgreSQL and a RabbitMQ on private ports, which its tests share
//! (`WIDEAWAKE_TEST_POSTGRES`, `WIDEAWAKE_TEST_RABBITMQ`), and ends with its exit code.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use wideawake_engines::{Postgres, RabbitMq};

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("wideawake-engines: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    let mut words = std::env::args_os().skip(1);
    let Some(program) = words.next() else { bail!("say which command to run, such as `cargo nextest run`") };
    let postgres = Postgres::start()?;
    let rabbit = RabbitMq::start()?;
    let status = Command::new(&program)
        .args(words)
        .env("WIDEAWAKE_TEST_POSTGRES", postgres.url())
        .env("WIDEAWAKE_TEST_RABBITMQ", rabbit.url())
        .env("WIDEAWAKE_TEST_RABBITMQ_ADMIN", rabbit.admin())
        .status()
        .with_context(|| format!("cannot run {}", program.display()))?;
    // What ended by a signal did not end well.
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

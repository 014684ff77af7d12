//! `check`: everything that is wrong with the configuration, at once.

use std::process::ExitCode;

use anyhow::Result;

use super::{ConfigArgs, print};

pub(super) fn run(args: &ConfigArgs) -> Result<ExitCode> {
    let config = args.load()?;
    let settings = &config.settings;
    let (pools, lines) = (settings.pools.len(), settings.lines.len());
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    print(&format!(
        "{} is in order: {pools} pool{}, {lines} line{}.",
        args.config.display(),
        plural(pools),
        plural(lines)
    ))?;
    Ok(ExitCode::SUCCESS)
}

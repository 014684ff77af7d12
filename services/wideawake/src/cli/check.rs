//! `check`: everything that is wrong with configuration, rules and policies, at once; and whom the policies would call in
//! vain, as far as there is a ledger that knows the people.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use wideawake_domain::escalation::{Policies, unreached};
use wideawake_domain::rotation::NamedRotation;
use wideawake_domain::staff::StaffMember;
use wideawake_domain::{Pool, StreamKind};
use wideawake_runtime::clock;
use wideawake_runtime::config::Config;
use wideawake_runtime::stores::{Ledger, Stores};

use super::{ConfigArgs, print};

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Only the files: not whom the policies would reach
    #[arg(long)]
    files: bool,
}

pub(super) async fn run(args: CheckArgs) -> Result<ExitCode> {
    // Without lines and pools nothing can be said of the rules.
    let config = args.config.load()?;
    let book = config.book().load()?;
    for rule in &book.rules.rules {
        let unclear =
            rule.condition.as_ref().map(wideawake_domain::rules::Condition::unclear_without).unwrap_or_default();
        if !unclear.is_empty() && rule.then.iter().any(wideawake_domain::rules::Action::raises_safety) {
            let facts = unclear.join(" or ");
            print(&format!("Note: the rule {} takes effect whenever {facts} is not known.", rule.name))?;
        }
    }
    if let Some(folder) = config.desk.sign_in.breached_passwords.as_ref().filter(|folder| !folder.is_dir()) {
        eprintln!(
            "wideawake: sign_in.breached_passwords: there is no folder {}; no password could be set",
            folder.display()
        );
        return Ok(ExitCode::FAILURE);
    }
    let people = if args.files { None } else { people(&config, &book.policies).await? };
    let settings = &config.settings;
    let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let policies = book.policies.0.len();
    let policies = format!("{policies} {}", if policies == 1 { "policy" } else { "policies" });
    let found = format!(
        "{}, {}, {}, {policies}",
        plural(settings.pools.len(), "pool"),
        plural(settings.lines.len(), "line"),
        plural(book.rules.rules.len(), "rule"),
    );
    match people {
        Some(in_vain) if !in_vain.is_empty() => {
            for one in &in_vain {
                eprintln!("{one}");
            }
            let many = plural(in_vain.len(), "call");
            eprintln!("wideawake: the files are in order ({found}), but {many} would reach nobody");
            return Ok(ExitCode::FAILURE);
        }
        Some(_) => {}
        None if args.files => {}
        None => print("There is no ledger yet, so whom the policies would reach is not checked.")?,
    }
    print(&format!("{} is in order: {found}.", args.config.config.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// Whom the policies would call in vain; `None`: there is no ledger yet.
async fn people(config: &Config, policies: &Policies) -> Result<Option<Vec<String>>> {
    let Some(ledger) = Stores::look(config).await? else { return Ok(None) };
    let (staff, rotations) = everyone(&*ledger).await.context("the ledger could not be read")?;
    let found = unreached(policies, &config.settings.pools, &staff, &rotations);
    Ok(Some(found.iter().map(ToString::to_string).collect()))
}

async fn everyone(ledger: &dyn Ledger) -> Result<(Vec<StaffMember>, Vec<NamedRotation>)> {
    let now = clock::now();
    let mut staff = BTreeMap::new();
    for fact in ledger.open(&Pool::all(), StreamKind::Staff, now).await?.0 {
        StaffMember::apply(staff.entry(fact.stream).or_default(), &fact);
    }
    let mut rotations = BTreeMap::new();
    for fact in ledger.open(&Pool::all(), StreamKind::Rotation, now).await?.0 {
        NamedRotation::apply(rotations.entry(fact.stream).or_default(), &fact);
    }
    Ok((staff.into_values().flatten().collect(), rotations.into_values().flatten().collect()))
}

//! `rules test`: which rules fire on facts that somebody wrote down, and why.

mod facts;

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};
use wideawake_domain::request::Findings;
use wideawake_domain::rules::{Action, Facts, Rule, Rulebook, Trigger};

use super::{ConfigArgs, print};
use facts::Given;

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// Prints which rules fire on the facts of a file, and why
    Test(TestArgs),
}

#[derive(Debug, Args)]
pub(super) struct TestArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// The facts, as JSON: docs/rules.md has an example
    #[arg(long, value_name = "FILE")]
    facts: PathBuf,
}

pub(super) fn run(RulesCommand::Test(args): RulesCommand) -> Result<ExitCode> {
    let config = args.config.load()?;
    let book = config.book().load()?;
    let shown = args.facts.display();
    let text = std::fs::read_to_string(&args.facts).map_err(|error| anyhow!("cannot read {shown}: {error}"))?;
    let given = Given::parse(&text, &config.settings).map_err(|wrong| anyhow!("{shown}: {wrong}"))?;
    print(report(&book, &given).trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// What is printed.
fn report(book: &Rulebook, given: &Given) -> String {
    let mut out = format!("Rules, version {}\n", book.rules.version);
    let mut phrases = given.phrases.clone();
    if let Some(message) = &given.message {
        phrases.extend(book.spot(&given.request.language, message));
        if phrases.is_empty() {
            let _ = writeln!(out, "No phrase of the lexicons is in the message.");
        }
    }
    for phrase in &phrases {
        let negated = if phrase.negated { ", negated" } else { "" };
        let _ = writeln!(out, "Phrase: {} \"{}\"{negated}", phrase.category, phrase.phrase);
    }
    let facts = Facts {
        request: &given.request,
        phrases: &phrases,
        screening: given.screening.map(|screening| (screening, screening.level())),
        pool: given.pool,
        silent: given.silent,
        now: given.now,
    };
    let mut findings = Findings { priority: given.request.priority, ..Findings::default() };
    let triggers = Trigger::NAMES.iter().filter(|(_, trigger)| given.on.is_none_or(|on| on == *trigger));
    for (name, trigger) in triggers {
        let _ = writeln!(out, "\nOn {name}:");
        let mut others = Vec::new();
        for rule in book.rules.rules.iter().filter(|rule| rule.on == *trigger) {
            if !tell(&mut out, book, rule, &facts, &mut findings) {
                others.push(rule.name.as_str());
            }
        }
        if !others.is_empty() {
            let _ = writeln!(out, "  does not fire: {}", others.join(", "));
        }
    }
    together(&mut out, &findings);
    out
}

/// Tells of one rule, if it fires.
fn tell(out: &mut String, book: &Rulebook, rule: &Rule, facts: &Facts<'_>, findings: &mut Findings) -> bool {
    let verdict = rule.condition.as_ref().map_or(Ok(true), |condition| condition.holds(facts));
    if !book.rules.fire_one(rule, None, facts, findings) {
        if let Err(unclear) = &verdict {
            let _ = writeln!(out, "  UNCLEAR  {}: {unclear}; nothing follows", rule.name);
        }
        return verdict.is_err();
    }
    let after = if rule.on.is_timed() { format!(", after {}s", rule.after.as_seconds_f64()) } else { String::new() };
    let _ = writeln!(out, "  FIRES    {}{after}", rule.name);
    match &rule.condition {
        None => {
            let _ = writeln!(out, "           always: it has no condition");
        }
        Some(condition) => {
            let _ = writeln!(
                out,
                "           because  {}",
                condition.source().split_whitespace().collect::<Vec<_>>().join(" ")
            );
            if condition.mentions("phrases") {
                let asked = |category: &str| {
                    let source = condition.source();
                    source.contains(&format!("\"{category}\"")) || source.contains(&format!("'{category}'"))
                };
                for phrase in facts.phrases.iter().filter(|phrase| asked(&phrase.category)) {
                    let negated = if phrase.negated { ", negated" } else { "" };
                    let _ = writeln!(out, "           phrase   {} \"{}\"{negated}", phrase.category, phrase.phrase);
                }
            }
        }
    }
    if let Err(unclear) = &verdict {
        let _ =
            writeln!(out, "           although it cannot be worked out ({unclear}): what makes things safer is done");
    }
    let follows = rule.then.iter().filter(|action| verdict.is_ok() || action.raises_safety());
    let _ = writeln!(out, "           then     {}", follows.map(action).collect::<Vec<_>>().join(", "));
    true
}

fn action(action: &Action) -> String {
    match action {
        Action::Priority(priority) => format!("priority {priority}"),
        Action::Escalate(policy) => format!("escalate to {policy}"),
        Action::Require(skill) => format!("require {}", skill.as_str()),
        Action::Show(kind) => format!("show {kind}"),
        Action::Tag(tag) => format!("tag {tag}"),
    }
}

/// What all of it comes to.
fn together(out: &mut String, findings: &Findings) {
    if findings.rules.is_empty() {
        let _ = writeln!(out, "\nTogether: no rule fires.");
        return;
    }
    let mut policies: Vec<&str> = findings.escalate.iter().map(|(policy, _)| policy.as_str()).collect();
    policies.sort_unstable();
    policies.dedup();
    let needs: Vec<&str> = findings.needs.iter().map(wideawake_domain::settings::Skill::as_str).collect();
    let list = |words: &[&str]| if words.is_empty() { "nothing".to_owned() } else { words.join(", ") };
    let texts = |words: &[String]| list(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let _ = writeln!(
        out,
        "\nTogether: priority {}; escalate to {}; require {}; show {}; tag {}.",
        findings.priority,
        list(&policies).replace("nothing", "nobody"),
        list(&needs),
        texts(&findings.show),
        texts(&findings.tags)
    );
}

#[cfg(test)]
mod tests;

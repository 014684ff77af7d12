//! `rules.toml`: when risk or waiting brings in more than a volunteer (DESIGN section 8).

use std::collections::BTreeSet;

use chrono::TimeDelta;
use wideawake_domain::Priority;
use wideawake_domain::escalation::Policies;
use wideawake_domain::rules::{Action, Condition, Rule, RuleSet, Trigger};
use wideawake_domain::settings::Line;

use super::error::Mistakes;
use super::reader::{Reader, Spot, Table};
use super::source::Node;

/// The most rules.
const MOST: usize = 500;
/// The most actions of one.
const ACTIONS: usize = 10;
/// The kinds of resources that can be shown, as `config/resources` has them.
const KINDS: [(&str, &str); 3] =
    [("emergency", "emergency"), ("crisis_line", "crisis_line"), ("directory", "directory")];

/// What rules may name.
pub(super) struct Known<'a> {
    /// What can be escalated to.
    pub(super) policies: &'a Policies,
    /// What members turn to.
    pub(super) lines: &'a [Line],
}

/// Reads the rules of a file whose version is `version`.
pub(super) fn read(root: Node, mistakes: &Mistakes, known: &Known<'_>, version: String) -> RuleSet {
    let reader = Reader::new(mistakes);
    let mut root = reader.root(root);
    let mut rules: Vec<Rule> = Vec::new();
    let mut names = BTreeSet::new();
    for (index, mut table) in reader.tables(&mut root, "rule").into_iter().enumerate() {
        if index == MOST {
            let place = table.place.clone();
            reader.complain(place, "rule", format!("there are more than {MOST} rules; write fewer, or merge some"));
            break;
        }
        rules.extend(rule(&reader, &mut table, known, &mut names, index + 1));
        reader.done(table);
    }
    reader.done(root);
    RuleSet { rules, version }
}

/// Reads the name of something that is written as a list of tables, and calls the table by it.
pub(super) fn name(
    reader: &Reader<'_>,
    table: &mut Table,
    kind: &str,
    ordinal: usize,
    names: &mut BTreeSet<String>,
) -> Option<String> {
    table.call(format!("{kind} {ordinal}"));
    let Some(spot) = reader.spot(table, "name") else {
        reader.missing(table, "name", format!("is missing; write a name such as \"{}\"", example(kind)));
        return None;
    };
    let name = spot.name()?;
    table.call(format!("{kind} \"{name}\""));
    if !names.insert(name.clone()) {
        spot.against(format_args!("there is a {kind} of this name already; write another"));
    }
    Some(name)
}

fn example(kind: &str) -> &'static str {
    if kind == "rule" { "imminent-words" } else { "clinician" }
}

fn rule(
    reader: &Reader<'_>,
    table: &mut Table,
    known: &Known<'_>,
    names: &mut BTreeSet<String>,
    ordinal: usize,
) -> Option<Rule> {
    let name = name(reader, table, "rule", ordinal, names);
    let spot = reader.spot(table, "on");
    if spot.is_none() {
        let all = Trigger::NAMES.map(|(name, _)| format!("\"{name}\"")).join(", ");
        reader.missing(table, "on", format!("is missing; write one of {all}"));
    }
    let on = spot.and_then(|spot| spot.one_of(&Trigger::NAMES));
    let after = after(reader, table, on);
    let condition = reader.spot(table, "if").map(|spot| condition(&spot, on, known.lines));
    let then = reader.spot(table, "then");
    if then.is_none() {
        reader.missing(table, "then", "is missing; write what follows, such as [{ escalate = \"supervisor\" }]");
    }
    let then = then.and_then(|spot| actions(reader, &spot, known.policies));
    let condition = match condition {
        Some(condition) => Some(condition?),
        None => None,
    };
    Some(Rule { name: name?, on: on?, after: after?, condition, then: then? })
}

fn after(reader: &Reader<'_>, table: &mut Table, on: Option<Trigger>) -> Option<TimeDelta> {
    let spot = reader.spot(table, "after");
    match (on.map(Trigger::is_timed), spot) {
        (Some(true), None) => {
            reader.missing(table, "after", "is missing; say how long it must have lasted, such as \"2m\"");
            None
        }
        (Some(true), Some(spot)) => spot.duration("a rule that needs time says how much"),
        (Some(false), Some(spot)) => {
            spot.wrong("this rule is asked at once; leave it out, or write on = \"waiting\" or another that takes time")
        }
        (Some(false), None) => Some(TimeDelta::zero()),
        (None, spot) => spot.map_or(Some(TimeDelta::zero()), |spot| spot.limit().map(Option::unwrap_or_default)),
    }
}

fn condition(spot: &Spot<'_>, on: Option<Trigger>, lines: &[Line]) -> Option<Condition> {
    let source = spot.text("write a condition between quotes, such as 'priority >= URGENT'")?;
    let condition = match Condition::compile(&source) {
        Ok(condition) => condition,
        Err(bad) => return spot.wrong(bad.to_string()),
    };
    let mut right = true;
    for (fact, needs, at) in [
        ("phrases", [Trigger::Opened, Trigger::Message].as_slice(), "on \"message\" or \"opened\""),
        ("screening", &[Trigger::Opened, Trigger::Message], "on \"opened\" or \"message\""),
        ("silent", &[Trigger::Silent], "on \"silent\""),
    ] {
        if on.is_some_and(|on| !needs.contains(&on)) && condition.mentions(fact) {
            spot.against(format_args!("asks about {fact}, which is known only {at}"));
            right = false;
        }
    }
    for (fact, word) in condition.words() {
        let known: Vec<&str> = match *fact {
            "request.line" => lines.iter().map(|line| line.name.as_str()).collect(),
            "request.topics" => {
                lines.iter().flat_map(|line| &line.topics).map(wideawake_domain::settings::Skill::as_str).collect()
            }
            _ => continue,
        };
        if !known.contains(&word.as_str()) {
            let all = known.iter().take(20).map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
            spot.against(format_args!("compares {fact} with {word:?}, which no [[line]] has; there are {all}"));
            right = false;
        }
    }
    right.then_some(condition)
}

fn actions(reader: &Reader<'_>, spot: &Spot<'_>, policies: &Policies) -> Option<Vec<Action>> {
    let tables = reader.inside(spot)?;
    if tables.is_empty() || tables.len() > ACTIONS {
        return spot.wrong(format!("write 1 to {ACTIONS} actions, such as [{{ escalate = \"supervisor\" }}]"));
    }
    let mut all = Vec::new();
    let mut right = true;
    for mut table in tables {
        let found = action(reader, &mut table, policies);
        match found {
            Some(action) => all.push(action),
            None => right = false,
        }
        reader.done(table);
    }
    right.then_some(all)
}

fn action(reader: &Reader<'_>, table: &mut Table, policies: &Policies) -> Option<Action> {
    let named = |spot: &Spot<'_>| spot.name();
    let kinds = ["priority", "escalate", "require", "show", "tag"];
    let read: [Option<Action>; 5] = [
        reader.get(table, "priority", |spot| {
            let names = Priority::ALL.map(|priority| (priority.as_str(), priority));
            spot.one_of(&names).map(Action::Priority)
        }),
        reader.get(table, "escalate", |spot| policy(spot, policies).map(Action::Escalate)),
        reader.get(table, "require", |spot| named(spot)?.parse().ok().map(Action::Require)),
        reader.get(table, "show", |spot| spot.one_of(&KINDS).map(|kind| Action::Show(kind.to_owned()))),
        reader.get(table, "tag", |spot| named(spot).map(Action::Tag)),
    ];
    match kinds.iter().filter(|kind| table.has(kind)).count() {
        1 => read.into_iter().flatten().next(),
        0 => {
            let place = table.place.clone();
            let wanted =
                "an action is one of priority, escalate, require, show or tag, such as { escalate = \"supervisor\" }";
            reader.complain(place, table.path(), wanted);
            None
        }
        _ => {
            let place = table.place.clone();
            reader.complain(place, table.path(), "each action stands in braces of its own: [{ … }, { … }]");
            None
        }
    }
}

fn policy(spot: &Spot<'_>, policies: &Policies) -> Option<String> {
    let name = spot.name()?;
    if policies.0.contains_key(&name) {
        return Some(name);
    }
    let all = policies.0.keys().take(20).map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    spot.wrong(format!("there is no [[policy]] of this name; there are {all}"))
}

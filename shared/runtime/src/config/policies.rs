//! `policies.toml`: who is called when more than a volunteer is needed (DESIGN section 9).

use std::collections::{BTreeMap, BTreeSet};

use wideawake_domain::dispatch::SUPERVISORS;
use wideawake_domain::escalation::{NotATarget, Policies, Policy, Step, Target};
use wideawake_domain::settings::Line;

use super::error::Mistakes;
use super::reader::{Reader, Spot, Table};
use super::rules::name;
use super::source::Node;

/// The most policies.
const MOST: usize = 100;
/// The most steps of one.
const STEPS: usize = 20;
/// The most that one step names.
const TARGETS: usize = 20;
/// The most repeats.
const REPEATS: usize = 100;

/// Reads the policies of a file. The one that the router itself calls is always there.
pub(super) fn read(root: Node, mistakes: &Mistakes, lines: &[Line]) -> Policies {
    let reader = Reader::new(mistakes);
    let mut root = reader.root(root);
    let mut policies = BTreeMap::new();
    let mut names = BTreeSet::new();
    for (index, mut table) in reader.tables(&mut root, "policy").into_iter().enumerate() {
        if index == MOST {
            let place = table.place.clone();
            reader.complain(place, "policy", format!("there are more than {MOST} policies; write fewer"));
            break;
        }
        if let Some(policy) = policy(&reader, &mut table, lines, &mut names, index + 1) {
            policies.insert(policy.name.clone(), policy);
        }
        reader.done(table);
    }
    reader.done(root);
    // A policy that is there and wrong is named as such, and not as missing.
    for name in names.into_iter().chain([SUPERVISORS.to_owned()]) {
        policies.entry(name).or_insert_with_key(|name| Policy::supervisors(name));
    }
    Policies(policies)
}

fn policy(
    reader: &Reader<'_>,
    table: &mut Table,
    lines: &[Line],
    names: &mut BTreeSet<String>,
    ordinal: usize,
) -> Option<Policy> {
    let name = name(reader, table, "policy", ordinal, names);
    let default = Policy::supervisors("");
    let repeat = reader.get(table, "repeat", |spot| spot.integer(0..=REPEATS));
    let resolve_within = reader.get(table, "resolve_within", Spot::limit).unwrap_or(default.resolve_within);
    let silent = "an escalation would end in silence";
    let fallback_every = reader.get(table, "fallback_every", |spot| spot.duration(silent));
    let steps = reader.tables(table, "step");
    if steps.is_empty() {
        let wanted = "has no steps, so nobody would be called; write a [[policy.step]] under it";
        reader.complain(table.place.clone(), table.path(), wanted);
    }
    if steps.len() > STEPS {
        reader.complain(table.place.clone(), table.path(), format!("has {} steps; write at most {STEPS}", steps.len()));
    }
    let mut all = Vec::new();
    for (index, mut table) in steps.into_iter().take(STEPS).enumerate() {
        let path = format!("{} {}", table.path(), index + 1);
        table.call(path);
        all.extend(step(reader, &mut table, lines));
        reader.done(table);
    }
    Some(Policy {
        name: name?,
        steps: all,
        repeat: repeat.and_then(|repeat| u32::try_from(repeat).ok()).unwrap_or_default(),
        resolve_within,
        fallback_every: fallback_every.unwrap_or(default.fallback_every),
    })
}

fn step(reader: &Reader<'_>, table: &mut Table, lines: &[Line]) -> Option<Step> {
    let page = reader.spot(table, "page");
    if page.is_none() {
        reader.missing(table, "page", "is missing; say whom to call, such as [\"supervisors_on_duty\"]");
    }
    let page = page.and_then(|spot| {
        let all =
            spot.list("a list such as [\"rotation:clinicians\", \"supervisors_on_duty\"]", |spot| target(spot, lines))?;
        if all.is_empty() || all.len() > TARGETS {
            return spot.wrong(format!("names {}; name 1 to {TARGETS}, such as [\"supervisors_on_duty\"]", all.len()));
        }
        Some(all)
    });
    let wait = reader.spot(table, "wait");
    if wait.is_none() {
        reader.missing(table, "wait", "is missing; say how long they have to answer, such as \"2m\"");
    }
    let wait = wait.and_then(|spot| spot.duration("nobody would have time to answer"));
    Some(Step { page: page?, wait: wait? })
}

fn target(spot: &Spot<'_>, lines: &[Line]) -> Option<Target> {
    let text = spot.text(&NotATarget.to_string())?;
    match text.parse() {
        Ok(Target::Scheduled(line)) if !lines.iter().any(|known| known.name == line) => {
            let all = lines.iter().take(20).map(|line| format!("\"scheduled:{}\"", line.name)).collect::<Vec<_>>();
            spot.wrong(format!("there is no [[line]] of this name; write one of {}", all.join(", ")))
        }
        Ok(target) => Some(target),
        Err(wanted) => spot.wrong(wanted.to_string()),
    }
}

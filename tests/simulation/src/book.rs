//! The rules and policies of a night, drawn before it begins; some nights put others in their place in the middle of it.

use std::sync::OnceLock;

use chrono::TimeDelta;
use wideawake_domain::Priority;
use wideawake_domain::escalation::{Policies, Policy, Step, Target};
use wideawake_domain::rules::{Action, Condition, Rule, RuleSet, Rulebook, Trigger};

use crate::Time;
use crate::chance::Chance;

/// What rules ask here, if they ask anything, and from which priority on it holds.
const ASKED: [(&str, Priority); 2] =
    [("priority >= ELEVATED", Priority::Elevated), ("priority >= URGENT", Priority::Urgent)];

/// The rotation that policies name.
pub(crate) const ROTATION: &str = "clinicians";

/// From which priority on that condition holds.
pub(crate) fn least(source: &str) -> Option<Priority> {
    ASKED.iter().find(|(asked, _)| *asked == source).map(|(_, least)| *least)
}

/// The conditions, read once: it takes a while.
fn conditions() -> &'static [Condition] {
    static READ: OnceLock<Vec<Condition>> = OnceLock::new();
    READ.get_or_init(|| {
        let read = |(source, _): (&str, Priority)| Condition::compile(source).expect("what is asked here can be read");
        ASKED.into_iter().map(read).collect()
    })
}

/// Rules and policies.
#[derive(Clone, Debug)]
pub(crate) struct Book {
    rules: RuleSet,
    policies: Policies,
}

impl Book {
    pub(crate) fn rulebook(&self) -> Rulebook {
        Rulebook { rules: self.rules.clone(), policies: self.policies.clone(), ..Rulebook::default() }
    }
}

/// The books of a night: the first, and those that are put in its place later, with when.
#[derive(Clone, Debug)]
pub struct Books {
    first: Book,
    pub(crate) later: Vec<(Time, Book)>,
}

impl Books {
    pub(crate) fn draw(chance: &mut Chance, start: Time, length: TimeDelta) -> Self {
        let first = book(chance, 0);
        let count = chance.one(&[0, 0, 0, 1, 2]);
        let later =
            (1..=count).map(|n| (start + chance.millis(0, length.num_milliseconds()), book(chance, n))).collect();
        Self { first, later }
    }

    pub(crate) fn first(&self) -> Rulebook {
        self.first.rulebook()
    }
}

fn book(chance: &mut Chance, version: u64) -> Book {
    let mut rules = Vec::new();
    for (name, on, shortest, longest) in [
        ("waited", Trigger::Waiting, 20, 240),
        ("waited-long", Trigger::Waiting, 120, 600),
        ("silent", Trigger::Silent, 30, 240),
        ("declined", Trigger::Declined, 5, 90),
        ("away", Trigger::Away, 70, 300),
    ] {
        if !chance.percent(45) {
            continue;
        }
        let after = chance.seconds(shortest, longest);
        let condition = if chance.percent(30) { chance.some(&[0, 1]) } else { None };
        let condition = condition.and_then(|n| conditions().get(n).cloned());
        let escalate = |policy: &str| Action::Escalate(policy.to_owned());
        let then = match chance.below(5) {
            0 => vec![Action::Priority(chance.one(&[Priority::Elevated, Priority::Urgent, Priority::Imminent]))],
            1 => vec![escalate("supervisor")],
            2 => vec![escalate("clinician"), Action::Show("crisis_line".to_owned())],
            3 => vec![escalate("clinician"), escalate("supervisor"), Action::Tag("late".to_owned())],
            _ => vec![Action::Tag("late".to_owned())],
        };
        rules.push(Rule { name: name.to_owned(), on, after, condition, then });
    }
    let mut policies = Policies::default();
    // A policy that is not there is stood in for.
    for name in ["supervisor", "clinician"] {
        if chance.percent(75) {
            policies.0.insert(name.to_owned(), policy(name, chance));
        }
    }
    Book { rules: RuleSet { rules, version: format!("{version:016x}") }, policies }
}

fn policy(name: &str, chance: &mut Chance) -> Policy {
    let mut steps = Vec::new();
    for _ in 0..chance.below(4) {
        let rotation = Target::Rotation(ROTATION.to_owned());
        let scheduled = Target::Scheduled("night".to_owned());
        let page = match chance.below(5) {
            0 => vec![Target::SupervisorsOnDuty],
            1 => vec![rotation],
            2 => vec![rotation, Target::SupervisorsOnDuty],
            3 => vec![scheduled, Target::SupervisorsOnDuty],
            _ => vec![scheduled],
        };
        steps.push(Step { page, wait: chance.seconds(5, 60) });
    }
    let within = [None, Some(60), Some(240)].map(|within| within.map(TimeDelta::seconds));
    Policy {
        name: name.to_owned(),
        steps,
        repeat: chance.below(3) as u32,
        resolve_within: chance.one(&within),
        fallback_every: chance.seconds(20, 120),
    }
}

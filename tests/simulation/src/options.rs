//! What is drawn for a night before it begins.

use std::sync::Arc;

use chrono::TimeDelta;
use wideawake_domain::settings::{Dispatch, Line, Preference, Settings, Skill};
use wideawake_domain::{Language, Pool, paging};

use crate::Time;
use crate::book::Books;
use crate::chance::Chance;
use crate::faults::{self, Episode, Fault};
use crate::scenario::Scenario;

/// Moments around which clocks or calendars change; all of 2026, in UTC.
const CHANGES: [&str; 22] = [
    "2026-03-08T07:00:00Z", // New York goes forward
    "2026-11-01T06:00:00Z", // New York goes back
    "2026-03-08T05:30:00Z", // St. John's goes forward
    "2026-11-01T04:30:00Z", // St. John's goes back
    "2026-03-29T01:00:00Z", // Europe goes forward
    "2026-10-25T01:00:00Z", // Europe goes back
    "2026-04-04T15:00:00Z", // Lord Howe goes back by half an hour
    "2026-10-03T15:30:00Z", // Lord Howe goes forward by half an hour
    "2026-04-04T16:00:00Z", // Sydney goes back
    "2026-10-03T16:00:00Z", // Sydney goes forward
    "2026-04-04T14:00:00Z", // Auckland and Chatham go back
    "2026-09-26T14:00:00Z", // Auckland and Chatham go forward
    "2026-04-23T22:00:00Z", // Cairo goes forward at midnight
    "2026-10-29T21:00:00Z", // Cairo goes back at midnight
    "2026-03-02T00:00:00Z", // an ISO week turns
    "2026-12-28T00:00:00Z", // the last one of the year
    "2027-01-04T00:00:00Z", // the first of the next
    "2026-12-31T23:59:59Z", // a year turns
    "2026-06-15T15:00:00Z", // midnight in Tokyo
    "2026-06-15T18:30:00Z", // midnight in Kolkata
    "2026-06-15T03:00:00Z", // midnight in São Paulo
    "2026-06-15T07:00:00Z", // waking up in Accra, going to bed in Tokyo a little before
];

/// What a night is like.
#[derive(Clone, Debug)]
pub struct Options {
    /// What everything is drawn from.
    pub seed: u64,
    /// When it begins.
    pub start: Time,
    /// How long people come and things go wrong.
    pub length: TimeDelta,
    /// How many members ask for support.
    pub members: usize,
    /// How many volunteers there are at the beginning.
    pub volunteers: usize,
    /// How many supervisors.
    pub supervisors: usize,
    /// How many instances of the doors.
    pub doors: usize,
    /// The processes that dispatch, and for which pools each of them can: one dispatcher leads in each pool.
    pub processes: Vec<Vec<usize>>,
    /// How often a standby asks for a lease: seldom in most nights, since asking is most of what there would be to step
    /// through.
    pub standby_every: TimeDelta,
    /// Whether the bus is a broker between processes, of which an outbox in the ledger makes sure that it is told.
    pub is_cluster: bool,
    /// The row of the table in DESIGN section 10 that this night is about.
    pub scenario: Option<Scenario>,
    /// How often a supervisor does something.
    pub supervision: TimeDelta,
    /// How often a volunteer's mood changes.
    pub moods: TimeDelta,
    /// What goes wrong, and when.
    pub faults: Vec<Episode>,
    /// The rules and policies.
    pub book: Books,
    /// How pages are sent.
    pub paging: paging::Settings,
    /// How many professionals.
    pub professionals: usize,
    /// What the organisation chose.
    pub settings: Arc<Settings>,
}

impl Options {
    pub(crate) fn draw(seed: u64, scenario: Option<Scenario>, chance: &mut Chance) -> Self {
        let start = start(chance);
        let longest = chance.one(&[10, 10, 20, 40]);
        let length = chance.seconds(5 * 60, longest * 60);
        let count = chance.one(&[1, 1, 2, 3]);
        let mut settings = settings(count, chance);
        vary(&mut settings.dispatch, chance);
        let members = chance.one(&[3, 6, 10, 15, 25, 40]);
        let runners = chance.one(&[1, 2, 2, 3]);
        let mut options = Self {
            seed,
            start,
            length,
            members,
            volunteers: chance.one(&[2, 3, 4, 6, 8, 12, 16]) + 2 * (count - 1),
            supervisors: 1 + chance.below(2),
            doors: 1 + chance.below(2),
            processes: processes(runners, count, chance),
            standby_every: chance.one(&[50, 500, 2_000, 2_000, 2_000].map(TimeDelta::milliseconds)),
            is_cluster: chance.percent(50),
            scenario: None,
            supervision: chance.one(&[20, 60, 180, 600].map(TimeDelta::seconds)),
            moods: chance.one(&[60, 150, 400, 1_200].map(TimeDelta::seconds)),
            faults: faults::draw(chance, start, length),
            book: Books::draw(chance, start, length),
            paging: paging(chance),
            professionals: chance.below(3),
            settings: Arc::new(settings),
        };
        // What a leader sends late meets the next one only where that is quick to lead.
        if options.faults.iter().any(|episode| meets_the_next_leader(episode.fault)) {
            options.standby_every = options.standby_every.min(TimeDelta::milliseconds(200));
        }
        if let Some(scenario) = scenario {
            scenario.force(&mut options, chance);
        }
        options
    }

    /// When faults end and everybody comes to help.
    pub fn morning(&self) -> Time {
        self.start + self.length
    }
}

/// Whether something that a leader sends may arrive when another leads.
fn meets_the_next_leader(fault: Fault) -> bool {
    matches!(fault, Fault::AppendLate | Fault::LedgerSlow | Fault::RouterStalls)
}

/// Pages are tried a few times, some of them only so many to one person.
fn paging(chance: &mut Chance) -> paging::Settings {
    paging::Settings {
        attempts: chance.one(&[1, 2, 4]),
        retry_after: chance.one(&[2, 8].map(TimeDelta::seconds)),
        cap: chance.one(&[None, None, Some(12)]),
        ..paging::Settings::default()
    }
}

fn start(chance: &mut Chance) -> Time {
    let anchor = chance.one(&CHANGES).parse::<Time>().unwrap_or_default();
    if chance.percent(60) {
        anchor - chance.seconds(0, 20 * 60)
    } else {
        "2026-01-01T00:00:00Z".parse::<Time>().unwrap_or_default() + chance.seconds(0, 364 * 24 * 3_600)
    }
}

/// Which pools each process dispatches for: mostly all of them, and each pool is some process's.
fn processes(count: usize, pools: usize, chance: &mut Chance) -> Vec<Vec<usize>> {
    let mut processes: Vec<Vec<usize>> = vec![(0..pools).collect(); count];
    if chance.percent(40) {
        for process in &mut processes {
            process.retain(|_| chance.percent(60));
        }
        for pool in 0..pools {
            if !processes.iter().any(|process| process.contains(&pool)) {
                processes[chance.below(count)].push(pool);
            }
        }
    }
    processes
}

/// The pool of nights with one.
pub(crate) fn pool() -> Pool {
    Pool::named(POOLS[0])
}

const POOLS: [&str; 3] = ["main", "youth", "north"];

pub(crate) fn skill(name: &str) -> Skill {
    name.parse().expect("skills here have names")
}

pub(crate) fn language(tag: &str) -> Language {
    tag.parse().expect("languages here have tags")
}

fn settings(count: usize, chance: &mut Chance) -> Settings {
    let line = |name: &str, pool: &str, needs: &[&str], default| Line {
        name: name.to_owned(),
        pool: Pool::named(pool),
        languages: ["en", "es", "pt"].map(language).to_vec(),
        needs: needs.iter().map(|name| skill(name)).collect(),
        prefers: Vec::new(),
        topics: ["grief", "anxiety"].map(skill).to_vec(),
        outcomes: vec!["supported".to_owned()],
        retention: Some(TimeDelta::days(30)),
        templates: Vec::new(),
        default,
    };
    let mut lines = Vec::new();
    for (n, pool) in POOLS[..count].iter().enumerate() {
        let name = |of: &str| if n == 0 { of.to_owned() } else { format!("{pool}-{of}") };
        let mut night = line(&name("night"), pool, &[], n == 0);
        if chance.percent(30) {
            night.prefers.push(Preference { skill: skill("grief"), within: TimeDelta::seconds(90) });
        }
        lines.extend([night, line(&name("crisis"), pool, &["crisis"], false)]);
    }
    Settings {
        pools: POOLS[..count].iter().map(|name| Pool::named(name)).collect(),
        lines,
        dispatch: Dispatch::default(),
    }
}

fn vary(dispatch: &mut Dispatch, chance: &mut Chance) {
    let seconds = TimeDelta::seconds;
    let [standard, elevated, urgent, imminent] = &mut dispatch.tiers;
    standard.fanout = chance.one(&[1, 1, 1, 2]);
    urgent.fanout = chance.one(&[1, 1, 2]);
    imminent.fanout = chance.one(&[1, 2, 3]);
    standard.ageing = chance.one(&[Some(seconds(45)), Some(seconds(180)), Some(seconds(600)), None]);
    elevated.ageing = chance.one(&[Some(seconds(60)), Some(seconds(600)), None]);
    urgent.ageing = chance.one(&[Some(seconds(30)), Some(seconds(120)), None]);
    if chance.percent(30) {
        urgent.needs = vec![skill("crisis")];
    }
    if chance.percent(20) {
        imminent.needs = vec![skill("crisis")];
    }
    if chance.percent(30) {
        standard.offer_timeout = seconds(10);
        standard.reoffer_after = seconds(20);
    }
    dispatch.wind_down = chance.one(&[Some(seconds(900)), Some(seconds(120)), None]);
    dispatch.rest_after_urgent = chance.one(&[Some(seconds(120)), Some(seconds(600)), None]);
    dispatch.max_weekly_hours = chance.one(&[None, None, None, Some(seconds(1_200))]);
    dispatch.first_reply = chance.one(&[Some(seconds(60)), Some(seconds(20)), None]);
    dispatch.reply = chance.one(&[Some(seconds(300)), Some(seconds(40)), None]);
    dispatch.abandon_after = chance.one(&[Some(seconds(900)), Some(seconds(120)), None]);
    if chance.percent(20) {
        dispatch.presence_grace = seconds(15);
        dispatch.reconnect_grace = seconds(40);
    }
}

//! The loop without I/O, one rule a test.

#![allow(clippy::unwrap_used, clippy::panic)]

mod facts; // in order, once, and none that is not followed
mod leading; // the lease, the rebuild, the stop
mod running; // the loop with I/O
mod wishes; // appends and what becomes of them

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use wideawake_domain::process::{Intent, Process, Signal};
use wideawake_domain::record::Part;
use wideawake_domain::request::{Exhausted, RequestEvent};
use wideawake_domain::{Actor, Event, Pool, Position, Recorded, RequestId, StreamId, StreamKind, Version};
use wideawake_ledger::{AppendError, Cursor, Lease, LedgerError};

use super::driver::{Driver, Options};
use super::effect::{Effect, Input};

/// Wishes for one more event on each stream that has an odd number of them.
#[derive(Default)]
struct Even {
    seen: Vec<(StreamId, Version)>,
    signals: Vec<Signal>,
    settled: Vec<StreamId>,
    led: u32,
    open: BTreeSet<StreamId>,
    due: Option<DateTime<Utc>>,
}

impl Process for Even {
    fn scope(&self) -> Vec<(StreamKind, TimeDelta)> {
        vec![(StreamKind::Request, TimeDelta::hours(1))]
    }
    fn observe(&mut self, fact: &Recorded) {
        self.seen.push((fact.stream, fact.version));
    }
    fn took_over(&mut self, _: DateTime<Utc>) {
        self.led += 1;
    }
    fn signal(&mut self, signal: Signal) {
        assert!(self.led > 0, "signals say nothing before it leads");
        self.signals.push(signal);
    }
    fn due(&self) -> Option<DateTime<Utc>> {
        self.due
    }
    fn decide(&mut self, _: DateTime<Utc>) -> Vec<Intent> {
        let latest: BTreeMap<StreamId, Version> = self.seen.iter().copied().collect();
        let odd = latest.into_iter().filter(|(stream, version)| version.0 % 2 == 1 && self.open.insert(*stream));
        odd.map(|(stream, expected)| Intent {
            stream,
            pool: pool(),
            expected,
            actor: Actor::System(Part::Router),
            events: vec![Event::Request(RequestEvent::Exhausted(Exhausted {}))],
        })
        .collect()
    }
    fn settled(&mut self, stream: StreamId) {
        self.open.remove(&stream);
        self.settled.push(stream);
    }
}

fn pool() -> Pool {
    Pool::named("main")
}

fn stream(n: u128) -> StreamId {
    StreamId { kind: StreamKind::Request, id: Uuid::from_u128(n) }
}

fn fact(n: u128, version: u64, at: DateTime<Utc>) -> Recorded {
    Recorded {
        stream: stream(n),
        version: Version(version),
        position: Position(version),
        pool: pool(),
        kind: "exhausted".into(),
        at,
        actor: Actor::Member,
        trace: "".into(),
        data: "{}".into(),
        hash: [0; 32],
    }
}

fn seen(n: u128) -> Signal {
    Signal::MemberSeen { request: RequestId(Uuid::from_u128(n)), at: start() }
}

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn after(millis: i64) -> DateTime<Utc> {
    start() + TimeDelta::milliseconds(millis)
}

fn held(token: u64) -> Input {
    Input::Lease(Ok(Lease::Held { token }))
}

fn taken() -> Input {
    Input::Lease(Ok(Lease::HeldBy { holder: "other".into(), expires_in: Duration::from_secs(1) }))
}

fn down() -> LedgerError {
    LedgerError::Unavailable("down".into())
}

fn new() -> Driver<Even> {
    Driver::new(Options::new("router.main", "me", pool()), Even::default)
}

/// A driver that leads, with nothing in the record.
fn leading() -> Driver<Even> {
    let mut driver = new();
    let now = start();
    assert!(matches!(driver.step(now)[..], [Effect::TakeLease]));
    driver.feed(held(1), now);
    assert!(rebuilds(&driver.step(now)));
    driver.feed(Input::Rebuilt(Ok((vec![], Cursor("0".into()))), vec![]), now);
    assert_eq!(tails(&driver.step(now)), ["0"]);
    driver.feed(Input::Tailed(Ok((vec![], Cursor("0".into())))), now);
    assert!(driver.leads());
    driver
}

fn rebuilds(effects: &[Effect]) -> bool {
    effects.iter().any(|e| matches!(e, Effect::Rebuild(_)))
}

fn tails(effects: &[Effect]) -> Vec<String> {
    effects.iter().filter_map(|e| if let Effect::Tail(cursor) = e { Some(cursor.0.clone()) } else { None }).collect()
}

fn appends(effects: &[Effect]) -> Vec<(StreamId, Version, u64)> {
    let append = |effect: &Effect| match effect {
        Effect::Append(intent, fence, _) => Some((intent.stream, intent.expected, fence.token)),
        _ => None,
    };
    effects.iter().filter_map(append).collect()
}

fn reads(effects: &[Effect]) -> Vec<(StreamId, Version)> {
    effects.iter().filter_map(|e| if let Effect::Read(s, v) = e { Some((*s, *v)) } else { None }).collect()
}

fn unknown() -> AppendError {
    AppendError::Unknown("cut".into())
}

//! The process loop without I/O.

mod answers; // what the loop makes of what it asked for

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use wideawake_domain::process::{Intent, Process, Signal};
use wideawake_domain::{Pool, StreamId, StreamKind};
use wideawake_ledger::{Cursor, Fence};

use super::effect::{Effect, Input};
use super::order::Order;

/// How a process is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The lease under which it leads.
    pub lease: Arc<str>,
    /// Who this instance is, among those that want the lease.
    pub holder: Arc<str>,
    /// Whose events it follows.
    pub pool: Pool,
    /// How long the lease lasts when it is not renewed.
    pub lease_ttl: Duration,
    /// How often a standby asks for the lease that another holds: how soon one that is given back is taken over.
    pub standby_every: TimeDelta,
    /// How often the ledger's tail is read beside the bus, and how soon what failed is tried again at most.
    pub tail_every: TimeDelta,
}

impl Options {
    /// The usual ones: a lease of two seconds, asked for twenty times a second, and the tail each second.
    pub fn new(lease: &str, holder: &str, pool: Pool) -> Self {
        Self {
            lease: lease.into(),
            holder: holder.into(),
            pool,
            lease_ttl: Duration::from_secs(2),
            standby_every: AT_LEAST,
            tail_every: TimeDelta::seconds(1),
        }
    }
}

/// How long at least passes before the lease is asked for again.
pub(super) const AT_LEAST: TimeDelta = TimeDelta::milliseconds(50);

/// How many facts a tail read brings at most.
pub(super) const PAGE: usize = 2_000;

/// How many appends may be under way at once; the wishes beyond wait.
const MOST_IN_FLIGHT: usize = 2_048;

/// By how much what is read may be behind what is recorded: clocks differ, and the tail waits for transactions that began
/// earlier. Streams that ended longer ago than this before a standby last read are not read again when it takes over. Were
/// it too short, a request that is over would count as open until the tail says otherwise.
const BEHIND: TimeDelta = TimeDelta::seconds(10);

/// How many signals are kept for after a rebuild; what is beyond comes again with the next heartbeat.
const MOST_HEARD: usize = 65_536;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// It reads the record as it grows, so that it has little left to read when it takes over.
    Standby,
    /// `at`: when to read; `None` while that is under way.
    Rebuilding {
        token: u64,
        at: Option<DateTime<Utc>>,
    },
    Leading {
        token: u64,
    },
}

/// An append that is not settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    /// Its answer is awaited.
    Sent,
    /// It was answered, and is settled once the stream was read.
    Unclear,
}

/// The loop around one process.
pub struct Driver<P> {
    make: Box<dyn Fn() -> P + Send + Sync>,
    process: P,
    /// The kinds of streams that it wants to see.
    kinds: Vec<StreamKind>,
    options: Options,
    role: Role,
    order: Order,
    cursor: Cursor,
    /// What stood in the record then has been seen; `None` before all of it was read once.
    seen_at: Option<DateTime<Utc>>,
    /// A standby that knows that another leads, and reads what they do.
    follows: bool,
    /// When it reads all of it.
    follow_at: Option<DateTime<Utc>>,
    /// When the read that is under way was asked for.
    read_asked_at: DateTime<Utc>,
    /// How often it took over or stepped down.
    term: u64,
    /// When the lease is ours until, as far as we know.
    leads_until: DateTime<Utc>,
    /// When to ask for it; `None` while the answer is awaited.
    lease_at: Option<DateTime<Utc>>,
    lease_asked_at: DateTime<Utc>,
    /// `None` while it is read, or need not be.
    tail_at: Option<DateTime<Utc>>,
    /// The read of the tail that is under way may have begun too early.
    tail_again: bool,
    /// Signals that came during the rebuild.
    heard: Vec<Signal>,
    /// At most one a stream.
    in_flight: BTreeMap<StreamId, Wish>,
    /// Streams to read again: those of appends with an unclear outcome are settled after it.
    unread: BTreeMap<StreamId, Unread>,
    wishes: VecDeque<Intent>,
    stirred: bool,
    stepped_at: DateTime<Utc>,
    missed: u64,
}

#[derive(Clone, Copy, Debug)]
struct Unread {
    settles: bool,
    /// `None` while the read is under way.
    at: Option<DateTime<Utc>>,
    /// The read that is under way may have begun before the append: when to read once more.
    again_at: Option<DateTime<Utc>>,
}

impl<P: Process> Driver<P> {
    /// A standby that has not asked for the lease yet. `make` makes the process anew for each time it leads.
    pub fn new(options: Options, make: impl Fn() -> P + Send + Sync + 'static) -> Self {
        let process = make();
        Self {
            kinds: process.scope().into_iter().map(|(kind, _)| kind).collect(),
            process,
            make: Box::new(make),
            options,
            role: Role::Standby,
            order: Order::default(),
            cursor: Cursor::default(),
            seen_at: None,
            follows: false,
            follow_at: None,
            read_asked_at: DateTime::UNIX_EPOCH,
            term: 0,
            leads_until: DateTime::UNIX_EPOCH,
            lease_at: Some(DateTime::UNIX_EPOCH),
            lease_asked_at: DateTime::UNIX_EPOCH,
            tail_at: None,
            tail_again: false,
            heard: Vec::new(),
            in_flight: BTreeMap::new(),
            unread: BTreeMap::new(),
            wishes: VecDeque::new(),
            stirred: false,
            stepped_at: DateTime::UNIX_EPOCH,
            missed: 0,
        }
    }

    /// How it is run.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The process, to look at.
    pub fn process(&self) -> &P {
        &self.process
    }

    /// Whether it leads.
    pub fn leads(&self) -> bool {
        matches!(self.role, Role::Leading { .. })
    }

    /// The token of the lease, if it is ours.
    pub fn token(&self) -> Option<u64> {
        match self.role {
            Role::Leading { token } | Role::Rebuilding { token, .. } => Some(token),
            Role::Standby => None,
        }
    }

    /// How many appends are under way.
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// Whether an answer is awaited without which it must not stop: to an append, or about the lease, which could
    /// otherwise be taken once more after it was given back.
    pub fn awaits_answers(&self) -> bool {
        self.lease_at.is_none() || self.in_flight.values().any(|wish| *wish == Wish::Sent)
    }

    /// How many facts the auditor found that the bus had not brought, since this was last asked.
    pub fn take_missed(&mut self) -> u64 {
        std::mem::take(&mut self.missed)
    }

    /// When it wants to be stepped at the latest.
    pub fn due(&self) -> Option<DateTime<Utc>> {
        let process = if self.leads() { self.process.due() } else { None };
        let reads = self.unread.values().filter_map(|unread| unread.at).min();
        let now = self.stirred.then_some(DateTime::UNIX_EPOCH);
        let rebuild = if let Role::Rebuilding { at, .. } = self.role { at } else { None };
        let reads = if let Role::Rebuilding { .. } = self.role { None } else { reads };
        [process, rebuild, self.lease_at, self.follow_at, self.tail_at, reads, now].into_iter().flatten().min()
    }

    /// The term in which it asks for what [`Driver::step`] gave last; to be told with the answer.
    pub fn term(&self) -> u64 {
        self.term
    }

    /// Takes the answer to an effect of that term into account. What was asked for before it stepped down is of no use to
    /// it any more, but for the lease: a late answer about an append must not settle the wish that came after it.
    pub fn answer(&mut self, term: u64, answer: Input, now: DateTime<Utc>) {
        if term == self.term || matches!(answer, Input::Lease(_)) {
            self.feed(answer, now);
        }
    }

    /// Takes one input into account. Call [`Driver::step`] after one or many.
    pub fn feed(&mut self, input: Input, now: DateTime<Utc>) {
        match input {
            Input::Lease(answer) => self.lease_answered(answer, now),
            Input::Rebuilt(answer, signals) => self.rebuilt(answer, signals, now),
            Input::Delivered(facts) if self.leads() => self.absorb(facts, now),
            // A standby needs none, and what comes during the rebuild is in the tail.
            Input::Delivered(_) => {}
            Input::BusLagged => match &mut self.tail_at {
                Some(at) => *at = now,
                None => self.tail_again = true,
            },
            Input::Tailed(answer) => self.tailed(answer, now),
            Input::Read(stream, answer) => self.was_read(stream, answer, now),
            Input::Appended(stream, answer) => self.appended(stream, answer, now),
            Input::Ran(errand, outcome) if self.leads() => {
                self.process.ran(errand, outcome);
                self.stirred = true;
            }
            // Whoever leads now does it again.
            Input::Ran(..) => {}
            Input::Signal(signal) => match self.role {
                Role::Leading { .. } => {
                    self.process.signal(signal);
                    self.stirred = true;
                }
                Role::Rebuilding { .. } if self.heard.len() < MOST_HEARD => self.heard.push(signal),
                Role::Rebuilding { .. } | Role::Standby => {}
            },
        }
    }

    /// What is to be done now.
    pub fn step(&mut self, now: DateTime<Utc>) -> Vec<Effect> {
        let mut effects = Vec::new();
        if now < self.stepped_at {
            // The clock was set back; what was to be done soon would be done much too late.
            self.lease_at = self.lease_at.map(|at| at.min(now));
            self.tail_at = self.tail_at.map(|at| at.min(now));
            self.follow_at = self.follow_at.map(|at| at.min(now));
        }
        self.stepped_at = now;
        if self.role != Role::Standby && now >= self.leads_until {
            self.step_down(now);
        }
        if self.lease_at.is_some_and(|at| now >= at) {
            self.lease_at = None;
            self.lease_asked_at = now;
            effects.push(Effect::TakeLease);
        }
        let (is_rebuilding, rebuild_at) = match &mut self.role {
            Role::Rebuilding { at, .. } => (true, at),
            Role::Standby | Role::Leading { .. } => (false, &mut self.follow_at),
        };
        if rebuild_at.is_some_and(|at| now >= at) {
            *rebuild_at = None;
            self.read_asked_at = now;
            effects.push(Effect::Rebuild(self.unseen(now)));
        }
        if is_rebuilding {
            return effects;
        }
        if self.tail_at.is_some_and(|at| now >= at) {
            (self.tail_at, self.tail_again) = (None, false);
            self.read_asked_at = now;
            effects.push(Effect::Tail(self.cursor.clone()));
        }
        for (stream, unread) in &mut self.unread {
            if unread.at.is_some_and(|at| now >= at) {
                unread.at = None;
                effects.push(Effect::Read(*stream, self.order.version(*stream)));
            }
        }
        let Role::Leading { token } = self.role else { return effects };
        if self.stirred || self.process.due().is_some_and(|due| now >= due) {
            self.stirred = false;
            self.wishes.extend(self.process.decide(now));
            effects.extend(self.process.errands(now).into_iter().map(Effect::Run));
        }
        let room = MOST_IN_FLIGHT.saturating_sub(self.in_flight.len()).min(self.wishes.len());
        for intent in self.wishes.drain(..room) {
            self.in_flight.insert(intent.stream, Wish::Sent);
            let fence = Fence { lease: self.options.lease.clone(), token };
            let trace = self.order.trace(intent.stream);
            effects.push(Effect::Append(intent, fence, trace));
        }
        effects
    }

    /// The streams to read before it leads: those of which it cannot have seen everything.
    fn unseen(&self, now: DateTime<Utc>) -> Vec<(StreamKind, DateTime<Utc>)> {
        let since = self.seen_at.map_or(DateTime::<Utc>::MIN_UTC, |seen| seen - BEHIND);
        self.process.scope().into_iter().map(|(kind, ended)| (kind, since.max(now - ended))).collect()
    }
}

//! What a pool knows and decides: who waits, who is on duty, and whom to ask next.
//!
//! Nothing here does I/O, reads a clock or draws a random number. [`Dispatcher::observe`] takes facts from the record,
//! [`Dispatcher::decide`] returns the offers it wants made. Whoever runs it makes them happen.

mod choice; // which eligible volunteer is best
mod crew; // the volunteers, by what they can serve
mod matching; // who waits meets who is free
mod nudge; // reminders that are not recorded
mod observe; // what a fact changes
mod sketch; // a group at a glance
mod standing; // who may be asked at all, and why not
#[cfg(test)]
mod tests;
mod timers;
mod upkeep; // what time and presence do to a request
mod volunteers; // what time and presence do to a volunteer
mod waiting; // the order in which requests are served
mod why;

use chrono::{DateTime, TimeDelta, Utc};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

pub use nudge::{Nudge, nudge};
pub use waiting::Rank;
pub use why::{Criterion, Ineligible, Why};

use crate::event::Event;
use crate::process::{Intent, Process, Signal};
use crate::record::{Actor, Part, StreamKind};
use crate::request::{Command, RequestEvent, SupportRequest};
use crate::settings::Settings;
use crate::{Pool, Priority, Recorded, RequestId, StaffId, StreamId};
use crew::Crew;
use standing::Volunteer;
use timers::Concerns;
pub(crate) use timers::Timers;
use waiting::Waiting;

/// The escalation policy that pages the supervisors of a pool.
pub const SUPERVISORS: &str = "supervisor";

/// The dispatcher of one pool.
#[derive(Debug)]
pub struct Dispatcher {
    pool: Pool,
    settings: Settings,
    led_since: DateTime<Utc>,
    /// Boxed, since the map moves all of them at once when it makes room.
    requests: HashMap<RequestId, Box<Entry>>,
    staff: HashMap<StaffId, Volunteer>,
    crew: Crew,
    waiting: Waiting,
    timers: Timers<Concerns>,
    /// Whose situation must be looked at anew.
    touched_staff: BTreeSet<StaffId>,
    touched_requests: BTreeSet<RequestId>,
    /// Who can be asked for more than when they were last matched.
    freed: BTreeSet<StaffId>,
    /// Who has an offer that could give way to an imminent request, and had none when that was last looked at.
    yielding: BTreeSet<StaffId>,
    /// Requests to match, since something about them changed.
    unmatched: BTreeSet<RequestId>,
    /// Changes of duty that are under way.
    breaking: BTreeMap<StreamId, StaffId>,
    /// Requests that ended lately, the latest last: what is heard of them again is no news.
    ended: Ended<RequestId>,
}

/// An open request as the dispatcher keeps it.
#[derive(Debug)]
struct Entry {
    state: SupportRequest,
    class: usize,
    /// The priority under which it stands among those that want an offer, if it does.
    queued: Option<Priority>,
    /// An append is under way; who was wished to be offered it.
    in_flight: Option<Vec<StaffId>>,
    member_seen: Option<DateTime<Utc>>,
    /// The request whose volunteer this imminent one waits to be given.
    outranks: Option<RequestId>,
    /// The imminent request that waits for a volunteer of this one.
    outranked_by: Option<RequestId>,
}

/// What ended lately.
#[derive(Debug)]
pub(crate) struct Ended<K> {
    order: VecDeque<K>,
    ids: HashSet<K>,
}

impl<K> Default for Ended<K> {
    fn default() -> Self {
        Self { order: VecDeque::new(), ids: HashSet::new() }
    }
}

impl<K: Copy + Eq + std::hash::Hash> Ended<K> {
    /// Facts come twice within seconds or not at all, so that this many are enough.
    const MOST: usize = 10_000;

    /// Gives the oldest, when there are too many.
    pub(crate) fn insert(&mut self, id: K) -> Option<K> {
        if self.ids.insert(id) {
            self.order.push_back(id);
        }
        let oldest = if self.order.len() > Self::MOST { self.order.pop_front() } else { None };
        if let Some(oldest) = &oldest {
            self.ids.remove(oldest);
        }
        oldest
    }

    pub(crate) fn contains(&self, id: K) -> bool {
        self.ids.contains(&id)
    }
}

/// What is going to be appended to a request: the state as it will be, and the events that lead there.
struct Draft<'a> {
    state: Cow<'a, SupportRequest>,
    events: Vec<RequestEvent>,
}

type Drafts = BTreeMap<RequestId, Draft<'static>>;

impl<'a> Draft<'a> {
    fn of(state: &'a SupportRequest) -> Self {
        Self { state: Cow::Borrowed(state), events: Vec::new() }
    }

    fn into_owned(self) -> Draft<'static> {
        Draft { state: Cow::Owned(self.state.into_owned()), events: self.events }
    }

    /// Adds what `command` causes; a command that is refused causes nothing.
    fn add(&mut self, command: Command, now: DateTime<Utc>) {
        let events = self.state.decide(command, ROUTER, now).unwrap_or_default();
        for event in &events {
            self.state.to_mut().evolve(event, ROUTER, now);
        }
        self.events.extend(events);
    }
}

const ROUTER: Actor = Actor::System(Part::Router);

impl Dispatcher {
    /// A dispatcher of `pool` that has seen nothing yet.
    pub fn new(pool: Pool, settings: Settings) -> Self {
        Self {
            pool,
            settings,
            led_since: DateTime::UNIX_EPOCH,
            requests: HashMap::new(),
            staff: HashMap::new(),
            crew: Crew::default(),
            waiting: Waiting::default(),
            timers: Timers::default(),
            touched_staff: BTreeSet::new(),
            touched_requests: BTreeSet::new(),
            freed: BTreeSet::new(),
            yielding: BTreeSet::new(),
            unmatched: BTreeSet::new(),
            breaking: BTreeMap::new(),
            ended: Ended::default(),
        }
    }

    /// How many requests want an offer, by priority.
    pub fn waiting(&self) -> [usize; 4] {
        self.waiting.count
    }

    /// An open request as it is known here.
    pub fn request(&self, id: RequestId) -> Option<&SupportRequest> {
        self.requests.get(&id).map(|entry| &entry.state)
    }

    /// How many volunteers could be asked for something now.
    pub fn free(&self) -> usize {
        self.crew.groups().map(|(_, group)| group.count_free()).sum()
    }

    /// How many volunteers are on duty, free or not.
    pub fn on_duty(&self) -> usize {
        use standing::Standing::{Free, Full, HoldsImminent, Resting, WindingDown};
        let count = |group: &crew::Group| {
            [Free, WindingDown, Full, HoldsImminent, Resting].map(|s| group.standings[s as usize] as usize).iter().sum()
        };
        self.crew.groups().map(|(_, group)| -> usize { count(group) }).sum()
    }
}

impl Process for Dispatcher {
    fn scope(&self) -> Vec<(StreamKind, TimeDelta)> {
        vec![
            (StreamKind::Staff, TimeDelta::zero()),
            (StreamKind::Duty, TimeDelta::days(7)),
            (StreamKind::Request, TimeDelta::hours(24)),
        ]
    }

    fn observe(&mut self, fact: &Recorded) {
        match fact.stream.kind {
            StreamKind::Request if fact.pool == self.pool => self.observe_request(fact),
            StreamKind::Staff => self.observe_staff(fact),
            StreamKind::Duty => self.observe_duty(fact),
            _ => {}
        }
    }

    fn took_over(&mut self, now: DateTime<Utc>) {
        self.led_since = now;
    }

    fn signal(&mut self, signal: Signal) {
        match signal {
            Signal::StaffSeen { staff, at } => {
                let volunteer = self.staff.entry(staff).or_default();
                let was = volunteer.seen.replace(volunteer.seen.map_or(at, |seen| seen.max(at)));
                let absent = volunteer.place.is_some_and(|place| place.standing == standing::Standing::Absent);
                if absent || was.is_none() {
                    self.touched_staff.insert(staff);
                }
            }
            Signal::MemberSeen { request, at } => {
                if let Some(entry) = self.requests.get_mut(&request) {
                    entry.member_seen = Some(entry.member_seen.map_or(at, |seen| seen.max(at)));
                    if entry.state.away_since.is_some() {
                        self.touched_requests.insert(request);
                    }
                }
            }
        }
    }

    fn due(&self) -> Option<DateTime<Utc>> {
        let idle = self.touched_staff.is_empty()
            && self.touched_requests.is_empty()
            && self.freed.is_empty()
            && self.yielding.is_empty()
            && self.unmatched.is_empty();
        if idle { self.timers.next() } else { Some(DateTime::UNIX_EPOCH) }
    }

    fn decide(&mut self, now: DateTime<Utc>) -> Vec<Intent> {
        while let Some(who) = self.timers.pop(now) {
            match who {
                Concerns::Request(id) => self.touched_requests.insert(id),
                Concerns::Staff(id) => self.touched_staff.insert(id),
            };
        }
        let mut intents = self.breaks(now);
        self.review_touched_staff(now);
        let mut drafts = Drafts::new();
        while let Some(id) = self.touched_requests.pop_first() {
            self.review_request(id, &mut drafts, now);
        }
        self.match_all(&mut drafts, now);
        for (id, draft) in drafts {
            if draft.events.is_empty() {
                continue;
            }
            let Some(entry) = self.requests.get_mut(&id) else { continue };
            intents.push(Intent {
                stream: StreamId::request(id),
                pool: self.pool.clone(),
                expected: entry.state.version,
                actor: ROUTER,
                events: draft.events.into_iter().map(Event::Request).collect(),
            });
            entry.in_flight.get_or_insert_default();
            self.dequeue(id);
        }
        intents
    }

    fn settled(&mut self, stream: StreamId) {
        match stream.kind {
            StreamKind::Request => {
                let id = RequestId(stream.id);
                self.touched_requests.insert(id);
                let Some(entry) = self.requests.get_mut(&id) else { return };
                let wished = entry.in_flight.take();
                self.touched_requests.extend(entry.outranked_by.take());
                self.yielding.extend(entry.state.offers.iter().map(|offer| offer.volunteer));
                for staff in wished.into_iter().flatten() {
                    self.release_wish(staff, id);
                }
            }
            StreamKind::Duty => {
                let Some(id) = self.breaking.remove(&stream) else { return };
                if let Some(volunteer) = self.staff.get_mut(&id) {
                    volunteer.break_wished = false;
                }
                self.touched_staff.insert(id);
            }
            _ => {}
        }
    }
}

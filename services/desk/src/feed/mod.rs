//! One reader of the whole log for this door: it keeps what the desk knows up to date, and tells everyone whose stream
//! is open, in the order of the log.
//!
//! It reads the ledger's tail, woken by the bus and otherwise each second. Nothing here appends.

mod bookmark; // the ids of a stream
mod escalations; // what the desk knows of what needs more than a volunteer
mod hearsay; // what the bus has brought
mod notices; // who is told what
mod projection; // what the desk knows
mod replay; // what somebody missed
mod seats; // who listens

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use wideawake_domain::settings::Settings;
use wideawake_domain::staff::{Lifetimes, SessionEvent};
use wideawake_domain::{Event, Pool, Recorded, RequestId, StaffId, StreamId, StreamKind, Version};
use wideawake_runtime::record::{BusError, Follower, Subscription};
use wideawake_runtime::{Cursor, LedgerError, Record, clock};

pub(crate) use bookmark::Bookmark;
pub(crate) use escalations::{Known, Went};
pub(crate) use notices::{
    Assigned, DutyWord, Escalation, Member, Notice, Nudged, OfferWithdrawn, Payload, Released, Said, Transfer, Urgency,
};
pub(crate) use projection::{LINGERS, Person, Projection};
pub(crate) use replay::missed;
pub(crate) use seats::Seat;

use hearsay::Hearsay;
use notices::To;
use seats::Seats;

/// How many events are read at once.
const PAGE: usize = 1_000;

/// How long it waits when nothing wakes it.
const TICK: Duration = Duration::from_millis(400);

/// How soon the tail is read again for what the bus brought first; twice as long each time that it still is not there.
const BEHIND: Duration = Duration::from_millis(2);

/// How long an event may come by the tail alone before others are told of it.
const UNHEARD: Duration = Duration::from_millis(250);

/// How long a call waits for the feed to catch up with its own append.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often strangers have the tail read.
const NOW_AND_THEN: Duration = Duration::from_millis(25);

/// How long a call waits before it has the tail read.
const NUDGE: Duration = Duration::from_millis(25);

/// The events by which somebody's tokens or sessions become void.
const VOIDS: [&str; 7] = [
    "removed",
    "token_issued",
    "invited",
    "sign_in_set",
    "organisation_linked",
    "signed_out_everywhere",
    "machine_token_revoked",
];

/// What the desk knows, and who listens.
#[derive(Debug)]
pub(crate) struct Feed {
    state: Mutex<State>,
    settings: Settings,
    /// Counts the times that the tail was read to its end.
    passes: watch::Sender<u64>,
    /// Somebody wants the tail to be read now.
    wanted: Notify,
    opened: Instant,
}

#[derive(Debug)]
struct State {
    projection: Projection,
    seats: Seats,
    cursor: Cursor,
    /// The same, with the position, as a stream shows it.
    mark: Arc<str>,
}

impl Feed {
    /// Builds what the desk knows from the record.
    pub(crate) async fn open(record: &Record) -> Result<Self, LedgerError> {
        let (ledger, settings) = (record.ledger(), record.settings());
        let now = clock::now();
        let cursor = ledger.end().await?;
        let mut projection = Projection::default();
        let week = chrono::TimeDelta::days(7);
        let mut scope = vec![
            (Pool::all(), StreamKind::Staff, now),
            (Pool::all(), StreamKind::Duty, now - week),
            (Pool::all(), StreamKind::Rotation, now),
            (Pool::all(), StreamKind::Session, now - Lifetimes::LONGEST),
        ];
        scope.extend(settings.pools.iter().map(|pool| (pool.clone(), StreamKind::Request, now - LINGERS)));
        for (pool, kind, since) in scope {
            for fact in ledger.open(&pool, kind, since).await?.0 {
                projection.apply(&fact, &settings.dispatch);
            }
        }
        // How far a request is settled is known from when it was opened.
        let since = projection.oldest_raised().map_or(now - LINGERS, |oldest| oldest.min(now - LINGERS));
        for pool in &settings.pools {
            for fact in ledger.open(pool, StreamKind::Escalation, since).await?.0 {
                projection.apply(&fact, &settings.dispatch);
            }
        }
        projection.forget(now);
        let mark = Bookmark { cursor: cursor.clone(), position: None }.to_string().into();
        let state = State { projection, seats: Seats::default(), cursor, mark };
        Ok(Self {
            state: Mutex::new(state),
            settings: settings.clone(),
            passes: watch::Sender::new(0),
            wanted: Notify::new(),
            opened: Instant::now(),
        })
    }

    /// Reads on until `stop`.
    pub(crate) async fn run(&self, record: &Record, stop: CancellationToken) {
        let mut bus: Option<Box<dyn Subscription>> = None;
        let mut hearsay = Hearsay::default();
        let mut failing = false;
        let mut behind = BEHIND;
        loop {
            if bus.is_none() {
                bus = record.bus().subscribe(Follower::Door).await.ok();
            }
            match self.catch_up(record, &mut hearsay).await {
                Ok(()) => failing = false,
                Err(error) if failing => tracing::debug!(%error, "the record still cannot be followed"),
                Err(error) => {
                    tracing::warn!(%error, "the record cannot be followed; streams wait until it can");
                    failing = true;
                }
            }
            self.remind();
            // Whoever has appended has told those who watch the stream. Of what the bus never brings nobody knows that.
            record.hint(&hearsay.unheard(Instant::now(), UNHEARD)).await;
            let due = self.lock().projection.next_reminder();
            let mut tick = if hearsay.is_waiting() { UNHEARD } else { TICK };
            if hearsay.is_ahead() {
                tick = tick.min(behind);
                behind = (behind * 2).min(TICK);
            } else {
                behind = BEHIND;
            }
            let wait = due.map_or(tick, |due| (due - clock::now()).to_std().unwrap_or_default().min(tick));
            let woken = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                woken = next(&mut bus) => woken,
                () = self.wanted.notified() => Ok(Vec::new()),
                () = tokio::time::sleep(wait) => Ok(Vec::new()),
            };
            let mut woken = Some(woken);
            while let Some(answer) = woken {
                match answer {
                    Ok(facts) => hearsay.heard(&facts),
                    Err(BusError::Lagged(_)) => {}
                    Err(BusError::Unavailable(_) | BusError::Undeliverable(_)) => {
                        bus = None;
                        tokio::time::sleep(Duration::from_millis(250)).await;
                    }
                }
                woken = if bus.is_some() { next(&mut bus).now_or_never() } else { None };
            }
        }
    }

    /// Reads the tail to its end.
    async fn catch_up(&self, record: &Record, hearsay: &mut Hearsay) -> Result<(), LedgerError> {
        loop {
            let before = self.lock().cursor.clone();
            let (facts, cursor) = record.ledger().tail(Some(&before), PAGE).await?;
            let full = facts.len() >= PAGE;
            self.absorb(&facts, cursor);
            hearsay.read(facts, Instant::now());
            if !full {
                break;
            }
        }
        self.passes.send_modify(|passes| *passes += 1);
        Ok(())
    }

    /// Takes events into account and tells of them, in one step: whoever sits down before or after it misses nothing.
    fn absorb(&self, facts: &[Recorded], cursor: Cursor) {
        let mut state = self.lock();
        let State { projection, seats, cursor: at, mark } = &mut *state;
        for (n, fact) in facts.iter().enumerate() {
            let place = if n + 1 == facts.len() {
                Bookmark { cursor: cursor.clone(), position: None }
            } else {
                Bookmark { cursor: at.clone(), position: Some(fact.position) }
            };
            let told = projection.apply(fact, &self.settings.dispatch);
            if !told.is_empty() {
                let id: Arc<str> = place.to_string().into();
                for (to, payload) in told {
                    let notice =
                        Notice { id: Some(id.clone()), position: Some(fact.position), payload: Arc::new(payload) };
                    match to {
                        To::Staff(staff) => seats.tell(staff, &notice),
                        To::Supervisors(pool, others) => {
                            let meant = |staff| others.contains(&staff) || supervises(projection, staff, &pool);
                            for staff in seats.taken().filter(|staff| meant(*staff)).collect::<Vec<_>>() {
                                seats.tell(staff, &notice);
                            }
                        }
                    }
                }
            }
            // Their streams were opened with what is void now. Whoever has something else comes back at once.
            let staff = StaffId(fact.stream.id);
            // Whoever rose has no token any more.
            let rose = || {
                &*fact.kind == "changed"
                    && projection.person(staff).is_some_and(|person| person.member.token.is_empty())
            };
            if fact.stream.kind == StreamKind::Staff && (VOIDS.contains(&&*fact.kind) || rose()) {
                seats.clear(staff);
            }
            if let Ok(Event::Session(SessionEvent::SessionEnded(ended))) = fact.event() {
                seats.clear(ended.staff);
            }
        }
        if !facts.is_empty() {
            projection.forget(clock::now());
        }
        if *at != cursor {
            *mark = Bookmark { cursor: cursor.clone(), position: None }.to_string().into();
            *at = cursor;
        }
    }

    fn remind(&self) {
        let mut state = self.lock();
        let State { projection, seats, .. } = &mut *state;
        for (staff, request, kind) in projection.reminders(clock::now(), |staff| seats.has(staff)) {
            seats.tell(staff, &nudge(request, kind));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic inside leaves what is known as it was before or after one event.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at what the desk knows.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut Projection) -> T) -> T {
        look(&mut self.lock().projection)
    }

    /// Opens a stream for `staff`, beginning with what `snapshot` shows and the id to go on from.
    pub(crate) fn sit<T>(
        self: &Arc<Self>,
        staff: StaffId,
        now: DateTime<Utc>,
        snapshot: impl FnOnce(&mut Projection) -> T,
    ) -> (Seat, Arc<str>, T) {
        // A seat locks the state when it is given up, so it has to outlive the guard.
        let (seat, listener) = Seats::seat(self.clone(), staff);
        let mut state = self.lock();
        let State { projection, seats, mark, .. } = &mut *state;
        let seen = snapshot(projection);
        seats.add(staff, listener);
        for (staff, request, kind) in projection.missed_reminders(staff, now) {
            seats.tell(staff, &nudge(request, kind));
        }
        (seat, mark.clone(), seen)
    }

    /// The id behind everything that is known.
    pub(crate) fn mark(&self) -> Arc<str> {
        self.lock().mark.clone()
    }

    fn leave(&self, staff: StaffId, seat: u64) {
        self.lock().seats.remove(staff, seat);
    }

    /// Changes whenever the tail was read.
    pub(crate) fn passes(&self) -> watch::Receiver<u64> {
        self.passes.subscribe()
    }

    /// Waits, for a while, until these events are known.
    pub(crate) async fn reach(&self, facts: &[Recorded]) {
        let Some(last) = facts.last() else { return };
        self.until(|known| known.has_seen(last.stream, last.version)).await;
    }

    /// The same for a word about somebody's duty.
    pub(crate) async fn reach_duty(&self, staff: StaffId, stream: StreamId, version: Version) {
        self.until(|known| known.has_heard(staff, stream, version)).await;
    }

    /// Has the tail read, and waits for it, for a while.
    pub(crate) async fn refresh(&self) {
        let mut passes = self.passes.subscribe();
        passes.mark_unchanged();
        self.wanted.notify_one();
        let _ = tokio::time::timeout(PATIENCE, passes.changed()).await;
    }

    /// The same for whoever may be a stranger: however many ask, the tail is read so often and no more.
    pub(crate) async fn refresh_now_and_then(&self) {
        let gone = self.opened.elapsed().as_micros() % NOW_AND_THEN.as_micros();
        let rest = NOW_AND_THEN.as_micros() - gone;
        tokio::time::sleep(Duration::from_micros(rest as u64)).await;
        self.refresh().await;
    }

    async fn until(&self, reached: impl Fn(&Projection) -> bool) {
        let mut passes = self.passes.subscribe();
        let wait = async {
            while !self.with(|known| reached(known)) {
                // As a rule the bus has woken the feed already.
                if tokio::time::timeout(NUDGE, passes.changed()).await.is_err() {
                    self.wanted.notify_one();
                }
            }
        };
        let _ = tokio::time::timeout(PATIENCE, wait).await;
    }
}

fn supervises(projection: &Projection, staff: StaffId, pool: &Pool) -> bool {
    let role = wideawake_domain::staff::Role::Supervisor;
    projection.person(staff).is_some_and(|person| person.member.is(role) && person.member.serves(pool))
}

fn nudge(request: RequestId, kind: wideawake_domain::dispatch::Nudge) -> Notice {
    let payload = Arc::new(Payload::Nudge(Nudged { request: request.0, kind }));
    Notice { id: None, position: None, payload }
}

async fn next(bus: &mut Option<Box<dyn Subscription>>) -> Result<Vec<Recorded>, BusError> {
    match bus {
        Some(bus) => bus.next().await,
        None => std::future::pending().await,
    }
}

//! Each breach found on a small history made by hand; an honest history has none.

#![allow(clippy::unwrap_used, clippy::panic)]

mod escalations; // I6

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::dispatch::{Criterion, Why};
use crate::record::{Part, Position, StreamId};
use crate::request::*;
use crate::settings::{Dispatch, Line, Skill};
use crate::staff::*;
use crate::{OfferId, Pool, Priority, RequestId, Text};

const ROUTER: Actor = Actor::System(Part::Router);
const RULES: Actor = Actor::System(Part::Escalation);
const SUPERVISOR: Actor = Actor::Staff(StaffId(Uuid::max()));

/// A Monday noon and so many milliseconds.
fn at(ms: i64) -> DateTime<Utc> {
    "2026-03-02T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::milliseconds(ms)
}

fn skill(name: &str) -> Skill {
    name.parse().unwrap()
}

fn staff(n: u128) -> StaffId {
    StaffId(Uuid::from_u128(n))
}

fn offer(n: u128) -> OfferId {
    OfferId(Uuid::from_u128(n))
}

fn settings() -> Settings {
    let line = |name: &str, needs| Line {
        name: name.to_owned(),
        pool: Pool::named("main"),
        languages: vec!["en".parse().unwrap()],
        needs,
        prefers: vec![],
        topics: vec![],
        outcomes: vec![],
        retention: None,
        templates: Vec::new(),
        default: name == "night",
    };
    let lines = vec![line("night", vec![]), line("crisis", vec![skill("crisis")])];
    Settings { pools: vec![Pool::named("main")], lines, dispatch: Dispatch::default() }
}

fn always() -> Value {
    json!({"zone": "Etc/UTC", "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "00:00", "end": "00:00"})
}

fn added() -> Added {
    Added {
        alias: "alias".to_owned(),
        roles: vec![Role::Volunteer],
        pools: vec![Pool::named("main")],
        zone: chrono_tz::UTC,
        languages: vec!["en".parse().unwrap()],
        capacity: 2,
        qualifications: vec![Qualification { skill: skill("crisis"), valid_until: None }],
        token: String::new(),
    }
}

fn opened(line: &str) -> Opened {
    Opened {
        line: line.to_owned(),
        language: "en".parse().unwrap(),
        time_zone: None,
        country: None,
        alias: None,
        age_band: None,
        topics: vec![],
        screening: None,
        token: String::new(),
        fingerprint: None,
        again: None,
    }
}

/// The `n`th offer, to the `n`th volunteer, who was heard `at` that moment.
fn offered(n: u128, seen: i64) -> Offered {
    let (out, decided_by) = (BTreeMap::new(), Criterion::Only);
    let why = Why { considered: 1, out, runner_up: None, decided_by, present_at: Some(at(seen)) };
    Offered { offer: offer(n), volunteer: staff(n), expires_at: at(seen + 30_000), handover: false, why }
}

fn accepted(n: u128) -> Accepted {
    Accepted { offer: offer(n), volunteer: staff(n) }
}

fn released(n: u128) -> Released {
    Released { volunteer: staff(n), reason: ReleaseReason::GaveBack, note: None }
}

fn priority_changed(from: Priority, to: Priority) -> PriorityChanged {
    PriorityChanged { from, to, reason: None }
}

fn message() -> Message {
    let text = Text::Sealed("x".to_owned());
    Message { from: Speaker::Member, staff: None, aside: false, text, once: None }
}

fn closed() -> Closed {
    Closed { ending: Ending::Left, outcome: None, risk_assessed: false, note: None, erase_at: None }
}

/// What stands in the record: one request, and staff.
struct History {
    request: Vec<Recorded>,
    staff: BTreeMap<StreamId, Vec<Recorded>>,
    /// The order in which streams are read.
    read: Vec<StreamId>,
}

impl History {
    /// Two volunteers who are scheduled and ready.
    fn new() -> Self {
        let mut history = Self { request: vec![], staff: BTreeMap::new(), read: vec![] };
        for n in [1, 2] {
            history.profile(n, -3_600_000, added());
            history.shifts(n, -3_500_000, always());
            history.duty(n, -600_000, Duty::Ready);
        }
        history
    }

    /// A request on `line`, and nobody on duty but whom the test adds.
    fn alone(line: &str) -> Self {
        let history = Self { request: vec![], staff: BTreeMap::new(), read: vec![] };
        history.then(0, Actor::Member, opened(line))
    }

    /// A request that waits, on the line that needs nothing.
    fn waiting() -> Self {
        Self::new().then(0, Actor::Member, opened("night"))
    }

    /// A request that the first volunteer holds.
    fn active() -> Self {
        Self::waiting().then(1_000, ROUTER, offered(1, 0)).then(2_000, Actor::Staff(staff(1)), accepted(1))
    }

    fn then(mut self, ms: i64, actor: Actor, event: impl Into<RequestEvent>) -> Self {
        let stream = StreamId::request(RequestId(Uuid::from_u128(0xc0de)));
        write(&mut self.request, stream, ms, actor, Event::Request(event.into()));
        self
    }

    fn learn(&mut self, stream: StreamId, ms: i64, event: Event) {
        if !self.read.contains(&stream) {
            self.read.push(stream);
        }
        write(self.staff.entry(stream).or_default(), stream, ms, SUPERVISOR, event);
    }

    fn profile(&mut self, n: u128, ms: i64, event: impl Into<StaffEvent>) {
        self.learn(StreamId::staff(staff(n)), ms, Event::Staff(event.into()));
    }

    fn shifts(&mut self, n: u128, ms: i64, shift: Value) {
        self.profile(n, ms, ShiftsSet { shifts: vec![serde_json::from_value(shift).unwrap()] });
    }

    fn duty(&mut self, n: u128, ms: i64, duty: Duty) {
        let set = DutySet { staff: staff(n), duty, reason: None };
        self.learn(duty_stream(staff(n), at(ms)), ms, Event::Duty(set.into()));
    }

    fn audit(&self) -> Vec<Breach> {
        let mut history = StaffHistory::default();
        for stream in &self.read {
            history.learn(&self.staff[stream]);
        }
        history.settle();
        request(&self.request, &history, &settings())
    }

    /// The breaches: which invariant, at which version, and what is wrong.
    #[track_caller]
    fn shows(&self, expected: &[(&str, u64, &str)]) {
        let stream = self.request[0].stream;
        let expected: Vec<Breach> = expected
            .iter()
            .map(|(invariant, version, what)| Breach {
                invariant: ["I1", "I2", "I3", "I7", "I9"].into_iter().find(|known| known == invariant).unwrap(),
                place: format!("{stream} version {version}"),
                what: (*what).to_owned(),
            })
            .collect();
        assert_eq!(self.audit(), expected);
    }

    #[track_caller]
    fn is_clean(&self) {
        self.shows(&[]);
    }
}

fn write(facts: &mut Vec<Recorded>, stream: StreamId, ms: i64, actor: Actor, event: Event) {
    let version = Version(facts.len() as u64 + 1);
    facts.push(Recorded {
        stream,
        version,
        position: Position(0),
        pool: Pool::named("main"),
        kind: event.kind().into(),
        at: at(ms),
        actor,
        trace: "".into(),
        data: event.encode().unwrap().into(),
        hash: [0; 32],
    });
}

/// An offer of the first volunteer's, made at noon, is the only breach: it went to somebody who `why`.
#[track_caller]
fn breaks_i3(history: &History, why: &str) {
    history.shows(&[("I3", 2, &format!("it was offered to {}, {why}", staff(1)))]);
}

#[test]
fn an_honest_history_is_clean() {
    let handover = Offered { handover: true, ..offered(2, 4_000) };
    History::waiting()
        .then(10, RULES, Triaged { level: None, priority: Priority::Elevated, ..Triaged::default() })
        .then(20, RULES, priority_changed(Priority::Elevated, Priority::Urgent))
        .then(30, SUPERVISOR, priority_changed(Priority::Urgent, Priority::Standard))
        .then(1_000, ROUTER, offered(1, 0))
        .then(2_000, Actor::Staff(staff(1)), accepted(1))
        .then(3_000, Actor::Member, message())
        .then(4_000, Actor::Staff(staff(1)), TransferAsked { to: None, note: None })
        .then(5_000, ROUTER, handover)
        .then(6_000, Actor::Staff(staff(2)), Transferred { offer: offer(2), from: staff(1), to: staff(2) })
        .then(7_000, Actor::Staff(staff(2)), released(2))
        .then(8_000, Actor::Member, closed())
        .then(9_000, Actor::System(Part::Keeper), Erased::default())
        .is_clean();
}

#[test]
fn a_breach_says_which_invariant_where_and_what() {
    let history = History::active().then(3_000, Actor::Member, opened("night"));
    let id = history.request[0].stream.id;
    assert_eq!(history.audit()[0].to_string(), format!("I1: request:{id} version 4: the request was opened twice"));
}

#[test]
fn i1_a_request_begins_with_opened_as_its_first_version() {
    let other = History::new().then(0, Actor::Member, message());
    other.shows(&[("I1", 1, "a request begins with `opened`, not with `message`")]);

    let mut late = History::waiting();
    late.request[0].version = Version(2);
    late.shows(&[("I1", 2, "a request begins with `opened`, not with `opened`")]);
}

#[test]
fn i1_a_request_is_opened_once() {
    let twice = History::waiting().then(1_000, Actor::Member, opened("night"));
    twice.shows(&[("I1", 2, "the request was opened twice")]);
}

#[test]
fn i1_nothing_but_its_erasure_comes_after_the_end() {
    let ended = || History::waiting().then(1_000, Actor::Member, closed());
    ended().then(2_000, RULES, Erased::default()).is_clean();
    let after = ended().then(2_000, Actor::Member, message());
    after.shows(&[("I1", 3, "`message` came after the request had ended")]);
}

#[test]
fn i2_an_accept_after_another_is_refused() {
    let both = History::waiting().then(1_000, ROUTER, offered(1, 0)).then(1_000, ROUTER, offered(2, 0));
    let both = both.then(2_000, Actor::Staff(staff(1)), accepted(1)).then(3_000, Actor::Staff(staff(2)), accepted(2));
    both.shows(&[("I2", 5, "it was accepted although somebody held it")]);
}

#[test]
fn i2_only_whoever_it_stands_offered_to_accepts() {
    let wrong = "it was accepted by somebody to whom no offer stood";
    History::waiting().then(1_000, Actor::Staff(staff(1)), accepted(1)).shows(&[("I2", 2, wrong)]);
    let stolen = Accepted { offer: offer(1), volunteer: staff(2) };
    let stolen = History::waiting().then(1_000, ROUTER, offered(1, 0)).then(2_000, Actor::Staff(staff(2)), stolen);
    stolen.shows(&[("I2", 3, wrong)]);
}

#[test]
fn i2_only_the_holder_hands_it_over_or_gives_it_back() {
    let moved = Transferred { offer: offer(2), from: staff(2), to: staff(3) };
    let moved = History::active().then(3_000, Actor::Staff(staff(3)), moved);
    moved.shows(&[("I2", 4, "it was handed over by somebody who did not hold it")]);
    let given = History::active().then(3_000, Actor::Staff(staff(2)), released(2));
    given.shows(&[("I2", 4, "it was released by somebody who did not hold it")]);
}

#[test]
fn i2_nobody_is_offered_what_somebody_holds_but_to_take_over() {
    let open = History::active().then(3_000, ROUTER, offered(2, 2_000));
    open.shows(&[("I2", 4, "it was offered although it did not wait")]);
}

#[test]
fn i3_an_offer_goes_to_nobody_who_was_silent_for_presence_grace_and_the_moments_unseen() {
    let grace = 35_000;
    History::waiting().then(grace, ROUTER, offered(1, 0)).is_clean();
    breaks_i3(&History::waiting().then(grace + 1, ROUTER, offered(1, 0)), "who was absent");
    let mut never = offered(1, 0);
    never.why.present_at = None;
    breaks_i3(&History::waiting().then(0, ROUTER, never), "who was absent");
}

#[test]
fn i3_an_offer_goes_to_nobody_who_was_unknown() {
    let nobody = History::alone("night").then(0, ROUTER, offered(1, 0));
    breaks_i3(&nobody, "but nobody of that id was known");
}

/// What the audit says of an offer at noon to the first volunteer, who is as they should be but for `change`.
fn offered_at_noon(line: &str, change: impl FnOnce(&mut History)) -> History {
    let mut history = History::alone(line);
    history.profile(1, -3_600_000, added());
    history.shifts(1, -3_500_000, always());
    history.duty(1, -600_000, Duty::Ready);
    change(&mut history);
    history.then(0, ROUTER, offered(1, 0))
}

#[test]
fn i3_an_offer_goes_to_volunteers_of_the_pool_only() {
    let supervisor = Changed { roles: Some(vec![Role::Supervisor]), ..Changed::default() };
    let elsewhere = Changed { pools: Some(vec![Pool::named("other")]), ..Changed::default() };
    let changes: [StaffEvent; 3] = [supervisor.into(), elsewhere.into(), Removed {}.into()];
    for change in changes {
        let history = offered_at_noon("night", |history| history.profile(1, -60_000, change));
        breaks_i3(&history, "but they were no volunteer of the pool");
    }
}

#[test]
fn i3_an_offer_goes_to_nobody_who_does_not_speak_the_language() {
    let spanish = Changed { languages: Some(vec!["es".parse().unwrap()]), ..Changed::default() };
    let history = offered_at_noon("night", |history| history.profile(1, -60_000, spanish));
    breaks_i3(&history, "but they did not speak the language");
}

#[test]
fn i3_an_offer_goes_to_nobody_who_lacks_what_is_needed() {
    offered_at_noon("crisis", |_| {}).is_clean();
    let unqualified =
        |ms| move |history: &mut History| history.profile(1, ms, QualificationsSet { qualifications: vec![] });
    offered_at_noon("night", unqualified(-60_000)).is_clean();
    breaks_i3(&offered_at_noon("crisis", unqualified(-60_000)), "but they did not hold what was needed");
    let other = QualificationsSet { qualifications: vec![Qualification { skill: skill("grief"), valid_until: None }] };
    let other = offered_at_noon("crisis", |history| history.profile(1, -60_000, other));
    breaks_i3(&other, "but they did not hold what was needed");
}

#[test]
fn i3_what_lapsed_counts_for_the_moments_in_which_nobody_may_have_seen_it() {
    let lapses = |ms| {
        let qualifications = vec![Qualification { skill: skill("crisis"), valid_until: Some(at(ms)) }];
        offered_at_noon("crisis", |history| history.profile(1, -60_000, QualificationsSet { qualifications }))
    };
    lapses(3_000).is_clean();
    lapses(-4_999).is_clean();
    breaks_i3(&lapses(-5_000), "but they did not hold what was needed");
}

#[test]
fn i3_an_offer_goes_to_nobody_who_is_off_shift() {
    let today = |start: &str, end: &str| {
        let shift = json!({"zone": "Etc/UTC", "date": "2026-03-02", "start": start, "end": end});
        let mut history = History::alone("night");
        history.profile(1, -86_400_000, added());
        history.shifts(1, -86_400_000, shift);
        history.duty(1, -600_000, Duty::Ready);
        history
    };
    // From the first moment of the shift to the last, and for the moments unseen after that.
    today("12:00", "13:00").then(0, ROUTER, offered(1, 0)).is_clean();
    today("11:00", "12:00").then(4_999, ROUTER, offered(1, 0)).is_clean();
    let over = today("11:00", "12:00").then(5_000, ROUTER, offered(1, 0));
    breaks_i3(&over, "but they were off shift");
    let early = today("12:00", "13:00").then(-1, ROUTER, offered(1, 0));
    breaks_i3(&early, "but they were off shift");
}

#[test]
fn i3_an_offer_goes_to_nobody_who_is_not_ready() {
    for duty in [Duty::Break, Duty::Off] {
        // Said this long before the offer, it may not have been seen.
        offered_at_noon("night", |history| history.duty(1, -4_999, duty)).is_clean();
        let seen = offered_at_noon("night", |history| history.duty(1, -5_000, duty));
        breaks_i3(&seen, "but they were not ready");
    }
    offered_at_noon("night", |history| {
        history.duty(1, -60_000, Duty::Break);
        history.duty(1, 0, Duty::Ready);
    })
    .is_clean();
    let later = offered_at_noon("night", |history| {
        history.duty(1, -60_000, Duty::Break);
        history.duty(1, 1, Duty::Ready);
    });
    breaks_i3(&later, "but they were not ready");
}

#[test]
fn i3_who_never_spoke_of_their_duty_is_not_ready() {
    let mut history = History::alone("night");
    history.profile(1, -3_600_000, added());
    history.shifts(1, -3_500_000, always());
    breaks_i3(&history.then(0, ROUTER, offered(1, 0)), "but they were not ready");
}

#[test]
fn i3_what_was_said_last_week_is_older_whichever_stream_is_read_first() {
    let mut history = offered_at_noon("night", |history| history.duty(1, -7 * 86_400_000, Duty::Off));
    history.is_clean();
    history.read.reverse();
    history.is_clean();
}

#[test]
fn i3_what_is_true_of_staff_afterwards_was_not_true_then() {
    let spanish = Changed { languages: Some(vec!["es".parse().unwrap()]), ..Changed::default() };
    offered_at_noon("night", |history| history.profile(1, 1, spanish)).is_clean();
}

#[test]
fn i7_priority_falls_only_under_the_name_of_a_person() {
    let urgent = || History::waiting().then(10, RULES, priority_changed(Priority::Standard, Priority::Urgent));
    urgent().then(20, SUPERVISOR, priority_changed(Priority::Urgent, Priority::Elevated)).is_clean();
    urgent().then(20, RULES, priority_changed(Priority::Urgent, Priority::Urgent)).is_clean();
    for nobody in [RULES, ROUTER, Actor::Member] {
        let fell = urgent().then(20, nobody, priority_changed(Priority::Urgent, Priority::Elevated));
        fell.shows(&[("I7", 3, "priority fell from urgent to elevated without a supervisor's name")]);
    }
}

#[test]
fn i7_what_the_priority_was_is_told_by_the_record_and_not_by_whoever_changes_it() {
    let urgent = History::waiting().then(10, RULES, priority_changed(Priority::Standard, Priority::Urgent));
    let fell = urgent.then(20, RULES, priority_changed(Priority::Standard, Priority::Elevated));
    fell.shows(&[("I7", 3, "priority fell from urgent to elevated without a supervisor's name")]);
}

#[test]
fn i9_what_cannot_be_read_cannot_be_replayed() {
    let mut history = History::active().then(3_000, Actor::Member, message());
    history.request[3].data = "{}".into();
    let [breach] = &history.audit()[..] else { panic!("{:?}", history.audit()) };
    assert_eq!((breach.invariant, breach.what.contains("message")), ("I9", true), "{breach}");
}

#[test]
fn an_event_of_a_type_yet_unknown_is_passed_over_and_what_follows_is_judged() {
    let history = || {
        let mut history = History::active().then(3_000, Actor::Member, message());
        history.request[3].kind = "invented_later".into();
        history
    };
    history().then(4_000, Actor::Staff(staff(1)), released(1)).is_clean();
    let wrong = history().then(4_000, Actor::Staff(staff(2)), released(2));
    wrong.shows(&[("I2", 5, "it was released by somebody who did not hold it")]);
}

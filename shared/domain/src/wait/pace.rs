//! What a pool has been like lately: who waits, who was served, and what they found.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};

use super::{Flow, Served, WINDOW, Wait, estimate};
use crate::event::Event;
use crate::request::{RequestEvent, SupportRequest};
use crate::settings::{Settings, Skill};
use crate::{Language, Recorded, RequestId, StreamKind};

/// How many starts are kept.
const KEPT: usize = 500;

/// Whoever has waited for so long waits in vain: an offer and a second one after it have been answered by then.
const IN_VAIN: TimeDelta = TimeDelta::seconds(45);

/// Whoever has waited for so long says nothing of the others: nobody can serve them, or their end was not heard of.
const FORGOTTEN: TimeDelta = TimeDelta::hours(4);

/// What a request needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    /// The most general form.
    language: Option<Language>,
    /// Sorted, once each.
    needs: Vec<Skill>,
}

/// Somebody who waits.
#[derive(Clone, Debug)]
struct Waiting {
    kind: Kind,
    opened_at: DateTime<Utc>,
    found: Flow,
}

/// What is known of somebody who was served: what they needed, how long they had waited, and what they found.
type Past = (Kind, TimeDelta, Flow);

/// What a pool has been like lately. It is told facts and judges by them alone; a fact that was missed makes an estimate
/// worse for an hour, and breaks nothing.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    waiting: BTreeMap<RequestId, Waiting>,
    /// The same by what they need, the longest waiting first.
    kinds: BTreeMap<Kind, BTreeSet<(DateTime<Utc>, RequestId)>>,
    /// When conversations began, and of which requests: so a repeat is no second one.
    served: BTreeMap<(DateTime<Utc>, RequestId), Option<Past>>,
}

impl Pace {
    /// Takes a fact of the pool into account; harmless to repeat.
    pub fn note(&mut self, fact: &Recorded, settings: &Settings) {
        if fact.stream.kind != StreamKind::Request {
            return;
        }
        let id = RequestId(fact.stream.id);
        match &*fact.kind {
            "opened" => self.opens(fact, settings),
            "accepted" => self.begins(id, fact.at),
            "closed" => _ = self.leaves(id),
            "triaged" | "priority_changed" | "assigned" | "joined" => self.changes(id, fact, settings),
            _ => {}
        }
    }

    fn changes(&mut self, id: RequestId, fact: &Recorded, settings: &Settings) {
        if let Ok(Event::Request(event)) = fact.event() {
            match event {
                RequestEvent::Triaged(triaged) => {
                    let tier = settings.dispatch.tier(triaged.priority);
                    self.needs_more(id, tier.needs.iter().chain(&triaged.needs));
                }
                RequestEvent::PriorityChanged(changed) => {
                    self.needs_more(id, settings.dispatch.tier(changed.to).needs.iter());
                }
                RequestEvent::Assigned(assigned) if assigned.from.is_none() => self.begins(id, fact.at),
                RequestEvent::Joined(joined) if joined.holder => _ = self.leaves(id),
                _ => {}
            }
        }
    }

    /// How long `request`, which has `ahead` others before it, may still wait.
    pub fn estimate(
        &self,
        request: &SupportRequest,
        ahead: usize,
        settings: &Settings,
        now: DateTime<Utc>,
    ) -> Option<Wait> {
        let mine = Kind::of(request, settings);
        let flow = self.flow(&mine, now);
        let alike =
            |(kind, waited, found): &Past| (*found == flow && kind.language == mine.language).then_some(*waited);
        let served = self.served.iter().map(|((at, _), past)| Served { at: *at, alike: past.as_ref().and_then(alike) });
        estimate(ahead, flow, served, now)
    }

    /// When conversations began, for whoever keeps an eye on it.
    pub fn begun(&mut self, at: impl IntoIterator<Item = (DateTime<Utc>, RequestId)>) {
        self.served.extend(at.into_iter().map(|start| (start, None)));
    }

    /// What a request of `kind` finds at `now`.
    fn flow(&self, kind: &Kind, now: DateTime<Utc>) -> Flow {
        let nobody = RequestId(uuid::Uuid::nil());
        let span = (now - FORGOTTEN, nobody)..(now - IN_VAIN, nobody);
        let in_vain = self.kinds.iter().filter(|(_, waiting)| waiting.range(span.clone()).next().is_some());
        let mut flow = Flow::Free;
        for (other, _) in in_vain {
            let speaks = other.language == kind.language;
            let suffices = other.needs.iter().all(|need| kind.needs.binary_search(need).is_ok());
            match (speaks, suffices) {
                (true, true) => return Flow::HeldUp,
                (false, false) => {}
                _ => flow = Flow::Mixed,
            }
        }
        flow
    }

    fn opens(&mut self, fact: &Recorded, settings: &Settings) {
        let mut state = None;
        SupportRequest::apply(&mut state, fact);
        let Some(request) = state.filter(|request| !self.waiting.contains_key(&request.id)) else { return };
        let (id, opened_at) = (request.id, request.opened_at);
        // Whoever was served already is told of once more.
        if self.served.range((opened_at, RequestId(uuid::Uuid::nil()))..).any(|((_, served), _)| *served == id) {
            return;
        }
        self.waits(id, Kind::of(&request, settings), opened_at);
    }

    fn waits(&mut self, id: RequestId, kind: Kind, opened_at: DateTime<Utc>) {
        let found = self.flow(&kind, opened_at);
        let same = self.kinds.entry(kind.clone()).or_default();
        same.insert((opened_at, id));
        while let Some((first, forgotten)) = same.first().copied().filter(|(first, _)| opened_at - *first > FORGOTTEN) {
            same.remove(&(first, forgotten));
            self.waiting.remove(&forgotten);
        }
        self.waiting.insert(id, Waiting { kind, opened_at, found });
    }

    /// What was found out about a request may narrow who can serve it.
    fn needs_more<'a>(&mut self, id: RequestId, needs: impl Iterator<Item = &'a Skill>) {
        let Some(Waiting { mut kind, opened_at, .. }) = self.leaves(id) else { return };
        kind.needs.extend(needs.cloned());
        kind.needs.sort_unstable();
        kind.needs.dedup();
        self.waits(id, kind, opened_at);
    }

    fn begins(&mut self, id: RequestId, at: DateTime<Utc>) {
        let waited = self.leaves(id).map(|waiting| (waiting.kind, at - waiting.opened_at, waiting.found));
        let past = self.served.entry((at, id)).or_default();
        *past = waited.or_else(|| past.take());
        while self.served.len() > KEPT
            || self.served.first_key_value().is_some_and(|((first, _), _)| at - *first > WINDOW)
        {
            self.served.pop_first();
        }
    }

    fn leaves(&mut self, id: RequestId) -> Option<Waiting> {
        let waiting = self.waiting.remove(&id)?;
        if let Some(same) = self.kinds.get_mut(&waiting.kind) {
            same.remove(&(waiting.opened_at, id));
            if same.is_empty() {
                self.kinds.remove(&waiting.kind);
            }
        }
        Some(waiting)
    }
}

impl Kind {
    fn of(request: &SupportRequest, settings: &Settings) -> Self {
        let needs = request.needs(settings.line(Some(&request.line)), &settings.dispatch);
        Self { language: request.language.lookup_chain().last(), needs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::request::{
        Accepted, AgeBand, Assigned, Closed, Ending, Findings, Joined, Open, PriorityChanged, Speaker, Triaged,
    };
    use crate::screening::Level;
    use crate::settings::{Dispatch, Line};
    use crate::{Actor, OfferId, Pool, Position, Priority, StaffId, StreamId, Version};

    struct House {
        settings: Settings,
        pace: Pace,
        versions: BTreeMap<RequestId, u64>,
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + seconds, 0).expect("within range")
    }

    fn id(n: u128) -> RequestId {
        RequestId(uuid::Uuid::from_u128(n))
    }

    fn opening(language: &str, age_band: Option<AgeBand>) -> Open {
        Open {
            line: "night".to_owned(),
            language: language.parse().expect("a tag"),
            time_zone: None,
            country: None,
            alias: None,
            age_band,
            topics: Vec::new(),
            message: None,
            screening: None,
            answers: None,
            token: "dG9rZW4".to_owned(),
            fingerprint: None,
            again: None,
            findings: Findings::default(),
        }
    }

    impl House {
        fn new() -> Self {
            let line = Line {
                name: "night".to_owned(),
                pool: Pool::named("main"),
                languages: Vec::new(),
                needs: Vec::new(),
                prefers: Vec::new(),
                topics: Vec::new(),
                outcomes: Vec::new(),
                retention: None,
                templates: Vec::new(),
                default: true,
            };
            let mut dispatch = Dispatch::default();
            dispatch.tiers[2].needs = vec!["crisis".parse().expect("a name")];
            let settings = Settings { pools: vec![line.pool.clone()], lines: vec![line], dispatch };
            Self { settings, pace: Pace::default(), versions: BTreeMap::new() }
        }

        fn note(&mut self, n: u128, event: impl Into<RequestEvent>, seconds: i64) -> Recorded {
            let version = self.versions.entry(id(n)).or_default();
            *version += 1;
            let event = Event::Request(event.into());
            let fact = Recorded {
                stream: StreamId::request(id(n)),
                version: Version(*version),
                position: Position(*version),
                pool: Pool::named("main"),
                kind: event.kind().into(),
                at: at(seconds),
                actor: Actor::Member,
                trace: "".into(),
                data: event.encode().expect("nothing is open text").into(),
                hash: [0; 32],
            };
            self.pace.note(&fact, &self.settings);
            fact
        }

        fn opens(&mut self, n: u128, language: &str, age_band: Option<AgeBand>, seconds: i64) -> Recorded {
            let opened = SupportRequest::open(opening(language, age_band)).remove(0);
            self.note(n, opened, seconds)
        }

        fn accepts(&mut self, n: u128, seconds: i64) {
            let accepted = Accepted { offer: OfferId::derive(id(n), Version(1)), volunteer: StaffId(id(99).0) };
            self.note(n, accepted, seconds);
        }

        fn flow(&self, language: &str, age_band: Option<AgeBand>, seconds: i64) -> Flow {
            let needs = if age_band == Some(AgeBand::Under18) { vec![Skill::safeguarding()] } else { Vec::new() };
            let language = language.parse::<Language>().expect("a tag").lookup_chain().last();
            self.pace.flow(&Kind { language, needs }, at(seconds))
        }
    }

    #[test]
    fn who_waits_in_vain_holds_up_whom_only_the_same_people_can_serve() {
        let mut house = House::new();
        house.opens(1, "en-GB", None, 0);
        assert_eq!(house.flow("en", None, 30), Flow::Free, "an offer takes so long");
        assert_eq!(house.flow("en", None, 60), Flow::HeldUp);
        assert_eq!(house.flow("en", Some(AgeBand::Under18), 60), Flow::HeldUp, "who needs more has fewer who can");
        assert_eq!(house.flow("es", None, 60), Flow::Mixed);
        house.accepts(1, 70);
        assert_eq!(house.flow("en", None, 80), Flow::Free);
        house.opens(2, "es", Some(AgeBand::Under18), 100);
        assert_eq!(house.flow("es", None, 160), Flow::Mixed);
        assert_eq!(house.flow("en", None, 160), Flow::Free, "who needs less and speaks otherwise has others");
        assert_eq!(house.flow("es", None, 5 * 3_600), Flow::Free, "nobody can serve them, it seems");
        let closed = Closed { outcome: None, risk_assessed: false, note: None, ending: Ending::Left, erase_at: None };
        house.note(2, closed, 170);
        assert_eq!(house.flow("es", None, 180), Flow::Free);
    }

    #[test]
    fn what_was_found_out_about_a_request_narrows_who_can_serve_it() {
        let mut house = House::new();
        house.opens(1, "en", None, 0);
        let triaged = Triaged { level: Some(Level::High), priority: Priority::Urgent, ..Triaged::default() };
        house.note(1, triaged, 0);
        assert_eq!(house.flow("en", None, 60), Flow::Mixed);
        let mut house = House::new();
        house.opens(1, "en", None, 0);
        house.note(1, PriorityChanged { from: Priority::Standard, to: Priority::Urgent, reason: None }, 0);
        assert_eq!(house.flow("en", None, 60), Flow::Mixed);
    }

    #[test]
    fn whom_a_supervisor_gives_it_to_serves_and_whoever_takes_it_or_takes_over_is_no_second_start() {
        let mut house = House::new();
        let (staff, other) = (StaffId(id(98).0), StaffId(id(99).0));
        house.opens(1, "en", None, 0);
        house.note(1, Assigned { staff, from: None }, 20);
        house.note(1, Assigned { staff: other, from: Some(staff) }, 30);
        assert_eq!(house.flow("en", None, 60), Flow::Free);
        house.opens(2, "en", None, 0);
        house.note(2, Joined { staff, speaker: Speaker::Supervisor, holder: false }, 10);
        assert_eq!(house.flow("en", None, 60), Flow::HeldUp, "nobody holds it");
        house.note(2, Joined { staff, speaker: Speaker::Supervisor, holder: true }, 20);
        assert_eq!(house.flow("en", None, 60), Flow::Free);
        assert_eq!(house.pace.served.keys().copied().collect::<Vec<_>>(), [(at(20), id(1))]);
    }

    #[test]
    fn the_measure_is_who_speaks_the_same_and_found_the_same() {
        let mut house = House::new();
        house.opens(0, "en", None, 0);
        for n in 1..10 {
            house.opens(n, "en", None, 50);
            house.accepts(n, 300 + n as i64);
        }
        let closed = Closed { outcome: None, risk_assessed: false, note: None, ending: Ending::Left, erase_at: None };
        house.note(0, closed, 320);
        for n in 0..10 {
            let start = 400 + 10 * n as i64;
            for (language, request, waited) in [("en", 10 + n, 20 + n as i64), ("es", 20 + n, 40)] {
                house.opens(request, language, None, start);
                house.accepts(request, start + waited);
            }
        }
        let now = at(600);
        let mine = SupportRequest::open(opening("en-GB", None)).remove(0);
        let RequestEvent::Opened(mine) = mine else { unreachable!("a request begins with its opening") };
        let mine = SupportRequest::opened(id(50), Pool::named("main"), mine, now);
        let served = house.pace.served.keys().map(|(at, request)| {
            let n = request.0.as_u128();
            Served { at: *at, alike: (10..20).contains(&n).then(|| TimeDelta::seconds(10 + n as i64)) }
        });
        let expected = estimate(0, Flow::Free, served, now);
        assert!(expected.is_some());
        assert_eq!(house.pace.estimate(&mine, 0, &house.settings, now), expected);
    }

    #[test]
    fn starts_that_are_only_known_by_their_times_count() {
        let mut house = House::new();
        let mine = SupportRequest::open(opening("en", None)).remove(0);
        let RequestEvent::Opened(mine) = mine else { unreachable!("a request begins with its opening") };
        let mine = SupportRequest::opened(id(50), Pool::named("main"), mine, at(600));
        assert_eq!(house.pace.estimate(&mine, 0, &house.settings, at(600)), None);
        house.pace.begun((0..10).map(|n| (at(60 * n), id(n as u128))));
        assert!(house.pace.estimate(&mine, 0, &house.settings, at(600)).is_some());
    }

    #[test]
    fn a_repeat_changes_nothing() {
        let mut house = House::new();
        let opened = house.opens(1, "en", None, 0);
        house.accepts(1, 20);
        house.pace.note(&opened, &house.settings);
        assert_eq!(house.flow("en", None, 90), Flow::Free);
        let past: Vec<_> = house.pace.served.values().flatten().map(|(_, waited, flow)| (*waited, *flow)).collect();
        assert_eq!(past, [(TimeDelta::seconds(20), Flow::Free)]);
    }
}

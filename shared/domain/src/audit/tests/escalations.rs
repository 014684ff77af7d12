//! I6 on small histories made by hand.

use super::*;
use crate::EscalationId;
use crate::escalation::{
    self, Acknowledged, Escalation, EscalationEvent, FallbackReached, Open, Policy, Resolution, Resolved, Skip,
    StepReached, StepSkipped, TriggerAdded, Via,
};

const WATCHER: Actor = Actor::System(Part::Escalation);

fn request() -> RequestId {
    RequestId(Uuid::from_u128(1))
}

/// An escalation of what version 2 of the request raised, as whoever watches would have it go on, and what was recorded.
struct Story {
    state: Escalation,
    facts: Vec<Recorded>,
    ms: i64,
}

impl Story {
    fn new() -> Self {
        let open = Open {
            request: request(),
            line: "night".to_owned(),
            priority: Priority::Urgent,
            policy: Policy::supervisors("supervisor"),
            raised: Version(2),
            cause: Cause::Person,
            rule: None,
        };
        let (id, opened) = Escalation::open(open);
        let state = Escalation::opened(id, Pool::named("main"), opened.clone(), at(1_000));
        let mut story = Self { state, facts: Vec::new(), ms: 1_000 };
        story.push(opened.into());
        story
    }

    fn push(&mut self, event: EscalationEvent) {
        let event = Event::Escalation(event);
        self.facts.push(Recorded {
            stream: StreamId::escalation(self.state.id),
            version: Version(self.facts.len() as u64 + 1),
            position: Position(0),
            pool: Pool::named("main"),
            kind: event.kind().into(),
            at: at(self.ms),
            actor: WATCHER,
            trace: "".into(),
            data: event.encode().unwrap().into(),
            hash: [0; 32],
        });
    }

    /// As the rules have it.
    fn does(&mut self, command: escalation::Command) -> &mut Self {
        for event in self.state.decide(command, at(self.ms)).unwrap() {
            self.state.evolve(&event, at(self.ms));
            self.push(event);
        }
        self
    }

    /// As they do not.
    fn wrongly(mut self, event: impl Into<EscalationEvent>) -> Vec<String> {
        self.push(event.into());
        self.audited()
    }

    fn after(&mut self, seconds: i64) -> &mut Self {
        self.ms += seconds * 1_000;
        self
    }

    fn audited(&self) -> Vec<String> {
        Escalations::default().learn(&self.facts).into_iter().map(|breach| breach.what).collect()
    }

    fn learnt(&self) -> Escalations {
        let mut escalations = Escalations::default();
        assert_eq!(escalations.learn(&self.facts), []);
        escalations
    }
}

fn calls(n: u128) -> escalation::Command {
    escalation::Command::Advance(vec![staff(n)])
}

fn resolves(n: u128) -> escalation::Command {
    let resolution = Resolution { outcome: "seen_to".to_owned(), confirmed_by: None, note: None };
    escalation::Command::Resolve(staff(n), resolution)
}

/// A request whose holder raises the policy with its third event, and which is closed by somebody at that moment.
fn history(closed_by: Option<(u128, i64)>) -> Vec<Recorded> {
    let raised = EscalationRaised { policy: "supervisor".to_owned(), cause: Cause::Person, reason: None, rule: None };
    let mut facts =
        vec![(0, Actor::Member, Event::Request(opened("night").into())), (500, RULES, Event::Request(raised.into()))];
    if let Some((by, ms)) = closed_by {
        facts.push((ms, Actor::Staff(staff(by)), Event::Request(Closed { ending: Ending::Closed, ..closed() }.into())));
    }
    let recorded = |(n, (ms, actor, event)): (usize, (i64, Actor, Event))| Recorded {
        stream: StreamId::request(request()),
        version: Version(n as u64 + 1),
        position: Position(0),
        pool: Pool::named("main"),
        kind: event.kind().into(),
        at: at(ms),
        actor,
        trace: "".into(),
        data: event.encode().unwrap().into(),
        hash: [0; 32],
    };
    facts.into_iter().enumerate().map(recorded).collect()
}

#[test]
fn an_escalation_that_went_as_it_should_has_no_breach() {
    let mut story = Story::new();
    story.does(calls(1)).after(60).does(calls(1)).after(300).does(calls(1)).after(10);
    story.does(escalation::Command::AddTrigger(Version(5), Cause::Rule, None, Priority::Urgent));
    story.does(escalation::Command::Acknowledge(staff(1), Via::Link, None)).after(1_800);
    story.does(escalation::Command::Remind(vec![staff(1)]));
    story.does(escalation::Command::HandOver(staff(1), staff(2), None));
    story.does(escalation::Command::Acknowledge(staff(2), Via::Desk, None)).does(resolves(2));
    assert_eq!(story.audited(), Vec::<String>::new());
}

#[test]
fn whatever_ends_or_skips_it_otherwise_is_told() {
    let until = at(10_000_000);
    let reached = |round, step| StepReached { round, step, staff: vec![staff(1)], until };
    assert_eq!(Story::new().wrongly(reached(0, 1)).len(), 1, "a step was left out");
    assert_eq!(Story::new().wrongly(StepReached { staff: vec![], ..reached(0, 0) }).len(), 1, "nobody was called");
    assert_eq!(Story::new().wrongly(FallbackReached { count: 1, staff: vec![], until }).len(), 1);
    assert_eq!(Story::new().wrongly(StepSkipped { round: 0, step: 0, why: Skip::Unreachable }).len(), 1);
    assert_eq!(
        Story::new()
            .wrongly(TriggerAdded { raised: Version(2), cause: Cause::Rule, rule: None, priority: Priority::Urgent })
            .len(),
        1
    );
    let resolved = Resolved { by: staff(1), outcome: "seen_to".to_owned(), confirmed_by: None, note: None };
    assert_eq!(Story::new().wrongly(resolved.clone()).len(), 1, "nobody had taken it on");
    let mut early = Story::new();
    early.does(calls(1)).after(50);
    assert_eq!(early.wrongly(FallbackReached { count: 1, staff: vec![], until }).len(), 1, "before the step was over");
    let mut taken = Story::new();
    taken.does(escalation::Command::Acknowledge(staff(1), Via::Link, None));
    assert_eq!(taken.wrongly(Acknowledged { by: staff(2), via: Via::Link, page: None }).len(), 1, "unasked");
    let mut over = Story::new();
    over.does(resolves(1));
    assert_eq!(over.wrongly(resolved).len(), 1, "after the end");
    let mut other = Story::new();
    for fact in &mut other.facts {
        fact.stream = StreamId::escalation(EscalationId(Uuid::from_u128(9)));
    }
    assert_eq!(other.audited(), ["its id is not that of what raised it"]);
}

#[test]
fn what_was_raised_and_never_opened_is_told_unless_it_is_recent() {
    let nobody = StaffHistory::default();
    let mut none = Escalations::default();
    none.goes_on(at(60_000));
    assert_eq!(none.request(&history(None), &nobody), [], "whoever watches may be about to");
    none.goes_on(at(600_000));
    let breaches = none.request(&history(None), &nobody);
    assert_eq!(breaches[0].place, format!("{} version 2", StreamId::request(request())));
    assert_eq!(breaches[0].what, "it raised supervisor and no escalation was opened");
    let mut opened = Story::new().learnt();
    opened.goes_on(at(600_000));
    assert_eq!(opened.request(&history(None), &nobody), []);
}

#[test]
fn what_stands_still_is_told_and_what_waits_for_a_person_is_not() {
    let mut story = Story::new();
    story.does(calls(1));
    let mut escalations = story.learnt();
    escalations.goes_on(at(60_000));
    assert_eq!(escalations.standing_still(), []);
    escalations.goes_on(at(600_000));
    assert_eq!(escalations.standing_still().len(), 1);
    story.does(resolves(1));
    let mut escalations = story.learnt();
    escalations.goes_on(at(600_000));
    assert_eq!(escalations.standing_still(), []);
}

#[test]
fn a_volunteer_alone_does_not_close_what_is_not_resolved() {
    let mut nobody = StaffHistory::default();
    let judge =
        |escalations: &Escalations, staff: &StaffHistory, ms| escalations.request(&history(Some((1, ms))), staff);
    let mut story = Story::new();
    story.does(calls(1));
    assert_eq!(judge(&story.learnt(), &nobody, 20_000).len(), 1);
    story.after(10).does(resolves(2));
    assert_eq!(judge(&story.learnt(), &nobody, 20_000), []);
    assert_eq!(judge(&story.learnt(), &nobody, 5_000).len(), 1, "it was resolved only later");
    let supervisor = Added { roles: vec![Role::Supervisor], ..added() };
    let event = Event::Staff(supervisor.into());
    nobody.learn(&[Recorded {
        stream: StreamId::staff(staff(1)),
        version: Version(1),
        position: Position(0),
        pool: Pool::all(),
        kind: event.kind().into(),
        at: at(-1_000),
        actor: SUPERVISOR,
        trace: "".into(),
        data: event.encode().unwrap().into(),
        hash: [0; 32],
    }]);
    assert_eq!(judge(&story.learnt(), &nobody, 5_000), [], "a supervisor may");
}

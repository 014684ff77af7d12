//! Random nights: whatever happens, whoever watches is as good as whoever takes over, and nothing that was raised is
//! forgotten (I6).

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Deed {
    Asks,
    Raises(usize, bool),
    Leaves(usize),
    Taken(usize),
    Writes(usize, bool),
    Passes(i64),
    Restarts,
    /// Whatever the watcher wishes is lost for a while.
    Lost(bool),
    Acknowledges(usize),
    Resolves(usize),
    PageFails(usize),
    SaysOff(bool),
    Reachable(usize),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let which = 0..4usize;
    let deed = prop_oneof![
        2 => Just(Deed::Asks),
        3 => (which.clone(), any::<bool>()).prop_map(|(n, other)| Deed::Raises(n, other)),
        1 => which.clone().prop_map(Deed::Leaves),
        1 => which.clone().prop_map(Deed::Taken),
        1 => (which.clone(), any::<bool>()).prop_map(|(n, member)| Deed::Writes(n, member)),
        4 => (0..400i64).prop_map(Deed::Passes),
        2 => Just(Deed::Restarts),
        1 => any::<bool>().prop_map(Deed::Lost),
        1 => which.clone().prop_map(Deed::Acknowledges),
        1 => which.clone().prop_map(Deed::Resolves),
        2 => which.prop_map(Deed::PageFails),
        1 => any::<bool>().prop_map(Deed::SaysOff),
        1 => (0..3usize).prop_map(Deed::Reachable),
    ];
    prop::collection::vec(deed, 1..50)
}

fn requests(world: &World) -> Vec<RequestId> {
    let opened = world.ledger.iter().filter(|fact| &*fact.kind == "opened");
    opened.map(|fact| RequestId(fact.stream.id)).collect()
}

/// Everything that was raised is part of an escalation, and each of those is where time has brought it.
fn nothing_is_forgotten(world: &World) {
    let escalations = world.escalations();
    for fact in &world.ledger {
        let Ok(Event::Request(RequestEvent::EscalationRaised(raised))) = fact.event() else { continue };
        let sees_to = |escalation: &&Escalation| {
            escalation.request.0 == fact.stream.id && escalation.policy.name == raised.policy
        };
        let covers = escalations.iter().filter(sees_to).any(|escalation| escalation.covers() >= fact.version);
        assert!(covers, "{} {} is forgotten", fact.stream, fact.version);
    }
    for escalation in &escalations {
        let may_rest =
            escalation.is_resolved() || matches!(escalation.stage, Stage::Acknowledged { remind_at: None, .. });
        assert!(may_rest || escalation.due().is_some_and(|due| due > world.now), "{:?}", escalation.stage);
        let open = |other: &&Escalation| {
            !other.is_resolved() && (other.request, &other.policy.name) == (escalation.request, &escalation.policy.name)
        };
        assert!(escalations.iter().filter(open).count() <= 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_was_raised_is_forgotten_whoever_dies(deeds in deeds()) {
        let steps = vec![step(&["supervisors_on_duty"], 60), step(&["rotation:clinicians"], 90)];
        let waited = rule("waited", Trigger::Waiting, 200, None, vec![Action::Escalate("other".to_owned())]);
        let silent = rule("silent", Trigger::Silent, 100, Some("false"), vec![Action::Escalate("other".to_owned())]);
        let mut world = World::new(vec![waited, silent], vec![Policy { repeat: 1, ..policy("clinician", steps) }]);
        let (supervisor, clinician) = (world.hire(Role::Supervisor), world.hire(Role::Professional));
        world.on_call("clinicians", &[clinician]);
        for deed in deeds {
            let requests = requests(&world);
            let request = |n: usize| requests.get(n % requests.len().max(1)).copied();
            let escalations = world.escalations();
            let escalation = |n: usize| escalations.get(n % escalations.len().max(1)).filter(|e| !e.is_resolved());
            match deed {
                Deed::Asks => drop(world.asks()),
                Deed::Raises(n, other) => if let Some(id) = request(n).filter(|id| !world.state(*id).is_closed()) {
                    world.raise(id, if other { "other" } else { "clinician" });
                },
                Deed::Leaves(n) => if let Some(id) = request(n) {
                    world.changes(id, Command::Leave(None)).unwrap();
                },
                Deed::Taken(n) => if let Some(id) = request(n).filter(|id| world.state(*id).is_waiting()) {
                    world.is_taken(id);
                },
                Deed::Writes(n, member) => if let Some(id) = request(n).filter(|id| !world.state(*id).is_closed()) {
                    world.writes(id, if member { Speaker::Member } else { Speaker::Volunteer });
                },
                Deed::Passes(length) => world.after(if world.deaf { 0 } else { length }),
                Deed::Restarts => {
                    world.deaf = false;
                    world.restart();
                }
                // A wish that is never answered is answered by a restart.
                Deed::Lost(deaf) if deaf => world.deaf = true,
                Deed::Lost(_) => {}
                Deed::Acknowledges(n) => if let Some(one) = escalation(n).filter(|e| e.taken_by().is_none()) {
                    world.takes_on(one.id, supervisor);
                },
                Deed::Resolves(n) => if let Some(one) = escalation(n) {
                    world.resolves(one.id, supervisor);
                },
                Deed::PageFails(n) => if let Some((one, staff)) = escalation(n).and_then(|e| Some((e, *e.calls.last()?.staff.first()?))) {
                    world.fails(one.id, staff, 0, true);
                },
                Deed::SaysOff(off) => world.says(supervisor, if off { Duty::Off } else { Duty::Ready }),
                Deed::Reachable(ways) => world.can_be_reached(supervisor, ways),
            }
            world.settle();
            if !world.deaf {
                nothing_is_forgotten(&world);
            }
            let mut levels = Levels::default();
            for running in world.watcher.escalations.values() {
                levels.count(&running.state, 1);
            }
            prop_assert_eq!(levels, world.watcher.levels());
            let waiting = world.watcher.requests.values().filter(|entry| entry.state.is_waiting()).count();
            prop_assert_eq!(waiting, world.watcher.waiting);
            // Whoever takes over now wishes for nothing that the one who watches would not.
            if !world.deaf {
                let facts = world.ledger.len();
                let (now, due) = (world.now, world.watcher.due());
                world.restart();
                prop_assert_eq!((world.ledger.len(), world.now), (facts, now));
                // A condition that did not hold is asked again by whoever starts.
                prop_assert!(world.watcher.due() <= due.or(world.watcher.due()).map(|at| at + seconds(100)));
            }
        }
    }
}

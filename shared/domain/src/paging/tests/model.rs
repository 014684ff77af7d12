//! What must hold whatever happens, against a model that knows only calls, contact methods and answers.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Something that happens.
#[derive(Clone, Debug)]
enum Deed {
    /// A step of that escalation calls these.
    Call(u8, Vec<u8>),
    Acknowledge(u8, u8),
    Pass(u16),
    /// The pager is lost, with what was under way.
    Crash,
    /// From now on that method of everybody fails (1), is refused (2), hangs (3) or works (0).
    Turn(u8, u8),
    /// What hangs ends, so.
    End(bool),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (0..3_u8, proptest::collection::vec(0..4_u8, 1..4)).prop_map(|(id, staff)| Deed::Call(id, staff)),
        1 => (0..3_u8, 0..4_u8).prop_map(|(id, staff)| Deed::Acknowledge(id, staff)),
        4 => (1..200_u16).prop_map(Deed::Pass),
        2 => Just(Deed::Crash),
        3 => (0..3_u8, 0..4_u8).prop_map(|(method, how)| Deed::Turn(method, how)),
        2 => any::<bool>().prop_map(Deed::End),
    ]
}

/// The contact methods of person `n`.
fn methods(n: u8) -> Vec<ContactMethod> {
    [vec![webhook("a.example"), email(30), sms(30)], vec![sms(0)], vec![email(5), webhook("b.example")], vec![]]
        [usize::from(n)]
    .clone()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn everyone_who_is_called_and_can_be_reached_is_paged_whatever_breaks(deeds in proptest::collection::vec(deed(), 1..40)) {
        let turned = std::rc::Rc::new(std::cell::RefCell::new([0_u8; 3]));
        let answer = {
            let turned = turned.clone();
            move |errand: &Errand| match turned.borrow()[errand.contact.kind as usize] {
                0 => Some(ErrandOutcome::Done),
                1 => failed(),
                2 => refused(),
                _ => None,
            }
        };
        let settings = Settings { cap: Some(6), window: seconds(120), in_flight: 4, per_provider: 2, ..Settings::default() };
        let mut world = World::with(settings, answer);
        let people: Vec<StaffId> = (0..4).map(|n| world.person(u128::from(n) + 1, methods(n))).collect();
        let priorities = [Priority::Standard, Priority::Urgent, Priority::Imminent];
        let ids: Vec<EscalationId> =
            (0..3).map(|n| world.escalation(n as u128 + 1, priorities[n])).collect();
        // The model: the newest call that each person has to answer, by escalation.
        let mut owed: BTreeMap<(EscalationId, StaffId), Version> = BTreeMap::new();
        for (step, deed) in deeds.into_iter().enumerate() {
            match deed {
                Deed::Call(id, staff) => {
                    let id = ids[usize::from(id)];
                    if world.state(id).taken_by().is_some() {
                        continue;
                    }
                    let staff: BTreeSet<StaffId> = staff.iter().map(|n| people[usize::from(*n)]).collect();
                    let staff: Vec<StaffId> = staff.into_iter().collect();
                    let call = world.calls(id, step as u32, &staff);
                    owed.extend(staff.into_iter().map(|staff| ((id, staff), call)));
                }
                Deed::Acknowledge(id, by) => {
                    let id = ids[usize::from(id)];
                    if world.state(id).taken_by().is_none() {
                        world.acknowledges(id, people[usize::from(by)]);
                        owed.retain(|(of, _), _| *of != id);
                    }
                }
                Deed::Pass(s) => world.pass(seconds(s.into())),
                Deed::Crash => world.restart(),
                Deed::Turn(method, how) => turned.borrow_mut()[usize::from(method)] = how,
                Deed::End(well) => world.hung(&if well { Some(ErrandOutcome::Done) } else { failed() }),
            }
            prop_assert!(world.hanging.len() <= 4);
        }
        // The world gets well, and there is time enough.
        *turned.borrow_mut() = [0; 3];
        for _ in 0..4 {
            world.hung(&failed());
            world.pass(seconds(900));
        }
        for ((id, staff), call) in &owed {
            let state = world.state(*id);
            let of = methods((staff.0.as_u128() - 1) as u8);
            let tried = |method: usize| state.attempts.get(&(*call, *staff, method as u32));
            for method in 0..of.len() {
                // Calls beyond the newest twenty are forgotten, and nobody's newest is among them for long.
                if state.calls.iter().any(|known| known.version == *call) {
                    let attempt = tried(method);
                    prop_assert!(attempt.is_some(), "{staff} was called by {call} and not paged over {method}");
                    let open = matches!(&attempt.unwrap().outcome, PageOutcome::Failed { again_at: Some(_), .. });
                    prop_assert!(!open, "{staff} {method}: left half-way");
                }
            }
        }
        // Nothing is recorded as delivered twice, attempts count up from one, and nobody is paged who was not called.
        let mut seen: BTreeMap<crate::PageId, (u32, bool)> = BTreeMap::new();
        for fact in &world.facts {
            let Ok(Event::Escalation(EscalationEvent::PageAttempted(tried))) = fact.event() else { continue };
            let (count, delivered) = seen.entry(tried.page).or_default();
            prop_assert!(!*delivered, "after it was delivered");
            prop_assert_eq!(tried.attempt, *count + 1);
            prop_assert!(tried.attempt <= 4);
            *count = tried.attempt;
            *delivered = tried.outcome == PageOutcome::Delivered;
            let state = world.state(EscalationId(fact.stream.id));
            let call = state.calls.iter().find(|call| call.version == tried.call);
            prop_assert!(call.is_none_or(|call| call.staff.contains(&tried.staff)));
        }
    }
}

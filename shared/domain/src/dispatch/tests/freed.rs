//! Whoever becomes free is asked for the first that waits among those that they may be asked for.

use super::people::today;
use super::*;
use crate::staff::Duty;

impl World {
    /// They take it and give it back, and are set aside for it from then on.
    fn had_and_gave_back(&mut self, staff: StaffId, priority: Priority) -> RequestId {
        let request = self.ask_at(priority);
        self.accept(request, staff).unwrap();
        self.gives_back(request, staff);
        request
    }
}

#[test]
fn whoever_is_set_aside_for_those_in_front_gets_the_next() {
    let mut world = World::new();
    let volunteer = world.single();
    for priority in [Priority::Imminent, Priority::Urgent, Priority::Standard, Priority::Standard] {
        world.had_and_gave_back(volunteer, priority);
    }
    world.set_duty(volunteer, Duty::Break);
    let next = world.ask();
    world.set_duty(volunteer, Duty::Ready);
    assert_eq!(world.asked(next), [volunteer]);
}

#[test]
fn whoever_is_about_to_leave_and_set_aside_for_an_urgent_request_gets_the_next_urgent_one() {
    for priority in [Priority::Urgent, Priority::Imminent] {
        let mut world = World::new();
        let leaving = world.add(Person { shifts: vec![today("09:00", "12:20")], capacity: 1, ..Person::default() });
        world.had_and_gave_back(leaving, priority);
        world.set_duty(leaving, Duty::Break);
        world.run_for(minutes(6));
        let (elevated, next) = (world.ask_at(Priority::Elevated), world.ask_at(priority));
        world.set_duty(leaving, Duty::Ready);
        assert_eq!((world.offers(elevated), world.asked(next)), (vec![], vec![leaving]));
    }
}

#[test]
fn whoever_learns_what_is_needed_gets_what_waits_for_it_at_once() {
    let mut world = World::new();
    let volunteer = world.volunteer();
    let request = world.open(Ask { line: "crisis", ..Ask::default() });
    assert_eq!(world.offers(request), []);
    world.set_skills(volunteer, &["crisis"]);
    assert_eq!(world.asked(request), [volunteer]);
}

#[test]
fn whoever_learns_something_leaves_the_others_as_they_were() {
    let mut world = World::new();
    let people =
        ["grief", "grief", "night"].map(|name| world.add(Person { skills: vec![(name, None)], ..Person::default() }));
    let before = world.ask();
    world.leaves(before);
    for (at, learns) in people.into_iter().enumerate() {
        world.set_skills(learns, &["crisis"]);
        let others = &people[at + 1..];
        for asked in others {
            for other in people.iter().filter(|other| *other != asked) {
                world.set_duty(*other, Duty::Off);
            }
            let request = world.ask();
            assert_eq!(world.asked(request), [*asked]);
            world.leaves(request);
            for other in others {
                world.set_duty(*other, Duty::Ready);
            }
        }
    }
}

#[test]
fn what_is_needed_is_known_while_somebody_waits_for_it_whatever_else_came_and_went() {
    let mut world = World::new();
    let basque = || Ask { language: "eu", ..Ask::default() };
    let first = world.open(basque());
    world.leaves(first);
    let waiting = [world.open(basque()), world.ask()];
    let names: Vec<String> = (0..300).map(|n| format!("skill-{n}")).collect();
    let able = world.add(Person { languages: vec!["en", "eu"], duty: Duty::Off, ..Person::default() });
    world.set_skills(able, &names.iter().map(String::as_str).collect::<Vec<_>>());
    for name in names {
        let passing = world.open(Ask { required: vec![name], ..Ask::default() });
        world.leaves(passing);
    }
    world.set_duty(able, Duty::Ready);
    assert_eq!(waiting.map(|request| world.asked(request)), [[able], [able]]);
}

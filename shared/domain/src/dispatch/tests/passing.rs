//! What time changes: it holds from then on, although nobody may look at that very moment.

use super::people::always;
use super::*;
use crate::dispatch::Criterion;
use chrono_tz::Tz;

impl World {
    /// The process sleeps, and wakes up at that time.
    fn sleeps_until(&mut self, then: DateTime<Utc>) {
        self.now = then;
        self.beat();
        self.settle();
    }
}

#[test]
fn a_qualification_that_ran_out_meanwhile_counts_no_more() {
    let mut world = World::new();
    let lapsing = world.add(Person { skills: vec![("crisis", Some(noon() + minutes(5)))], ..Person::default() });
    let ask = || Ask { line: "crisis", ..Ask::default() };
    let before = world.open(ask());
    assert_eq!(world.asked(before), [lapsing]);
    world.leaves(before);
    world.sleeps_until(noon() + minutes(6));
    let after = world.open(ask());
    assert_eq!(world.offers(after), []);
}

#[test]
fn whoever_has_woken_up_meanwhile_is_awake_and_whoever_went_to_bed_is_not() {
    let mut world = World::new();
    // At noon in UTC it is 21:00 in Tokyo and 05:00 in Denver; three hours later it is midnight and 08:00.
    let tokyo = world.add(Person { zone: Tz::Asia__Tokyo, ..Person::default() });
    let denver = world.add(Person { zone: Tz::America__Denver, ..Person::default() });
    for (hours, first) in [(0, tokyo), (3, denver)] {
        world.sleeps_until(noon() + TimeDelta::hours(hours));
        let request = world.ask();
        assert_eq!(world.asked(request), [first]);
        assert_eq!(world.why(request).decided_by, Criterion::Waking);
        world.leaves(request);
    }
}

#[test]
fn the_hours_of_each_week_are_counted_anew() {
    let mut world = World::with(|s| s.dispatch.max_weekly_hours = Some(minutes(60)));
    let worker = world.add(Person { shifts: vec![always()], ..Person::default() });
    world.sleeps_until(noon() + minutes(61));
    let request = world.ask();
    assert_eq!(world.offers(request), []);
    world.leaves(request);
    let monday: DateTime<Utc> = "2026-03-09T00:00:00Z".parse().unwrap();
    for (after, spent) in [(minutes(30), false), (minutes(61), true)] {
        world.sleeps_until(monday + after);
        let request = world.ask();
        assert_eq!(world.offers(request).is_empty(), spent, "{after}");
        if !spent {
            assert_eq!(world.asked(request), [worker]);
            world.leaves(request);
        }
    }
}

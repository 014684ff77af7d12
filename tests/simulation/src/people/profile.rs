//! Who is hired, what they can do, and when they work: shifts that begin, end and touch in the middle of the night.

use chrono::{NaiveTime, TimeDelta, Timelike, Weekday};
use chrono_tz::Tz;
use wideawake_domain::schedule::{LocalSpan, Shift, When, wall};
use wideawake_domain::staff::{
    Added, Change, Changed, ContactMethodsSet, Duty, DutyEvent, DutySet, Entry, Qualification, Role, ShiftsSet,
    StaffEvent, duty_stream,
};
use wideawake_domain::{Actor, Event, Pool, StaffId, StreamId};

use super::staff::Temper;
use crate::Time;
use crate::broker::Host;
use crate::call::{Ask, Caller};
use crate::options::{language, skill};
use crate::ports::prepare;
use crate::world::World;

const ZONES: [Tz; 14] = [
    Tz::UTC,
    Tz::Europe__Berlin,
    Tz::Europe__London,
    Tz::America__New_York,
    Tz::America__St_Johns,
    Tz::America__Sao_Paulo,
    Tz::Asia__Kolkata,
    Tz::Asia__Tokyo,
    Tz::Australia__Sydney,
    Tz::Australia__Lord_Howe,
    Tz::Pacific__Auckland,
    Tz::Pacific__Chatham,
    Tz::Africa__Cairo,
    Tz::Africa__Accra,
];

const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

fn always(zone: Tz) -> Shift {
    let midnight = NaiveTime::default();
    Shift { zone, when: When::Weekly { days: WEEK.to_vec(), from: None, until: None }, start: midnight, end: midnight }
}

impl World {
    /// The wall-clock minute in `zone` at `at`.
    pub(super) fn minute(at: Time, zone: Tz) -> NaiveTime {
        let time = wall::local(at, zone).time();
        NaiveTime::from_hms_opt(time.hour(), time.minute(), 0).unwrap_or_default()
    }

    /// A moment of the night.
    fn moment(&mut self) -> Time {
        self.options.start + self.chance.millis(0, self.options.length.num_milliseconds() + 1_200_000)
    }

    /// From one wall-clock time to another, on that day alone or each day.
    fn shift(&mut self, zone: Tz, from: Time, to: Time) -> Shift {
        let when = if self.chance.percent(50) {
            When::Once { date: wall::local(from, zone).date() }
        } else {
            When::Weekly { days: WEEK.to_vec(), from: None, until: None }
        };
        Shift { zone, when, start: Self::minute(from, zone), end: Self::minute(to, zone) }
    }

    fn shifts(&mut self, zone: Tz) -> Vec<Shift> {
        let hour = TimeDelta::hours(1);
        let (before, after) = (self.options.start - hour * 2, self.options.morning() + hour * 3);
        let middle = self.moment();
        match self.chance.below(10) {
            0..4 => vec![always(zone)],
            4 => vec![self.shift(zone, before, after)],
            5 => vec![self.shift(zone, before, middle)],
            6 => vec![self.shift(zone, middle, after)],
            7 => vec![self.shift(zone, before, middle), self.shift(zone, middle, after)],
            8 => {
                let later = middle + self.chance.seconds(60, 1_200);
                vec![self.shift(zone, before, middle), self.shift(zone, later, after)]
            }
            _ => Vec::new(),
        }
    }

    fn entry(&mut self, zone: Tz) -> Entry {
        let (a, b) = (self.moment(), self.moment());
        let whole = |at: Time| wall::local(at, zone).date().and_time(Self::minute(at, zone));
        let span = LocalSpan { zone, start: whole(a.min(b)), end: whole(a.max(b)) };
        Entry { id: self.chance.id(a), span }
    }

    fn qualifications(&mut self) -> Vec<Qualification> {
        let mut all = Vec::new();
        for name in ["crisis", "grief", "safeguarding"] {
            if self.chance.percent(45) {
                let in_the_night = Some(self.moment());
                let past = Some(self.options.start - TimeDelta::days(1));
                let valid_until = self.chance.one(&[None, None, None, in_the_night, past]);
                all.push(Qualification { skill: skill(name), valid_until });
            }
        }
        all
    }

    fn added(&mut self, roles: Vec<Role>, zone: Tz) -> Added {
        let spoken = self.chance.one(&[
            &["en"][..],
            &["en"],
            &["es"],
            &["en", "es"],
            &["en", "pt"],
            &["pt-BR", "es"],
            &["en-GB"],
        ]);
        Added {
            alias: "somebody".to_owned(),
            roles,
            pools: vec![self.some_pool()],
            zone,
            languages: spoken.iter().map(|tag| language(tag)).collect(),
            capacity: self.chance.between(1, 3) as u32,
            qualifications: self.qualifications(),
            token: "dG9rZW4".to_owned(),
        }
    }

    /// One of the pools that are served, or, where there is but one, seldom another.
    fn some_pool(&mut self) -> Pool {
        let pools = self.settings().pools.clone();
        match pools.len() {
            1 if self.chance.percent(5) => Pool::named("elsewhere"),
            n => pools[self.chance.below(n)].clone(),
        }
    }

    /// Writes what was arranged before the night, and what helpers bring; nothing goes wrong with that. Between processes
    /// the tool that does it does not stay to tell: the sweep does.
    pub(super) fn arrange(&mut self, stream: StreamId, events: &[Event]) {
        let expected = self.ledger.version(stream);
        let operator = Actor::System(wideawake_domain::record::Part::Operator);
        if let Ok(append) = prepare(stream, Pool::all(), expected, operator, events, self.now)
            && let Ok(facts) = self.write(append)
            && !self.options.is_cluster
        {
            self.tell_bus(Host::Door(0), &facts);
        }
    }

    fn hire(&mut self, added: Added, shifts: Vec<Shift>, duty: Duty) -> StaffId {
        let id = StaffId(self.chance.id(self.now));
        let may_be_paged = !added.roles.contains(&Role::Volunteer) || self.chance.percent(30);
        let methods = if may_be_paged { self.contact_methods() } else { Vec::new() };
        let mut events = vec![StaffEvent::Added(added), StaffEvent::ShiftsSet(ShiftsSet { shifts })];
        if !methods.is_empty() {
            events.push(ContactMethodsSet { methods }.into());
        }
        let events: Vec<Event> = events.into_iter().map(Event::Staff).collect();
        self.arrange(StreamId::staff(id), &events);
        let set = DutySet { staff: id, duty, reason: None };
        self.arrange(duty_stream(id, self.now), &[Event::Duty(DutyEvent::DutySet(set))]);
        id
    }

    pub(super) fn hire_volunteer(&mut self, arranged: bool) {
        let zone = self.chance.one(&ZONES);
        let added = self.added(vec![Role::Volunteer], zone);
        let temper = Temper::draw(&mut self.chance);
        if arranged {
            let shifts = self.shifts(zone);
            let duty = if self.chance.percent(85) { Duty::Ready } else { Duty::Off };
            let id = self.hire(added, shifts, duty);
            self.add_staff(id, false, temper);
        } else {
            let id = StaffId(self.chance.id(self.now));
            self.call(Caller::Nobody, Ask::Hire(id, Box::new(added)));
            let at = self.add_staff(id, false, temper);
            let shifts = vec![always(zone)];
            let change = Ask::Profile(id, Change::Shifts(shifts));
            self.call(Caller::Nobody, change);
            self.soon(2_000, 10_000, super::Happens::Ready(at));
        }
    }

    pub(super) fn hire_supervisor(&mut self) {
        let zone = self.chance.one(&ZONES);
        let mut pools = self.settings().pools.clone();
        let mut roles = vec![Role::Supervisor];
        // One at least answers for every pool; a volunteer belongs to exactly one.
        let answers =
            |staff: &super::Staff| staff.is_supervisor && pools.iter().all(|pool| self.checks.works_in(staff.id, pool));
        let is_needed = !self.staff.iter().any(answers);
        if (!is_needed || pools.len() == 1) && self.chance.percent(30) {
            roles.push(Role::Volunteer);
            pools = vec![pools[self.chance.below(pools.len())].clone()];
        } else if !is_needed {
            let one = pools[self.chance.below(pools.len())].clone();
            pools.retain(|pool| *pool == one || self.chance.percent(50));
        }
        let mut added = self.added(roles, zone);
        added.pools = pools;
        let id = self.hire(added, vec![always(zone)], Duty::Ready);
        let temper = Temper::draw(&mut self.chance);
        self.add_staff(id, true, temper);
    }

    /// A professional, who is called and asked for nothing else.
    pub(super) fn hire_professional(&mut self) -> StaffId {
        let zone = self.chance.one(&ZONES);
        let mut added = self.added(vec![Role::Professional], zone);
        added.pools = self.settings().pools.clone();
        let shifts = self.shifts(zone);
        let id = self.hire(added, shifts, Duty::Ready);
        let temper = Temper::draw(&mut self.chance);
        self.add_staff(id, false, temper);
        id
    }

    /// Somebody who can and will take anything.
    pub(super) fn hire_helper(&mut self, pool: Pool) {
        let zone = self.chance.one(&ZONES);
        let mut added = self.added(vec![Role::Volunteer], zone);
        added.languages = ["en", "es", "pt", "fr"].map(language).to_vec();
        added.qualifications =
            ["crisis", "safeguarding"].map(|name| Qualification { skill: skill(name), valid_until: None }).to_vec();
        added.capacity = 4;
        added.pools = vec![pool];
        let id = self.hire(added, vec![always(zone)], Duty::Ready);
        self.add_staff(id, false, Temper::WILLING);
    }

    /// Somebody's profile or hours change in the middle of the night.
    pub(super) fn changes_somebody(&mut self, what: usize) {
        if what >= 97 {
            return self.hire_volunteer(false);
        }
        let everybody: Vec<StaffId> = self.staff.iter().map(|staff| staff.id).collect();
        let Some(staff) = self.chance.some(&everybody) else { return };
        let zone = self.chance.one(&ZONES);
        let change = match what {
            72..77 => Change::Qualifications(self.qualifications()),
            77..84 => Change::Shifts(self.shifts(zone)),
            84..88 => Change::AddLeave(self.entry(zone)),
            88..91 => Change::AddExtra(self.entry(zone)),
            91..95 => {
                let capacity = Some(self.chance.between(1, 3) as u32);
                Change::Profile(Changed { capacity, ..Changed::default() })
            }
            95 => Change::Profile(Changed { languages: Some(vec![language("es")]), ..Changed::default() }),
            _ => Change::Remove,
        };
        self.call(Caller::Nobody, Ask::Profile(staff, change));
    }

    /// A volunteer is to serve another pool from now on.
    pub(super) fn moves_somebody(&mut self) {
        let volunteers: Vec<StaffId> =
            self.staff.iter().filter(|staff| !staff.is_supervisor).map(|staff| staff.id).collect();
        let Some(staff) = self.chance.some(&volunteers) else { return };
        let pools = Some(vec![self.some_pool()]);
        let change = Change::Profile(Changed { pools, ..Changed::default() });
        self.call(Caller::Nobody, Ask::Profile(staff, change));
    }
}

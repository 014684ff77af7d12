//! What time and presence do to a volunteer: where they stand, and whether they need a break.

use chrono::{DateTime, Utc};

use super::crew::Place;
use super::standing::Standing;
use super::timers::Concerns;
use super::{Dispatcher, ROUTER};
use crate::event::Event;
use crate::process::Intent;
use crate::staff::{Duty, DutyEvent, DutySet, NOT_RESPONDING, duty_stream};
use crate::{Pool, StaffId};

impl Dispatcher {
    pub(super) fn review_touched_staff(&mut self, now: DateTime<Utc>) {
        while let Some(id) = self.touched_staff.pop_first() {
            self.review_staff(id, now);
        }
    }

    /// Finds out where somebody stands now, and whom that concerns.
    fn review_staff(&mut self, id: StaffId, now: DateTime<Utc>) {
        let Some(volunteer) = self.staff.get_mut(&id) else { return };
        let assessment = volunteer.assess(&self.settings.dispatch, self.led_since, now);
        self.timers.arm(Concerns::Staff(id), assessment.until);
        let standing = assessment.standing;
        let before = volunteer.place.take();
        let belongs = volunteer.is_volunteer_of(&self.pool);
        let same = |place: &Place| {
            belongs && (!assessment.abilities_are_new || self.crew.group(place.group).abilities == volunteer.abilities)
        };
        let stays = before.as_ref().is_some_and(same);
        let group = match before {
            Some(place) if stays => Some(place.group),
            _ if belongs => {
                let (group, new) = self.crew.join(&volunteer.abilities);
                self.waiting.meet(group, new, &mut self.crew);
                Some(group)
            }
            _ => None,
        };
        let place = group.map(|group| Place {
            group,
            standing,
            turn: volunteer.turn(id, assessment.asleep),
            holds: !volunteer.held.is_empty(),
            yields: volunteer.yields().filter(|_| standing == Standing::Full),
        });
        volunteer.place = place;
        if before != place {
            if let Some(before) = before {
                self.waiting.displace(&before, &mut self.crew);
                if !stays {
                    let empty = self.crew.leave(before.group);
                    self.waiting.part(before.group, empty, &mut self.crew);
                }
            }
            if let Some(place) = place {
                self.waiting.place(&place, &mut self.crew);
                let more = |before: Place| !stays || before.standing != standing;
                if matches!(standing, Standing::Free | Standing::WindingDown) && before.is_none_or(more) {
                    self.freed.insert(id);
                    // Whoever was set aside may be the only one left to ask.
                    self.touched_requests.extend(volunteer.asked_for.iter().copied());
                }
                if place.yields.is_some() {
                    self.yielding.insert(id);
                }
            }
        }
        let Some(volunteer) = self.staff.get(&id) else { return };
        if assessment.abilities_are_new {
            self.touched_requests.extend(volunteer.held.keys().copied());
        }
        for request in volunteer.offered.keys() {
            let unfit = || {
                volunteer.unfit_for_offer(*request, &self.pool, &self.settings.dispatch, self.led_since, now).is_some()
            };
            if assessment.abilities_are_new || unfit() {
                self.touched_requests.insert(*request);
            }
        }
    }

    /// Somebody who missed two offers in a row is taken off the list before a third member waits for them.
    pub(super) fn breaks(&mut self, now: DateTime<Utc>) -> Vec<Intent> {
        let mut intents = Vec::new();
        for id in &self.touched_staff {
            let Some(volunteer) = self.staff.get_mut(id) else { continue };
            if !volunteer.does_not_respond() || volunteer.break_wished || volunteer.duty.at(now) != Duty::Ready {
                continue;
            }
            volunteer.break_wished = true;
            self.breaking.insert(duty_stream(*id, now), *id);
            let set = DutySet { staff: *id, duty: Duty::Break, reason: Some(NOT_RESPONDING.to_owned()) };
            intents.push(Intent {
                stream: duty_stream(*id, now),
                pool: Pool::all(),
                expected: volunteer.duty.version_at(*id, now),
                actor: ROUTER,
                events: vec![Event::Duty(DutyEvent::DutySet(set))],
            });
        }
        intents
    }
}

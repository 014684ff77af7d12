//! What should be done about a request now, if nothing is under way.

use chrono::TimeDelta;
use wideawake_domain::dispatch::Ineligible;
use wideawake_domain::request::Cause;
use wideawake_domain::{Priority, RequestId, StaffId};

use super::{Case, Circumstances, Held, Model};
use crate::Time;

/// How long after `expires_at` an offer is recorded as expired.
pub(crate) const EXPIRY: TimeDelta = TimeDelta::seconds(1);

impl Model {
    /// What should be done about `case`, unless something is under way already. The first thing that is found.
    pub(crate) fn to_do(&self, case: &Case, circumstances: &Circumstances, now: Time) -> Option<String> {
        self.offers_to_end(case, now).or_else(|| self.about_the_member(case, now)).or_else(|| match case.state {
            Held::ByNobody { .. } => self.offers_to_make(case, circumstances, now),
            Held::By { .. } => self.about_the_holder(case, now),
            Held::Closed => None,
        })
    }

    fn offers_to_end(&self, case: &Case, now: Time) -> Option<String> {
        case.offers.iter().find_map(|offer| {
            let (id, to) = (offer.id, offer.volunteer);
            if now >= offer.expires_at + EXPIRY {
                return Some(format!("offer {id} to {to} has expired"));
            }
            let reason = self.ends_offer(case, to, now)?;
            Some(format!("offer {id} to {to} must be withdrawn, as they are {reason}"))
        })
    }

    /// Why an open offer of theirs may no longer stand. Absence counts from the last proof, or from since when somebody
    /// has listened; places count by what they hold and by older or more urgent offers.
    pub(crate) fn ends_offer(&self, case: &Case, staff: StaffId, now: Time) -> Option<&'static str> {
        let person = self.people.get(&staff)?;
        let dispatch = &self.settings.dispatch;
        if !person.is_volunteer_of(&case.pool) || person.shift(now).is_none() {
            return Some("off shift");
        }
        if self.can_serve(case, staff, now).is_some() {
            return Some("not able to serve it");
        }
        let spent = dispatch.max_weekly_hours.is_some_and(|most| person.hours_of_duty(now) >= most);
        if !self.is_ready(staff, &Circumstances::default(), now) || spent || person.is_resting(&case.pool, now) {
            return Some("not ready");
        }
        if now >= person.last_proof(self.led_since) + dispatch.presence_grace {
            return Some("absent");
        }
        if case.priority < Priority::Urgent && self.winds_down(staff, now) {
            return Some("about to go");
        }
        if self.holds(staff, &case.pool).any(|held| held.priority == Priority::Imminent) {
            return Some("holding an imminent request");
        }
        let key = |other: &Case| {
            let handover = other.offer_to(staff).is_some_and(|offer| offer.handover);
            (std::cmp::Reverse(other.priority), other.opened_at, handover, other.id)
        };
        let offered = self.open_in(&case.pool).filter(|other| other.offer_to(staff).is_some());
        let before = offered.filter(|other| key(other) < key(case)).count();
        (self.holds(staff, &case.pool).count() + before >= person.capacity()).then_some("out of places")
    }

    fn offers_to_make(&self, case: &Case, circumstances: &Circumstances, now: Time) -> Option<String> {
        if case.offers.len() >= self.fanout(case) {
            return None;
        }
        let eligible = self.eligible(case, circumstances, now);
        if let Some(staff) = eligible.first() {
            return Some(format!("{staff} could be asked"));
        }
        if !case.offers.is_empty() {
            return None;
        }
        if case.priority == Priority::Imminent {
            // While one offer is being taken back, no other is.
            if self.is_giving_way(circumstances) {
                return None;
            }
            if let Some((staff, other)) = self.could_give_way(case, circumstances, now) {
                return Some(format!("{staff} could be asked if the offer of {} gave way", other.id));
            }
        }
        let only_set_aside =
            |staff: &StaffId| self.why_not(case, *staff, circumstances, now) == Some(Ineligible::SetAside);
        let staff = self.volunteers(&case.pool).find(only_set_aside).filter(|_| case.exhausted().is_none())?;
        Some(format!("nobody but {staff}, who was asked, could be asked, and that is not recorded"))
    }

    /// Somebody who lacks nothing but a place for this imminent request, and whose last offer may be taken back.
    pub(crate) fn could_give_way(
        &self,
        case: &Case,
        circumstances: &Circumstances,
        now: Time,
    ) -> Option<(StaffId, &Case)> {
        self.volunteers(&case.pool).find_map(|staff| {
            let full = self.why_not(case, staff, circumstances, now) == Some(Ineligible::Full);
            let reoffer_after = self.settings.dispatch.tier(case.priority).reoffer_after;
            if !full || case.sets_aside(staff, reoffer_after, now) || case.offer_to(staff).is_some() {
                return None;
            }
            let offered = self.open_in(&case.pool).filter(|other| other.offer_to(staff).is_some());
            let handover = |other: &Case| other.offer_to(staff).is_some_and(|offer| offer.handover);
            let least = offered.min_by_key(|other| {
                let newest = std::cmp::Reverse((other.opened_at, handover(other), other.id));
                (other.priority, newest)
            })?;
            let under_way = circumstances.streams.contains(&wideawake_domain::StreamId::request(least.id));
            (least.priority < Priority::Imminent && !handover(least) && !under_way).then_some((staff, least))
        })
    }

    fn is_giving_way(&self, circumstances: &Circumstances) -> bool {
        let wished = |id: &RequestId| {
            !self.cases[id].offers.is_empty()
                && circumstances.streams.contains(&wideawake_domain::StreamId::request(*id))
        };
        circumstances.gives_way || self.open.iter().any(wished)
    }

    fn about_the_member(&self, case: &Case, now: Time) -> Option<String> {
        let dispatch = &self.settings.dispatch;
        let seen = self.members_seen.get(&case.id).copied();
        let proof = seen.unwrap_or(case.opened_at).max(case.opened_at).max(self.led_since);
        match case.away_since {
            None if now >= proof + dispatch.away_after => return Some("the member is away".to_owned()),
            Some(since)
                if self.members_surely_seen.get(&case.id).is_some_and(|seen| {
                    *seen > since.max(self.surely_seen_since) && now < *seen + dispatch.away_after
                }) =>
            {
                return Some("the member is back".to_owned());
            }
            _ => {}
        }
        let (Held::ByNobody { since }, Some(away)) = (&case.state, case.away_since) else { return None };
        let since = away.max(*since);
        let due = (since + dispatch.abandon_after?).max(self.led_since + dispatch.away_after);
        let told = case.priority >= Priority::Urgent && case.told.contains(&Cause::Away);
        (now >= due && !told).then(|| "the member has been away for too long".to_owned())
    }

    fn about_the_holder(&self, case: &Case, now: Time) -> Option<String> {
        let Held::By { holder, since, first_word, unanswered_since, transfer, taken } = &case.state else {
            return None;
        };
        let dispatch = &self.settings.dispatch;
        let person = self.people.get(holder);
        let proof = person.map_or(self.led_since, |person| person.last_proof(self.led_since)).max(*since);
        if now >= proof + dispatch.reconnect_grace {
            return Some(format!("{holder} has been silent for too long"));
        }
        if !first_word && dispatch.first_reply.is_some_and(|wait| now >= *since + wait * 2) {
            return Some(format!("{holder} has not written a word"));
        }
        if let (Some(unanswered), Some(reply)) = (unanswered_since, dispatch.reply) {
            let waits = (*unanswered).max(*since);
            if now >= waits + reply * 2 && !case.told.contains(&Cause::NoReply) {
                return Some("the member waits for an answer, and nobody was told".to_owned());
            }
        }
        if let (Some(rose), Some(person)) = (case.rose_at, person)
            && (*taken || rose >= *since)
            && !case.told.contains(&Cause::BeyondHolder)
        {
            let then = rose.max(*since);
            if person.profile.is_some() && !case.needs(&self.settings).iter().all(|need| person.has(need, then)) {
                return Some(format!("{holder} may not carry it, and nobody was told"));
            }
        }
        (transfer.is_some() && case.offers.is_empty()).then(|| "nobody looks for who takes over".to_owned())
    }
}

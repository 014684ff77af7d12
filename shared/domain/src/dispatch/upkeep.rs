//! What time and presence do to a request: offers that run out or no longer fit, members and holders who fall silent.

use chrono::{DateTime, TimeDelta, Utc};

use super::timers::Concerns;
use super::{Dispatcher, Draft, Drafts, SUPERVISORS};
use crate::request::{Cause, Command, Phase, ReleaseReason, SupportRequest, WithdrawReason};
use crate::{Priority, RequestId, StaffId};

/// How long after `expires_at` an offer is recorded as expired: an accept that was sent in time still arrives.
const EXPIRY_GRACE: TimeDelta = TimeDelta::seconds(1);

impl Dispatcher {
    /// Does what is due for a request, puts it among those that want an offer or takes it out, and sets its alarm.
    pub(super) fn review_request(&mut self, id: RequestId, drafts: &mut Drafts, now: DateTime<Utc>) {
        let Some(entry) = self.requests.get(&id) else { return };
        if entry.in_flight.is_some() {
            return;
        }
        let (state, class, member_seen) = (&entry.state, entry.class, entry.member_seen);
        let mut draft = Draft::of(state);
        self.keep_offers(&mut draft, class, now);
        self.keep_member(&mut draft, member_seen, now);
        self.keep_holder(&mut draft, class, now);
        let alarm = self.next_alarm(&draft.state, member_seen, now);
        let fanout = self.settings.dispatch.tier(draft.state.priority).fanout;
        let wants = draft.state.is_waiting() && draft.state.offers.len() < fanout;
        let hands_over = matches!(draft.state.phase, Phase::Active { transfer: Some(_), .. });
        if wants || (hands_over && draft.state.offers.is_empty()) {
            self.unmatched.insert(id);
        }
        if !draft.events.is_empty() {
            drafts.insert(id, draft.into_owned());
        }
        self.timers.arm(Concerns::Request(id), alarm);
        self.dequeue(id);
        if wants && let Some(entry) = self.requests.get_mut(&id) {
            entry.queued = Some(entry.state.priority);
            self.waiting.insert(entry.class, &entry.state);
        }
    }

    fn keep_offers(&self, draft: &mut Draft<'_>, class: usize, now: DateTime<Utc>) {
        for offer in draft.state.offers.clone() {
            if now >= offer.expires_at + EXPIRY_GRACE {
                draft.add(Command::Expire(offer.id), now);
            } else if let Some(reason) = self.unfit(draft.state.id, class, offer.volunteer, now) {
                draft.add(Command::Withdraw(offer.id, reason), now);
            }
        }
    }

    fn unfit(
        &self,
        request: RequestId,
        class: usize,
        volunteer: StaffId,
        now: DateTime<Utc>,
    ) -> Option<WithdrawReason> {
        let volunteer = self.staff.get(&volunteer)?;
        if volunteer.place.is_some_and(|place| !self.waiting.class(class).is_served_by(place.group)) {
            return Some(WithdrawReason::NeedsChanged);
        }
        volunteer.unfit_for_offer(request, &self.pool, &self.settings.dispatch, self.led_since, now)
    }

    /// The last proof that the member is there.
    fn member_proof(&self, request: &SupportRequest, member_seen: Option<DateTime<Utc>>) -> DateTime<Utc> {
        let proof = member_seen.map_or(request.opened_at, |seen| seen.max(request.opened_at));
        proof.max(self.led_since)
    }

    fn keep_member(&self, draft: &mut Draft<'_>, member_seen: Option<DateTime<Utc>>, now: DateTime<Utc>) {
        let settings = &self.settings.dispatch;
        match draft.state.away_since {
            None => {
                let proof = self.member_proof(&draft.state, member_seen);
                if now >= proof + settings.away_after {
                    draft.add(Command::MemberAway(proof), now);
                }
            }
            Some(since) if member_seen.is_some_and(|seen| seen > since && now < seen + settings.away_after) => {
                draft.add(Command::MemberBack, now);
            }
            Some(_) => {}
        }
        let Some(due) = self.abandoned_at(&draft.state) else { return };
        if now < due {
            return;
        }
        if draft.state.priority >= Priority::Urgent {
            let policy = SUPERVISORS.to_owned();
            draft.add(Command::Escalate { policy, cause: Cause::Away, reason: None }, now);
        } else {
            let retention = self.settings.line(Some(&draft.state.line)).and_then(|line| line.retention);
            draft.add(Command::Abandon(retention), now);
        }
    }

    /// When a waiting request counts as abandoned; for an urgent one, when that is told, once for each absence.
    fn abandoned_at(&self, request: &SupportRequest) -> Option<DateTime<Utc>> {
        let Phase::Waiting { since } = request.phase else { return None };
        let settings = &self.settings.dispatch;
        let since = request.away_since?.max(since);
        if request.priority >= Priority::Urgent && request.told.contains(&Cause::Away) {
            return None;
        }
        // While nobody listened nobody could be heard: whoever is there still has a chance to say so.
        Some((since + settings.abandon_after?).max(self.led_since + settings.away_after))
    }

    fn keep_holder(&self, draft: &mut Draft<'_>, class: usize, now: DateTime<Utc>) {
        let Phase::Active { holder, since, first_word_at, .. } = draft.state.phase else { return };
        let escalate = |cause| Command::Escalate { policy: SUPERVISORS.to_owned(), cause, reason: None };
        if now >= self.holder_lost_at(holder, since) {
            draft.add(Command::Release(ReleaseReason::Absent, None), now);
            return;
        }
        let first_reply = self.settings.dispatch.first_reply;
        if first_word_at.is_none() && first_reply.is_some_and(|wait| now >= since + wait * 2) {
            draft.add(escalate(Cause::Silent), now);
            draft.add(Command::Release(ReleaseReason::Silent, None), now);
            return;
        }
        if self.reply_overdue_at(&draft.state).is_some_and(|due| now >= due) {
            draft.add(escalate(Cause::NoReply), now);
        }
        if self.is_beyond_holder(&draft.state, class) {
            draft.add(escalate(Cause::BeyondHolder), now);
        }
    }

    /// Whoever takes it, or is given it, has time to be heard from then on.
    fn holder_lost_at(&self, holder: StaffId, since: DateTime<Utc>) -> DateTime<Utc> {
        let proof = self.staff.get(&holder).map_or(self.led_since, |known| known.last_proof(self.led_since));
        proof.max(since) + self.settings.dispatch.reconnect_grace
    }

    /// When supervisors are told that the member waits for an answer, once for each wait.
    fn reply_overdue_at(&self, request: &SupportRequest) -> Option<DateTime<Utc>> {
        let Phase::Active { since, unanswered_since, .. } = request.phase else { return None };
        let waits_since = unanswered_since?.max(since);
        let told = request.told.contains(&Cause::NoReply);
        Some(waits_since + self.settings.dispatch.reply? * 2).filter(|_| !told)
    }

    /// Whether it became more urgent than its holder may carry and nobody was told: while they held it, or just before,
    /// when their accept was faster than the withdrawal of their offer. What a person gave to somebody is for them to judge.
    fn is_beyond_holder(&self, request: &SupportRequest, class: usize) -> bool {
        let (Phase::Active { holder, since, .. }, Some(rose)) = (&request.phase, request.rose_at) else { return false };
        if (rose < *since && request.taken_by.is_none()) || request.told.contains(&Cause::BeyondHolder) {
            return false;
        }
        let Some(profile) = self.staff.get(holder).and_then(|known| known.profile.as_ref()) else { return false };
        let holds = |need| profile.skills_at(rose.max(*since)).any(|skill| skill == need);
        !self.waiting.class(class).needs.iter().all(holds)
    }

    /// When time alone changes something about `request`.
    fn next_alarm(
        &self,
        request: &SupportRequest,
        member_seen: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let settings = &self.settings.dispatch;
        let mut alarms: Vec<DateTime<Utc>> = request.offers.iter().map(|o| o.expires_at + EXPIRY_GRACE).collect();
        if request.away_since.is_none() {
            alarms.push(self.member_proof(request, member_seen) + settings.away_after);
        }
        alarms.extend(self.abandoned_at(request));
        match &request.phase {
            Phase::Waiting { .. } => {
                let reoffer_after = settings.tier(request.priority).reoffer_after;
                for staff in request.asked.keys() {
                    if let crate::request::SetAside::Until(until) = request.set_aside(*staff, reoffer_after) {
                        alarms.push(until);
                    }
                }
            }
            Phase::Active { holder, since, first_word_at, .. } => {
                alarms.push(self.holder_lost_at(*holder, *since));
                if first_word_at.is_none() {
                    alarms.extend(settings.first_reply.map(|wait| *since + wait * 2));
                }
                alarms.extend(self.reply_overdue_at(request));
            }
            Phase::Closed { .. } => {}
        }
        alarms.into_iter().filter(|at| *at > now).min()
    }
}

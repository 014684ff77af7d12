//! Which events a command causes.

use chrono::{DateTime, TimeDelta, Utc};

use super::command::{Command, Findings, Joining, Open, Rejection, Retention, Say};
use super::event::*;
use super::state::{Phase, SupportRequest};
use crate::record::Actor;
use crate::{OfferId, Priority, StaffId};

type Events = Vec<RequestEvent>;

impl SupportRequest {
    /// The events that open a request. The door's own rules are applied by the caller; here the screening is weighed.
    pub fn open(open: Open) -> Events {
        let mut events: Events = vec![
            Opened {
                line: open.line,
                language: open.language,
                time_zone: open.time_zone,
                country: open.country,
                alias: open.alias,
                age_band: open.age_band,
                topics: open.topics,
                screening: open.answers,
                token: open.token,
                fingerprint: open.fingerprint,
                again: open.again,
            }
            .into(),
        ];
        let level = open.screening.map(|screening| screening.level());
        let weighed = open.screening.map_or(Priority::Standard, |screening| screening.priority());
        let (triaged, raised) = found(open.findings);
        if level.is_some() || triaged.is_some() {
            let triaged = triaged.unwrap_or_default();
            events.push(Triaged { level, priority: weighed.max(triaged.priority), ..triaged }.into());
        }
        if let Some(text) = open.message {
            let message = Message { from: Speaker::Member, staff: None, aside: false, text, once: None };
            events.push(message.into());
        }
        events.extend(raised);
        events
    }

    /// The events that `command` causes now, none when it is done already. They must be appended behind
    /// [`SupportRequest::version`] and nowhere else.
    pub fn decide(&self, command: Command, actor: Actor, now: DateTime<Utc>) -> Result<Events, Rejection> {
        match command {
            Command::Erase => return Ok(self.erase()),
            Command::AskErasure => return Ok(self.ask_erasure(None, now)),
            Command::EraseEnded { .. } if !self.is_closed() => return Err(Rejection::NotClosed),
            Command::EraseEnded { .. } if self.erased => return Ok(vec![]),
            Command::EraseEnded { reason, at_once: true } => return Ok(vec![Erased { reason: Some(reason) }.into()]),
            Command::EraseEnded { reason, at_once: false } => return Ok(self.ask_erasure(Some(reason), now)),
            Command::Leave(_) | Command::Expire(_) | Command::Withdraw(..) if self.is_closed() => return Ok(vec![]),
            Command::Accept(offer, staff) if self.was_taken_by(offer, staff) => return Ok(vec![]),
            Command::Accept(..) | Command::Decline(..) if self.is_closed() => return Err(Rejection::OfferGone),
            // Whoever lost the answer hears it again, although nobody could write now.
            Command::Say(ref say) if self.is_closed() => {
                return Err(self.repeat(say, now).unwrap_or(Rejection::AlreadyClosed));
            }
            _ if self.is_closed() => return Err(Rejection::AlreadyClosed),
            _ => {}
        }
        match command {
            Command::Say(say) => self.say(say, now),
            Command::Triage(findings) => {
                let (triaged, raised) = self.found(findings);
                Ok(triaged.into_iter().chain(raised).collect())
            }
            Command::MemberAway(since) if self.away_since.is_none() => Ok(vec![MemberAway { since }.into()]),
            Command::MemberBack if self.away_since.is_some() => Ok(vec![MemberBack {}.into()]),
            Command::MemberAway(_)
            | Command::MemberBack
            | Command::Erase
            | Command::AskErasure
            | Command::EraseEnded { .. } => Ok(vec![]),
            Command::Offer(volunteer, ..) if !self.can_be_offered_to(volunteer) => Ok(vec![]),
            Command::Offer(volunteer, expires_at, why) => {
                let offer = OfferId::derive(self.id, self.version.next());
                let handover = self.holder().is_some();
                Ok(vec![Offered { offer, volunteer, expires_at, handover, why }.into()])
            }
            Command::Accept(offer, staff) => self.accept(offer, staff),
            Command::Decline(offer, staff, reason) => {
                let open = self.offer(offer).filter(|open| open.volunteer == staff).ok_or(Rejection::OfferGone)?;
                let declined = OfferDeclined { offer, volunteer: staff, reason };
                Ok(with_handover(open.handover, declined.into(), TransferFailure::Declined))
            }
            Command::Expire(offer) => Ok(self.offer(offer).map_or_else(Vec::new, |open| {
                let expired = OfferExpired { offer, volunteer: open.volunteer };
                with_handover(open.handover, expired.into(), TransferFailure::Expired)
            })),
            Command::Withdraw(offer, reason) => Ok(self.offer(offer).map_or_else(Vec::new, |open| {
                let withdrawn = OfferWithdrawn { offer, volunteer: open.volunteer, reason };
                with_handover(open.handover, withdrawn.into(), TransferFailure::Withdrawn)
            })),
            Command::Exhaust if self.is_waiting() && self.exhausted_at.is_none() => Ok(vec![Exhausted {}.into()]),
            Command::Exhaust => Ok(vec![]),
            Command::AskTransfer(to, note) => match &self.phase {
                Phase::Active { transfer: Some(_), .. } => Err(Rejection::TransferOpen),
                Phase::Active { transfer: None, .. } => Ok(vec![TransferAsked { to, note }.into()]),
                _ => Err(Rejection::NotActive),
            },
            Command::FailTransfer(reason) => match &self.phase {
                Phase::Active { transfer: Some(_), .. } => {
                    Ok(self.withdraw_all(WithdrawReason::Left).chain([TransferFailed { reason }.into()]).collect())
                }
                _ => Ok(vec![]),
            },
            Command::Assign(staff) if self.holder() == Some(staff) => Ok(vec![]),
            Command::Assign(staff) => {
                let assigned = Assigned { staff, from: self.holder() };
                Ok(self.withdraw_all(WithdrawReason::Assigned).chain([assigned.into()]).collect())
            }
            Command::SetPriority(to, _) if to == self.priority => Ok(vec![]),
            Command::SetPriority(to, _) if to < self.priority && actor.staff().is_none() => Err(Rejection::MayNotLower),
            Command::SetPriority(to, reason) => Ok(vec![PriorityChanged { from: self.priority, to, reason }.into()]),
            Command::Release(reason, note) => {
                let volunteer = self.holder().ok_or(Rejection::NotActive)?;
                let released = Released { volunteer, reason, note };
                Ok(self.withdraw_all(WithdrawReason::Left).chain([released.into()]).collect())
            }
            Command::Escalate { policy, cause, reason } => {
                Ok(vec![EscalationRaised { policy, cause, reason, rule: None }.into()])
            }
            Command::Join(staff, speaker, joining) => Ok(self.join(staff, speaker, joining)),
            Command::Bar(..) if self.priority >= Priority::Urgent => Err(Rejection::TooUrgent),
            Command::Bar(length, reason, retention) => {
                let mut events = self.close(Ending::Barred, retention, now);
                let last = events.len() - 1;
                events.insert(last, Barred { until: now + length, reason }.into());
                Ok(events)
            }
            Command::Close { by_supervisor, settled, outcome, risk_assessed, note, retention } => {
                if self.is_waiting() && !by_supervisor {
                    return Err(Rejection::NotActive);
                }
                if self.priority >= Priority::Elevated && !risk_assessed {
                    return Err(Rejection::RiskNotAssessed);
                }
                let unresolved = |raised: &super::Raised| {
                    let is_settled = settled.get(&raised.policy).is_some_and(|until| raised.version <= *until);
                    raised.asks_for_somebody() && !is_settled
                };
                if !by_supervisor && self.raised.iter().any(unresolved) {
                    return Err(Rejection::EscalationOpen);
                }
                let mut events = self.close(Ending::Closed, retention, now);
                if let Some(RequestEvent::Closed(closed)) = events.last_mut() {
                    closed.outcome = Some(outcome);
                    closed.risk_assessed = risk_assessed;
                    closed.note = note;
                }
                Ok(events)
            }
            Command::Leave(retention) => Ok(self.close(Ending::Left, retention, now)),
            Command::Abandon(_) if self.priority >= Priority::Urgent => Err(Rejection::TooUrgent),
            Command::Abandon(retention) if self.is_waiting() => Ok(self.close(Ending::Abandoned, retention, now)),
            Command::Abandon(_) => Ok(vec![]),
        }
    }

    fn say(&self, say: Say, now: DateTime<Utc>) -> Result<Events, Rejection> {
        if let Some(repeat) = self.repeat(&say, now) {
            return Err(repeat);
        }
        let allowed = match (say.from, say.staff) {
            (Speaker::Member, staff) => staff.is_none(),
            (Speaker::Volunteer, Some(staff)) => self.holder() == Some(staff),
            (_, Some(staff)) => self.holder() == Some(staff) || self.joined.contains_key(&staff),
            (_, None) => false,
        };
        if !allowed {
            return Err(Rejection::NotInConversation);
        }
        let Say { from, staff, aside, text, once, findings } = say;
        let message = Message { from, staff, aside, text, once };
        let (triaged, raised) = self.found(findings);
        Ok([message.into()].into_iter().chain(triaged).chain(raised).collect())
    }

    /// What rules found, as events: it never makes the request less urgent, and shows nothing twice.
    fn found(&self, mut findings: Findings) -> (Option<RequestEvent>, Events) {
        findings.show.retain(|kind| !self.shown.contains(kind));
        let (triaged, raised) = found(findings);
        let raise = |triaged: Triaged| Triaged { priority: triaged.priority.max(self.priority), ..triaged }.into();
        (triaged.map(raise), raised)
    }

    /// What a message is told that was said before with the same key.
    fn repeat(&self, say: &Say, now: DateTime<Utc>) -> Option<Rejection> {
        let once = say.once.as_ref()?;
        let (earlier, version) = self.said(&once.key, now)?;
        Some(if earlier.body == once.body { Rejection::Repeated(version) } else { Rejection::KeyMismatch })
    }

    /// Whether an offer to `volunteer` makes sense: a handover is held out to one, and only when it was asked for.
    fn can_be_offered_to(&self, volunteer: StaffId) -> bool {
        match &self.phase {
            Phase::Waiting { .. } => self.offer_to(volunteer).is_none(),
            Phase::Active { holder, transfer, .. } => {
                transfer.is_some() && *holder != volunteer && self.offers.is_empty()
            }
            Phase::Closed { .. } => false,
        }
    }

    /// Whether `staff` came to hold it by that offer, and held it until now or until it ended: the winner's repeat.
    fn was_taken_by(&self, offer: OfferId, staff: StaffId) -> bool {
        self.taken_by == Some(offer) && self.last_holder() == Some(staff)
    }

    fn accept(&self, offer: OfferId, staff: StaffId) -> Result<Events, Rejection> {
        let open = self.offer(offer).filter(|open| open.volunteer == staff).ok_or(Rejection::OfferGone)?;
        let taken: RequestEvent = match (&self.phase, open.handover) {
            (Phase::Waiting { .. }, false) => Accepted { offer, volunteer: staff }.into(),
            (Phase::Active { holder, .. }, true) => Transferred { offer, from: *holder, to: staff }.into(),
            _ => return Err(Rejection::OfferGone),
        };
        let others = self.withdraw_all(WithdrawReason::Taken);
        let others = others.filter(|event| !matches!(event, RequestEvent::OfferWithdrawn(w) if w.offer == offer));
        Ok(std::iter::once(taken).chain(others).collect())
    }

    fn join(&self, staff: StaffId, speaker: Speaker, joining: Joining) -> Events {
        let holder = joining == Joining::Holder;
        let already = if holder { self.holder() == Some(staff) } else { self.joined.contains_key(&staff) };
        if already {
            return vec![];
        }
        let withdrawn = holder.then(|| self.withdraw_all(WithdrawReason::Assigned)).into_iter().flatten();
        withdrawn.chain([Joined { staff, speaker, holder }.into()]).collect()
    }

    /// Takes back what is offered and ends it; the last event is always `closed`.
    fn close(&self, ending: Ending, retention: Retention, now: DateTime<Utc>) -> Events {
        let erase_at = retention.map(|kept| now + kept);
        let closed = Closed { ending, outcome: None, risk_assessed: false, note: None, erase_at };
        self.withdraw_all(WithdrawReason::Left).chain([closed.into()]).collect()
    }

    fn ask_erasure(&self, reason: Option<ErasureReason>, now: DateTime<Utc>) -> Events {
        match &self.phase {
            _ if self.erased => vec![],
            Phase::Closed { closed, .. } if closed.erase_at.is_some_and(|due| due <= now) => vec![],
            Phase::Closed { .. } => vec![ErasureAsked { due: now, reason }.into()],
            _ => self.close(Ending::Erased, Some(TimeDelta::zero()), now),
        }
    }

    fn erase(&self) -> Events {
        if self.erased {
            return vec![];
        }
        let closed = if self.is_closed() { vec![] } else { self.close(Ending::Erased, None, self.opened_at) };
        closed.into_iter().chain([Erased::default().into()]).collect()
    }

    fn withdraw_all(&self, reason: WithdrawReason) -> impl Iterator<Item = RequestEvent> {
        self.offers.iter().map(move |open| OfferWithdrawn { offer: open.id, volunteer: open.volunteer, reason }.into())
    }
}

/// The end of an offer; that of a handover ends the handover too.
fn with_handover(handover: bool, event: RequestEvent, reason: TransferFailure) -> Events {
    let failed = handover.then(|| TransferFailed { reason }.into());
    std::iter::once(event).chain(failed).collect()
}

/// What rules found, as events.
fn found(findings: Findings) -> (Option<Triaged>, Events) {
    let Findings { priority, needs, show, tags, rules, escalate } = findings;
    let raise = |(policy, rule)| EscalationRaised { policy, cause: Cause::Rule, reason: None, rule: Some(rule) }.into();
    let raised = escalate.into_iter().map(raise).collect();
    let has_found = !(rules.is_empty() && needs.is_empty() && show.is_empty() && tags.is_empty());
    let triaged = has_found.then(|| Triaged { level: None, priority, needs, show, tags, rules });
    (triaged, raised)
}

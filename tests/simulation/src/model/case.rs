//! One request, as the events tell, and what cannot happen to it (I1, I2, I7).

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use wideawake_domain::request::{AgeBand, Cause, Fired, Offered, Opened, ReleaseReason, RequestEvent, Speaker};
use wideawake_domain::settings::{Settings, Skill};
use wideawake_domain::{Actor, Language, OfferId, Pool, Priority, Recorded, RequestId, StaffId, Version};

use super::{Breach, breach};
use crate::Time;

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) id: RequestId,
    pub(crate) version: Version,
    pub(crate) pool: Pool,
    line: String,
    pub(crate) language: Language,
    is_under_18: bool,
    pub(crate) topics: Vec<Skill>,
    required: Vec<Skill>,
    pub(crate) again: Option<StaffId>,
    pub(crate) priority: Priority,
    pub(crate) opened_at: Time,
    pub(crate) state: Held,
    pub(crate) last_holder: Option<StaffId>,
    pub(crate) offers: Vec<Standing>,
    /// Every offer there ever was.
    made: BTreeSet<OfferId>,
    /// What came of asking people, in order.
    pub(crate) history: Vec<(Time, Note)>,
    pub(crate) away_since: Option<Time>,
    pub(crate) raised: Vec<Cause>,
    /// The same with everything that escalations need to know of it.
    pub(crate) raises: Vec<Raise>,
    /// Of each timed rule, since when what it fired for last had lasted.
    pub(crate) fired: BTreeMap<String, Time>,
    /// Kinds of resources that the member was shown.
    pub(crate) shown: BTreeSet<String>,
    /// Since when the member has had an answer and written nothing.
    pub(crate) answered_since: Option<Time>,
    /// What supervisors were told that still stands: it is not told twice.
    pub(crate) told: Vec<Cause>,
    pub(crate) rose_at: Option<Time>,
    pub(crate) is_erased: bool,
}

/// Where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    ByNobody {
        since: Time,
    },
    By {
        holder: StaffId,
        since: Time,
        first_word: bool,
        unanswered_since: Option<Time>,
        /// A handover was asked for.
        transfer: Option<Handover>,
        /// They took it themselves.
        taken: bool,
    },
    Closed,
}

/// Something beyond a volunteer that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Raise {
    pub(crate) policy: String,
    pub(crate) cause: Cause,
    pub(crate) version: Version,
    pub(crate) at: Time,
}

/// To whom a conversation is to be handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handover {
    ToAnyone,
    To(StaffId),
}

/// An open offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) id: OfferId,
    pub(crate) volunteer: StaffId,
    pub(crate) expires_at: Time,
    pub(crate) handover: bool,
}

/// What came of asking somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    Missed(StaffId),
    Declined(StaffId),
    GaveBack(StaffId),
    Exhausted,
    Taken,
}

impl Case {
    pub(super) fn open(id: RequestId, pool: Pool, opened: &Opened, at: Time) -> Self {
        Self {
            id,
            version: Version(1),
            pool,
            line: opened.line.clone(),
            language: opened.language.clone(),
            is_under_18: opened.age_band == Some(AgeBand::Under18),
            topics: opened.topics.clone(),
            required: Vec::new(),
            again: opened.again.map(|again| again.volunteer),
            priority: Priority::Standard,
            opened_at: at,
            state: Held::ByNobody { since: at },
            last_holder: None,
            offers: Vec::new(),
            made: BTreeSet::new(),
            history: Vec::new(),
            away_since: None,
            raised: Vec::new(),
            raises: Vec::new(),
            fired: BTreeMap::new(),
            shown: BTreeSet::new(),
            answered_since: None,
            told: Vec::new(),
            rose_at: None,
            is_erased: false,
        }
    }

    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.state, Held::ByNobody { .. })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state == Held::Closed
    }

    pub(crate) fn holder(&self) -> Option<StaffId> {
        if let Held::By { holder, .. } = self.state { Some(holder) } else { None }
    }

    /// Whether it is to be handed over to that person, by name.
    pub(crate) fn hands_over_to(&self, staff: StaffId) -> bool {
        matches!(self.state, Held::By { transfer: Some(Handover::To(to)), .. } if to == staff)
    }

    pub(crate) fn offer_to(&self, staff: StaffId) -> Option<&Standing> {
        self.offers.iter().find(|offer| offer.volunteer == staff)
    }

    pub(crate) fn line<'a>(&self, settings: &'a Settings) -> Option<&'a wideawake_domain::settings::Line> {
        settings.lines.iter().find(|line| line.name == self.line)
    }

    /// The line's needs, the priority's, `safeguarding` for a minor, and what rules required.
    pub(crate) fn needs(&self, settings: &Settings) -> BTreeSet<Skill> {
        let mut needs: BTreeSet<Skill> = self.required.iter().cloned().collect();
        needs.extend(self.line(settings).into_iter().flat_map(|line| line.needs.iter().cloned()));
        needs.extend(settings.dispatch.tier(self.priority).needs.iter().cloned());
        if self.is_under_18 {
            needs.insert(Skill::safeguarding());
        }
        needs
    }

    /// The tier it is served in: one higher once it has waited longer than its own allows, and never `imminent` by that.
    pub(crate) fn served_as(&self, settings: &Settings, now: Time) -> Priority {
        let ageing = settings.dispatch.tier(self.priority).ageing;
        if ageing.is_none_or(|ageing| now - self.opened_at <= ageing) {
            return self.priority;
        }
        match self.priority {
            Priority::Standard => Priority::Elevated,
            Priority::Elevated => Priority::Urgent,
            other => other,
        }
    }

    /// Whether it is served before `other`.
    pub(crate) fn outranks(&self, other: &Self, settings: &Settings, now: Time) -> bool {
        let (mine, theirs) = (self.served_as(settings, now), other.served_as(settings, now));
        mine > theirs || (mine == theirs && (self.opened_at, self.id) < (other.opened_at, other.id))
    }

    /// Whether `staff` said no since it was last held.
    pub(crate) fn was_declined_by(&self, staff: StaffId) -> Option<Time> {
        let since = self.history.iter().rposition(|(_, note)| *note == Note::Taken).map_or(0, |at| at + 1);
        let no = self.history[since..].iter().rfind(|(_, note)| *note == Note::Declined(staff));
        no.map(|(at, _)| *at)
    }

    /// Whether everyone had been asked, since it was last held.
    pub(crate) fn exhausted(&self) -> Option<Time> {
        let since = self.history.iter().rposition(|(_, note)| *note == Note::Taken).map_or(0, |at| at + 1);
        self.history[since..].iter().rfind(|(_, note)| *note == Note::Exhausted).map(|(at, _)| *at)
    }

    /// After a miss for `reoffer_after`; after a decline until everyone was asked, and then as long; after giving it back,
    /// for good.
    pub(crate) fn sets_aside(&self, staff: StaffId, reoffer_after: TimeDelta, now: Time) -> bool {
        let missed = self.history.iter().rfind(|(_, note)| *note == Note::Missed(staff));
        let gave_back = self.history.iter().any(|(_, note)| *note == Note::GaveBack(staff));
        let refuses = match (self.was_declined_by(staff), self.exhausted()) {
            (None, _) => false,
            (Some(at), _) if self.holder().is_some() => now < at + reoffer_after,
            (Some(at), Some(exhausted)) => now < at.max(exhausted) + reoffer_after,
            (Some(_), None) => true,
        };
        gave_back || refuses || missed.is_some_and(|(at, _)| now < *at + reoffer_after)
    }

    fn held_by(&mut self, holder: StaffId, at: Time, taken: bool) {
        let unanswered_since = if let Held::By { unanswered_since, .. } = self.state { unanswered_since } else { None };
        self.state = Held::By { holder, since: at, first_word: false, unanswered_since, transfer: None, taken };
        self.last_holder = Some(holder);
        self.history.push((at, Note::Taken));
        self.told.retain(|cause| !matches!(cause, Cause::Silent | Cause::NoReply));
    }

    /// Ends an open offer of that person, which must stand.
    fn end_offer(&mut self, id: OfferId, volunteer: StaffId, how: &str) -> Result<Standing, Breach> {
        let at = self.offers.iter().position(|offer| offer.id == id && offer.volunteer == volunteer);
        match at {
            Some(at) => Ok(self.offers.remove(at)),
            None => breach("I2", format!("offer {id} of {} to {volunteer} was {how} though it did not stand", self.id)),
        }
    }

    /// Takes one more event, unless it cannot have happened.
    pub(crate) fn take(&mut self, event: &RequestEvent, fact: &Recorded) -> Result<(), Breach> {
        self.evolve(event, fact.actor, fact.at)
    }

    /// As [`Case::take`], for an event that is only wished for.
    pub(crate) fn evolve(&mut self, event: &RequestEvent, actor: Actor, at: Time) -> Result<(), Breach> {
        let id = self.id;
        self.version = self.version.next();
        if self.is_closed() && !matches!(event, RequestEvent::ErasureAsked(_) | RequestEvent::Erased(_)) {
            return breach("I1", format!("`{}` came after {id} had ended", event.kind()));
        }
        match event {
            RequestEvent::Opened(_) => return breach("I1", format!("{id} was opened twice")),
            RequestEvent::Triaged(triaged) => {
                if triaged.priority > self.priority {
                    self.rose_at = Some(at);
                    self.told.retain(|cause| *cause != Cause::BeyondHolder);
                }
                self.priority = self.priority.max(triaged.priority);
                self.required.extend(triaged.needs.iter().cloned());
                self.shown.extend(triaged.show.iter().cloned());
                for fired in &triaged.rules {
                    self.fires(fired)?;
                }
            }
            RequestEvent::PriorityChanged(changed) => {
                if changed.from != self.priority {
                    return breach("I7", format!("{id} was {}, not {}", self.priority, changed.from));
                }
                if changed.to < changed.from && !matches!(actor, Actor::Staff(_)) {
                    return breach("I7", format!("{id} fell from {} to {} by {actor}", changed.from, changed.to));
                }
                if changed.to > changed.from {
                    self.rose_at = Some(at);
                    self.told.retain(|cause| *cause != Cause::BeyondHolder);
                }
                self.priority = changed.to;
            }
            RequestEvent::Offered(offered) => self.offered(offered)?,
            RequestEvent::OfferDeclined(declined) => {
                self.end_offer(declined.offer, declined.volunteer, "declined")?;
                self.history.push((at, Note::Declined(declined.volunteer)));
            }
            RequestEvent::OfferExpired(expired) => {
                self.end_offer(expired.offer, expired.volunteer, "expired")?;
                self.history.push((at, Note::Missed(expired.volunteer)));
            }
            RequestEvent::OfferWithdrawn(withdrawn) => {
                self.end_offer(withdrawn.offer, withdrawn.volunteer, "withdrawn")?;
            }
            RequestEvent::Exhausted(_) => {
                if self.exhausted().is_some() {
                    return breach("I4", format!("{id} is exhausted twice"));
                }
                self.history.push((at, Note::Exhausted));
            }
            RequestEvent::Accepted(accepted) => {
                let offer = self.end_offer(accepted.offer, accepted.volunteer, "accepted")?;
                if !self.is_waiting() || offer.handover {
                    return breach("I2", format!("{id} was accepted by {} while it was held", accepted.volunteer));
                }
                self.held_by(accepted.volunteer, at, true);
            }
            RequestEvent::Assigned(assigned) => {
                if assigned.from != self.holder() {
                    return breach("I2", format!("{id} was assigned from somebody who did not hold it"));
                }
                self.held_by(assigned.staff, at, false);
            }
            RequestEvent::Transferred(moved) => {
                let offer = self.end_offer(moved.offer, moved.to, "taken over")?;
                if self.holder() != Some(moved.from) || !offer.handover {
                    return breach("I2", format!("{id} was taken over from {}, who did not hold it", moved.from));
                }
                self.held_by(moved.to, at, true);
            }
            RequestEvent::Joined(joined) if joined.holder => self.held_by(joined.staff, at, false),
            RequestEvent::Released(released) => {
                if self.holder() != Some(released.volunteer) {
                    return breach("I2", format!("{id} was released by {}, who did not hold it", released.volunteer));
                }
                let gave_back = matches!(released.reason, ReleaseReason::GaveBack | ReleaseReason::Supervisor);
                let note = if gave_back { Note::GaveBack } else { Note::Missed };
                self.history.push((at, note(released.volunteer)));
                self.state = Held::ByNobody { since: at };
                self.answered_since = None;
                self.last_holder = None;
                self.told.retain(|cause| *cause != Cause::Away);
            }
            RequestEvent::Message(message) => self.spoken(message.from, message.aside, at),
            RequestEvent::TransferAsked(asked) => match &mut self.state {
                Held::By { transfer: transfer @ None, .. } => {
                    *transfer = Some(asked.to.map_or(Handover::ToAnyone, Handover::To));
                }
                _ => return breach("I2", format!("a transfer of {id} was asked for that cannot be")),
            },
            RequestEvent::TransferFailed(_) => match &mut self.state {
                Held::By { transfer: transfer @ Some(_), .. } => *transfer = None,
                _ => return breach("I2", format!("a transfer of {id} failed that was not asked for")),
            },
            RequestEvent::MemberAway(away) => {
                if self.away_since.replace(away.since).is_some() {
                    return breach("I4", format!("the member of {id} goes away twice"));
                }
                self.told.retain(|cause| *cause != Cause::Away);
            }
            RequestEvent::MemberBack(_) => self.away_since = None,
            RequestEvent::EscalationRaised(raised) => {
                self.raised.push(raised.cause);
                self.raises.push(Raise {
                    policy: raised.policy.clone(),
                    cause: raised.cause,
                    version: self.version,
                    at,
                });
                if matches!(raised.cause, Cause::Person | Cause::Rule) {
                    return Ok(());
                }
                if self.told.contains(&raised.cause) {
                    return breach("I4", format!("supervisors are told of {id} twice for one {:?}", raised.cause));
                }
                self.told.push(raised.cause);
            }
            RequestEvent::Closed(_) => {
                if !self.offers.is_empty() {
                    return breach("I1", format!("{id} ended with an open offer"));
                }
                self.state = Held::Closed;
            }
            RequestEvent::Erased(_) => self.is_erased = true,
            RequestEvent::Barred(_) if self.priority >= Priority::Urgent => {
                return breach("I7", format!("{id} was {}, and its member was turned away", self.priority));
            }
            RequestEvent::Joined(_) | RequestEvent::Barred(_) | RequestEvent::ErasureAsked(_) => {}
        }
        Ok(())
    }

    fn offered(&mut self, offered: &Offered) -> Result<(), Breach> {
        let (id, to) = (self.id, offered.volunteer);
        if !self.made.insert(offered.offer) {
            return breach("I2", format!("offer {} of {id} was made twice", offered.offer));
        }
        if self.offer_to(to).is_some() || self.holder() == Some(to) {
            return breach("I2", format!("{id} was offered to {to}, who has it already"));
        }
        let fits = match &self.state {
            Held::ByNobody { .. } => !offered.handover,
            Held::By { transfer, .. } => {
                let meant = transfer.is_some_and(|handover| [Handover::ToAnyone, Handover::To(to)].contains(&handover));
                offered.handover && meant && self.offers.is_empty()
            }
            Held::Closed => false,
        };
        if !fits {
            return breach("I2", format!("{id} was offered to {to} although it is {:?}", self.state));
        }
        let Offered { offer, volunteer, expires_at, handover, .. } = *offered;
        self.offers.push(Standing { id: offer, volunteer, expires_at, handover });
        Ok(())
    }

    fn spoken(&mut self, from: Speaker, aside: bool, at: Time) {
        let Held::By { first_word, unanswered_since, .. } = &mut self.state else { return };
        match from {
            Speaker::Member => self.answered_since = None,
            Speaker::System => {}
            _ if aside => {}
            _ => self.answered_since = self.answered_since.or(Some(at)),
        }
        match from {
            Speaker::Member if unanswered_since.is_none() => {
                *unanswered_since = Some(at);
                self.told.retain(|cause| *cause != Cause::NoReply);
            }
            Speaker::Member => {}
            Speaker::System => {}
            _ if aside => {}
            _ => (*first_word, *unanswered_since) = (true, None),
        }
    }
}

impl Case {
    /// A rule that needs time fires once for what lasts; the record never says otherwise.
    fn fires(&mut self, fired: &Fired) -> Result<(), Breach> {
        let Some(since) = fired.since else { return Ok(()) };
        if self.fired.insert(fired.rule.clone(), since) == Some(since) {
            return breach(
                "I6",
                format!("{} fires twice for what {} has gone through since {since}", fired.rule, self.id),
            );
        }
        Ok(())
    }

    /// Since when one side of the conversation has been silent: the volunteer, while the member waits for them, or else the
    /// member.
    pub(crate) fn silent_since(&self) -> Option<Time> {
        match self.state {
            Held::By { first_word: false, since, unanswered_since, .. } => {
                Some(unanswered_since.unwrap_or(since).min(since))
            }
            Held::By { unanswered_since, .. } => unanswered_since.or(self.answered_since),
            _ => None,
        }
    }
}

//! What the desk knows of the record: the staff, the rotations, and every open request and escalation with those that ended
//! within the hour.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use wideawake_domain::dispatch::{Nudge, Why, nudge};
use wideawake_domain::request::{RequestEvent, SupportRequest};
use wideawake_domain::rotation::NamedRotation;
use wideawake_domain::schedule::{HoursCache, Span};
use wideawake_domain::settings::Dispatch;
use wideawake_domain::staff::{Duty, DutyEvent, DutyWeek, MachineToken, Sessions, SignInName, StaffEvent, StaffMember};
use wideawake_domain::{EscalationId, Event, OfferId, Recorded, RequestId, StaffId, StreamId, StreamKind, Version};

use super::escalations::Escalations;
use super::notices::{self, Payload, To};

/// How long a request is known after it ended.
pub(crate) const LINGERS: TimeDelta = TimeDelta::hours(1);

/// How many offers of one request are known by their id, open ones and others.
const OFFERS: usize = 256;

/// Somebody of the staff.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Their profile.
    pub(crate) member: StaffMember,
    /// What they say of their duty.
    pub(crate) duty: DutyWeek,
    hours: HoursCache,
}

impl Person {
    /// The shift they are on, if they are on one.
    pub(crate) fn on_shift(&mut self, now: DateTime<Utc>) -> Option<Span> {
        self.hours.on_shift(now)
    }

    /// What they say of their duty, as far as it counts now.
    pub(crate) fn duty_at(&self, now: DateTime<Utc>) -> Duty {
        self.duty.at(now)
    }
}

/// A request, with what its state does not keep.
#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    /// The request.
    pub(crate) request: SupportRequest,
    /// Of each open offer: why it was made, and under which trace.
    pub(crate) offered: BTreeMap<OfferId, (Why, Arc<str>)>,
    /// Every offer that is found by its id, oldest first.
    known: VecDeque<OfferId>,
    /// The reminder that is due next, unless it was given.
    reminder: Option<(DateTime<Utc>, Nudge)>,
    given: Option<(DateTime<Utc>, Nudge)>,
}

/// What the desk knows.
#[derive(Debug, Default)]
pub(crate) struct Projection {
    pub(crate) staff: BTreeMap<StaffId, Person>,
    pub(crate) requests: BTreeMap<RequestId, Conversation>,
    tokens: HashMap<String, StaffId>,
    /// Who signs in with which name. Two have the same only if they took it at the same moment.
    names: BTreeMap<SignInName, BTreeSet<StaffId>>,
    /// Whom the link with a token of that hash invites.
    invitations: HashMap<String, StaffId>,
    /// Whose account at their organisation that is, or was, also of those who left.
    accounts: HashMap<String, BTreeSet<StaffId>>,
    /// For whom the program with a token of that hash acts.
    machines: HashMap<String, StaffId>,
    /// The sessions of the staff.
    pub(crate) sessions: Sessions,
    /// The requests that somebody holds, joined or is offered.
    involved: BTreeMap<StaffId, BTreeSet<RequestId>>,
    offers: HashMap<OfferId, (RequestId, StaffId)>,
    ended: VecDeque<(DateTime<Utc>, RequestId)>,
    reminders: BTreeSet<(DateTime<Utc>, RequestId)>,
    /// What was asked for beyond a volunteer.
    pub(crate) escalations: Escalations,
    /// On-call rotations.
    rotations: BTreeMap<StreamId, Option<NamedRotation>>,
}

impl Projection {
    /// Takes the next event into account; says who is to be told what of it. An event that is known already changes
    /// nothing.
    pub(crate) fn apply(&mut self, fact: &Recorded, dispatch: &Dispatch) -> Vec<(To, Payload)> {
        match fact.stream.kind {
            StreamKind::Request => self.apply_request(fact, dispatch),
            StreamKind::Staff => {
                self.apply_staff(fact);
                Vec::new()
            }
            StreamKind::Duty => self.apply_duty(fact),
            StreamKind::Escalation => self.apply_escalation(fact),
            StreamKind::Rotation => {
                NamedRotation::apply(self.rotations.entry(fact.stream).or_default(), fact);
                Vec::new()
            }
            StreamKind::Session => {
                self.sessions.apply(fact);
                Vec::new()
            }
            StreamKind::Checkpoint => Vec::new(),
        }
    }

    fn apply_escalation(&mut self, fact: &Recorded) -> Vec<(To, Payload)> {
        let Self { escalations, requests, staff, .. } = self;
        let Some((event, known)) = escalations.apply(fact, |request| requests.contains_key(&request)) else {
            return Vec::new();
        };
        let holder = requests.get(&known.state.request).and_then(|known| known.request.holder());
        let name = |id| staff.get(&id).map(|person| person.member.alias.clone()).unwrap_or_default();
        notices::of_escalation(&event, known, holder, name)
    }

    fn apply_staff(&mut self, fact: &Recorded) {
        let id = StaffId(fact.stream.id);
        let Some(person) = self.staff.get_mut(&id) else {
            let mut member = None;
            StaffMember::apply(&mut member, fact);
            if let Some(member) = member {
                self.tokens.insert(member.token.clone(), id);
                let hours = HoursCache::new(member.hours());
                self.staff.insert(id, Person { member, duty: DutyWeek::default(), hours });
            }
            return;
        };
        let (before, token) = (person.member.version, person.member.token.clone());
        let mut member = Some(person.member.clone());
        StaffMember::apply(&mut member, fact);
        let Some(member) = member.filter(|member| member.version != before) else { return };
        if member.token != token || member.removed {
            self.tokens.remove(&token);
        }
        if !member.removed && !member.token.is_empty() {
            self.tokens.insert(member.token.clone(), id);
        }
        let before = std::mem::replace(&mut person.member, member.clone());
        let read = matches!(fact.event(), Ok(Event::Staff(StaffEvent::ConversationRead(_))));
        if !read {
            person.hours = HoursCache::new(member.hours());
        }
        self.forget_keys(&before);
        self.note_keys(&member);
    }

    /// By what else somebody is known.
    fn note_keys(&mut self, member: &StaffMember) {
        let id = member.id;
        if let Some(sign_in) = &member.sign_in {
            self.names.entry(sign_in.name.clone()).or_default().insert(id);
        }
        self.invitations.extend(member.invitation.iter().map(|invitation| (invitation.token.clone(), id)));
        if let Some(organisation) = &member.organisation {
            self.accounts.entry(organisation.account.clone()).or_default().insert(id);
        }
        self.machines.extend(member.machine_tokens.iter().map(|token| (token.token.clone(), id)));
    }

    fn forget_keys(&mut self, member: &StaffMember) {
        if let Some(sign_in) = &member.sign_in
            && let Some(same) = self.names.get_mut(&sign_in.name)
        {
            same.remove(&member.id);
            if same.is_empty() {
                self.names.remove(&sign_in.name);
            }
        }
        if let Some(invitation) = &member.invitation {
            self.invitations.remove(&invitation.token);
        }
        if let Some(organisation) = &member.organisation
            && let Some(same) = self.accounts.get_mut(&organisation.account)
        {
            same.remove(&member.id);
            if same.is_empty() {
                self.accounts.remove(&organisation.account);
            }
        }
        for token in &member.machine_tokens {
            self.machines.remove(&token.token);
        }
    }

    fn apply_duty(&mut self, fact: &Recorded) -> Vec<(To, Payload)> {
        let Ok(Event::Duty(DutyEvent::DutySet(set))) = fact.event() else { return Vec::new() };
        let news = self.staff.get_mut(&set.staff).is_some_and(|person| person.duty.apply(fact));
        if news { vec![notices::of_duty(&set)] } else { Vec::new() }
    }

    fn apply_request(&mut self, fact: &Recorded, dispatch: &Dispatch) -> Vec<(To, Payload)> {
        let id = RequestId(fact.stream.id);
        let Ok(Event::Request(event)) = fact.event() else {
            // Of a type that this version does not know: it only counts.
            if let Some(known) = self.requests.get_mut(&id)
                && fact.version == known.request.version.next()
            {
                known.request.version = fact.version;
            }
            return Vec::new();
        };
        if let RequestEvent::Opened(opened) = &event {
            if fact.version == Version(1) && !self.requests.contains_key(&id) {
                let request = SupportRequest::opened(id, fact.pool.clone(), opened.clone(), fact.at);
                let conversation = Conversation {
                    request,
                    offered: BTreeMap::new(),
                    known: VecDeque::new(),
                    reminder: None,
                    given: None,
                };
                self.requests.insert(id, conversation);
            }
            return Vec::new();
        }
        let Some(conversation) = self.requests.get_mut(&id) else { return Vec::new() };
        if fact.version != conversation.request.version.next() {
            return Vec::new();
        }
        let held_by = conversation.request.holder();
        let before = involved_in(&conversation.request);
        conversation.request.evolve(&event, fact.actor, fact.at);
        if let RequestEvent::Offered(offered) = &event {
            conversation.offered.insert(offered.offer, (offered.why.clone(), fact.trace.clone()));
            conversation.known.push_back(offered.offer);
            self.offers.insert(offered.offer, (id, offered.volunteer));
            if conversation.known.len() > OFFERS
                && let Some(forgotten) = conversation.known.pop_front()
            {
                self.offers.remove(&forgotten);
            }
        }
        let request = &conversation.request;
        conversation.offered.retain(|offer, _| request.offer(*offer).is_some());
        let told = notices::of_request(fact, &event, held_by, request);
        if let RequestEvent::Closed(_) = event {
            self.ended.push_back((fact.at, id));
        }
        let after = involved_in(request);
        for staff in before.difference(&after) {
            if let Some(requests) = self.involved.get_mut(staff) {
                requests.remove(&id);
                if requests.is_empty() {
                    self.involved.remove(staff);
                }
            }
        }
        for staff in after.difference(&before) {
            self.involved.entry(*staff).or_default().insert(id);
        }
        self.rearm(id, dispatch);
        told
    }

    fn rearm(&mut self, id: RequestId, dispatch: &Dispatch) {
        let Some(conversation) = self.requests.get_mut(&id) else { return };
        let due = nudge(&conversation.request, dispatch).filter(|due| conversation.given != Some(*due));
        if due == conversation.reminder {
            return;
        }
        if let Some((at, _)) = conversation.reminder {
            self.reminders.remove(&(at, id));
        }
        if let Some((at, _)) = due {
            self.reminders.insert((at, id));
        }
        conversation.reminder = due;
    }

    /// When the next reminder is due.
    pub(crate) fn next_reminder(&self) -> Option<DateTime<Utc>> {
        self.reminders.first().map(|(at, _)| *at)
    }

    /// The reminders that are due and for whom. Each is given once, to whoever `listens`; one that nobody hears waits
    /// until its holder listens again.
    pub(crate) fn reminders(
        &mut self,
        now: DateTime<Utc>,
        listens: impl Fn(StaffId) -> bool,
    ) -> Vec<(StaffId, RequestId, Nudge)> {
        let mut given = Vec::new();
        while let Some((at, id)) = self.reminders.first().copied()
            && at <= now
        {
            self.reminders.pop_first();
            given.extend(self.give(id, now, &listens));
        }
        given
    }

    /// The reminders that were due when `staff` did not listen.
    pub(crate) fn missed_reminders(&mut self, staff: StaffId, now: DateTime<Utc>) -> Vec<(StaffId, RequestId, Nudge)> {
        let mine: Vec<RequestId> = self.involving(staff).collect();
        mine.into_iter().filter_map(|id| self.give(id, now, &|listener| listener == staff)).collect()
    }

    fn give(
        &mut self,
        id: RequestId,
        now: DateTime<Utc>,
        listens: &impl Fn(StaffId) -> bool,
    ) -> Option<(StaffId, RequestId, Nudge)> {
        let conversation = self.requests.get_mut(&id)?;
        let (at, kind) = conversation.reminder.filter(|(at, _)| *at <= now)?;
        let holder = conversation.request.holder().filter(|holder| listens(*holder))?;
        conversation.given = conversation.reminder.take();
        self.reminders.remove(&(at, id));
        Some((holder, id, kind))
    }

    /// Forgets requests and escalations that ended long ago.
    pub(crate) fn forget(&mut self, now: DateTime<Utc>) {
        self.sessions.forget(now);
        self.escalations.forget(now);
        while let Some((at, id)) = self.ended.front().copied()
            && now - at > LINGERS
        {
            self.ended.pop_front();
            self.escalations.forget_request(id);
            let Some(conversation) = self.requests.remove(&id) else { continue };
            for offer in conversation.known {
                self.offers.remove(&offer);
            }
            for staff in involved_in(&conversation.request) {
                if let Some(requests) = self.involved.get_mut(&staff) {
                    requests.remove(&id);
                }
            }
        }
    }

    /// Whose token has this hash.
    pub(crate) fn holder_of(&self, token_hash: &str) -> Option<&StaffMember> {
        let member = &self.staff.get(self.tokens.get(token_hash)?)?.member;
        (!member.removed).then_some(member)
    }

    /// Who signs in with that name.
    pub(crate) fn named(&self, name: &SignInName) -> Option<StaffId> {
        self.names.get(name)?.first().copied()
    }

    /// Somebody who signs in with a name, always the same for the same `lot`.
    pub(crate) fn somebody_with_a_name(&self, lot: u64) -> Option<StaffId> {
        let nth = usize::try_from(lot % (self.names.len() as u64).max(1)).unwrap_or_default();
        self.names.values().nth(nth).and_then(|same| same.first().copied())
    }

    /// Whom the link with a token of that hash invites, if it is good at `now`.
    pub(crate) fn invited(&self, token_hash: &str, now: DateTime<Utc>) -> Option<&StaffMember> {
        let member = &self.staff.get(self.invitations.get(token_hash)?)?.member;
        member.invited_by(token_hash, now).map(|_| member)
    }

    /// Whose account at their organisation that is: of whoever signs in with it, or else of whoever did. Should two have linked
    /// it at the same moment, it belongs to whoever has been here longer.
    pub(crate) fn holder_of_account(&self, account: &str) -> Option<&StaffMember> {
        let members = || self.accounts.get(account).into_iter().flatten().filter_map(|id| self.staff.get(id));
        let rank = |member: &StaffMember| match &member.organisation {
            Some(organisation) if organisation.is_good => 0,
            _ if member.removed => 2,
            _ => 1,
        };
        members().map(|person| &person.member).min_by_key(|member| rank(member))
    }

    /// For whom the program with a token of that hash acts, if it is good at `now`, and which token it is.
    pub(crate) fn machine(&self, token_hash: &str, now: DateTime<Utc>) -> Option<(&StaffMember, &MachineToken)> {
        let member = &self.staff.get(self.machines.get(token_hash)?)?.member;
        let token = member.machine_tokens.iter().find(|token| token.token == token_hash && now < token.until)?;
        (!member.removed).then_some((member, token))
    }

    /// Somebody who has not left.
    pub(crate) fn person(&self, id: StaffId) -> Option<&Person> {
        self.staff.get(&id).filter(|person| !person.member.removed)
    }

    /// The name of somebody, also of one who left.
    pub(crate) fn alias(&self, id: StaffId) -> Option<String> {
        self.staff.get(&id).map(|person| person.member.alias.clone())
    }

    /// The requests that somebody holds, joined or is offered, in order of opening.
    pub(crate) fn involving(&self, id: StaffId) -> impl Iterator<Item = RequestId> + '_ {
        self.involved.get(&id).into_iter().flatten().copied()
    }

    /// The request of an offer, whose it is, and the trace under which it was made if it still stands.
    pub(crate) fn offer(&self, id: OfferId) -> Option<(RequestId, StaffId, Arc<str>)> {
        let (request, volunteer) = *self.offers.get(&id)?;
        let trace =
            self.requests.get(&request).and_then(|known| known.offered.get(&id)).map(|(_, trace)| trace.clone());
        Some((request, volunteer, trace.unwrap_or_default()))
    }

    /// Whether that event of a stream is known.
    pub(crate) fn has_seen(&self, stream: StreamId, version: Version) -> bool {
        match stream.kind {
            StreamKind::Request => {
                self.requests.get(&RequestId(stream.id)).is_some_and(|known| known.request.version >= version)
            }
            StreamKind::Staff => {
                self.staff.get(&StaffId(stream.id)).is_some_and(|person| person.member.version >= version)
            }
            StreamKind::Escalation => {
                let known = self.escalations.get(EscalationId(stream.id));
                known.is_some_and(|known| known.state.version >= version)
            }
            StreamKind::Rotation => {
                let known = self.rotations.get(&stream).and_then(Option::as_ref);
                known.is_some_and(|known| known.version >= version)
            }
            StreamKind::Session => self.sessions.has_seen(stream, version),
            StreamKind::Duty | StreamKind::Checkpoint => true,
        }
    }

    /// When the oldest request was opened that is known and for which something was raised.
    pub(super) fn oldest_raised(&self) -> Option<DateTime<Utc>> {
        let requests = self.requests.values().map(|known| &known.request);
        requests.filter(|request| !request.raised.is_empty()).map(|known| known.opened_at).min()
    }

    /// Every on-call rotation.
    pub(crate) fn rotations(&self) -> impl Iterator<Item = &NamedRotation> {
        self.rotations.values().flatten()
    }

    /// Whether that word about somebody's duty is known.
    pub(crate) fn has_heard(&self, staff: StaffId, stream: StreamId, version: Version) -> bool {
        let heard = self.staff.get(&staff).and_then(|person| person.duty.seen);
        heard.is_some_and(|(seen, newest)| seen == stream && newest >= version)
    }
}

/// Who holds it, joined it or is offered it.
fn involved_in(request: &SupportRequest) -> BTreeSet<StaffId> {
    let offered = request.offers.iter().map(|offer| offer.volunteer);
    let talking = request.holder().into_iter().chain(request.joined.keys().copied());
    let talking = talking.filter(|_| !request.is_closed());
    talking.chain(offered).collect()
}

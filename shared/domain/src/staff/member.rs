//! What the events of a staff member add up to.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::event::*;
use super::organisation::OrganisationAccount;
use super::sign_in::{Invitation, MachineToken, SignIn};
use crate::event::Event;
use crate::record::StreamKind;
use crate::schedule::Hours;
use crate::settings::Skill;
use crate::{Language, Pool, Recorded, StaffId, Version};

/// A person with roles.
#[derive(Clone, Debug)]
pub struct StaffMember {
    /// Who.
    pub id: StaffId,
    /// The newest event it has seen.
    pub version: Version,
    /// The name members and colleagues see.
    pub alias: String,
    /// What they may do.
    pub roles: Vec<Role>,
    /// Where.
    pub pools: Vec<Pool>,
    /// Where they live.
    pub zone: Tz,
    /// What they speak.
    pub languages: Vec<Language>,
    /// How many requests they hold at once.
    pub capacity: u32,
    /// What they are trained in.
    pub qualifications: Vec<Qualification>,
    /// SHA-256 of the bearer token, base64; empty when there is none.
    pub token: String,
    /// When they are scheduled.
    pub shifts: Vec<crate::schedule::Shift>,
    /// When they are away.
    pub leave: Vec<Entry>,
    /// When they are there beyond their shifts.
    pub extra: Vec<Entry>,
    /// How they can be paged, in order.
    pub contact_methods: Vec<ContactMethod>,
    /// The invitation that they have not used yet.
    pub invitation: Option<Invitation>,
    /// How they sign in.
    pub sign_in: Option<SignIn>,
    /// The passkeys that they sign in with.
    pub passkeys: Vec<PasskeyAdded>,
    /// SHA-256 of each recovery code that they have not used, base64.
    pub recovery_codes: Vec<String>,
    /// The account at their organisation by which they sign in, or did.
    pub organisation: Option<OrganisationAccount>,
    /// The newest event that voided every session before it; a session names the one that it was begun under.
    pub sessions_since: Version,
    /// The programs that may act for them.
    pub machine_tokens: Vec<MachineToken>,
    /// Whether they left.
    pub removed: bool,
}

/// There is no leave or extra of that id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such entry")]
pub struct UnknownEntry;

/// A change that somebody wants to make to a profile or its hours.
#[derive(Clone, Debug)]
pub enum Change {
    /// Parts of the profile.
    Profile(Changed),
    /// A new token, by its hash.
    Token(String),
    /// All qualifications.
    Qualifications(Vec<Qualification>),
    /// All shifts.
    Shifts(Vec<crate::schedule::Shift>),
    /// One more leave.
    AddLeave(Entry),
    /// One leave less.
    RemoveLeave(Uuid),
    /// One more extra.
    AddExtra(Entry),
    /// One extra less.
    RemoveExtra(Uuid),
    /// All contact methods.
    ContactMethods(Vec<ContactMethod>),
    /// They read a conversation from outside.
    Read(crate::RequestId, Option<ReadReason>),
    /// They are invited to set how they sign in: the hash of the link's token, and until when it is good.
    Invite(String, DateTime<Utc>),
    /// Every session of theirs ends.
    SignOutEverywhere,
    /// A program may act for them.
    AddMachineToken(MachineToken),
    /// A program may no longer act for them.
    RevokeMachineToken(Uuid),
    /// They leave.
    Remove,
}

impl StaffMember {
    /// The most leave or extra entries kept; those that are over may be removed to make room.
    pub const MOST_ENTRIES: usize = 500;

    /// The events that `change` causes; none when it is so already.
    pub fn decide(&self, change: Change) -> Result<Vec<StaffEvent>, UnknownEntry> {
        let event: StaffEvent = match change {
            Change::Profile(changed) if changed == Changed::default() => return Ok(vec![]),
            Change::Profile(changed) => changed.into(),
            Change::Token(token) => TokenIssued { token }.into(),
            Change::Qualifications(q) if q == self.qualifications => return Ok(vec![]),
            Change::Qualifications(qualifications) => QualificationsSet { qualifications }.into(),
            Change::Shifts(shifts) if shifts == self.shifts => return Ok(vec![]),
            Change::Shifts(shifts) => ShiftsSet { shifts }.into(),
            Change::AddLeave(entry) => LeaveAdded { entry }.into(),
            Change::RemoveLeave(id) if self.leave.iter().any(|e| e.id == id) => LeaveRemoved { id }.into(),
            Change::AddExtra(entry) => ExtraAdded { entry }.into(),
            Change::RemoveExtra(id) if self.extra.iter().any(|e| e.id == id) => ExtraRemoved { id }.into(),
            Change::RemoveLeave(_) | Change::RemoveExtra(_) => return Err(UnknownEntry),
            Change::ContactMethods(m) if m == self.contact_methods => return Ok(vec![]),
            Change::ContactMethods(methods) => ContactMethodsSet { methods }.into(),
            Change::Read(request, reason) => ConversationRead { request, reason }.into(),
            Change::Invite(token, until) => Invited { token, until }.into(),
            Change::SignOutEverywhere => SignedOutEverywhere {}.into(),
            Change::AddMachineToken(MachineToken { id, name, token, scopes, until }) => {
                MachineTokenIssued { id, name, token, scopes, until }.into()
            }
            Change::RevokeMachineToken(id) if self.machine_tokens.iter().any(|token| token.id == id) => {
                MachineTokenRevoked { id }.into()
            }
            Change::RevokeMachineToken(_) => return Err(UnknownEntry),
            Change::Remove if self.removed => return Ok(vec![]),
            Change::Remove => Removed {}.into(),
        };
        Ok(vec![event])
    }

    /// Takes one more fact into account, as [`crate::request::SupportRequest::apply`] does.
    pub fn apply(state: &mut Option<Self>, fact: &Recorded) {
        if fact.stream.kind != StreamKind::Staff {
            return;
        }
        let event = match fact.event() {
            Ok(Event::Staff(event)) => Some(event),
            Ok(_) | Err(_) => None,
        };
        match (state.as_mut(), event) {
            (None, Some(StaffEvent::Added(added))) if fact.version == Version(1) => {
                *state = Some(Self::added(StaffId(fact.stream.id), added));
            }
            (Some(state), event) if fact.version == state.version.next() => {
                state.version = fact.version;
                if let Some(event) = event {
                    state.evolve(event);
                }
            }
            _ => {}
        }
    }

    fn added(id: StaffId, added: Added) -> Self {
        Self {
            id,
            version: Version(1),
            alias: added.alias,
            roles: added.roles,
            pools: added.pools,
            zone: added.zone,
            languages: added.languages,
            capacity: added.capacity,
            qualifications: added.qualifications,
            token: added.token,
            shifts: Vec::new(),
            leave: Vec::new(),
            extra: Vec::new(),
            contact_methods: Vec::new(),
            invitation: None,
            sign_in: None,
            passkeys: Vec::new(),
            recovery_codes: Vec::new(),
            organisation: None,
            sessions_since: Version::NONE,
            machine_tokens: Vec::new(),
            removed: false,
        }
    }

    fn evolve(&mut self, event: StaffEvent) {
        match event {
            StaffEvent::Added(_) | StaffEvent::ConversationRead(_) => {}
            StaffEvent::Changed(changed) => {
                let Changed { alias, roles, pools, zone, languages, capacity } = changed;
                if roles.as_ref().is_some_and(|roles| self.rises(roles)) {
                    self.invitation = None;
                    self.token.clear();
                    self.machine_tokens.clear();
                }
                replace(&mut self.alias, alias);
                replace(&mut self.roles, roles);
                replace(&mut self.pools, pools);
                replace(&mut self.zone, zone);
                replace(&mut self.languages, languages);
                replace(&mut self.capacity, capacity);
            }
            StaffEvent::TokenIssued(issued) => self.token = issued.token,
            StaffEvent::QualificationsSet(set) => self.qualifications = set.qualifications,
            StaffEvent::ShiftsSet(set) => self.shifts = set.shifts,
            StaffEvent::LeaveAdded(added) => self.leave.push(added.entry),
            StaffEvent::LeaveRemoved(removed) => self.leave.retain(|entry| entry.id != removed.id),
            StaffEvent::ExtraAdded(added) => self.extra.push(added.entry),
            StaffEvent::ExtraRemoved(removed) => self.extra.retain(|entry| entry.id != removed.id),
            StaffEvent::ContactMethodsSet(set) => self.contact_methods = set.methods,
            StaffEvent::Invited(invited) => {
                self.invitation = Some(Invitation { token: invited.token, until: invited.until });
                self.forget_sign_in();
                self.sessions_since = self.version;
            }
            StaffEvent::OrganisationLinked(linked) => {
                self.invitation = None;
                self.organisation = Some(OrganisationAccount { account: linked.account, is_good: true });
                self.sessions_since = self.version;
            }
            StaffEvent::SignInSet(set) => {
                let SignInSet { name, secret, code } = set;
                self.invitation = None;
                if code.is_none() {
                    self.recovery_codes.clear();
                }
                self.sign_in = Some(SignIn { name, secret, code, version: self.version });
                self.sessions_since = self.version;
            }
            StaffEvent::RecoveryCodesSet(set) => {
                self.recovery_codes = set.codes;
                self.sign_in.iter_mut().for_each(|sign_in| sign_in.code = sign_in.code.max(set.code));
            }
            StaffEvent::RecoveryCodeUsed(used) => self.recovery_codes.retain(|code| *code != used.code),
            StaffEvent::PasskeyAdded(key) => self.passkeys.push(key),
            StaffEvent::PasskeyUsed(used) => {
                let key = self.passkeys.iter_mut().find(|key| key.id == used.id);
                key.into_iter().for_each(|key| key.counter = used.counter);
            }
            StaffEvent::PasskeyRemoved(removed) => self.passkeys.retain(|key| key.id != removed.id),
            StaffEvent::SignedOutEverywhere(_) => self.sessions_since = self.version,
            StaffEvent::MachineTokenIssued(issued) => {
                let MachineTokenIssued { id, name, token, scopes, until } = issued;
                self.machine_tokens.push(MachineToken { id, name, token, scopes, until });
            }
            StaffEvent::MachineTokenRevoked(revoked) => self.machine_tokens.retain(|token| token.id != revoked.id),
            StaffEvent::Removed(_) => {
                self.removed = true;
                self.invitation = None;
                self.forget_sign_in();
                self.machine_tokens.clear();
            }
        }
    }

    fn forget_sign_in(&mut self) {
        self.sign_in = None;
        self.passkeys.clear();
        self.recovery_codes.clear();
        self.organisation.iter_mut().for_each(|organisation| organisation.is_good = false);
    }

    /// Whether they have more to say with these roles. Whoever could invite them before, or had a token of theirs, could be them
    /// afterwards: so invitations and bearer tokens end with it. An admin could give themself any role already.
    pub fn rises(&self, roles: &[Role]) -> bool {
        let gains = |role| !self.is(role) && roles.contains(&role);
        !self.is(Role::Admin) && (gains(Role::Supervisor) || gains(Role::Admin))
    }

    /// Whether they have that role.
    pub fn is(&self, role: Role) -> bool {
        !self.removed && self.roles.contains(&role)
    }

    /// Whether they serve that pool.
    pub fn serves(&self, pool: &Pool) -> bool {
        self.pools.contains(pool)
    }

    /// When they are scheduled, whatever the zones.
    pub fn hours(&self) -> Hours {
        Hours {
            shifts: self.shifts.clone(),
            leave: self.leave.iter().map(|entry| entry.span).collect(),
            extra: self.extra.iter().map(|entry| entry.span).collect(),
        }
    }

    /// The skills that count at `now`.
    pub fn skills_at(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Skill> {
        self.qualifications.iter().filter(move |q| q.valid_until.is_none_or(|until| now < until)).map(|q| &q.skill)
    }
}

fn replace<T>(field: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *field = new;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::record::{Actor, Part, Position, StreamId};
    use crate::schedule::{LocalSpan, Shift};
    use chrono::TimeDelta;
    use serde_json::json;

    fn id() -> StaffId {
        StaffId(Uuid::from_u128(7))
    }

    fn now() -> DateTime<Utc> {
        "2026-03-02T12:00:00Z".parse().unwrap()
    }

    fn qualification(name: &str, valid_until: Option<DateTime<Utc>>) -> Qualification {
        Qualification { skill: name.parse().unwrap(), valid_until }
    }

    fn added() -> Added {
        Added {
            alias: "Ada".to_owned(),
            roles: vec![Role::Volunteer],
            pools: vec![Pool::named("main")],
            zone: chrono_tz::UTC,
            languages: vec!["en".parse().unwrap()],
            capacity: 2,
            qualifications: vec![qualification("grief", None)],
            token: "hash".to_owned(),
        }
    }

    fn shift() -> Shift {
        serde_json::from_value(json!({"zone": "Etc/UTC", "days": ["mon"], "start": "09:00", "end": "17:00"})).unwrap()
    }

    fn entry(n: u128, day: &str) -> Entry {
        let span = json!({"zone": "Etc/UTC", "start": format!("{day}T00:00"), "end": format!("{day}T12:00")});
        Entry { id: Uuid::from_u128(n), span: serde_json::from_value::<LocalSpan>(span).unwrap() }
    }

    fn fact(version: u64, event: impl Into<StaffEvent>) -> Recorded {
        let event = Event::Staff(event.into());
        Recorded {
            stream: StreamId::staff(id()),
            version: Version(version),
            position: Position(version),
            pool: Pool::all(),
            kind: event.kind().into(),
            at: now(),
            actor: Actor::System(Part::Operator),
            trace: "".into(),
            data: event.encode().unwrap().into(),
            hash: [0; 32],
        }
    }

    /// Somebody, and all that was recorded of them.
    struct Profile(StaffMember);

    impl Profile {
        fn new() -> Self {
            let mut state = None;
            StaffMember::apply(&mut state, &fact(1, added()));
            Self(state.unwrap())
        }

        /// Makes the change; gives what it caused.
        fn change(&mut self, change: Change) -> Result<Vec<&'static str>, UnknownEntry> {
            let events = self.0.decide(change)?;
            let kinds = events.iter().map(StaffEvent::kind).collect();
            for event in events {
                self.apply(&fact(self.0.version.0 + 1, event));
            }
            Ok(kinds)
        }

        fn apply(&mut self, fact: &Recorded) {
            let mut state = Some(self.0.clone());
            StaffMember::apply(&mut state, fact);
            self.0 = state.unwrap();
        }
    }

    #[test]
    fn they_begin_as_they_were_added_without_hours() {
        let Profile(member) = Profile::new();
        assert_eq!((member.id, member.version, &*member.alias, &*member.token), (id(), Version(1), "Ada", "hash"));
        assert_eq!((member.capacity, member.removed), (2, false));
        assert!(member.is(Role::Volunteer) && !member.is(Role::Supervisor));
        assert!(member.serves(&Pool::named("main")) && !member.serves(&Pool::named("other")));
        assert!(member.hours().is_empty());
    }

    #[test]
    fn what_is_absent_from_a_change_of_profile_stays() {
        let mut profile = Profile::new();
        let changed = Changed { capacity: Some(5), roles: Some(vec![Role::Supervisor]), ..Changed::default() };
        assert_eq!(profile.change(Change::Profile(changed)), Ok(vec!["changed"]));
        assert_eq!((profile.0.capacity, &*profile.0.alias), (5, "Ada"));
        assert!(profile.0.is(Role::Supervisor) && !profile.0.is(Role::Volunteer));
    }

    #[test]
    fn what_was_given_to_somebody_before_they_rose_is_void_afterwards() {
        let roles = |roles: &[Role]| Change::Profile(Changed { roles: Some(roles.to_vec()), ..Changed::default() });
        let mut profile = Profile::new();
        profile.change(roles(&[Role::Professional, Role::Volunteer])).unwrap();
        assert_eq!(profile.0.token, "hash", "that is no more to say");
        profile.change(roles(&[Role::Supervisor])).unwrap();
        assert_eq!((&*profile.0.token, profile.0.machine_tokens.len()), ("", 0));
        profile.change(Change::Token("new".to_owned())).unwrap();
        profile.change(roles(&[Role::Admin])).unwrap();
        assert_eq!(profile.0.token, "");
        profile.change(Change::Token("new".to_owned())).unwrap();
        profile.change(roles(&[Role::Admin, Role::Supervisor])).unwrap();
        assert_eq!(profile.0.token, "new", "an admin could have done anything already");
    }

    #[test]
    fn what_is_so_already_causes_nothing() {
        let mut profile = Profile::new();
        let methods = vec![ContactMethod { kind: ContactKind::Email, to: "a@example.org".to_owned(), after_s: 0 }];
        let qualifications = vec![qualification("crisis", None)];
        assert_eq!(profile.change(Change::Profile(Changed::default())), Ok(vec![]));
        let changes: [(Change, &str); 4] = [
            (Change::Qualifications(qualifications.clone()), "qualifications_set"),
            (Change::Shifts(vec![shift()]), "shifts_set"),
            (Change::ContactMethods(methods.clone()), "contact_methods_set"),
            (Change::Remove, "removed"),
        ];
        for (change, kind) in changes {
            assert_eq!(profile.change(change.clone()), Ok(vec![kind]));
            assert_eq!(profile.change(change), Ok(vec![]), "{kind} again");
        }
        assert_eq!((&profile.0.qualifications, &profile.0.contact_methods), (&qualifications, &methods));
        assert_eq!(profile.0.version, Version(5));
    }

    #[test]
    fn a_new_token_and_a_conversation_read_are_always_recorded() {
        let mut profile = Profile::new();
        assert_eq!(profile.change(Change::Token("other".to_owned())), Ok(vec!["token_issued"]));
        assert_eq!(profile.0.token, "other");
        let read = Change::Read(crate::RequestId(Uuid::nil()), None);
        assert_eq!(profile.change(read.clone()), Ok(vec!["conversation_read"]));
        assert_eq!(profile.change(read), Ok(vec!["conversation_read"]));
    }

    #[test]
    fn leave_and_extra_are_taken_back_by_their_ids_and_nobody_elses() {
        let mut profile = Profile::new();
        let [first, second, extra, more] =
            [entry(1, "2026-03-02"), entry(2, "2026-03-03"), entry(3, "2026-03-04"), entry(4, "2026-03-05")];
        for leave in [&first, &second] {
            assert_eq!(profile.change(Change::AddLeave(leave.clone())), Ok(vec!["leave_added"]));
        }
        for extra in [&extra, &more] {
            assert_eq!(profile.change(Change::AddExtra(extra.clone())), Ok(vec!["extra_added"]));
        }
        let hours = profile.0.hours();
        assert_eq!((hours.leave, hours.extra), (vec![first.span, second.span], vec![extra.span, more.span]));

        assert_eq!(profile.change(Change::RemoveLeave(extra.id)), Err(UnknownEntry));
        assert_eq!(profile.change(Change::RemoveExtra(first.id)), Err(UnknownEntry));
        assert_eq!(profile.change(Change::RemoveLeave(first.id)), Ok(vec!["leave_removed"]));
        assert_eq!(profile.change(Change::RemoveLeave(first.id)), Err(UnknownEntry));
        assert_eq!(profile.change(Change::RemoveExtra(extra.id)), Ok(vec!["extra_removed"]));
        assert_eq!((&profile.0.leave, &profile.0.extra), (&vec![second], &vec![more]));
    }

    #[test]
    fn whoever_left_has_no_role_any_more() {
        let mut profile = Profile::new();
        profile.change(Change::Remove).unwrap();
        assert!(!profile.0.is(Role::Volunteer));
    }

    #[test]
    fn a_qualification_counts_until_the_moment_it_lapses() {
        let mut member = Profile::new().0;
        member.qualifications = vec![qualification("crisis", Some(now())), qualification("grief", None)];
        let at = |at| member.skills_at(at).map(|skill| skill.as_str().to_owned()).collect::<Vec<_>>();
        assert_eq!(at(now() - TimeDelta::microseconds(1)), ["crisis", "grief"]);
        assert_eq!(at(now()), ["grief"]);
        assert_eq!(at(now() + TimeDelta::days(1)), ["grief"]);
    }

    #[test]
    fn only_the_next_fact_of_a_profile_counts_and_one_that_is_not_known_is_passed_over() {
        let mut nobody = None;
        StaffMember::apply(&mut nobody, &fact(2, added()));
        assert!(nobody.is_none(), "it begins with the first fact");

        let mut profile = Profile::new();
        let rename = |alias: &str| Changed { alias: Some(alias.to_owned()), ..Changed::default() };
        profile.apply(&fact(1, rename("twice")));
        profile.apply(&fact(3, rename("beyond a hole")));
        let elsewhere = StreamId::request(crate::RequestId(id().0));
        profile.apply(&Recorded { stream: elsewhere, ..fact(2, rename("of a request")) });
        assert_eq!((&*profile.0.alias, profile.0.version), ("Ada", Version(1)));

        profile.apply(&Recorded { kind: "invented_later".into(), ..fact(2, rename("unknown")) });
        profile.apply(&fact(3, rename("known")));
        assert_eq!((&*profile.0.alias, profile.0.version), ("known", Version(3)));
    }
}

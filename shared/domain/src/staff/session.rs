//! Sessions of staff: one stream per person and ISO week in which they begin.
//!
//! A session is a token that its client carries. While it is used the token is replaced now and then, and each replacement
//! stands in the record: so the record shows which sessions are used, without a word for each call.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use super::StaffMember;
use crate::event::{Event, events};
use crate::record::{StreamId, StreamKind};
use crate::schedule::iso_week;
use crate::{Recorded, StaffId, Version};

events! {
    /// Something that happened to a session.
    SessionEvent {
        /// Somebody signed in.
        SessionStarted = "session_started",
        /// Its token was replaced, since it is used.
        SessionRotated = "session_rotated",
        /// Somebody signed out.
        SessionEnded = "session_ended",
    }
}

/// Somebody signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionStarted {
    /// Who.
    pub staff: StaffId,
    /// Which session.
    pub session: Uuid,
    /// SHA-256 of its token, base64.
    pub token: String,
    /// See [`StaffMember::sessions_since`]: with that event it is void.
    pub since: Version,
    /// The time step of the code that proved the second factor; absent when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u64>,
    /// How they proved that it is them.
    #[serde(default, skip_serializing_if = "Means::is_password")]
    pub by: Means,
    /// Whether that was worth a second factor without a code.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub second_factor: bool,
    /// When it ends, however much it is used.
    pub ends_at: DateTime<Utc>,
}

/// How somebody proves that it is them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// A password, with a code of an authenticator if they have one.
    #[default]
    Password,
    /// A password and a recovery code.
    RecoveryCode,
    /// A passkey.
    Passkey,
    /// An account at their organisation.
    Organisation,
}

impl Means {
    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::RecoveryCode => "recovery_code",
            Self::Passkey => "passkey",
            Self::Organisation => "organisation",
        }
    }

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
    const fn is_password(&self) -> bool {
        matches!(self, Self::Password)
    }
}

/// Its token was replaced, since it is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRotated {
    /// Whose.
    pub staff: StaffId,
    /// Which session.
    pub session: Uuid,
    /// SHA-256 of the new token, base64.
    pub token: String,
}

/// Somebody signed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEnded {
    /// Whose.
    pub staff: StaffId,
    /// Which session.
    pub session: Uuid,
}

/// The stream of the sessions that `staff` begins in the UTC ISO week of `at`.
pub fn session_stream(staff: StaffId, at: DateTime<Utc>) -> StreamId {
    let (year, week) = iso_week(at);
    StreamId { kind: StreamKind::Session, id: Uuid::new_v5(&staff.0, format!("session/{year}-W{week:02}").as_bytes()) }
}

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Unused for so long, it ends; up to `rotate` later, since that is how finely use is recorded.
    pub idle: TimeDelta,
    /// However much it is used, it ends; at most [`Lifetimes::LONGEST`].
    pub absolute: TimeDelta,
    /// A token in use is replaced when it is this old.
    pub rotate: TimeDelta,
}

impl Lifetimes {
    /// A session is known from the streams of this week and the last.
    pub const LONGEST: TimeDelta = TimeDelta::days(7);

    /// How long the token before the newest is still taken: for calls that were under way, and answers that got lost.
    pub const OVERLAP: TimeDelta = TimeDelta::minutes(2);
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self { idle: TimeDelta::hours(2), absolute: TimeDelta::hours(24), rotate: TimeDelta::minutes(30) }
    }
}

/// A session that somebody began and has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub staff: StaffId,
    /// Which.
    pub id: Uuid,
    /// The stream it stands in.
    pub stream: StreamId,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// How they proved that it is them.
    pub by: Means,
    /// See [`SessionStarted::since`].
    pub since: Version,
    /// The hash of its token.
    pub token: String,
    /// When that token was made: the newest proof that it is used.
    pub proven_at: DateTime<Utc>,
    /// The hash of the token before.
    pub before: Option<String>,
    /// Whether it was begun with a second factor.
    pub second_factor: bool,
    /// When it ends, however much it is used.
    pub ends_at: DateTime<Utc>,
}

/// What a token is to its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is the token of the session.
    Current,
    /// It is, and it is time to replace it.
    Due,
    /// It was replaced a moment ago: good, but the client should have the new one.
    Replaced,
    /// It is void.
    Over,
}

impl Session {
    /// What the token of that hash is at `now`. `member` is whoever the session is of.
    pub fn standing(&self, token: &str, member: &StaffMember, now: DateTime<Utc>, lifetimes: &Lifetimes) -> Standing {
        if member.id != self.staff || member.removed || member.sessions_since != self.since {
            return Standing::Over;
        }
        if now >= self.over_at(lifetimes) {
            Standing::Over
        } else if token == self.token {
            if now >= self.proven_at + lifetimes.rotate { Standing::Due } else { Standing::Current }
        } else if self.before.as_deref() == Some(token) && now < self.proven_at + Lifetimes::OVERLAP {
            Standing::Replaced
        } else {
            Standing::Over
        }
    }

    /// When it ends if it is not used any more.
    pub fn over_at(&self, lifetimes: &Lifetimes) -> DateTime<Utc> {
        self.ends_at.min(self.proven_at + lifetimes.idle + lifetimes.rotate)
    }
}

/// What is good once was used already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Used {
    /// The code of a second factor, or a later one.
    #[error("this code was used already")]
    Code,
    /// The answer to a challenge.
    #[error("this sign-in was used already")]
    Answer,
}

/// The sessions that there are, by the streams that were read.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    sessions: BTreeMap<Uuid, Session>,
    /// The newest token of each, and the one before it.
    tokens: BTreeMap<String, Uuid>,
    of: BTreeMap<StaffId, BTreeSet<(DateTime<Utc>, Uuid)>>,
    ends: BTreeSet<(DateTime<Utc>, Uuid)>,
    /// The newest time step of which a code was used, and when.
    codes: BTreeMap<StaffId, u64>,
    /// How far each stream was read, and when it was written to last.
    heads: BTreeMap<StreamId, (Version, DateTime<Utc>)>,
    /// When streams that are over were looked for last.
    swept_at: Option<DateTime<Utc>>,
}

impl Sessions {
    /// The most that one person has at once; the oldest gives way.
    pub const MOST: usize = 20;

    /// Takes the next fact of a stream into account; says whose session ended by it. A fact that is known changes nothing.
    pub fn apply(&mut self, fact: &Recorded) -> Option<StaffId> {
        if fact.stream.kind != StreamKind::Session {
            return None;
        }
        let head = self.heads.entry(fact.stream).or_insert((Version::NONE, fact.at));
        if fact.version <= head.0 {
            return None;
        }
        *head = (fact.version, fact.at);
        let Ok(Event::Session(event)) = fact.event() else { return None };
        match event {
            SessionEvent::SessionStarted(started) => self.start(fact, started),
            SessionEvent::SessionRotated(rotated) => {
                let session = self.sessions.get_mut(&rotated.session)?;
                if let Some(gone) = session.before.replace(std::mem::replace(&mut session.token, rotated.token)) {
                    self.tokens.remove(&gone);
                }
                self.tokens.insert(session.token.clone(), session.id);
                session.proven_at = fact.at;
                None
            }
            SessionEvent::SessionEnded(ended) => self.drop(ended.session),
        }
    }

    fn start(&mut self, fact: &Recorded, started: SessionStarted) -> Option<StaffId> {
        let SessionStarted { staff, session: id, token, since, code, by, second_factor, ends_at } = started;
        if let Some(code) = code {
            let newest = self.codes.entry(staff).or_default();
            *newest = code.max(*newest);
        }
        self.tokens.insert(token.clone(), id);
        self.ends.insert((ends_at, id));
        let session = Session {
            staff,
            id,
            stream: fact.stream,
            began_at: fact.at,
            by,
            since,
            token,
            proven_at: fact.at,
            before: None,
            second_factor: second_factor || code.is_some(),
            ends_at,
        };
        self.sessions.insert(id, session);
        let mine = self.of.entry(staff).or_default();
        mine.insert((ends_at, id));
        let oldest = mine.first().filter(|_| mine.len() > Self::MOST).map(|(_, id)| *id);
        oldest.and_then(|oldest| self.drop(oldest))
    }

    fn drop(&mut self, id: Uuid) -> Option<StaffId> {
        let session = self.sessions.remove(&id)?;
        self.tokens.remove(&session.token);
        session.before.iter().for_each(|before| {
            self.tokens.remove(before);
        });
        self.ends.remove(&(session.ends_at, id));
        if let Some(mine) = self.of.get_mut(&session.staff) {
            mine.remove(&(session.ends_at, id));
            if mine.is_empty() {
                self.of.remove(&session.staff);
            }
        }
        Some(session.staff)
    }

    /// The session of which this is the hash of the token, or of the token before.
    pub fn by_token(&self, hash: &str) -> Option<&Session> {
        self.sessions.get(self.tokens.get(hash)?)
    }

    /// The sessions of somebody that were not ended, the one that ends first being first.
    pub fn of_staff(&self, staff: StaffId) -> impl Iterator<Item = &Session> {
        self.of.get(&staff).into_iter().flatten().filter_map(|(_, id)| self.sessions.get(id))
    }

    /// A session that was not ended.
    pub fn get(&self, id: Uuid) -> Option<&Session> {
        self.sessions.get(&id)
    }

    /// Whether that event is known.
    pub fn has_seen(&self, stream: StreamId, version: Version) -> bool {
        self.version(stream) >= version
    }

    /// How far a stream was read.
    pub fn version(&self, stream: StreamId) -> Version {
        self.heads.get(&stream).map_or(Version::NONE, |(version, _)| *version)
    }

    /// A code is good once, and so is none of an earlier time step: whoever looked over somebody's shoulder is too late.
    pub fn use_code(&self, member: &StaffMember, code: u64) -> Result<(), Used> {
        let proven = member.sign_in.as_ref().and_then(|sign_in| sign_in.code);
        let newest = self.codes.get(&member.id).copied().max(proven);
        if newest.is_some_and(|newest| code <= newest) { Err(Used::Code) } else { Ok(()) }
    }

    /// Forgets what is over, however much it was used.
    pub fn forget(&mut self, now: DateTime<Utc>) {
        while let Some((_, id)) = self.ends.first().copied().filter(|(at, _)| *at <= now) {
            if self.drop(id).is_none() {
                self.ends.pop_first();
            }
        }
        if self.swept_at.is_some_and(|at| now - at < TimeDelta::hours(1)) {
            return;
        }
        self.swept_at = Some(now);
        self.heads.retain(|_, (_, at)| now - *at < Lifetimes::LONGEST + TimeDelta::days(7));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::record::{Actor, Position};
    use crate::staff::{Added, Role};
    use crate::{Pool, Recorded};

    const LIFETIMES: Lifetimes =
        Lifetimes { idle: TimeDelta::minutes(60), absolute: TimeDelta::minutes(600), rotate: TimeDelta::minutes(10) };

    fn at(minute: i64) -> DateTime<Utc> {
        "2026-03-04T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minute)
    }

    fn who() -> StaffId {
        StaffId(Uuid::from_u128(7))
    }

    fn fact(stream: StreamId, version: u64, minute: i64, kind: &str, data: String) -> Recorded {
        Recorded {
            stream,
            version: Version(version),
            position: Position(0),
            pool: Pool::all(),
            kind: kind.into(),
            at: at(minute),
            actor: Actor::Staff(who()),
            trace: "".into(),
            data: data.into(),
            hash: [0; 32],
        }
    }

    fn member() -> StaffMember {
        let added = Added {
            alias: "Ada".to_owned(),
            roles: vec![Role::Volunteer],
            pools: vec![Pool::named("main")],
            zone: chrono_tz::Tz::UTC,
            languages: vec![],
            capacity: 1,
            qualifications: vec![],
            token: String::new(),
        };
        let mut member = None;
        let data = serde_json::to_string(&added).unwrap();
        StaffMember::apply(&mut member, &fact(StreamId::staff(who()), 1, 0, "added", data));
        member.unwrap()
    }

    struct Record(Sessions, u64);

    impl Record {
        fn append(&mut self, minute: i64, event: impl Into<SessionEvent>) -> Option<StaffId> {
            self.1 += 1;
            let event = event.into();
            let data = event.encode().unwrap();
            self.0.apply(&fact(session_stream(who(), at(0)), self.1, minute, event.kind(), data))
        }

        fn start(&mut self, n: u128, minute: i64, code: Option<u64>) -> Option<StaffId> {
            let ends_at = at(minute) + LIFETIMES.absolute;
            let (session, token) = (Uuid::from_u128(n), format!("t{n}"));
            self.append(
                minute,
                SessionStarted {
                    staff: who(),
                    session,
                    token,
                    since: Version::NONE,
                    code,
                    by: Means::Password,
                    second_factor: false,
                    ends_at,
                },
            )
        }

        fn rotate(&mut self, n: u128, minute: i64, token: &str) {
            let session = Uuid::from_u128(n);
            self.append(minute, SessionRotated { staff: who(), session, token: token.to_owned() });
        }

        fn standing(&self, token: &str, minute: i64) -> Standing {
            let of = |session: &Session| session.standing(token, &member(), at(minute), &LIFETIMES);
            self.0.by_token(token).map_or(Standing::Over, of)
        }
    }

    fn empty() -> Record {
        Record(Sessions::default(), 0)
    }

    #[test]
    fn a_token_in_use_is_replaced_and_the_one_before_is_good_for_a_moment() {
        let mut record = empty();
        record.start(1, 0, None);
        assert_eq!((record.standing("t1", 9), record.standing("t1", 10)), (Standing::Current, Standing::Due));
        record.rotate(1, 10, "second");
        assert_eq!((record.standing("second", 10), record.standing("t1", 11)), (Standing::Current, Standing::Replaced));
        assert_eq!(record.standing("t1", 12), Standing::Over);
        record.rotate(1, 20, "third");
        assert_eq!((record.standing("second", 21), record.standing("t1", 21)), (Standing::Replaced, Standing::Over));
    }

    #[test]
    fn a_session_ends_unused_and_however_much_it_is_used() {
        let mut record = empty();
        record.start(1, 0, None);
        // Used up to minute 9 it would not have been replaced yet.
        assert_eq!((record.standing("t1", 69), record.standing("t1", 70)), (Standing::Due, Standing::Over));
        for minute in (10..600).step_by(10) {
            record.rotate(1, minute, &format!("at {minute}"));
        }
        assert_eq!(
            (record.standing("at 590", 599), record.standing("at 590", 600)),
            (Standing::Current, Standing::Over)
        );
    }

    #[test]
    fn who_signed_out_is_out_and_nobody_else() {
        let mut record = empty();
        record.start(1, 0, None);
        record.start(2, 0, None);
        assert_eq!(record.append(1, SessionEnded { staff: who(), session: Uuid::from_u128(1) }), Some(who()));
        assert_eq!((record.standing("t1", 1), record.standing("t2", 1)), (Standing::Over, Standing::Current));
    }

    #[test]
    fn a_session_is_void_once_something_voided_every_session_of_theirs() {
        let mut record = empty();
        record.start(1, 0, None);
        let session = record.0.by_token("t1").unwrap();
        let mut member = member();
        member.sessions_since = Version(2);
        assert_eq!(session.standing("t1", &member, at(0), &LIFETIMES), Standing::Over);
        let removed = StaffMember { removed: true, sessions_since: Version::NONE, ..member.clone() };
        assert_eq!(session.standing("t1", &removed, at(0), &LIFETIMES), Standing::Over);
        let other = StaffMember { id: StaffId(Uuid::from_u128(8)), sessions_since: Version::NONE, ..member };
        assert_eq!(session.standing("t1", &other, at(0), &LIFETIMES), Standing::Over);
    }

    #[test]
    fn a_code_is_good_once_and_none_before_it_is() {
        let mut record = empty();
        record.start(1, 0, Some(100));
        let may = |code| record.0.use_code(&member(), code);
        assert_eq!((may(99), may(100), may(101)), (Err(Used::Code), Err(Used::Code), Ok(())));
    }

    #[test]
    fn the_oldest_of_too_many_sessions_gives_way_and_what_is_over_is_forgotten() {
        let mut record = empty();
        for n in 0..Sessions::MOST as i64 {
            assert_eq!(record.start(n as u128 + 1, n, None), None);
        }
        assert_eq!(record.start(99, 50, None), Some(who()));
        assert_eq!((record.standing("t1", 50), record.standing("t2", 50)), (Standing::Over, Standing::Due));
        record.0.forget(at(10_000));
        assert!(record.0.sessions.is_empty() && record.0.tokens.is_empty() && record.0.of.is_empty());
        record.0.forget(at(60 * 24 * 15));
        assert!(record.0.heads.is_empty());
    }

    #[test]
    fn a_fact_that_is_known_changes_nothing() {
        let mut record = empty();
        record.start(1, 0, None);
        record.rotate(1, 10, "second");
        record.1 = 0;
        record.start(1, 0, None);
        assert_eq!(record.standing("second", 10), Standing::Current);
    }
}

//! How staff sign in, and their sessions.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use wideawake_domain::staff::{
    Authority, InvitationGone, Lifetimes, Means, RecoveryCodesSet, Session, SessionEnded, SessionEvent, SessionRotated,
    SessionStarted, Sessions, SignInName, StaffEvent, StaffMember, Used, session_stream,
};
use wideawake_domain::{Actor, Event, Pool, Recorded, StaffId, StreamId, Text, Version};
use wideawake_ledger::{AppendError, KeyChange};
use wideawake_vault::VaultError;
use zeroize::Zeroizing;

use super::{ATTEMPTS, PAGE, Record, RecordError, StaffError, prepare};
use crate::clock;

/// How somebody is to sign in from now on.
pub struct NewSignIn<'a> {
    /// Whose word it is.
    pub by: Authority,
    /// With which name.
    pub name: SignInName,
    /// What proves that it is them; sealed under their key.
    pub secret: &'a str,
    /// The time step of the code that proved the second factor, if there is one.
    pub code: Option<u64>,
    /// The hashes of new recovery codes; those before stay when there are none.
    pub recovery_codes: Vec<String>,
}

/// A session that somebody begins.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The hash of its token.
    pub token: String,
    /// How they proved that it is them.
    pub by: Means,
    /// The time step of the code that proved the second factor. It is taken once.
    pub code: Option<u64>,
    /// Whether what they proved was worth a second factor without a code.
    pub second_factor: bool,
    /// What the session is called when the proof is good once: with the same name it begins no second time.
    pub once: Option<Uuid>,
}

impl Record {
    /// Sets how somebody signs in. Whatever session they had is void.
    pub async fn set_sign_in(
        &self,
        id: StaffId,
        new: NewSignIn<'_>,
        actor: Actor,
    ) -> Result<Result<Vec<Recorded>, InvitationGone>, StaffError> {
        let stream = StreamId::staff(id);
        for _ in 0..ATTEMPTS {
            let member = self.staff(id).await?.filter(|state| !state.removed).ok_or(StaffError::Unknown)?;
            let (key, change) = match self.ledger.key(stream).await.map_err(RecordError::from)? {
                Some(wrapped) => (self.vault.unwrap(stream, &wrapped).map_err(RecordError::from)?, KeyChange::Keep),
                None => {
                    let (key, wrapped) = self.vault.new_data_key(stream);
                    (key, KeyChange::Create(wrapped))
                }
            };
            let now = clock::now();
            let secret = key.seal(stream, member.version.next(), new.secret);
            let event = match member.set_sign_in(&new.by, new.name.clone(), secret, new.code, now) {
                Ok(event) => StaffEvent::from(event),
                Err(gone) => return Ok(Err(gone)),
            };
            let codes = (!new.recovery_codes.is_empty())
                .then(|| RecoveryCodesSet { codes: new.recovery_codes.clone(), code: None }.into());
            let events = std::iter::once(event).chain(codes).map(Event::Staff).collect();
            let append = prepare(stream, Pool::all(), member.version, actor, now, events, change);
            match self.append(append.map_err(RecordError::from)?).await {
                Err(AppendError::Conflict { .. }) => {}
                answer => return Ok(Ok(answer.map_err(RecordError::from)?)),
            }
        }
        Err(RecordError::Contended.into())
    }

    /// What proves that somebody is who they say; `None` when they cannot sign in with a name.
    pub async fn sign_in_secret(&self, member: &StaffMember) -> Result<Option<Zeroizing<String>>, RecordError> {
        let Some(sign_in) = &member.sign_in else { return Ok(None) };
        let stream = StreamId::staff(member.id);
        let Some(wrapped) = self.ledger.key(stream).await? else { return Ok(None) };
        match self.vault.unwrap(stream, &wrapped)?.open(stream, sign_in.version, &sign_in.secret) {
            Ok(secret) => Ok(Some(secret)),
            Err(VaultError::Lost) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The sessions that somebody began within [`Lifetimes::LONGEST`], as the record has them now.
    /// With the names of all that began, also of those that have ended.
    async fn sessions(&self, staff: StaffId, now: DateTime<Utc>) -> Result<(Sessions, BTreeSet<Uuid>), RecordError> {
        let (mut sessions, mut begun) = (Sessions::default(), BTreeSet::new());
        for at in [now - TimeDelta::days(7), now] {
            begun.append(&mut self.read_sessions(session_stream(staff, at), &mut sessions).await?);
        }
        Ok((sessions, begun))
    }

    async fn read_sessions(&self, stream: StreamId, sessions: &mut Sessions) -> Result<BTreeSet<Uuid>, RecordError> {
        let mut begun = BTreeSet::new();
        loop {
            let facts = self.ledger.read(stream, sessions.version(stream), PAGE).await?;
            for fact in &facts {
                if let Ok(Event::Session(SessionEvent::SessionStarted(started))) = fact.event() {
                    begun.insert(started.session);
                }
                sessions.apply(fact);
            }
            if facts.len() < PAGE {
                return Ok(begun);
            }
        }
    }

    /// Begins a session of `member`, as they were when they proved themself. What is good once is taken once.
    pub async fn start_session(
        &self,
        member: &StaffMember,
        new: NewSession,
        lifetimes: &Lifetimes,
    ) -> Result<Result<Vec<Recorded>, Used>, RecordError> {
        let session = new.once.unwrap_or_else(clock::new_id);
        for _ in 0..ATTEMPTS {
            let now = clock::now();
            let (sessions, begun) = self.sessions(member.id, now).await?;
            if let Some(code) = new.code
                && let Err(used) = sessions.use_code(member, code)
            {
                return Ok(Err(used));
            }
            if begun.contains(&session) {
                return Ok(Err(Used::Answer));
            }
            let started = SessionStarted {
                staff: member.id,
                session,
                token: new.token.clone(),
                since: member.sessions_since,
                code: new.code,
                by: new.by,
                second_factor: new.second_factor,
                ends_at: now + lifetimes.absolute,
            };
            let stream = session_stream(member.id, now);
            match self.append_session(stream, sessions.version(stream), member.id, started.into()).await {
                Err(RecordError::Append(AppendError::Conflict { .. })) => {}
                answer => return answer.map(Ok),
            }
        }
        Err(RecordError::Contended)
    }

    /// Replaces the token of a session as it was seen. Nothing is appended when somebody else did so meanwhile, or it ended.
    pub async fn rotate_session(&self, seen: &Session, token: String) -> Result<Vec<Recorded>, RecordError> {
        self.change_session(seen.stream, seen.id, |session| {
            let rotated = SessionRotated { staff: seen.staff, session: seen.id, token: token.clone() };
            (session.token == seen.token).then(|| rotated.into())
        })
        .await
    }

    /// Ends a session. Nothing is appended when it had ended.
    pub async fn end_session(&self, seen: &Session) -> Result<Vec<Recorded>, RecordError> {
        let ended = SessionEnded { staff: seen.staff, session: seen.id };
        self.change_session(seen.stream, seen.id, |_| Some(ended.clone().into())).await
    }

    async fn change_session(
        &self,
        stream: StreamId,
        id: Uuid,
        decide: impl Fn(&Session) -> Option<SessionEvent>,
    ) -> Result<Vec<Recorded>, RecordError> {
        for _ in 0..ATTEMPTS {
            let mut sessions = Sessions::default();
            self.read_sessions(stream, &mut sessions).await?;
            let Some(session) = sessions.get(id) else { return Ok(Vec::new()) };
            let Some(event) = decide(session) else { return Ok(Vec::new()) };
            match self.append_session(stream, sessions.version(stream), session.staff, event).await {
                Err(RecordError::Append(AppendError::Conflict { .. })) => {}
                answer => return answer,
            }
        }
        Err(RecordError::Contended)
    }

    async fn append_session(
        &self,
        stream: StreamId,
        expected: Version,
        staff: StaffId,
        event: SessionEvent,
    ) -> Result<Vec<Recorded>, RecordError> {
        let (actor, now) = (Actor::Staff(staff), clock::now());
        let append = prepare(stream, Pool::all(), expected, actor, now, vec![Event::Session(event)], KeyChange::Keep)?;
        Ok(self.append(append).await?)
    }
}

/// Text is what it is sealed as; the rest of how somebody signs in prints as it is.
impl std::fmt::Debug for NewSignIn<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let secret = Text::Open(String::new());
        f.debug_struct("NewSignIn").field("name", &self.name).field("secret", &secret).finish_non_exhaustive()
    }
}

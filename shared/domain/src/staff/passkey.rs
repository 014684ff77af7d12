//! Passkeys and recovery codes: what else somebody proves with that it is them.

use uuid::Uuid;

use super::{
    PasskeyAdded, PasskeyRemoved, PasskeyUsed, RecoveryCodeUsed, RecoveryCodesSet, StaffMember, UnknownEntry, Used,
};

/// The most passkeys that one person has.
pub const MOST_PASSKEYS: usize = 10;

/// They have as many passkeys as one person may, or this one already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyRefused {
    /// They have as many as one person may.
    #[error("ten passkeys are enough; remove one first")]
    TooMany,
    /// It is there already.
    #[error("this passkey is there already")]
    Known,
}

impl StaffMember {
    /// The passkey that an authenticator calls `credential`.
    pub fn passkey(&self, credential: &str) -> Option<&PasskeyAdded> {
        self.passkeys.iter().find(|key| key.credential == credential)
    }

    /// The event by which a passkey is theirs.
    pub fn add_passkey(&self, key: PasskeyAdded) -> Result<PasskeyAdded, PasskeyRefused> {
        if self.passkeys.len() >= MOST_PASSKEYS {
            Err(PasskeyRefused::TooMany)
        } else if self.passkey(&key.credential).is_some() {
            Err(PasskeyRefused::Known)
        } else {
            Ok(key)
        }
    }

    /// The event of a passkey being used, for an authenticator that counts: one that counts no further is a copy, or its answer
    /// was seen before. `None` for one that does not count.
    pub fn use_passkey(&self, id: Uuid, counter: u32) -> Result<Option<PasskeyUsed>, Used> {
        let key = self.passkeys.iter().find(|key| key.id == id).ok_or(Used::Answer)?;
        match (key.counter, counter) {
            (0, 0) => Ok(None),
            (before, now) if now > before => Ok(Some(PasskeyUsed { id, counter })),
            _ => Err(Used::Answer),
        }
    }

    /// The event by which a passkey is no longer theirs.
    pub fn remove_passkey(&self, id: Uuid) -> Result<PasskeyRemoved, UnknownEntry> {
        let has = self.passkeys.iter().any(|key| key.id == id);
        if has { Ok(PasskeyRemoved { id }) } else { Err(UnknownEntry) }
    }

    /// The event by which these are their recovery codes, by their hashes; those before are void. `code` is the time step of
    /// the code by which they asked for them.
    pub fn set_recovery_codes(&self, codes: Vec<String>, code: Option<u64>) -> Result<RecoveryCodesSet, Used> {
        let newest = self.sign_in.as_ref().and_then(|sign_in| sign_in.code);
        if code.is_some() && code <= newest {
            return Err(Used::Code);
        }
        Ok(RecoveryCodesSet { codes, code })
    }

    /// The event by which a recovery code is used up, by its hash.
    pub fn use_recovery_code(&self, code: &str) -> Result<RecoveryCodeUsed, Used> {
        let has = self.recovery_codes.iter().any(|known| known == code);
        if has { Ok(RecoveryCodeUsed { code: code.to_owned() }) } else { Err(Used::Code) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::record::{Actor, Position, StreamId};
    use crate::staff::{Added, Role, SignInSet, StaffEvent};
    use crate::{Event, Pool, Recorded, StaffId, Text, Version};

    struct Person(Option<StaffMember>);

    impl Person {
        fn new() -> Self {
            let mut person = Self(None);
            person.happens(Added {
                alias: "Ada".to_owned(),
                roles: vec![Role::Volunteer],
                pools: vec![Pool::named("main")],
                zone: chrono_tz::Tz::UTC,
                languages: vec![],
                capacity: 1,
                qualifications: vec![],
                token: String::new(),
            });
            person
        }

        fn happens(&mut self, event: impl Into<StaffEvent>) {
            let (id, event) = (StaffId(Uuid::from_u128(7)), Event::Staff(event.into()));
            let version = self.0.as_ref().map_or(Version::NONE, |member| member.version).next();
            let fact = Recorded {
                stream: StreamId::staff(id),
                version,
                position: Position(version.0),
                pool: Pool::all(),
                kind: event.kind().into(),
                at: chrono::DateTime::UNIX_EPOCH,
                actor: Actor::Staff(id),
                trace: "".into(),
                data: event.encode().unwrap().into(),
                hash: [0; 32],
            };
            StaffMember::apply(&mut self.0, &fact);
        }

        fn is(&self) -> &StaffMember {
            self.0.as_ref().unwrap()
        }
    }

    fn key(n: u128, counter: u32) -> PasskeyAdded {
        let (credential, key) = (format!("credential {n}"), "key".to_owned());
        PasskeyAdded { id: Uuid::from_u128(n), name: "telephone".to_owned(), credential, key, algorithm: -7, counter }
    }

    #[test]
    fn a_passkey_that_counts_counts_on_and_one_that_does_not_is_taken_as_it_is() {
        let mut person = Person::new();
        person.happens(person.is().add_passkey(key(1, 5)).unwrap());
        person.happens(person.is().add_passkey(key(2, 0)).unwrap());
        let (counts, does_not) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for seen in [0, 4, 5] {
            assert_eq!(person.is().use_passkey(counts, seen), Err(Used::Answer), "{seen}");
        }
        let used = person.is().use_passkey(counts, 6).unwrap().unwrap();
        person.happens(used);
        assert_eq!(person.is().use_passkey(counts, 6), Err(Used::Answer), "two desks heard the same answer");
        assert_eq!(person.is().use_passkey(does_not, 0), Ok(None));
        assert_eq!(person.is().use_passkey(Uuid::nil(), 0), Err(Used::Answer));
        assert_eq!(person.is().add_passkey(key(1, 0)), Err(PasskeyRefused::Known));
        person.happens(person.is().remove_passkey(counts).unwrap());
        assert_eq!(person.is().remove_passkey(counts), Err(UnknownEntry));
        assert_eq!(person.is().passkeys.len(), 1);
        (3..12).for_each(|n| person.happens(key(n, 0)));
        assert_eq!(person.is().add_passkey(key(99, 0)), Err(PasskeyRefused::TooMany));
    }

    #[test]
    fn a_recovery_code_is_good_once_and_all_of_them_go_with_the_second_factor() {
        let mut person = Person::new();
        let sign_in = |code| SignInSet { name: "ada".parse().unwrap(), secret: Text::Sealed("x".to_owned()), code };
        person.happens(sign_in(Some(7)));
        let codes = || vec!["one".to_owned(), "two".to_owned()];
        assert_eq!(person.is().set_recovery_codes(codes(), Some(7)), Err(Used::Code), "that code was used");
        person.happens(person.is().set_recovery_codes(codes(), Some(8)).unwrap());
        assert_eq!(person.is().set_recovery_codes(codes(), Some(8)), Err(Used::Code));
        person.happens(person.is().use_recovery_code("one").unwrap());
        assert_eq!(person.is().use_recovery_code("one"), Err(Used::Code));
        assert!(person.is().use_recovery_code("two").is_ok());
        person.happens(sign_in(Some(9)));
        assert_eq!(person.is().recovery_codes, ["two"], "another password is no reason to lose them");
        person.happens(sign_in(None));
        assert!(person.is().recovery_codes.is_empty());
    }
}

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

    /// The event by which these are their recovery codes, by their hashes; those before are void.
    pub fn set_recovery_codes(&self, codes: Vec<String>) -> RecoveryCodesSet {
        RecoveryCodesSet { codes }
    }

    /// The event by which a recovery code is used up, by its hash.
    pub fn use_recovery_code(&self, code: &str) -> Result<RecoveryCodeUsed, Used> {
        let has = self.recovery_codes.iter().any(|known| known == code);
        if has { Ok(RecoveryCodeUsed { code: code.to_owned() }) } else { Err(Used::Code) }
    }
}

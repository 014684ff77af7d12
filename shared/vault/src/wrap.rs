//! Data keys under a master key.
//!
//! A wrapped key is: format (1 byte), id of the master key (8), nonce (12), the data key sealed by AES-256-GCM (32 + 16);
//! format and stream are its associated data.

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use std::fmt;
use wideawake_domain::StreamId;
use zeroize::Zeroizing;

use crate::derive::{random, subkey};
use crate::master::KEY;
use crate::{DataKey, MasterKeys, VaultError};

const FORMAT: u8 = 1;
const ID: usize = 8;
const NONCE: usize = 12;
const TAG: usize = 16;

/// How many bytes a wrapped key has.
pub const WRAPPED: usize = 1 + ID + NONCE + KEY + TAG;

/// Wraps and unwraps data keys, and derives what must be derived. Cheap to share in an `Arc`.
pub struct Vault {
    masters: MasterKeys,
    /// One for each master key, in the same order.
    wrapping: Vec<Wrapping>,
}

/// What a master key is called where it cannot be shown: it tells nothing of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MasterId([u8; ID]);

impl fmt::Display for MasterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

struct Wrapping {
    id: [u8; ID],
    key: RandomizedNonceKey,
}

impl Vault {
    /// A vault under these keys.
    pub fn new(masters: MasterKeys) -> Self {
        let wrapping = masters
            .iter()
            .map(|master| {
                let mut id = [0; ID];
                id.copy_from_slice(&subkey(master, &["id"])[..ID]);
                let key = RandomizedNonceKey::new(&AES_256_GCM, &*subkey(master, &["wrap"]))
                    .expect("a key of 32 bytes is what AES-256 takes");
                Wrapping { id, key }
            })
            .collect();
        Self { masters, wrapping }
    }

    /// A new data key for `stream`, and its wrapped form for the ledger.
    pub fn new_data_key(&self, stream: StreamId) -> (DataKey, Vec<u8>) {
        let secret = Zeroizing::new(random::<KEY>());
        (DataKey::from_secret(&secret), self.wrap(stream, &secret))
    }

    /// The data key of `stream` from what the ledger keeps.
    pub fn unwrap(&self, stream: StreamId, wrapped: &[u8]) -> Result<DataKey, VaultError> {
        self.secret(stream, wrapped).map(|(secret, _)| DataKey::from_secret(&secret))
    }

    /// Whether `wrapped` is the data key of `stream`.
    pub fn opens(&self, stream: StreamId, wrapped: &[u8]) -> bool {
        self.secret(stream, wrapped).is_ok()
    }

    /// How every key begins that one of the master keys wrapped.
    pub fn marks(&self) -> Vec<Vec<u8>> {
        self.wrapping.iter().map(|wrapping| [&[FORMAT], &wrapping.id[..]].concat()).collect()
    }

    /// The same data key wrapped by the newest master key; `None` if it is that already.
    pub fn rewrap(&self, stream: StreamId, wrapped: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
        let (secret, by) = self.secret(stream, wrapped)?;
        Ok((by != 0).then(|| self.wrap(stream, &secret)))
    }

    /// The master keys, newest first.
    pub fn master_ids(&self) -> Vec<MasterId> {
        self.wrapping.iter().map(|wrapping| MasterId(wrapping.id)).collect()
    }

    /// By which master key a data key was wrapped, whether it is known here or not; `None`: that is no wrapped key.
    pub fn wrapped_by(wrapped: &[u8]) -> Option<MasterId> {
        let [FORMAT, rest @ ..] = wrapped else { return None };
        (wrapped.len() == WRAPPED).then_some(())?;
        rest.first_chunk().copied().map(MasterId)
    }

    pub(crate) fn newest(&self) -> &[u8; KEY] {
        self.masters.iter().next().expect("there is at least one master key")
    }

    pub(crate) fn masters(&self) -> impl Iterator<Item = &[u8; KEY]> {
        self.masters.iter()
    }

    fn wrap(&self, stream: StreamId, secret: &[u8; KEY]) -> Vec<u8> {
        let Wrapping { id, key } = &self.wrapping[0];
        let mut sealed = *secret;
        let (nonce, tag) = key
            .seal_in_place_separate_tag(Aad::from(associated(stream)), &mut sealed)
            .expect("AES-256-GCM seals 32 bytes");
        let mut wrapped = Vec::with_capacity(WRAPPED);
        wrapped.push(FORMAT);
        wrapped.extend_from_slice(id);
        wrapped.extend_from_slice(nonce.as_ref());
        wrapped.extend_from_slice(&sealed);
        wrapped.extend_from_slice(tag.as_ref());
        wrapped
    }

    /// The data key itself, and the index of the master key that had wrapped it.
    fn secret(&self, stream: StreamId, wrapped: &[u8]) -> Result<(Zeroizing<[u8; KEY]>, usize), VaultError> {
        if wrapped.len() != WRAPPED || wrapped[0] != FORMAT {
            return Err(VaultError::Altered);
        }
        let (id, rest) = wrapped[1..].split_at(ID);
        let (nonce, sealed) = rest.split_at(NONCE);
        let by = self.wrapping.iter().position(|w| w.id == id).ok_or(VaultError::UnknownMaster)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| VaultError::Altered)?;
        let mut buffer = Zeroizing::new(sealed.to_vec());
        let opened = self.wrapping[by]
            .key
            .open_in_place(nonce, Aad::from(associated(stream)), &mut buffer)
            .map_err(|_| VaultError::Altered)?;
        let mut secret = Zeroizing::new([0; KEY]);
        secret.copy_from_slice(opened);
        Ok((secret, by))
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹sealed›")
    }
}

fn associated(stream: StreamId) -> Vec<u8> {
    let mut out = vec![FORMAT];
    out.extend_from_slice(stream.id.as_bytes());
    out.extend_from_slice(stream.kind.as_str().as_bytes());
    out
}

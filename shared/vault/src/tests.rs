#![allow(clippy::unwrap_used, clippy::panic)]

use base64::prelude::{BASE64_STANDARD, Engine as _};
use proptest::prelude::*;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use uuid::Uuid;
use wideawake_domain::{StreamId, StreamKind, Text, Version};

use crate::{MasterKeys, PublicKey, Vault, VaultError, WRAPPED, hash_token, random, same};

const V7: Version = Version(7);

fn base64_key(byte: u8) -> String {
    BASE64_STANDARD.encode([byte; 32])
}

fn vault(keys: &[u8]) -> Vault {
    let keys: Vec<String> = keys.iter().map(|byte| base64_key(*byte)).collect();
    Vault::new(MasterKeys::from_base64(&keys).unwrap())
}

fn stream(n: u128) -> StreamId {
    StreamId { kind: StreamKind::Request, id: Uuid::from_u128(n) }
}

fn sealed_bytes(text: &Text) -> Vec<u8> {
    BASE64_STANDARD.decode(text.sealed().unwrap()).unwrap()
}

fn sealed(bytes: &[u8]) -> Text {
    Text::Sealed(BASE64_STANDARD.encode(bytes))
}

proptest! {
    #[test]
    fn what_was_sealed_opens_and_nothing_else_does(plain in ".{0,300}", at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let vault = vault(&[1]);
        let (key, wrapped) = vault.new_data_key(stream(1));
        let text = key.seal(stream(1), V7, &plain);
        prop_assert_eq!(&*key.open(stream(1), V7, &text).unwrap(), &plain);
        prop_assert_eq!(&*vault.unwrap(stream(1), &wrapped).unwrap().open(stream(1), V7, &text).unwrap(), &plain);

        let mut changed = sealed_bytes(&text);
        let place = at.index(changed.len());
        changed[place] ^= 1 << bit;
        prop_assert!(key.open(stream(1), V7, &sealed(&changed)).is_err());
        prop_assert!(key.open(stream(1), V7, &sealed(&changed[..place])).is_err());

        let mut changed = wrapped.clone();
        let place = at.index(changed.len());
        changed[place] ^= 1 << bit;
        prop_assert!(vault.unwrap(stream(1), &changed).is_err());
        prop_assert!(vault.unwrap(stream(1), &changed[..place]).is_err());
    }
}

#[test]
fn text_opens_only_in_its_own_stream_and_version() {
    let vault = vault(&[1]);
    let (key, wrapped) = vault.new_data_key(stream(1));
    let text = key.seal(stream(1), V7, "hello");
    let same_id = StreamId { kind: StreamKind::Escalation, id: stream(1).id };
    for (elsewhere, version) in [(stream(2), V7), (same_id, V7), (stream(1), Version(8))] {
        assert!(matches!(key.open(elsewhere, version, &text), Err(VaultError::Altered)));
    }
    for elsewhere in [stream(2), same_id] {
        assert!(matches!(vault.unwrap(elsewhere, &wrapped), Err(VaultError::Altered)));
    }
    let (other, _) = vault.new_data_key(stream(1));
    assert!(matches!(other.open(stream(1), V7, &text), Err(VaultError::Altered)));
    assert!(matches!(key.open(stream(1), V7, &Text::Open("hello".into())), Err(VaultError::Altered)));
    assert!(matches!(key.open(stream(1), V7, &Text::Sealed("no base64!".into())), Err(VaultError::Altered)));
}

#[test]
fn the_same_text_never_looks_the_same_twice() {
    let (key, _) = vault(&[1]).new_data_key(stream(1));
    assert_ne!(key.seal(stream(1), V7, "yes"), key.seal(stream(1), V7, "yes"));
}

#[test]
fn older_master_keys_unwrap_and_the_newest_wraps() {
    let (key, wrapped) = vault(&[1]).new_data_key(stream(1));
    let text = key.seal(stream(1), V7, "hello");
    assert!(matches!(vault(&[2]).unwrap(stream(1), &wrapped), Err(VaultError::UnknownMaster)));

    let both = vault(&[2, 1]);
    assert_eq!(&*both.unwrap(stream(1), &wrapped).unwrap().open(stream(1), V7, &text).unwrap(), "hello");
    let anew = both.rewrap(stream(1), &wrapped).unwrap().unwrap();
    assert_eq!(both.rewrap(stream(1), &anew).unwrap(), None);
    assert_eq!(&*vault(&[2]).unwrap(stream(1), &anew).unwrap().open(stream(1), V7, &text).unwrap(), "hello");
    assert_eq!((anew.len(), wrapped.len()), (WRAPPED, WRAPPED));
    let ids = both.master_ids();
    assert_eq!((Vault::wrapped_by(&anew), Vault::wrapped_by(&wrapped)), (Some(ids[0]), Some(ids[1])));
    assert_eq!(vault(&[1]).master_ids(), ids[1..], "a key is called the same wherever it stands");
    assert_eq!((Vault::wrapped_by(&anew[1..]), Vault::wrapped_by(&[0; WRAPPED])), (None, None));
    assert!(both.opens(stream(1), &wrapped) && !both.opens(stream(2), &wrapped));
    assert!(both.marks().iter().zip([&anew, &wrapped]).all(|(mark, key)| key.starts_with(mark)));
}

#[test]
fn derived_values_depend_on_key_purpose_and_the_split_into_parts() {
    let one = vault(&[1]);
    let base = one.keyed("member-token", &[b"ab", b"c"]);
    assert_eq!(base, vault(&[1]).keyed("member-token", &[b"ab", b"c"]));
    for other in [
        one.keyed("member-token", &[b"a", b"bc"]),
        one.keyed("member-token", &[b"abc"]),
        one.keyed("calendar", &[b"ab", b"c"]),
        vault(&[2]).keyed("member-token", &[b"ab", b"c"]),
    ] {
        assert_ne!(base, other);
    }
    assert_eq!(vault(&[2, 1]).keyed_all("member-token", &[b"ab", b"c"])[1], base);
    assert_eq!(vault(&[2, 1]).keyed_all("member-token", &[b"ab", b"c"]).len(), 2);
}

#[test]
fn debug_shows_no_key_and_no_text() {
    let vault = vault(&[0x5a]);
    let (key, _) = vault.new_data_key(stream(1));
    let keys = MasterKeys::from_base64(&[base64_key(0x5a)]).unwrap();
    for shown in [format!("{vault:?}"), format!("{key:?}"), format!("{keys:?}")] {
        assert_eq!(shown, "‹sealed›");
    }
}

#[test]
fn a_bad_master_key_is_named_by_its_number_and_never_shown() {
    let good = base64_key(1);
    for (bad, says) in [("secret!", "is not base64"), ("c2hvcnQ=", "has 5 bytes"), ("", "has 0 bytes")] {
        let error = MasterKeys::from_base64(&[good.as_str(), bad]).unwrap_err().to_string();
        assert!(error.contains("master key 2") && error.contains(says) && error.contains("32"), "{error}");
        assert!(bad.is_empty() || !error.contains(bad), "{error}");
    }
    assert!(matches!(MasterKeys::from_base64::<&str>(&[]), Err(VaultError::NoMaster)));
}

#[test]
fn the_key_file_is_made_once_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("data").join("ledger.sqlite3");
    let answers: Vec<[u8; 32]> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| Vault::new(MasterKeys::beside(&ledger).unwrap()).keyed("test", &[])))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]));

    let data = folder.path().join("data");
    let file = data.join("master.key");
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(&data)), (0o600, 0o700));
    assert_eq!(fs::read_dir(&data).unwrap().count(), 1, "no draft is left");

    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(Vault::new(MasterKeys::beside(&ledger).unwrap()).keyed("test", &[]), answers[0]);
    assert_eq!(mode(&file), 0o600);

    fs::write(&file, "nonsense\n").unwrap();
    let error = MasterKeys::beside(&ledger).unwrap_err();
    assert!(error.to_string().contains("master.key"), "{error}");
}

#[test]
fn tokens_are_stored_as_hashes_and_compared_whole() {
    assert_eq!(hash_token(""), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
    assert!(same(b"abc", b"abc") && !same(b"abc", b"abd") && !same(b"abc", b"ab"));
    assert_ne!(random::<16>(), random::<16>());
}

#[test]
fn a_message_is_signed_as_the_standards_say() {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    // RFC 4231, test case 2, and RFC 2202, test case 2.
    let parts: [&[u8]; 2] = [b"what do ya want ", b"for nothing?"];
    assert_eq!(
        hex(&crate::hmac_sha256(b"Jefe", &parts)),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
    assert_eq!(hex(&crate::hmac_sha1(b"Jefe", &parts)), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

#[test]
fn what_one_master_key_signed_its_public_key_alone_confirms() {
    let both = vault(&[2, 1]);
    let [newest, older] = both.public_keys()[..] else { panic!("two keys") };
    let signature = both.sign(b"a head");
    assert!(newest.signed(b"a head", &signature) && !older.signed(b"a head", &signature));
    assert!(!newest.signed(b"a heaD", &signature) && !newest.signed(b"a head", &signature[1..]));
    assert_eq!(vault(&[1]).public_keys(), [older]);
    assert_eq!(newest.to_string().parse(), Ok(newest));
    for wrong in ["", "AAAA", "no base64", &newest.to_string()[1..]] {
        assert_eq!(wrong.parse::<PublicKey>(), Err(crate::NotAKey), "{wrong}");
    }
}

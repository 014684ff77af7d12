#![allow(clippy::unwrap_used)]

use tempfile::TempDir;
use uuid::Uuid;
use wideawake_vault::MasterKeys;

use super::*;

const MASTER: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn vault() -> Vault {
    Vault::new(MasterKeys::from_base64(&[MASTER]).unwrap())
}

fn request(n: u128) -> RequestId {
    RequestId(Uuid::from_u128(n))
}

fn phrases(texts: &[&str]) -> Vec<Phrase> {
    texts.iter().zip(1..).map(|(text, line)| Phrase { line, text: (*text).to_owned() }).collect()
}

fn looking_for(texts: &[&str]) -> Search {
    Search::new(vault(), vec![], HashSet::new(), &phrases(texts)).unwrap()
}

/// What is found in a file that holds these bytes, somewhere.
fn found(search: &Search, bytes: &[u8]) -> Vec<What> {
    let folder = TempDir::new().unwrap();
    let mut content = vec![b'.'; (1 << 20) - 20];
    content.extend_from_slice(bytes);
    std::fs::write(folder.path().join("file"), content).unwrap();
    let report = search.through(&[folder.path().to_owned()]);
    assert!(report.unread.is_empty(), "{:?}", report.unread);
    report.found.iter().map(|found| found.what).collect()
}

#[test]
fn a_phrase_is_found_however_it_stands_there() {
    let phrase = "I can't \"sleep\", señor";
    let search = looking_for(&["something else", phrase]);
    assert_eq!(found(&search, b"I can sleep"), []);
    let utf16: Vec<u8> = phrase.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let in_text = |before: &str| {
        use base64::prelude::*;
        let text = format!("{before}{phrase} and more");
        [BASE64_STANDARD.encode(&text), BASE64_URL_SAFE.encode(&text)].map(String::into_bytes)
    };
    let mut forms: Vec<Vec<u8>> = vec![
        phrase.into(),
        utf16,
        br#"{"text":"I can't \"sleep\", se\u00f1or"}"#.to_vec(),
        br#"{"text":"I can't \"sleep\", se\u00F1or"}"#.to_vec(),
        serde_json::json!({ "text": phrase }).to_string().into_bytes(),
        forms::hex(phrase.as_bytes()).into_bytes(),
        forms::hex(phrase.as_bytes()).to_uppercase().into_bytes(),
        b"text=I%20can%27t%20%22sleep%22%2C%20se%C3%B1or".to_vec(),
        b"text=I+can%27t+%22sleep%22%2C+se%C3%B1or".to_vec(),
    ];
    forms.extend(["", "x", "xy", "xyz"].into_iter().flat_map(in_text));
    for form in forms {
        let found = found(&search, &form);
        let is_it = |what: &What| matches!(what, What::Phrase { line: 2, .. });
        assert!(!found.is_empty() && found.iter().all(is_it), "{}: {found:?}", String::from_utf8_lossy(&form));
    }
}

#[test]
fn the_key_of_an_erased_request_is_found_and_no_other() {
    let (_, gone) = vault().new_data_key(StreamId::request(request(1)));
    let (_, other) = vault().new_data_key(StreamId::request(request(2)));
    let search = Search::new(vault(), vec![request(3), request(1)], HashSet::new(), &[]).unwrap();
    let hex = forms::hex(&gone);
    for form in [gone.clone(), hex.to_uppercase().into_bytes(), format!("\\x{hex}").into_bytes()] {
        assert_eq!(found(&search, &form), [What::Key(request(1))]);
    }
    assert_eq!(found(&search, &other), []);
    assert_eq!(found(&search, &gone[..gone.len() - 1]), [], "what is cut off opens nothing");
    let living = Search::new(vault(), vec![request(1)], [gone.clone()].into(), &[]).unwrap();
    assert_eq!(found(&living, &gone), []);
}

#[test]
fn phrases_that_stand_somewhere_by_chance_are_refused_by_line() {
    let long = "x".repeat(4_001);
    for (texts, line) in [(&["long enough", "hello"][..], 2), (&[long.as_str()][..], 1)] {
        let refused = Search::new(vault(), vec![], HashSet::new(), &phrases(texts)).err();
        assert!(matches!(refused, Some(Unsearchable::Length(at)) if at == line));
    }
}

#[test]
fn every_file_below_is_read_once_and_what_cannot_be_is_said() {
    let folder = TempDir::new().unwrap();
    let root = folder.path().to_owned();
    std::fs::create_dir_all(root.join("a/b")).unwrap();
    for name in ["one", "a/two", "a/b/three.gz"] {
        std::fs::write(root.join(name), "a phrase to find").unwrap();
    }
    std::os::unix::fs::symlink(&root, root.join("a/b/around")).unwrap();
    std::os::unix::fs::symlink("nowhere", root.join("a/dangling")).unwrap();
    let report = looking_for(&["a phrase to find"]).through(&[root.clone(), root.join("a"), root.join("missing")]);
    assert_eq!((report.files, report.bytes, report.found.len()), (3, 3 * 16, 3));
    assert_eq!(report.compressed, [root.join("a/b/three.gz")]);
    assert!(report.unread.len() == 1 && report.unread[0].0 == root.join("missing"), "{:?}", report.unread);
    assert!(!report.is_clean());
}

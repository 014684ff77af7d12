//! What members write, and the conditions of rules over it.

use chrono::DateTime;
use uuid::Uuid;
use wideawake_domain::request::{Opened, SupportRequest};
use wideawake_domain::rules::{Condition, Facts, PoolFacts, Spotted};
use wideawake_domain::{Language, Pool, RequestId};
use wideawake_runtime::config::lexicons;

/// A condition in CEL; what can be read can be worked out, or says why not.
pub(crate) fn condition(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(condition) = Condition::compile(text) else { return };
    let opened = Opened {
        line: "night".to_owned(),
        language: "en".parse().expect("a language"),
        time_zone: None,
        country: Some("ES".to_owned()),
        alias: None,
        age_band: None,
        topics: vec!["grief".parse().expect("a topic")],
        screening: None,
        token: String::new(),
        fingerprint: None,
        again: None,
    };
    let now = DateTime::UNIX_EPOCH;
    let request = SupportRequest::opened(RequestId(Uuid::nil()), Pool::named("main"), opened, now);
    let phrases = [Spotted { category: "imminent".to_owned(), phrase: "end it".to_owned(), negated: false }];
    let (screening, pool, silent) = (None, PoolFacts::default(), None);
    let _ = condition.holds(&Facts { request: &request, phrases: &phrases, screening, pool, silent, now });
    let _ = condition.holds(&Facts { request: &request, phrases: &[], screening, pool, silent, now });
}

/// What a member writes, looked through in a language that the first byte chooses.
pub(crate) fn message(bytes: &[u8]) {
    use std::sync::LazyLock;
    static LEXICONS: LazyLock<wideawake_domain::lexicon::Lexicons> =
        LazyLock::new(|| lexicons(std::path::Path::new("/nowhere")).expect("the built-in lexicons"));
    let Some((first, rest)) = bytes.split_first() else { return };
    let languages = ["en", "es", "pt-BR", "fr", "de-CH", "ar", "x-none"];
    let language: Language = languages[usize::from(*first) % languages.len()].parse().expect("a language");
    let text: String = String::from_utf8_lossy(rest).chars().take(4_000).collect();
    let found = LEXICONS.spot(&language, &text);
    assert!(found.len() <= wideawake_domain::lexicon::Lexicons::MOST, "there is a bound");
}

//! Languages, as BCP 47 tags (RFC 5646), and who can serve whom in them (RFC 4647 lookup).

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The longest tag that is taken. RFC 5646 section 4.4.1 asks for room for 35 characters and no more.
pub const MAX_LENGTH: usize = 35;

/// A well-formed language tag in canonical case, such as `pt`, `pt-BR` or `zh-Hant-TW`. Cheap to clone.
///
/// Well-formed (RFC 5646 section 2.2.9) is about form alone: `qq-ZZ` is one, though no such language is registered, so
/// that a language which nobody foresaw is taken and answered honestly.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(Arc<str>);

impl Language {
    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// This tag and then its ever more general forms, by RFC 4647 section 3.4: subtags are cut off the end one by one,
    /// and a single-letter subtag that is last goes with what it introduced (`en-a-bbb` → `en`).
    pub fn lookup_chain(&self) -> impl Iterator<Item = Self> {
        self.lookup().map(|tag| if tag.len() == self.0.len() { self.clone() } else { Self(tag.into()) })
    }

    /// The most specific of the `spoken` languages that serves someone who asked for this one, or `None`.
    ///
    /// Somebody who speaks `pt` serves `pt-BR`. The reverse does not hold: what is spoken may be more general than what was
    /// asked for, never more special.
    pub fn spoken_by<'a>(&self, spoken: &'a [Self]) -> Option<&'a Self> {
        self.lookup().find_map(|tag| spoken.iter().find(|language| *language.0 == *tag))
    }

    fn lookup(&self) -> impl Iterator<Item = &str> {
        std::iter::successors(Some(&*self.0), |tag| {
            let mut tag = *tag;
            loop {
                tag = tag.rsplit_once('-')?.0;
                let last = tag.rsplit_once('-').map_or(tag, |(_, last)| last);
                if last.len() > 1 {
                    return Some(tag);
                }
            }
        })
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl AsRef<str> for Language {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// The text is not a language tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotALanguage {
    /// Longer than any tag in use.
    #[error("a language tag has at most {MAX_LENGTH} characters, not {0}; write one such as pt or pt-BR")]
    TooLong(usize),
    /// Not formed as BCP 47 says.
    #[error("{0:?} is not a language tag; write one such as pt, pt-BR or zh-Hant (BCP 47)")]
    Malformed(String),
}

impl FromStr for Language {
    type Err = NotALanguage;

    fn from_str(text: &str) -> Result<Self, NotALanguage> {
        if text.len() > MAX_LENGTH {
            return Err(NotALanguage::TooLong(text.chars().count()));
        }
        if well_formed(text) { Ok(Self(in_case(text).into())) } else { Err(NotALanguage::Malformed(text.to_owned())) }
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The tags of RFC 5646 section 2.1 that are taken although the grammar has no place for them. Those that it calls
/// regular are in the grammar but for three.
const GRANDFATHERED: [&str; 20] = [
    "en-gb-oed",
    "i-ami",
    "i-bnn",
    "i-default",
    "i-enochian",
    "i-hak",
    "i-klingon",
    "i-lux",
    "i-mingo",
    "i-navajo",
    "i-pwn",
    "i-tao",
    "i-tay",
    "i-tsu",
    "sgn-be-fr",
    "sgn-be-nl",
    "sgn-ch-de",
    "no-bok",
    "no-nyn",
    "zh-min-nan",
];

/// RFC 5646 section 2.1, and no variant or singleton twice (sections 2.2.5 and 2.2.6).
fn well_formed(text: &str) -> bool {
    let tag = text.to_ascii_lowercase();
    if GRANDFATHERED.contains(&tag.as_str()) {
        return true;
    }
    let subtags: Vec<&str> = tag.split('-').collect();
    if subtags.iter().any(|s| s.is_empty() || s.len() > 8 || !s.bytes().all(|b| b.is_ascii_alphanumeric())) {
        return false;
    }
    let alphabetic = |s: &str| s.bytes().all(|b| b.is_ascii_alphabetic());
    let mut rest = subtags.as_slice();
    let mut next_if = |fits: &dyn Fn(&str) -> bool| match rest {
        [first, behind @ ..] if fits(first) => {
            rest = behind;
            Some(*first)
        }
        _ => None,
    };

    if let Some(language) = next_if(&|s| s.len() >= 2 && alphabetic(s)) {
        if language.len() <= 3 {
            for _ in 0..3 {
                next_if(&|s| s.len() == 3 && alphabetic(s));
            }
        }
        next_if(&|s| s.len() == 4 && alphabetic(s));
        next_if(&|s| (s.len() == 2 && alphabetic(s)) || (s.len() == 3 && s.bytes().all(|b| b.is_ascii_digit())));
        let mut variants = Vec::new();
        while let Some(variant) = next_if(&|s| s.len() >= 5 || (s.len() == 4 && s.as_bytes()[0].is_ascii_digit())) {
            if variants.contains(&variant) {
                return false;
            }
            variants.push(variant);
        }
        let mut singletons = Vec::new();
        while let Some(singleton) = next_if(&|s| s.len() == 1 && s != "x") {
            if singletons.contains(&singleton) || next_if(&|s| s.len() >= 2).is_none() {
                return false;
            }
            singletons.push(singleton);
            while next_if(&|s| s.len() >= 2).is_some() {}
        }
    }
    rest.is_empty() || (rest[0] == "x" && rest.len() > 1)
}

/// The case of RFC 5646 section 2.1.1: `zh-hANT-tw` → `zh-Hant-TW`, and small letters behind a singleton.
fn in_case(text: &str) -> String {
    let mut tag = text.to_ascii_lowercase();
    let mut from = 0;
    while let Some(dash) = tag[from..].find('-') {
        if dash == 1 {
            break;
        }
        from += dash + 1;
        let end = tag[from..].find('-').map_or(tag.len(), |length| from + length);
        match end - from {
            2 => tag[from..end].make_ascii_uppercase(),
            4 => tag[from..=from].make_ascii_uppercase(),
            _ => {}
        }
    }
    tag
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn language(text: &str) -> Language {
        text.parse().expect("the tests write well-formed tags")
    }

    fn chain(text: &str) -> Vec<String> {
        language(text).lookup_chain().map(|l| l.to_string()).collect()
    }

    #[test]
    fn the_examples_of_rfc_5646_are_taken_in_canonical_case() {
        for tag in [
            "de",
            "fr",
            "ja",
            "i-enochian",
            "zh-Hant",
            "zh-Hans",
            "sr-Cyrl",
            "sr-Latn",
            "zh-cmn-Hans-CN",
            "cmn-Hans-CN",
            "zh-yue-HK",
            "yue-HK",
            "zh-Hans-CN",
            "sr-Latn-RS",
            "sl-rozaj",
            "sl-rozaj-biske",
            "sl-nedis",
            "de-CH-1901",
            "sl-IT-nedis",
            "hy-Latn-IT-arevela",
            "de-DE",
            "en-US",
            "es-419",
            "de-CH-x-phonebk",
            "az-Arab-x-aze-derbend",
            "x-whatever",
            "qaa-Qaaa-QM-x-southern",
            "de-Qaaa",
            "sr-Latn-QM",
            "sr-Qaaa-RS",
            "en-US-u-islamcal",
            "zh-CN-a-myext-x-private",
            "en-a-myext-b-another",
            "sgn-BE-FR",
            "en-GB-oed",
            "i-klingon",
            "art-lojban",
            "zh-min-nan",
            "zh-xiang",
            "no-bok",
            "az-Latn-x-latn",
            "de-1996",
            "mn-Cyrl-MN",
        ] {
            assert_eq!(language(tag).as_str(), tag);
            assert_eq!(language(&tag.to_ascii_uppercase()).as_str(), tag);
            assert_eq!(language(&tag.to_ascii_lowercase()).as_str(), tag);
        }
    }

    #[test]
    fn what_is_not_a_tag_is_refused() {
        for tag in [
            "",
            "-",
            "e",
            "a-DE",
            "de-419-DE",
            "de-Latn-Cyrl",
            "de-DE-12",
            "ar-a-aaa-b-bbb-a-ccc",
            "de-1901-1901",
            "en-",
            "-en",
            "en--US",
            "en_US",
            "x",
            "en-x",
            "en-a",
            "en-a-x-b",
            "english language",
            "*",
            "en-*",
            "ⅷ",
            "é",
            "i-unheard",
            "abcdefghi",
            "en-abcdefghi",
            "1a",
            "zh-aaa-bbb-ccc-ddd",
            "en\n",
        ] {
            assert!(matches!(tag.parse::<Language>(), Err(NotALanguage::Malformed(_))), "{tag:?}");
        }
        let long = format!("en-x{}", "-abcdefgh".repeat(4));
        assert_eq!(long.parse::<Language>(), Err(NotALanguage::TooLong(40)));
        assert_eq!(language("en-x-abcdefgh-abcdefgh-abcdefgh-abc").as_str().len(), MAX_LENGTH);
        assert!(serde_json::from_str::<Language>("\"en_US\"").is_err());
    }

    #[test]
    fn lookup_cuts_from_the_end_and_drops_single_letters() {
        assert_eq!(
            chain("zh-Hant-CN-x-private1-private2"),
            ["zh-Hant-CN-x-private1-private2", "zh-Hant-CN-x-private1", "zh-Hant-CN", "zh-Hant", "zh",]
        );
        assert_eq!(chain("pt-BR"), ["pt-BR", "pt"]);
        assert_eq!(chain("i-klingon"), ["i-klingon"]);
        assert_eq!(chain("x-a-b"), ["x-a-b"]);
    }

    #[test]
    fn who_speaks_the_general_serves_the_special_and_not_the_reverse() {
        let spoken = [language("pt"), language("en"), language("pt-PT")];
        assert_eq!(language("PT-br").spoken_by(&spoken), Some(&spoken[0]));
        assert_eq!(language("pt-pt").spoken_by(&spoken), Some(&spoken[2]));
        assert_eq!(language("es").spoken_by(&spoken), None);
        assert_eq!(language("pt").spoken_by(&spoken[2..]), None);
    }

    proptest! {
        #[test]
        fn no_text_panics_and_what_is_taken_reads_back(text in "\\PC{0,40}|[a-zA-Z0-9-]{1,36}|[a-z]{2,3}(-[a-zA-Z0-9]{1,8}){0,4}") {
            if let Ok(language) = text.parse::<Language>() {
                prop_assert!(language.as_str().eq_ignore_ascii_case(&text));
                for general in language.lookup_chain() {
                    prop_assert_eq!(general.as_str().parse::<Language>(), Ok(general.clone()));
                    prop_assert_eq!(language.spoken_by(std::slice::from_ref(&general)), Some(&general));
                }
                prop_assert_eq!(serde_json::from_value::<Language>(serde_json::to_value(&language)?)?, language);
            }
        }
    }
}

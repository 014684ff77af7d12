//! What pages say, from `config/locales/<language>/*.ftl`, embedded when the program is built.
//!
//! English is complete, and stands in for whatever is missing elsewhere; a test holds that nothing is. What is put into a
//! sentence is isolated (U+2068, U+2069), so that a name written from right to left does not turn the sentence around it.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

use super::Locale;

pub use fluent_bundle::FluentValue as Arg;

/// The files of a language.
macro_rules! files {
    ($($tag:literal),*) => {
        [$(($tag, [
            include_str!(concat!("../../../../config/locales/", $tag, "/shared.ftl")),
            include_str!(concat!("../../../../config/locales/", $tag, "/member.ftl")),
            include_str!(concat!("../../../../config/locales/", $tag, "/staff.ftl")),
        ])),*]
    };
}

const FILES: [(&str, [&str; 3]); 6] = files!["en", "es", "pt", "fr", "de", "ar"];

static ALL: LazyLock<Vec<Words>> = LazyLock::new(|| {
    let words = |(tag, files): &(&'static str, [&'static str; 3])| Words { tag, bundle: bundle(tag, files) };
    FILES.iter().map(words).collect()
});

/// What one language says.
pub struct Words {
    tag: &'static str,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// The words of a language; of one that has none, English.
    pub(super) fn of(locale: &Locale) -> &'static Self {
        ALL.iter().find(|words| words.tag == locale.tag).unwrap_or(&ALL[0])
    }

    /// What it says under this key.
    pub fn say<'w>(&'w self, key: &str) -> Cow<'w, str> {
        self.format(key, None)
    }

    /// The same, with something put in.
    pub fn with(&self, key: &str, args: &[(&'static str, Arg<'_>)]) -> String {
        let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
        self.format(key, Some(&args)).into_owned()
    }

    /// The same with one text put in.
    pub fn with_text(&self, key: &str, name: &'static str, text: &str) -> String {
        self.with(key, &[(name, text.into())])
    }

    /// The same with one number put in, in whose form the words around it agree with it.
    pub fn with_number(&self, key: &str, name: &'static str, number: &u64) -> String {
        self.with(key, &[(name, (*number).into())])
    }

    /// Whether there is anything under this key, here or in English.
    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key) || ALL[0].bundle.has_message(key)
    }

    fn format<'w>(&'w self, key: &str, args: Option<&FluentArgs<'_>>) -> Cow<'w, str> {
        // The key itself is better than nothing; a test of each page holds that it is never seen.
        self.formatted(key, args).or_else(|| ALL[0].formatted(key, args)).unwrap_or_else(|| key.to_owned().into())
    }

    fn formatted<'w>(&'w self, key: &str, args: Option<&FluentArgs<'_>>) -> Option<Cow<'w, str>> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, args, &mut errors).into_owned();
        errors.is_empty().then_some(text.into())
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Words").field(&self.tag).finish()
    }
}

fn bundle(tag: &str, files: &[&str]) -> FluentBundle<FluentResource> {
    let language = tag.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    for file in files {
        // What cannot be read is left out, and English stands in; a test holds that all of it can.
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(resource, _)| resource);
        let _ = bundle.add_resource(resource);
    }
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// The keys of a file, each with what is put into it, as written.
    fn keys(file: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut last = String::new();
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            if !line.starts_with([' ', '}', '[', '*'])
                && let Some((key, _)) = line.split_once(" =")
            {
                last = key.to_owned();
                assert!(found.insert(last.clone(), BTreeSet::new()).is_none(), "{key} stands there twice");
            }
            let puts = line.split('$').skip(1);
            let names = puts.map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect());
            found.entry(last.clone()).or_default().extend(names);
        }
        found.retain(|key, _| !key.is_empty());
        found
    }

    #[test]
    fn every_language_says_what_english_says_and_puts_in_the_same() {
        for (at, name) in ["shared.ftl", "member.ftl", "staff.ftl"].iter().enumerate() {
            let english = keys(FILES[0].1[at]);
            assert!(!english.is_empty(), "{name}");
            for (tag, files) in &FILES[1..] {
                assert_eq!(keys(files[at]), english, "{tag}/{name}");
            }
        }
    }

    #[test]
    fn every_message_can_be_read_and_said() {
        for (tag, files) in &FILES {
            for file in files {
                if let Err((_, errors)) = FluentResource::try_new((*file).to_owned()) {
                    panic!("{tag}: {errors:?}");
                }
                let words = ALL.iter().find(|words| words.tag == *tag).expect("its words");
                for (key, puts) in keys(file) {
                    for number in [0_u64, 1, 2, 3, 11, 100] {
                        let args: FluentArgs<'_> = puts.iter().map(|name| (name.clone(), Arg::from(number))).collect();
                        let text = words.formatted(&key, Some(&args));
                        assert!(text.is_some_and(|text| !text.is_empty()), "{tag}: {key} with {puts:?} of {number}");
                    }
                }
            }
        }
    }

    #[test]
    fn languages_and_words_are_the_same_list_and_the_unknown_key_shows() {
        for (locale, (tag, _)) in Locale::ALL.iter().zip(&FILES) {
            assert_eq!(locale.tag, *tag);
            assert_eq!(locale.words().tag, *tag);
        }
        assert_eq!(Locale::ENGLISH.words().say("there-is-no-such-key"), "there-is-no-such-key");
    }
}

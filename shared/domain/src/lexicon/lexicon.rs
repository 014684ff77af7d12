//! One language: what its file says, checked, and ready to look messages through.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{BadPhrase, Denial, Draft, MAX_LENGTH, MAX_PHRASES, Mistaken};
use super::fold::{Ways, fold};
use super::matcher::Matcher;
use super::pattern::{Form, Part, Same, parse, split};
use super::reading::Reading;
use super::spotting::{self, Kind, Rule};
use super::vocabulary::{Source, Vocabulary};
use crate::Language;
use crate::rules::Spotted;

/// How long a phrase may be with its lists, in bytes.
const MAX_SPELLED_OUT: usize = 20_000;

/// The lexicon of one language, ready to look messages through.
#[derive(Clone, Debug)]
pub struct Lexicon {
    vocabulary: Vocabulary,
    matcher: Matcher,
    rules: Vec<Rule>,
    window: usize,
}

impl Lexicon {
    /// Makes the lexicon of `language` of what a file says, or says everything that is wrong with it.
    pub fn build(language: &Language, draft: &Draft) -> Result<Self, Vec<Mistaken>> {
        let mut builder = Builder::new(Ways::of(language.as_str()), draft);
        for (category, entries) in &draft.categories {
            for (index, entry) in entries.iter().enumerate() {
                let kind = Kind::Phrase(category.as_str().into());
                builder.phrase(kind, category, index, &entry.phrase, entry.negation);
            }
        }
        let negation = &draft.negation;
        for (kind, key, phrases) in [
            (Kind::Harmless, "harmless", &draft.harmless),
            (Kind::Reported, "reported", &draft.reported),
            (Kind::Not, "negation.words", &negation.words),
            (Kind::After, "negation.after", &negation.after),
            (Kind::Stop, "negation.stops", &negation.stops),
            (Kind::NoNot, "negation.not", &negation.not),
        ] {
            for (index, phrase) in phrases.iter().enumerate() {
                builder.phrase(kind.clone(), key, index, phrase, Denial::Heed);
            }
        }
        builder.finish(draft)
    }

    /// Adds the phrases in a text whose letters have been [folded](fold).
    pub(super) fn spot(&self, folded: &str, found: &mut Vec<Spotted>) {
        let reading = Reading::of(folded, &self.vocabulary);
        let finds = self.matcher.find(&reading);
        found.extend(spotting::spot(&reading, &finds, &self.rules, self.window));
    }

    /// The words of a text as they are compared, for people who wonder why a phrase was found or was not.
    pub fn explain(&self, text: &str) -> String {
        Reading::of(&fold(text), &self.vocabulary).line.trim().to_owned()
    }
}

/// The phrase with the lists that it names. They name no others.
fn spelled_out(phrase: &str, lists: &BTreeMap<String, Vec<String>>) -> Result<String, BadPhrase> {
    let length = phrase.chars().count();
    if length > MAX_LENGTH {
        return Err(BadPhrase::TooLong(length));
    }
    let mut out = String::new();
    let mut rest = phrase;
    while let Some((before, named)) = rest.split_once('<') {
        let (name, behind) = named.split_once('>').ok_or(BadPhrase::Form("< is not closed"))?;
        let words = lists.get(name).ok_or_else(|| BadPhrase::NoWords(name.to_owned()))?;
        out.push_str(before);
        out.push('(');
        out.push_str(&words.join("|"));
        out.push(')');
        rest = behind;
        if out.len() > MAX_SPELLED_OUT {
            return Err(BadPhrase::TooMany);
        }
    }
    Ok(out + rest)
}

struct Builder<'d> {
    ways: Ways,
    words: &'d BTreeMap<String, Vec<String>>,
    /// Other ways to write words: the words they stand for.
    same: Same,
    rules: Vec<Rule>,
    /// The form of each rule.
    forms: Vec<Form>,
    seen: BTreeSet<(String, String)>,
    wrong: Vec<Mistaken>,
}

impl<'d> Builder<'d> {
    fn new(ways: Ways, draft: &'d Draft) -> Self {
        let mut builder = Self {
            ways,
            words: &draft.words,
            same: Same::new(),
            rules: Vec::new(),
            forms: Vec::new(),
            seen: BTreeSet::new(),
            wrong: Vec::new(),
        };
        for (name, words) in &draft.words {
            for (index, word) in words.iter().enumerate() {
                if let Err(problem) = parse(word, ways, &builder.same) {
                    builder.complain(&format!("words.{name}"), index, problem);
                }
            }
        }
        for (words, variants) in &draft.same {
            let words_split = split(words, ways);
            for (index, variant) in variants.iter().enumerate() {
                let key = format!("same.{words}");
                let variant = split(variant, ways);
                match variant.as_slice() {
                    _ if words_split.is_empty() => builder.complain(&key, index, BadPhrase::Nothing),
                    [] => builder.complain(&key, index, BadPhrase::Nothing),
                    [word] => {
                        let before = builder.same.insert(word.clone(), words_split.clone());
                        if before.is_some() {
                            builder.complain(&key, index, BadPhrase::Twice);
                        }
                    }
                    _ => builder.complain(&key, index, BadPhrase::Form("another way to write it is one word")),
                }
            }
        }
        builder
    }

    fn complain(&mut self, key: &str, index: usize, problem: BadPhrase) {
        self.wrong.push(Mistaken { key: key.to_owned(), index, problem });
    }

    fn phrase(&mut self, kind: Kind, key: &str, index: usize, phrase: &str, denial: Denial) {
        if self.rules.len() == MAX_PHRASES {
            if !self.wrong.iter().any(|wrong| wrong.problem == BadPhrase::TooManyInAll) {
                self.complain(key, index, BadPhrase::TooManyInAll);
            }
            return;
        }
        let spelled_out = spelled_out(phrase, self.words);
        let form = match spelled_out.and_then(|phrase| parse(&phrase, self.ways, &self.same)) {
            Ok(form) => form,
            Err(problem) => return self.complain(key, index, problem),
        };
        if !self.seen.insert((key.to_owned(), plain(phrase))) {
            return self.complain(key, index, BadPhrase::Twice);
        }
        self.rules.push(Rule { kind, phrase: phrase.into(), denial });
        self.forms.push(form);
    }

    fn finish(mut self, draft: &Draft) -> Result<Lexicon, Vec<Mistaken>> {
        let ordinary = draft.ordinary.iter().flat_map(|word| split(word, self.ways)).collect();
        let (mut parts, mut meant) = (Vec::new(), Vec::new());
        for (rule, form) in self.rules.iter().zip(&self.forms) {
            form.iter().for_each(|part| part.words(&mut parts));
            if rule.kind != Kind::Harmless {
                form.iter().for_each(|part| part.words(&mut meant));
            }
        }
        let meant =
            meant.into_iter().filter_map(|part| if let Part::Word(word) = part { Some(word.clone()) } else { None });
        let vocabulary = Vocabulary::new(Source {
            ways: self.ways,
            parts: parts.into_iter().collect(),
            meant: meant.collect(),
            same: self.same.clone(),
            ordinary,
            attached: draft.attached.iter().map(|word| fold(word)).filter(|word| !word.is_empty()).collect(),
            sounds: draft.sounds.iter().map(|[from, to]| (fold(from), fold(to))).collect(),
        });
        let matcher = match Matcher::new(&self.forms, &vocabulary) {
            Ok(matcher) => matcher,
            Err(_) => {
                self.complain("", 0, BadPhrase::TooManyInAll);
                return Err(self.wrong);
            }
        };
        if !self.wrong.is_empty() {
            return Err(self.wrong);
        }
        Ok(Lexicon { vocabulary, matcher, rules: self.rules, window: draft.negation.window })
    }
}

/// A phrase without what makes no difference.
fn plain(phrase: &str) -> String {
    fold(phrase).split_whitespace().collect::<Vec<_>>().join(" ")
}

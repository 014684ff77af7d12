//! The rules of the search, in small lexicons.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use super::*;
use crate::Language;

fn entry(phrase: &str, negation: Denial) -> Entry {
    Entry { phrase: phrase.to_owned(), negation }
}

/// A lexicon of a handful of phrases.
fn draft() -> Draft {
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let mut draft = Draft::default();
    let imminent = vec![
        entry("kill myself", Denial::Heed),
        entry("suicide", Denial::Heed),
        entry("want to live", Denial::Always),
        entry("do not want to live", Denial::Ignore),
    ];
    draft.categories.insert("imminent".to_owned(), imminent);
    draft.categories.insert("means".to_owned(), vec![entry("(pills|tablets) here", Denial::Heed)]);
    draft.negation = Negation { words: words(&["not", "never"]), window: 3, ..Negation::default() };
    draft.harmless = words(&["suicide squad"]);
    draft
}

fn lexicons(language: &str, draft: &Draft) -> Lexicons {
    let language: Language = language.parse().unwrap();
    let lexicon = Lexicon::build(&language, draft).unwrap();
    Lexicons::new([(language, Arc::new(lexicon))])
}

/// What is found, as `category phrase`, with `~` before what is negated.
fn found(text: &str) -> Vec<String> {
    let found = lexicons("en", &draft()).spot(&"en".parse().unwrap(), text);
    let told = |spotted: &crate::rules::Spotted| {
        format!("{}{} {}", if spotted.negated { "~" } else { "" }, spotted.category, spotted.phrase)
    };
    found.iter().map(told).collect()
}

#[test]
fn a_phrase_is_found_whatever_the_case_the_marks_and_the_signs_around_it() {
    for text in ["kill myself", "I will KILL MYSELF.", "kíll mysélf…", "(kill  myself)", "kill\nmyself"] {
        assert_eq!(found(text), ["imminent kill myself"], "{text}");
    }
}

#[test]
fn words_are_found_and_not_parts_of_words() {
    for text in ["skill myself", "suicidely", "the pills are there", "kill my selfie", ""] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

#[test]
fn each_alternative_counts() {
    assert_eq!(found("pills here").len(), 1);
    assert_eq!(found("tablets here").len(), 1);
    assert_eq!(found("drinks here"), [""; 0]);
}

#[test]
fn a_negation_near_before_lowers_a_phrase_and_one_far_off_does_not() {
    assert_eq!(found("i will not kill myself"), ["~imminent kill myself"]);
    assert_eq!(found("not that you or anybody else would care but i will kill myself"), ["imminent kill myself"]);
}

#[test]
fn grammar_alone_does_not_lower_what_means_danger() {
    assert_eq!(found("i do not want to live"), ["imminent do not want to live"]);
}

#[test]
fn what_is_harmless_cancels_what_it_covers_and_nothing_else() {
    assert_eq!(found("we watched suicide squad"), [""; 0]);
    assert_eq!(found("we watched suicide squad and i will kill myself"), ["imminent kill myself"]);
    assert_eq!(found("suicide"), ["imminent suicide"]);
}

#[test]
fn spaced_dotted_swapped_and_masked_letters_are_read_as_they_are_meant() {
    for text in ["s u i c i d e", "s.u.i.c.i.d.e", "su1c1de", "suiicide", "suicdie", "su\u{200b}icide"] {
        assert_eq!(found(text), ["imminent suicide"], "{text}");
    }
}

#[test]
fn a_language_has_the_lexicon_of_its_more_general_form_and_without_one_all_are_asked() {
    let lexicons = lexicons("en", &draft());
    for language in ["en", "en-GB", "uk"] {
        assert_eq!(lexicons.spot(&language.parse().unwrap(), "suicide").len(), 1, "{language}");
    }
    assert!(lexicons.of(&"en-GB".parse().unwrap()).is_some());
    assert!(lexicons.of(&"uk".parse().unwrap()).is_none());
}

#[test]
fn any_text_is_looked_through_and_what_is_found_has_a_bound() {
    let wild = ["\u{202e}\u{0}🙂", &"k".repeat(4_000), &"not ".repeat(1_000), &"(".repeat(4_000), "ال ا ن ت ح ا ر"];
    for text in wild {
        assert!(found(text).len() <= Lexicons::MOST);
    }
}

#[test]
fn everything_that_is_wrong_is_told_with_its_place() {
    let mut draft = draft();
    let wrong = [entry("!?", Denial::Heed), entry("(a|b", Denial::Heed), entry("<nobody> left", Denial::Heed)];
    draft.categories.insert("plan".to_owned(), wrong.to_vec());
    let mistakes = Lexicon::build(&"en".parse().unwrap(), &draft).unwrap_err();
    let told: Vec<_> = mistakes.iter().map(|mistake| (&*mistake.key, mistake.index)).collect();
    assert_eq!(told, [("plan", 0), ("plan", 1), ("plan", 2)]);
    assert_eq!(mistakes[0].problem, BadPhrase::Nothing);
}

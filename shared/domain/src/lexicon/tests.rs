//! The rules of the search, in small lexicons.

use super::*;
use crate::Language;
use crate::rules::Spotted;
use std::sync::Arc;

fn entry(phrase: &str, negation: Denial) -> Entry {
    Entry { phrase: phrase.to_owned(), negation }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn english() -> Draft {
    let heed = |phrases: &[&str]| phrases.iter().map(|phrase| entry(phrase, Denial::Heed)).collect::<Vec<_>>();
    let mut draft = Draft::default();
    let mut imminent = heed(&["want to die", "kill myself", "suicide"]);
    imminent.push(entry("do not want to live", Denial::Heed));
    imminent.push(entry("tired of living", Denial::Ignore));
    imminent.push(entry("kill myself ... lol", Denial::Always));
    draft.categories.insert("imminent".to_owned(), imminent);
    draft.categories.insert("means".to_owned(), heed(&["bought (rope|pills)", "the (rope|pills) ... bed", "💊"]));
    draft.categories.insert("third_party".to_owned(), heed(&["my <friends> ... suicide"]));
    draft.words.insert("friends".to_owned(), words(&["friend", "best friend"]));
    draft.harmless = words(&["suicide squad", "essay ... suicide"]);
    draft.reported = words(&["(he|she) wrote"]);
    draft.same.insert("want to".to_owned(), words(&["wanna"]));
    draft.same.insert("do not".to_owned(), words(&["dont"]));
    draft.negation = Negation {
        words: words(&["not", "never"]),
        stops: words(&["i"]),
        not: words(&["not joking"]),
        window: 4,
        ..Negation::default()
    };
    draft
}

fn found(tag: &str, draft: &Draft, text: &str) -> Vec<String> {
    let language: Language = tag.parse().expect("a tag");
    let lexicon = Lexicon::build(&language, draft).expect("a lexicon");
    let shown = |spotted: &Spotted| {
        format!("{}{}: {}", if spotted.negated { "~" } else { "" }, spotted.category, spotted.phrase)
    };
    Lexicons::new([(language.clone(), Arc::new(lexicon))]).spot(&language, text).iter().map(shown).collect()
}

fn in_english(text: &str) -> Vec<String> {
    found("en", &english(), text)
}

#[test]
fn a_phrase_is_found_however_it_is_written_and_only_as_whole_words() {
    for text in [
        "I WANT TO DIE",
        "i wanna die",
        "i want  to\ndie",
        "i wаnt to dіe",
        "i want to d i e",
        "i w@nt to d1e",
        "i want to d.i.e tonight",
        "i wa\u{200b}nt to dieeee",
        "ｉ ｗａｎｔ ｔｏ ｄｉｅ",
    ] {
        assert_eq!(in_english(text), ["imminent: want to die"], "{text}");
    }
    for text in
        ["suicide", "s u i c i d e", "s.u.i.c.i.d.e", "su!cide", "s*icide", "sui-cide", "sucide", "suiicde", "5u1c1de"]
    {
        assert_eq!(in_english(text), ["imminent: suicide"], "{text}");
    }
    assert!(in_english("i want to diet").is_empty());
    assert_eq!(in_english("got the 💊"), ["means: 💊"]);
    assert_eq!(in_english("the pills are on my bed"), ["means: the (rope|pills) ... bed"]);
    assert!(in_english("took the pills. went to bed").is_empty(), "a gap ends with the sentence");
}

#[test]
fn a_negation_lowers_what_stands_in_its_reach() {
    assert_eq!(in_english("i do not want to die"), ["~imminent: want to die"]);
    assert_eq!(in_english("i would never ever kill myself"), ["~imminent: kill myself"]);
    assert_eq!(in_english("not hungry, want to die"), ["imminent: want to die"]);
    assert_eq!(in_english("not today. kill myself"), ["imminent: kill myself"]);
    assert_eq!(in_english("do not know i want to die"), ["imminent: want to die"], "i begins anew");
    assert_eq!(in_english("not joking want to die"), ["imminent: want to die"]);
}

#[test]
fn a_negation_that_belongs_to_a_phrase_lowers_nothing() {
    assert_eq!(in_english("i dont want to live"), ["imminent: do not want to live"]);
    assert_eq!(in_english("i am not tired of living"), ["imminent: tired of living"]);
    assert_eq!(in_english("dont want to live kill myself"), ["imminent: kill myself", "imminent: do not want to live"]);
    assert_eq!(in_english("gonna kill myself this is so long lol"), ["~imminent: kill myself ... lol"]);
}

#[test]
fn what_is_harmless_cancels_only_what_stands_within_it() {
    assert!(in_english("we watched suicide squad").is_empty());
    assert_eq!(in_english("watched suicide squad, now want to die"), ["imminent: want to die"]);
    assert_eq!(in_english("my essay is about suicide"), ["~imminent: suicide"], "nobody knows what stands in a gap");
}

#[test]
fn what_is_about_somebody_else_is_called_so() {
    assert_eq!(in_english("my best friend talks about suicide"), ["third_party: my <friends> ... suicide"]);
    assert_eq!(in_english("she wrote \"want to die\" on her door"), ["third_party: want to die"]);
    assert_eq!(in_english("\"want to die\" is all i think"), ["imminent: want to die"]);
}

#[test]
fn what_is_urgent_comes_first_and_there_is_a_bound() {
    assert_eq!(in_english("bought rope. want to die"), ["imminent: want to die", "means: bought (rope|pills)"]);
    let mut draft = Draft::default();
    let entries = (0..80).map(|n| entry(&format!("word{n} *end"), Denial::Heed)).collect();
    draft.categories.insert("a".to_owned(), entries);
    draft.categories.insert("imminent".to_owned(), vec![entry("last", Denial::Heed)]);
    let text: String = (0..80).map(|n| format!("word{n} theend ")).collect();
    let all = found("en", &draft, &(text + "last"));
    assert_eq!(all.len(), Lexicons::MOST);
    assert_eq!(all[0], "imminent: last");
}

#[test]
fn arabic_german_and_scripts_without_spaces() {
    let mut draft = Draft { attached: words(&["و", "ال"]), ..Draft::default() };
    draft
        .categories
        .insert("imminent".to_owned(), vec![entry("أريد أن أموت", Denial::Heed), entry("حبل", Denial::Heed)]);
    assert_eq!(found("ar", &draft, "اُريدُ ان امـــوت").len(), 1);
    assert_eq!(found("ar", &draft, "والحبل").len() + found("ar", &draft, "الحبل").len(), 1);
    let mut draft = Draft::default();
    draft
        .categories
        .insert("imminent".to_owned(), vec![entry("mich töten", Denial::Heed), entry("*tablette*", Denial::Heed)]);
    for text in ["mich töten", "mich toeten", "MICH TOTEN", "mich t*ten", "Schlaftabletten"] {
        assert_eq!(found("de-AT", &draft, text).len(), 1, "{text}");
    }
    let mut draft = Draft::default();
    draft.categories.insert("imminent".to_owned(), vec![entry("死にたい", Denial::Heed)]);
    assert_eq!(found("ja", &draft, "もう死にたいです").len(), 1);
}

#[test]
fn a_language_without_a_lexicon_is_looked_through_with_all() {
    let [en, pt, ja] = ["en", "pt", "ja"].map(|tag| tag.parse::<Language>().expect("a tag"));
    let mut portuguese = Draft::default();
    portuguese.categories.insert("imminent".to_owned(), vec![entry("quero morrer", Denial::Heed)]);
    let build = |language: &Language, draft: &Draft| Arc::new(Lexicon::build(language, draft).expect("a lexicon"));
    let all = Lexicons::new([(en.clone(), build(&en, &english())), (pt.clone(), build(&pt, &portuguese))]);
    let brazil: Language = "pt-BR".parse().expect("a tag");
    assert_eq!(all.spot(&brazil, "quero morrer").len(), 1);
    assert_eq!(all.spot(&en, "quero morrer").len(), 0);
    assert_eq!(all.spot(&ja, "quero morrer").len(), 1);
    assert!(Lexicons::default().spot(&en, "want to die").is_empty());
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let mut draft = english();
    draft.harmless = words(&["a (b", "x <nobody>"]);
    draft.categories.insert(
        "plan".to_owned(),
        vec![entry("a b", Denial::Heed), entry("A  b", Denial::Heed), entry(&"x".repeat(201), Denial::Heed)],
    );
    let wrong = Lexicon::build(&"en".parse().expect("a tag"), &draft).expect_err("wrong");
    let keys: Vec<_> = wrong.iter().map(|wrong| (wrong.key.as_str(), wrong.index)).collect();
    assert_eq!(keys, [("plan", 1), ("plan", 2), ("harmless", 0), ("harmless", 1)]);
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,300}") {
        in_english(&text);
    }
}

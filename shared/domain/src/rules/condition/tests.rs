#![allow(clippy::unwrap_used)]

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

use super::*;
use crate::request::{Asked, Opened, SupportRequest};
use crate::rules::{PoolFacts, Side, Silence, Spotted};
use crate::screening::{Level, Screening};
use crate::{Pool, Priority, RequestId, StaffId};

fn at() -> DateTime<Utc> {
    "2026-07-01T22:30:00Z".parse().unwrap()
}

/// Somebody who said nothing of themselves.
fn bare() -> SupportRequest {
    let opened = Opened {
        line: "night".to_owned(),
        language: "pt-BR".parse().unwrap(),
        time_zone: None,
        country: None,
        alias: None,
        age_band: None,
        topics: vec![],
        screening: None,
        token: String::new(),
        fingerprint: None,
        again: None,
    };
    SupportRequest::opened(RequestId(Uuid::nil()), Pool::named("main"), opened, at())
}

fn full() -> SupportRequest {
    let staff = |n| StaffId(Uuid::from_u128(n));
    let declined = Asked { declined_at: Some(at()), ..Asked::default() };
    SupportRequest {
        time_zone: Some(Tz::Asia__Kolkata),
        country: Some("ES".to_owned()),
        age_band: Some(crate::request::AgeBand::Under18),
        topics: vec!["grief".parse().unwrap(), "anxiety".parse().unwrap()],
        priority: Priority::Urgent,
        times_returned: 2,
        asked: BTreeMap::from([(staff(1), declined.clone()), (staff(2), declined), (staff(3), Asked::default())]),
        ..bare()
    }
}

fn known<'a>(request: &'a SupportRequest, phrases: &'a [Spotted]) -> Facts<'a> {
    Facts {
        request,
        phrases,
        screening: Some((Screening { q4: true, ..Screening::default() }, Level::High)),
        pool: PoolFacts { on_duty: Some(1), ready: Some(2), waiting: Some(3) },
        silent: Some(Silence { side: Side::Volunteer, seconds: 61 }),
        now: at() + TimeDelta::seconds(150),
    }
}

fn unknown(request: &SupportRequest) -> Facts<'_> {
    Facts { request, phrases: &[], screening: None, pool: PoolFacts::default(), silent: None, now: at() }
}

fn spotted(category: &str, negated: bool) -> Spotted {
    Spotted { category: category.to_owned(), phrase: "a phrase".to_owned(), negated }
}

fn holds(source: &str, facts: &Facts<'_>) -> Result<bool, Unclear> {
    Condition::compile(source).unwrap_or_else(|bad| panic!("{source}: {bad}")).holds(facts)
}

fn refusal(source: &str) -> String {
    match Condition::compile(source) {
        Ok(_) => panic!("{source} was taken"),
        Err(BadCondition(why)) => why,
    }
}

#[test]
fn the_examples_of_the_design_hold_when_they_should() {
    let (bare, full) = (bare(), full());
    let words = "phrases.exists(p, p.category == \"imminent\" && !p.negated)";
    for (phrases, fires) in [
        (vec![], false),
        (vec![spotted("imminent", true)], false),
        (vec![spotted("plan", false)], false),
        (vec![spotted("plan", false), spotted("imminent", false)], true),
    ] {
        assert_eq!(holds(words, &known(&bare, &phrases)), Ok(fires), "{phrases:?}");
    }
    assert_eq!(holds("priority >= URGENT", &unknown(&bare)), Ok(false));
    assert_eq!(holds("priority >= URGENT", &unknown(&full)), Ok(true));
}

#[test]
fn every_fact_says_what_it_is() {
    let request = full();
    let phrases = [spotted("means", true)];
    let facts = known(&request, &phrases);
    for source in [
        "request.line == 'night'",
        "request.language == 'pt-BR' && request.language.startsWith('pt')",
        "request.country == 'ES'",
        "request.age_band == 'under_18'",
        "'grief' in request.topics && !('loss' in request.topics) && size(request.topics) == 2",
        "request.channel == 'web'",
        "request.priority == URGENT && priority == request.priority",
        "request.waited_s == 150",
        "request.times_returned == 2",
        "request.declined == 2",
        "phrases.all(p, p.category == 'means' && p.phrase == 'a phrase' && p.negated)",
        "phrases.filter(p, p.negated).map(p, p.category) == ['means']",
        "phrases.exists_one(p, p.category in ['means', 'plan'])",
        "screening != null && screening.q4 && !screening.q1 && screening.level == 'high'",
        "!(screening.q2 || screening.q3 || screening.q5 || screening.q6 || screening.q6_recent || screening.intent_now)",
        "pool != null && pool.on_duty == 1 && pool.ready == 2 && pool.waiting == 3",
        "silent != null && silent.side == 'volunteer' && silent.seconds > 60",
        "hour_utc == 22 && hour_member == 4",
        "STANDARD < ELEVATED && ELEVATED < URGENT && URGENT < IMMINENT",
    ] {
        assert_eq!(holds(source, &facts), Ok(true), "{source}");
    }
}

#[test]
fn what_is_absent_is_null_or_empty_and_never_undefined() {
    let request = bare();
    let facts = unknown(&request);
    for fact in FACTS.iter().filter(|fact| fact.absent) {
        assert_eq!(holds(&format!("{} == null", fact.name), &facts), Ok(true), "{}", fact.name);
    }
    for fact in FACTS.iter().filter(|fact| !fact.absent) {
        assert_eq!(holds(&format!("{} == null", fact.name), &facts), Ok(false), "{}", fact.name);
    }
    assert_eq!(holds("size(phrases) == 0 && size(request.topics) == 0", &facts), Ok(true));
    // Some of a pool can be known.
    let facts = Facts { pool: PoolFacts { waiting: Some(0), ..PoolFacts::default() }, ..facts };
    assert_eq!(holds("pool != null && pool.on_duty == null && pool.waiting == 0", &facts), Ok(true));
}

#[test]
fn a_condition_that_lacks_a_fact_is_unclear_and_says_so_beforehand() {
    let request = bare();
    let condition = Condition::compile("hour_member < 6").unwrap();
    assert_eq!(condition.unclear_without(), ["hour_member"]);
    assert_eq!(condition.holds(&unknown(&request)), Err(Unclear("< cannot be used on null_type and int".to_owned())));
    let guarded = Condition::compile("hour_member != null && hour_member < 6").unwrap();
    assert_eq!((guarded.unclear_without(), guarded.holds(&unknown(&request))), (&[][..], Ok(false)));
    let urgent = Condition::compile("priority < URGENT || pool.on_duty < 2").unwrap();
    assert_eq!(urgent.unclear_without(), ["pool"]);
    // A part of what is absent is null, and null is not equal to anything.
    assert_eq!(Condition::compile("pool.on_duty == 0").unwrap().unclear_without(), [""; 0]);
}

#[test]
fn the_names_that_a_configuration_must_know_are_given() {
    let condition =
        Condition::compile("request.line == 'day' && ('x' in request.topics || request.country in ['ES', 'PT'])");
    let words: Vec<_> = condition.unwrap().words().to_vec();
    let words: Vec<_> = words.iter().map(|(fact, word)| (*fact, word.as_str())).collect();
    assert_eq!(
        words,
        [("request.line", "day"), ("request.topics", "x"), ("request.country", "ES"), ("request.country", "PT")]
    );
}

/// A mistake is told with what was probably meant.
#[test]
fn a_bad_condition_is_told_what_would_be_right() {
    for (source, told) in [
        ("priorty >= URGENT", "there is no fact priorty; did you mean priority?"),
        ("priority >= URGNT", "there is no fact URGNT; did you mean URGENT?"),
        ("priority >= urgent", "there is no fact urgent; did you mean URGENT?"),
        ("waited_s > 60", "there is no fact waited_s; did you mean request.waited_s?"),
        ("request.waited > 60", "there is no waited in request; did you mean waited_s?"),
        ("request.mood == 'low'", "there is no mood in request; there are line, language"),
        ("screening.q7", "there is no q7 in screening; did you mean q"),
        ("phrases.exists(p, p.catgory == 'plan')", "there is no catgory in a phrase; did you mean category?"),
        ("phrases.exists(p, p.category == 'iminent')", "did you mean \"imminent\"?"),
        ("request.age_band == 'under18'", "compares with \"under18\", which it never is; did you mean \"under_18\"?"),
        ("request.age_band in ['over_25', 'old']", "compares with \"old\", which it never is"),
        ("silent.side == 'staff'", "it is one of \"member\", \"volunteer\""),
        ("screening.level == 'hi'", "\"high\""),
        ("priority == 'urgent'", "write STANDARD, ELEVATED, URGENT or IMMINENT, without quotes"),
        ("priority >= 'urgent'", "write STANDARD, ELEVATED, URGENT or IMMINENT, without quotes"),
        ("priority in ['urgent']", "write STANDARD, ELEVATED, URGENT or IMMINENT, without quotes"),
        ("hour_utc >= URGENT + 1", "priorities are only compared"),
        ("hour_utc > priority", "compares a priority with another number"),
        ("42", "is a number, and a condition is true or false"),
        ("'night'", "is a text, and a condition is true or false"),
        ("null", "is null, and a condition is true or false"),
        ("phrases", "is a list, and a condition is true or false"),
        ("request", "is a group of facts, and a condition is true or false"),
        ("phrases.map(p, p.category)", "is a list, and a condition is true or false"),
        ("request.line && true", "has a text beside && and ||, where true or false belongs"),
        ("!request.waited_s", "has a number after !, where true or false belongs"),
        ("request.line > 3", "asks whether a text is larger or smaller"),
        ("request.line == 3", "compares a text with a number, which are never equal"),
        ("request == 3", "compares a group of facts"),
        ("'plan' in phrases", "write phrases.exists("),
        ("3 in request.topics", "looks for a number in a list of texts"),
        ("'x' in request.line", "in looks in a list"),
        ("phrases.category == 'plan'", "a list has no parts; go over it"),
        ("request.line.exists(x, x == 'a')", "go over a list"),
        ("phrases.exists(priority, priority.negated)", "take another name"),
        ("phrases.exists(p)", "exists takes a name and what is asked of it"),
        ("phrases.any(p, p.negated)", "there is no function any"),
        ("request.line.startswith('n')", "there is no function startswith; did you mean startsWith?"),
        ("request.line.matches('n.*')", "there is no function matches"),
        ("request.topics.contains('grief')", "for a list write \"word\" in list"),
        ("request.line.contains(3)", "contains is for texts, and here is a number"),
        ("phrases[0].negated", "uses [ ] to look inside"),
        ("request['line'] == 'night'", "uses [ ] to look inside"),
        ("has(request.country)", "write request.country != null"),
        ("{'a': 1} == {'a': 1}", "makes something with { }"),
        ("request.waited_s / 1.5 > 3.0", "reckons with a number that has a point"),
        ("request.line + 1 == 2", "reckons with a text"),
        ("size(3) == 1", "asks for the size of a number"),
        ("1 / 0 == 1", "can never be worked out: it divides by zero"),
        ("60 / size(phrases) > 3", "cannot be worked out on every request, although every fact is known"),
        ("b'x' == b'x'", "has bytes in it"),
        ("priority >=", "this cannot be read"),
        ("priority >= URGENT)", "this cannot be read"),
        ("priority & URGENT", "this cannot be read"),
        ("request?.line == 'x'", "this cannot be read"),
        ("request.line == 'night", "a quote that is not closed"),
        ("request.line == 'ni\nght'", "a line break between quotes"),
        ("request.line == '\\n'", "has a \\ or a `"),
        ("request.line == '''x'''", "three quotes in a row"),
        ("true // why", "has a comment inside"),
        ("  \n", "is empty"),
        ("", "is empty"),
    ] {
        let why = refusal(source);
        assert!(why.contains(told), "{source}: {why}");
        assert!(!why.contains('\n'), "{source}: {why}");
    }
}

#[test]
fn several_mistakes_are_told_at_once() {
    let why = refusal("priorty >= URGENT && request.lin == 'x' && silent.side == 'staff'");
    assert!(why.matches("; ").count() >= 2, "{why}");
    assert!(why.contains("priorty") && why.contains("lin ") && why.contains("\"staff\""), "{why}");
}

#[test]
fn a_condition_is_as_long_and_as_deep_as_it_may_be_and_no_more() {
    let long = |n: usize| format!("request.line == '{}'", "x".repeat(n - 18));
    assert!(Condition::compile(&long(Condition::LONGEST)).is_ok());
    assert!(refusal(&long(Condition::LONGEST + 1)).contains("has 1001 characters; write at most 1000"));
    let nested =
        |n: usize| (0..n).fold("true".to_owned(), |inner, n| format!("phrases.exists(p{n}, p{n}.negated && {inner})"));
    assert!(Condition::compile(&nested(Condition::MACROS)).is_ok());
    assert!(refusal(&nested(Condition::MACROS + 1)).contains("more than 4 deep"));
    let listed = |n: usize| format!("request.waited_s in [{}]", vec!["1"; n].join(","));
    assert!(Condition::compile(&listed(Condition::LIST)).is_ok());
    assert!(refusal(&listed(Condition::LIST + 1)).contains("has a list of 101; write at most 100"));
    // Many alternatives are no depth.
    let many: Vec<_> = (0..65).map(|n| format!("hour_utc=={n}")).collect();
    assert!(Condition::compile(&many.join("||")).is_ok());
}

/// A thousand characters of one sign after the other, and of pairs of signs.
#[test]
fn endless_nesting_is_refused_and_overflows_nothing() {
    for part in [
        "(",
        "[",
        "{",
        "{1:",
        "!",
        "-",
        "!(",
        "-(",
        "1+",
        "1<",
        "a.",
        "a?",
        "a?a:",
        "a||",
        "a&&",
        "f(",
        "1 in ",
        "[0]",
        "a[",
        ".f()",
        "phrases.exists(p,",
        "[1].map(x,",
        "((",
        ")(",
        "'",
        "\"",
        "\\",
        "/",
        "/*",
        "#",
        "=",
        "==",
        ",",
        "r'",
        "b\"",
        "@",
        "$",
        "\u{0}",
        "\u{202e}",
        "a b ",
        "true ",
        "0x",
        "1e",
        "1.",
        "..",
        ":",
        "?:",
        "in ",
        "null.",
    ] {
        for ending in ["", "1", "true", "a"] {
            let source: String = part.repeat(1_000).chars().take(990).chain(ending.chars()).collect();
            let closed = format!("{}1{}", part.repeat(60), ")".repeat(60));
            for source in [source, closed] {
                let read = Condition::compile(&source);
                assert!(read.is_err(), "{source}");
            }
        }
    }
}

/// As deep as it gets, on a good deal less stack than any thread has that works conditions out.
#[test]
fn the_deepest_condition_is_worked_out_on_a_small_stack() {
    let chain = |n: usize| format!("{}1 > 0", "1+".repeat(n));
    let brackets = |n: usize| format!("{}1{} > 0", "(1+1+1+".repeat(n), ")".repeat(n));
    let macros = |n: usize| {
        let start = format!("hour_utc + {} >= 0", vec!["1"; n].join("+"));
        (0..Condition::MACROS).fold(start, |inner, n| format!("phrases.all(p{n}, !p{n}.negated && {inner})"))
    };
    let ways: [(&str, &dyn Fn(usize) -> String); 3] = [("chain", &chain), ("brackets", &brackets), ("macros", &macros)];
    for (what, make) in ways {
        let deepest = (2..60).rev().find_map(|n| Some((n, Condition::compile(&make(n)).ok()?)));
        let (n, condition) = deepest.unwrap_or_else(|| panic!("{what}"));
        assert!((3..59).contains(&n), "{what}: {n}");
        let work = move || {
            let (request, phrases) = (bare(), [spotted("plan", false)]);
            condition.holds(&known(&request, &phrases))
        };
        let worked = std::thread::Builder::new().stack_size(1_280 << 10).spawn(work).unwrap().join().unwrap();
        assert_eq!(worked, Ok(true), "{what}: {n}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 300 } else { 3_000 }))]

    /// Whatever is written, it is taken or refused in one line; and what is taken can be asked of any request.
    #[test]
    fn no_text_makes_it_panic(source in prop_oneof![
        "\\PC{0,60}",
        prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..30).prop_map(|words| words.concat()),
        prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..30).prop_map(|words| words.join(" ")),
    ]) {
        let (bare, full) = (bare(), full());
        let phrases = [spotted("imminent", false), spotted("plan", true)];
        match Condition::compile(&source) {
            Ok(condition) => for facts in [unknown(&bare), unknown(&full), known(&bare, &[]), known(&full, &phrases)] {
                if let Err(Unclear(why)) = condition.holds(&facts) {
                    prop_assert!(!why.is_empty() && !why.contains('\n'));
                }
            },
            Err(BadCondition(why)) => prop_assert!(!why.is_empty() && !why.contains('\n'), "{}", why),
        }
    }
}

const WORDS: [&str; 60] = [
    "request",
    ".line",
    ".topics",
    ".waited_s",
    "priority",
    "URGENT",
    "phrases",
    ".exists(p, ",
    ".all(x, ",
    ".map(m, ",
    ".filter(f, ",
    ".exists_one(e, ",
    "p.category",
    "p.negated",
    "p",
    "x",
    "m",
    "screening",
    ".q1",
    ".level",
    "pool",
    ".on_duty",
    "silent",
    ".side",
    "hour_utc",
    "hour_member",
    "==",
    "!=",
    ">=",
    "<",
    ">",
    "&&",
    "||",
    "!",
    "+",
    "-",
    "*",
    "/",
    "%",
    "?",
    ":",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    " in ",
    "'plan'",
    "\"imminent\"",
    "null",
    "true",
    "false",
    "0",
    "9223372036854775807",
    "1.5",
    "size(",
    "has(",
];

/// What clinical leads are told there is, is there, and the other way round.
#[test]
fn the_document_names_every_fact_and_no_other() {
    let document = include_str!("../../../../../docs/rules.md");
    let (_, facts) = document.split_once("| fact | what it is |").unwrap();
    let (facts, _) = facts.split_once("\n\n").unwrap();
    let named: Vec<_> = facts.split('`').skip(1).step_by(2).collect();
    for fact in FACTS {
        assert!(named.contains(&fact.name), "{} is not in docs/rules.md", fact.name);
    }
    // The first cell of a row is a fact; `null` is marked where it may be.
    for row in facts.lines().filter(|row| row.starts_with("| `")) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let fact = kind::fact(cells[1].trim_matches('`')).unwrap_or_else(|| panic!("there is no fact {}", cells[1]));
        assert_eq!(cells[3] == "yes", fact.absent, "{row}");
    }
    for part in PHRASE.iter().map(|part| part.name).chain(CATEGORIES.iter().copied()) {
        assert!(document.contains(&format!("`{part}`")), "{part} is not in docs/rules.md");
    }
    for (trigger, _) in crate::rules::Trigger::NAMES {
        assert!(document.contains(&format!("\n| `{trigger}` |")), "{trigger} is not in docs/rules.md");
    }
    for (what, bound) in [("characters of a condition", "1,000"), ("elements of a list", "100")] {
        assert!(document.contains(&format!("| {what} | {bound} |")), "{what}");
    }
}

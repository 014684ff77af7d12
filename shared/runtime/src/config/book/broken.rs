//! More than two hundred files that are broken, each in a way of its own: every one is refused with a message that names file
//! and line, and changes nothing.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use wideawake_domain::rules::Shelf;

use super::tests::files;
use super::{POLICIES, RULES};
use crate::reload;

/// Whole files of rules, and what is said of them.
const FILES: &[(&str, &str)] = &[
    ("rule", "this is not TOML"),
    ("[[rule]", "this is not TOML"),
    ("[[rule]]\nname = \"a\non = \"opened\"", "this is not TOML"),
    ("[[rule]]\nname = a", "this is not TOML"),
    ("[[rule]]\nname = \"a\"\nname = \"b\"", "this is not TOML"),
    ("[[rule]]\nthen = [{ tag = \"a\" }", "this is not TOML"),
    ("[[rule]]\nthen = [{ tag = \"a\", tag = \"b\" }]", "this is not TOML"),
    ("{ \"rule\": [] }", "this is not TOML"),
    ("rule:\n  - name: a", "this is not TOML"),
    ("\u{0}", "this is not TOML"),
    ("rule = 3", "write it as [[rule]]"),
    ("rule = \"a\"", "write it as [[rule]]"),
    ("rule = true", "write it as [[rule]]"),
    ("rule = 2026-01-01", "write it as [[rule]]"),
    ("[rule]\nname = \"a\"", "write it as [[rule]]"),
    ("rule = [3]", "must be a table"),
    ("rule = [[]]", "must be a table"),
    ("rule = [\"a\"]", "must be a table"),
    ("[[rules]]\nname = \"a\"", "did you mean rule?"),
    ("[[Rule]]\nname = \"a\"", "did you mean rule?"),
    ("[[policy]]\nname = \"a\"", "there is no such key"),
    ("name = \"a\"", "there is no such key"),
    ("[[rule]]", "is missing; write a name"),
];

/// The keys of a rule that are wrong, in place of those of [`rule`].
const KEYS: &[(&str, &str, &str)] = &[
    ("name", "", "is missing"),
    ("name", "\"\"", "write a name of 1 to 64"),
    ("name", "3", "write a name of 1 to 64"),
    ("name", "\"Two words\"", "write a name of 1 to 64"),
    ("name", "\"émigré\"", "write a name of 1 to 64"),
    ("name", "[\"a\"]", "write a name of 1 to 64"),
    ("name", "\"a\\nb\"", "write a name of 1 to 64"),
    ("name", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "write a name of 1 to 64"),
    ("on", "", "is missing; write one of"),
    ("on", "\"open\"", "write \"opened\""),
    ("on", "\"Message\"", "write \"opened\""),
    ("on", "\"\"", "write \"opened\""),
    ("on", "7", "write \"opened\""),
    ("on", "[\"opened\", \"message\"]", "write \"opened\""),
    ("on", "true", "write \"opened\""),
    ("on", "\"waiting\"", "after: is missing"),
    ("on", "\"silent\"", "after: is missing"),
    ("on", "\"declined\"", "after: is missing"),
    ("on", "\"away\"", "after: is missing"),
    ("after", "\"2m\"", "this rule is asked at once"),
    ("after", "\"0s\"", "this rule is asked at once"),
    ("after", "3", "this rule is asked at once"),
    ("if", "3", "write a condition between quotes"),
    ("if", "true", "write a condition between quotes"),
    ("if", "[\"priority >= URGENT\"]", "write a condition between quotes"),
    ("if", "{ priority = \"urgent\" }", "write a condition between quotes"),
    ("then", "", "is missing; write what follows"),
    ("then", "[]", "write 1 to 10 actions"),
    ("then", "3", "write a list of tables"),
    ("then", "\"urgent\"", "write a list of tables"),
    ("then", "{ priority = \"urgent\" }", "write a list of tables"),
    ("then", "[\"urgent\"]", "must be a table"),
    ("then", "[3]", "must be a table"),
    ("then", "[[{ tag = \"a\" }]]", "must be a table"),
    ("then", "[{}]", "an action is one of"),
    ("then", "[{ tag = \"a\", show = \"emergency\" }]", "each action stands in braces of its own"),
    ("then", "[{ priority = \"high\" }]", "write \"standard\""),
    ("then", "[{ priority = 3 }]", "write \"standard\""),
    ("then", "[{ priority = \"URGENT\" }]", "write \"standard\""),
    ("then", "[{ priority = [] }]", "write \"standard\""),
    ("then", "[{ escalate = \"clinican\" }]", "there is no [[policy]] of this name"),
    ("then", "[{ escalate = \"\" }]", "write a name of 1 to 64"),
    ("then", "[{ escalate = 3 }]", "write a name of 1 to 64"),
    ("then", "[{ escalate = [\"clinician\"] }]", "write a name of 1 to 64"),
    ("then", "[{ escalate = \"rotation:clinicians\" }]", "write a name of 1 to 64"),
    ("then", "[{ require = \"Crisis Intervention\" }]", "write a name of 1 to 64"),
    ("then", "[{ require = false }]", "write a name of 1 to 64"),
    ("then", "[{ show = \"hotline\" }]", "write \"emergency\""),
    ("then", "[{ show = true }]", "write \"emergency\""),
    ("then", "[{ tag = \"a tag\" }]", "write a name of 1 to 64"),
    ("then", "[{ tag = 1.5 }]", "write a name of 1 to 64"),
    ("then", "[{ prority = \"urgent\" }]", "did you mean"),
    ("then", "[{ escalate_to = \"clinician\" }]", "there is no such key"),
    ("then", "[{ page = \"clinician\" }]", "there is no such key"),
    ("then", "[{ tag = \"a\" }, { tg = \"b\" }]", "there is no such key"),
    ("nme", "\"a\"", "did you mean rule \"a\".name?"),
    ("when", "\"opened\"", "there is no such key"),
    ("If", "'priority >= URGENT'", "did you mean rule \"a\".if?"),
    ("them", "[]", "did you mean rule \"a\".then?"),
    ("afetr", "\"2m\"", "did you mean rule \"a\".after?"),
    ("enabled", "true", "there is no such key"),
];

/// What `after` of a rule that needs time cannot be.
const AFTERS: &[(&str, &str)] = &[
    ("\"0s\"", "cannot be switched off"),
    ("\"\"", "write a duration"),
    ("120", "write a duration"),
    ("\"2 m\"", "write a duration"),
    ("\"2min\"", "write a duration"),
    ("\"-2m\"", "write a duration"),
    ("\"1h30m\"", "write a duration"),
    ("\"soon\"", "write a duration"),
    ("\"99999999999999999999s\"", "write a duration"),
    ("\"4000d\"", "write a duration"),
    ("[\"2m\"]", "write a duration"),
    ("{ minutes = 2 }", "write a duration"),
];

/// Conditions, in a rule on `message`.
const CONDITIONS: &[(&str, &str)] = &[
    ("", "is empty"),
    ("   ", "is empty"),
    ("priorty >= URGENT", "did you mean priority?"),
    ("Priority >= URGENT", "did you mean priority?"),
    ("priority >= URGENTLY", "did you mean URGENT?"),
    ("priority >= \"urgent\"", "without quotes"),
    ("priority = URGENT", "cannot be read"),
    ("priority => URGENT", "cannot be read"),
    ("priority >= URGENT and true", "cannot be read"),
    ("not (priority >= URGENT)", "there is no function not"),
    ("if priority >= URGENT", "cannot be read"),
    ("priority >= URGENT;", "cannot be read"),
    ("(priority >= URGENT", "cannot be read"),
    ("priority", "is a priority, and a condition is true or false"),
    ("1", "is a number, and a condition is true or false"),
    ("1.5", "is a number, and a condition is true or false"),
    ("\"yes\"", "is a text, and a condition is true or false"),
    ("null", "is null, and a condition is true or false"),
    ("[true]", "is a list, and a condition is true or false"),
    ("request", "is a group of facts, and a condition is true or false"),
    ("request.lin == \"night\"", "did you mean line?"),
    ("request.line == \"nigth\"", "which no [[line]] has"),
    ("request.line in [\"night\", \"day\"]", "which no [[line]] has"),
    ("\"loss\" in request.topics", "which no [[line]] has"),
    ("request.age == \"under_18\"", "there is no age in request"),
    ("request.age_band == \"17\"", "which it never is"),
    ("request.channel == \"sms\"", "which it never is"),
    ("request.text.contains(\"die\")", "there is no text in request"),
    ("message.contains(\"die\")", "there is no fact message"),
    ("phrases.exists(p, p.category == \"suicide\")", "which it never is"),
    ("phrases.exists(p, p.kind == \"plan\")", "there is no kind in a phrase"),
    ("phrases.exists(p, q.negated)", "there is no fact q"),
    ("phrases.exists(p.category == \"plan\")", "exists takes a name"),
    ("phrases.exists(\"p\", true)", "cannot be read"),
    ("phrases.any(p, true)", "there is no fact p"),
    ("phrases.contains(\"plan\")", "contains is for texts"),
    ("phrases == \"plan\"", "which are never equal"),
    ("\"plan\" in phrases", "write phrases.exists("),
    ("screening.q9", "there is no q9 in screening"),
    ("screening.level >= \"high\"", "only numbers are"),
    ("screening.level == \"severe\"", "which it never is"),
    ("silent.seconds > 60", "which is known only on \"silent\""),
    ("hour_utc > \"22\"", "only numbers are"),
    ("hour_utc == \"22\"", "which are never equal"),
    ("hour == 22", "there is no fact hour"),
    ("now > 22", "there is no fact now"),
    ("pool.volunteers == 0", "there is no volunteers in pool"),
    ("size(request.waited_s) > 1", "asks for the size of a number"),
    ("request.line.matches(\"n.*\")", "there is no function matches"),
    ("request.line.lower() == \"night\"", "there is no function lower"),
    ("timestamp(\"2026-01-01T00:00:00Z\") == null", "there is no function timestamp"),
    ("has(request.country)", "write request.country != null"),
    ("request[\"line\"] == \"night\"", "uses [ ] to look inside"),
    ("request.?line == null", "cannot be read"),
    ("{\"a\": true}[\"a\"]", "uses [ ] to look inside"),
    ("Person{name: \"a\"} == null", "makes something with { }"),
    ("1 / 0 > 0", "can never be worked out"),
    ("9223372036854775807 + 1 > 0", "can never be worked out"),
    ("99999999999999999999 > 0", "cannot be read"),
    ("true // always", "has a comment inside"),
    ("request.line == `night`", "has a \\ or a `"),
    ("import os", "cannot be read"),
    ("__import__(\"os\") == null", "there is no function"),
    ("\u{202e}true", "cannot be read"),
    ("emoji == \"🌙", "a quote that is not closed"),
    (
        "phrases.exists(a, phrases.exists(b, phrases.exists(c, phrases.exists(d, phrases.exists(e, e.negated)))))",
        "more than 4 deep",
    ),
];

/// Whole files of policies.
const POLICY_FILES: &[(&str, &str)] = &[
    ("policy", "this is not TOML"),
    ("[[policy]]\nname = \"a\"\n[[policy.step]\n", "this is not TOML"),
    ("policy = []\n[[policy]]", "this is not TOML"),
    ("policy = 3", "write it as [[policy]]"),
    ("policy = {}", "write it as [[policy]]"),
    ("policy = [\"supervisor\"]", "must be a table"),
    ("[policy]\nname = \"a\"", "write it as [[policy]]"),
    ("[[policies]]\nname = \"a\"", "there is no such key"),
    ("[[rule]]\nname = \"a\"", "there is no such key"),
    ("[[step]]\nwait = \"1m\"", "there is no such key"),
    ("[[policy]]", "has no steps"),
    ("[[policy]]\nname = \"a\"", "has no steps"),
    ("[[policy]]\nname = \"a\"\nstep = []", "has no steps"),
    ("[[policy]]\nname = \"a\"\nstep = 3", "write it as [[step]]"),
    (
        "[[policy]]\nname = \"a\"\nsteps = [{ page = [\"supervisors_on_duty\"], wait = \"1m\" }]",
        "did you mean policy \"a\".step?",
    ),
    ("[[policy]]\nname = \"a\"\nstep = [\"supervisors_on_duty\"]", "must be a table"),
];

/// The keys of a policy that are wrong, in place of those of [`policy`].
const POLICY_KEYS: &[(&str, &str, &str)] = &[
    ("name", "", "is missing"),
    ("name", "\"A\"", "write a name of 1 to 64"),
    ("name", "1", "write a name of 1 to 64"),
    ("name", "\"\"", "write a name of 1 to 64"),
    ("repeat", "-1", "write an integer from 0 to 100"),
    ("repeat", "101", "write an integer from 0 to 100"),
    ("repeat", "1.5", "write an integer from 0 to 100"),
    ("repeat", "\"twice\"", "write an integer from 0 to 100"),
    ("repeat", "99999999999999999999", "write an integer from 0 to 100"),
    ("repeat", "true", "write an integer from 0 to 100"),
    ("resolve_within", "30", "write a duration"),
    ("resolve_within", "\"half an hour\"", "write a duration"),
    ("resolve_within", "\"-1m\"", "write a duration"),
    ("fallback_every", "\"0s\"", "an escalation would end in silence"),
    ("fallback_every", "\"never\"", "write a duration"),
    ("fallback_every", "5", "write a duration"),
    ("fallback", "\"5m\"", "there is no such key"),
    ("fallback_evry", "\"5m\"", "did you mean policy \"a\".fallback_every?"),
    ("resolve_witin", "\"5m\"", "did you mean policy \"a\".resolve_within?"),
];

/// The keys of a step that are wrong.
const STEP_KEYS: &[(&str, &str, &str)] = &[
    ("page", "", "is missing; say whom to call"),
    ("page", "[]", "names 0"),
    ("page", "\"supervisors_on_duty\"", "write a list such as"),
    ("page", "7", "write a list such as"),
    ("page", "[7]", "write \"supervisors_on_duty\""),
    ("page", "[\"supervisors\"]", "write \"supervisors_on_duty\""),
    ("page", "[\"supervisors-on-duty\"]", "write \"supervisors_on_duty\""),
    ("page", "[\"rotation\"]", "write \"supervisors_on_duty\""),
    ("page", "[\"rotation:\"]", "write \"supervisors_on_duty\""),
    ("page", "[\"rotation: clinicians\"]", "write \"supervisors_on_duty\""),
    ("page", "[\"Rotation:clinicians\"]", "write \"supervisors_on_duty\""),
    ("page", "[\"scheduled:\"]", "write \"supervisors_on_duty\""),
    ("page", "[\"scheduled:dawn\"]", "there is no [[line]] of this name; write one of \"scheduled:night\""),
    ("page", "[\"staff:7\"]", "write \"supervisors_on_duty\""),
    ("page", "[\"staff:noor\"]", "write \"supervisors_on_duty\""),
    ("page", "[\"+34600000000\"]", "write \"supervisors_on_duty\""),
    ("page", "[\"noor@example.org\"]", "write \"supervisors_on_duty\""),
    ("page", "[\"supervisors_on_duty\", \"supervisors_on_duty\"]", "is in the list already"),
    ("page", "[[\"supervisors_on_duty\"]]", "write \"supervisors_on_duty\""),
    ("wait", "", "is missing; say how long"),
    ("wait", "\"0s\"", "nobody would have time to answer"),
    ("wait", "60", "write a duration"),
    ("wait", "\"a minute\"", "write a duration"),
    ("wait", "\"1m30s\"", "write a duration"),
    ("pages", "[]", "did you mean policy \"a\".step 1.page?"),
    ("wiat", "\"1m\"", "did you mean policy \"a\".step 1.wait?"),
    ("repeat", "2", "there is no such key"),
];

/// A table whose keys are right but for one.
fn table(head: &str, keys: &[(&str, &str)], wrong: &str, value: &str) -> String {
    let mut lines = vec![head.to_owned()];
    lines.extend(keys.iter().filter(|(key, _)| *key != wrong).map(|(key, value)| format!("{key} = {value}")));
    if !value.is_empty() {
        lines.push(format!("{wrong} = {value}"));
    }
    lines.join("\n")
}

fn rule(wrong: &str, value: &str) -> String {
    table("[[rule]]", &[("name", "\"a\""), ("on", "\"opened\""), ("then", "[{ tag = \"a\" }]")], wrong, value)
}

fn policy(wrong: &str, value: &str) -> String {
    let step = "[[policy.step]]\npage = [\"supervisors_on_duty\"]\nwait = \"1m\"";
    format!("{}\n{step}", table("[[policy]]", &[("name", "\"a\"")], wrong, value))
}

fn step(wrong: &str, value: &str) -> String {
    let keys = [("page", "[\"supervisors_on_duty\"]"), ("wait", "\"1m\"")];
    format!("[[policy]]\nname = \"a\"\n{}", table("[[policy.step]]", &keys, wrong, value))
}

/// What is large, deep, or the same twice.
fn large() -> Vec<(&'static str, String, &'static str)> {
    let rules = |n: usize| (0..n).map(|n| rule("name", &format!("\"r{n}\""))).collect::<Vec<_>>().join("\n");
    let condition = |source: String| format!("{}\non = \"message\"", rule("on", "")) + &format!("\nif = '{source}'");
    let policies = |n: usize| (0..n).map(|n| policy("name", &format!("\"p{n}\""))).collect::<Vec<_>>().join("\n");
    let steps = "[[policy.step]]\npage = [\"supervisors_on_duty\"]\nwait = \"1m\"\n";
    let targets: Vec<_> = (0..21).map(|n| format!("\"rotation:r{n}\"")).collect();
    let tags: Vec<_> = (0..11).map(|n| format!("{{ tag = \"t{n}\" }}")).collect();
    let list = |n: usize| format!("request.waited_s in [{}]", vec!["1"; n].join(","));
    vec![
        (RULES, rules(501), "there are more than 500 rules"),
        (RULES, format!("{}\n{}", rule("", ""), rule("", "")), "there is a rule of this name already"),
        (RULES, rule("then", &format!("[{}]", tags.join(", "))), "write 1 to 10 actions"),
        (RULES, condition("(".repeat(500) + "true" + &")".repeat(490)), "nests brackets"),
        (RULES, condition("!".repeat(990) + "true"), "joins too much"),
        (RULES, condition("[".repeat(999)), "nests brackets"),
        (RULES, condition("{1:".repeat(330)), "nests brackets"),
        (RULES, condition("phrases.all(p,".repeat(70)), "nests brackets"),
        (RULES, condition("1+".repeat(490) + "1 == 1"), "joins too much"),
        (RULES, condition("a.".repeat(490) + "a"), "joins too much"),
        (RULES, condition("true?".repeat(190) + "true"), "joins too much"),
        (RULES, condition(list(101)), "has a list of 101"),
        (RULES, condition("true || ".repeat(200) + "true"), "has 1604 characters"),
        (RULES, condition("x".repeat(100_000)), "has 100000 characters"),
        (RULES, format!("x = {}", "[".repeat(10_000)), "this is not TOML"),
        (RULES, format!("x = {}1{}", "[".repeat(10_000), "]".repeat(10_000)), "this is not TOML"),
        (RULES, format!("x = {}", "{a=".repeat(10_000)), "this is not TOML"),
        (RULES, format!("[{}]", vec!["a"; 10_000].join(".")), "this is not TOML"),
        (RULES, format!("{} = 1", vec!["a"; 10_000].join(".")), "this is not TOML"),
        (POLICIES, format!("x = {}", "[".repeat(10_000)), "this is not TOML"),
        (POLICIES, policies(101), "there are more than 100 policies"),
        (POLICIES, format!("{}\n{}", policy("", ""), policy("", "")), "there is a policy of this name already"),
        (POLICIES, format!("[[policy]]\nname = \"a\"\n{}", steps.repeat(21)), "has 21 steps; write at most 20"),
        (POLICIES, step("page", &format!("[{}]", targets.join(", "))), "names 21"),
    ]
}

fn all() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let mut all: Vec<(&'static str, String, &'static str)> = large();
    all.extend(FILES.iter().map(|(text, told)| (RULES, (*text).to_owned(), *told)));
    all.extend(KEYS.iter().map(|(key, value, told)| (RULES, rule(key, value), *told)));
    all.extend(
        AFTERS.iter().map(|(after, told)| (RULES, rule("on", "\"waiting\"") + &format!("\nafter = {after}"), *told)),
    );
    all.extend(CONDITIONS.iter().map(|(source, told)| {
        let text = rule("on", "\"message\"") + &format!("\nif = '''{source}'''");
        (RULES, text, *told)
    }));
    all.extend(POLICY_FILES.iter().map(|(text, told)| (POLICIES, (*text).to_owned(), *told)));
    all.extend(POLICY_KEYS.iter().map(|(key, value, told)| (POLICIES, policy(key, value), *told)));
    all.extend(STEP_KEYS.iter().map(|(key, value, told)| (POLICIES, step(key, value), *told)));
    let mut all: Vec<_> = all.into_iter().map(|(file, text, told)| (file, text.into_bytes(), told)).collect();
    for file in [RULES, POLICIES] {
        all.push((file, b"# good\n[[rule]]\nname = \"\xff\xfe\"\n".to_vec(), "this is not UTF-8"));
        all.push((file, b"\xff\xfe[\0[\0".to_vec(), "this is not UTF-8"));
        all.push((file, b"\x89PNG\r\n\x1a\n".to_vec(), "this is not UTF-8"));
    }
    // A rule that is right before the one that is wrong is not taken either.
    all.push((RULES, format!("{}\n{}", rule("", ""), rule("name", "\"B\"")).into_bytes(), "write a name of 1 to 64"));
    all
}

#[test]
fn every_broken_file_is_told_by_name_and_line_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let files = files(folder.path());
    let shelf = Shelf::new(files.load().unwrap());
    let before = shelf.book();
    let all = all();
    let distinct: BTreeSet<_> = all.iter().map(|(file, bytes, _)| (*file, bytes)).collect();
    assert!(distinct.len() == all.len() && all.len() >= 200, "{} of {}", distinct.len(), all.len());
    let mut wrong = Vec::new();
    for (file, bytes, told) in &all {
        let path = folder.path().join(file);
        std::fs::write(&path, bytes).unwrap();
        let shown: String = String::from_utf8_lossy(bytes).chars().take(300).collect();
        match reload::read(&files, &shelf) {
            Ok(_) => wrong.push(format!("{file} was taken: {shown}")),
            Err(errors) => {
                let lines = errors.lines();
                let named = lines.iter().any(|line| names_a_line(line, &path) && line.contains(told));
                if !named || lines.iter().any(|line| line.len() > 2_000) {
                    let lines: Vec<_> = lines.iter().map(|line| line.chars().take(400).collect::<String>()).collect();
                    wrong.push(format!("{file}: {shown}\n  wanted: {told}\n  said: {}", lines.join("\n        ")));
                }
            }
        }
        assert!(Arc::ptr_eq(&before, &shelf.book()), "{shown}");
        std::fs::remove_file(&path).unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    // With all of them gone the book is read again.
    assert!(reload::read(&files, &shelf).is_ok());
}

/// Whether the message begins with the file and a line.
fn names_a_line(message: &str, file: &Path) -> bool {
    let rest = message.strip_prefix(&format!("{}:", file.display())).unwrap_or_default();
    rest.starts_with(|c: char| c.is_ascii_digit())
}

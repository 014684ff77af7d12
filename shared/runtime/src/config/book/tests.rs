#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use chrono::TimeDelta;
use wideawake_domain::Priority;
use wideawake_domain::dispatch::SUPERVISORS;
use wideawake_domain::rules::{Action, Shelf, Trigger};

use super::*;
use crate::config::Config;
use crate::reload;

pub(super) fn files(folder: &Path) -> BookFiles {
    let config = Config::parse("", "w.toml", folder, std::iter::empty()).unwrap();
    config.book()
}

#[test]
fn the_built_in_book_is_right_for_any_lines() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = files(folder.path());
    for line in ["night", "elsewhere"] {
        line.clone_into(&mut files.lines[0].name);
        let book = files.load().unwrap_or_else(|errors| panic!("{errors}"));
        assert!(book.rules.rules.len() > 15, "{}", book.rules.rules.len());
        assert!(["clinician", SUPERVISORS].iter().all(|name| book.policies.0.contains_key(*name)));
        // All of them can do without what may not be known.
        for rule in &book.rules.rules {
            let unclear = rule.condition.as_ref().map(|condition| condition.unclear_without().to_vec());
            assert_eq!(unclear.unwrap_or_default(), [""; 0], "{}", rule.name);
        }
        let on = |on| book.rules.rules.iter().any(|rule| rule.on == on);
        assert!(Trigger::NAMES.iter().all(|(_, trigger)| on(*trigger)));
    }
}

#[test]
fn a_file_is_read_as_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let rules = r#"
[[rule]]
name = "waited-too-long"
on = "waiting"
after = "2m"
if = 'priority >= URGENT'
then = [{ priority = "imminent" }, { escalate = "night-team" }, { require = "crisis-intervention" },
        { show = "crisis_line" }, { tag = "late" }]
"#;
    let policies = r#"
[[policy]]
name = "night-team"
repeat = 3
resolve_within = "0s"
fallback_every = "1m"
[[policy.step]]
page = ["rotation:clinicians", "scheduled:night", "staff:00000000-0000-0000-0000-000000000007"]
wait = "90s"
[[policy.step]]
page = ["supervisors_on_duty"]
wait = "1500ms"
"#;
    std::fs::write(folder.path().join(RULES), rules).unwrap();
    std::fs::write(folder.path().join(POLICIES), policies).unwrap();
    let book = files(folder.path()).load().unwrap_or_else(|errors| panic!("{errors}"));
    let [rule] = &book.rules.rules[..] else { panic!("{:?}", book.rules) };
    assert_eq!((rule.on, rule.after, &*rule.name), (Trigger::Waiting, TimeDelta::minutes(2), "waited-too-long"));
    assert_eq!(rule.condition.as_ref().unwrap().source(), "priority >= URGENT");
    assert_eq!(rule.then[0], Action::Priority(Priority::Imminent));
    assert_eq!(rule.then.len(), 5);
    let policy = &book.policies.0["night-team"];
    assert_eq!((policy.repeat, policy.resolve_within, policy.fallback_every), (3, None, TimeDelta::minutes(1)));
    assert_eq!((policy.steps.len(), policy.steps[0].page.len()), (2, 3));
    assert_eq!(policy.steps[1].wait, TimeDelta::milliseconds(1500));
    // What the router itself calls is there although nobody wrote it.
    assert!(book.policies.0.contains_key(SUPERVISORS));
    // sha256sum of the file.
    assert_eq!(book.rules.version.len(), 16);
    std::fs::write(folder.path().join(RULES), format!("{rules} ")).unwrap();
    assert_ne!(files(folder.path()).load().unwrap().rules.version, book.rules.version);
    assert_eq!(version("abc"), "ba7816bf8f01cfea");
}

#[test]
fn every_mistake_of_both_files_is_told_at_once_with_file_line_rule_and_field() {
    let folder = tempfile::tempdir().unwrap();
    let rules = r#"
[[rule]]
name = "imminent-words"
on = "mesage"
then = [{ priority = "highest" }, { escalate = "clinicain" }]

[[rule]]
on = "waiting"
if = 'priorty >= URGENT'
then = []
"#;
    let policies = "[[policy]]\nname = \"clinician\"\nrepeat = -1\n[[policy.step]]\npage = [\"everyone\"]\n";
    std::fs::write(folder.path().join(RULES), rules).unwrap();
    std::fs::write(folder.path().join(POLICIES), policies).unwrap();
    let errors = files(folder.path()).load().unwrap_err();
    let lines = errors.to_string().replace(&format!("{}/", folder.path().display()), "");
    let wanted = r#"rules.toml:4: rule "imminent-words".on = "mesage": write "opened" or "message" or "waiting" or "silent" or "declined" or "away"
rules.toml:5: rule "imminent-words".then.escalate = "clinicain": there is no [[policy]] of this name; there are "clinician", "supervisor"
rules.toml:5: rule "imminent-words".then.priority = "highest": write "standard" or "elevated" or "urgent" or "imminent"
rules.toml:7: rule 2.after: is missing; say how long it must have lasted, such as "2m"
rules.toml:7: rule 2.name: is missing; write a name such as "imminent-words"
rules.toml:9: rule 2.if = "priorty >= URGENT": there is no fact priorty; did you mean priority?
rules.toml:10: rule 2.then = []: write 1 to 10 actions, such as [{ escalate = "supervisor" }]
policies.toml:3: policy "clinician".repeat = -1: write an integer from 0 to 100
policies.toml:4: policy "clinician".step 1.wait: is missing; say how long they have to answer, such as "2m"
policies.toml:5: policy "clinician".step 1.page = "everyone": write "supervisors_on_duty", "scheduled:<line>", "rotation:<name>" or "staff:<id>""#;
    assert_eq!(lines, wanted);
}

#[test]
fn a_good_file_replaces_the_book_and_a_bad_one_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let files = files(folder.path());
    let shelf = Shelf::new(files.load().unwrap());
    let before = shelf.book();
    let write = |text: &str| std::fs::write(folder.path().join(RULES), text).unwrap();

    write("[[rule]]\nname = \"a\"\non = \"opened\"\nthen = [{ tag = \"a\" }]\n[[rule]]\nname = \"b\"\n");
    assert!(reload::read(&files, &shelf).is_err());
    assert!(Arc::ptr_eq(&before, &shelf.book()));

    write("[[rule]]\nname = \"a\"\non = \"opened\"\nthen = [{ tag = \"a\" }]\n");
    let version = reload::read(&files, &shelf).unwrap();
    assert_eq!((shelf.book().rules.rules.len(), &shelf.book().rules.version), (1, &version));
    assert_ne!(before.rules.version, version);
}

#[test]
fn a_missing_file_is_stood_in_for_only_under_the_usual_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = files(folder.path());
    assert!(files.load().is_ok());
    files.rules = folder.path().join("ours.toml");
    let errors = files.load().unwrap_err().to_string();
    assert!(errors.contains("ours.toml: cannot be read"), "{errors}");
    // A folder is no file, whatever it is called.
    files.rules = folder.path().join(RULES);
    std::fs::create_dir(&files.rules).unwrap();
    assert!(files.load().is_err());
}

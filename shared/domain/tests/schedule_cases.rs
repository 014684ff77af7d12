//! The worked cases of `shared/cases/schedule`, as they are.

use serde_json::{Value, json};
use std::path::Path;
use wideawake_domain::schedule::preview;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/cases/schedule");

/// What `roster preview --cases` and `rotation preview --cases` print for those cases of a file that are theirs.
fn check(name: &str, at_least: usize) {
    let path = Path::new(FOLDER).join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| {
        unreachable!("the cases must lie beside the repository, at {}: {error}", path.display())
    });
    let file: Value = serde_json::from_str(&text).expect("the cases are JSON");
    assert_eq!(
        file["tzdb"],
        wideawake_domain::schedule::wall::tzdb_release(),
        "the cases are of another release of the time zones"
    );
    let cases = file["cases"].as_array().expect("a list of cases");
    let mut checked = 0;
    for kind in ["roster", "rotation"] {
        let cases: Vec<&Value> = cases.iter().filter(|case| case.get(kind).is_some()).collect();
        let text = json!({ "cases": cases }).to_string();
        let found = match kind {
            "roster" => serde_json::to_value(preview::roster_cases(&text).expect("a list")),
            _ => serde_json::to_value(preview::rotation_cases(&text).expect("a list")),
        };
        let found = found.expect("JSON");
        for (case, found) in cases.iter().zip(found.as_array().expect("one element for each case")) {
            assert_eq!(*found, case["expect"], "{name}: {}", case["name"]);
            checked += 1;
        }
    }
    assert_eq!(checked, cases.len());
    assert!(checked >= at_least, "{name} has {checked} cases only");
}

#[test]
fn the_cases_that_were_picked_by_hand() {
    check("known.json", 47);
}

#[test]
fn the_cases_that_were_generated() {
    check("generated.json", 300);
}

#[test]
fn one_at_a_time_gives_what_many_at_once_give() {
    let text =
        std::fs::read_to_string(Path::new(FOLDER).join("known.json")).expect("the cases lie beside the repository");
    let file: Value = serde_json::from_str(&text).expect("the cases are JSON");
    for case in file["cases"].as_array().expect("a list of cases") {
        let (from, to) = (case["from"].as_str().expect("text"), case["to"].as_str().expect("text"));
        let found = match (case.get("roster"), case.get("rotation")) {
            (Some(roster), _) => serde_json::to_value(preview::roster(&roster.to_string(), from, to).expect("rows")),
            (_, Some(rotation)) => {
                serde_json::to_value(preview::rotation(&rotation.to_string(), from, to).expect("rows"))
            }
            _ => unreachable!("{} is neither a roster nor a rotation", case["name"]),
        };
        assert_eq!(found.expect("JSON"), case["expect"], "{}", case["name"]);
    }
}

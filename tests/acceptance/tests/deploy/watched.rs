//! `deploy/grafana` and `deploy/prometheus`: everything that is measured is shown, and nothing is asked for that is not
//! measured.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::{path, ran, text, yaml};

/// What there is in a query besides names of metrics: functions, aggregations and words between them.
const LANGUAGE: [&str; 23] = [
    "absent",
    "and",
    "by",
    "count",
    "group_left",
    "histogram_quantile",
    "ignoring",
    "increase",
    "inf",
    "label_replace",
    "label_values",
    "last_over_time",
    "max",
    "min",
    "offset",
    "on",
    "or",
    "rate",
    "sum",
    "topk",
    "unless",
    "vector",
    "without",
];
/// Made by the collector and by Prometheus itself.
const NOT_OURS: [&str; 2] = ["target_info", "up"];
/// What the collector, Prometheus and histograms add to the labels of ours.
const ADDED: [&str; 3] = ["instance", "job", "le"];

/// How the exporter of the collector renders what the source of the metrics says: by kind, with dots as underscores.
/// See deploy/otel/collector.yaml.
fn exported() -> BTreeMap<String, Vec<String>> {
    let source = text("shared/runtime/src/telemetry/metrics.rs");
    let source = source.split("#[cfg(test)]").next().unwrap();
    let mut all = BTreeMap::new();
    for (at, _) in source.match_indices("\"wideawake.") {
        let name = source[at + 1..].split('"').next().unwrap();
        let made = source[..at].trim_end().trim_end_matches('(').rsplit(|c: char| !c.is_ascii_alphanumeric()).next();
        let base = name.replace('.', "_");
        let rendered = match made {
            Some("time") => ["bucket", "sum", "count"].map(|part| format!("{base}_seconds_{part}")).to_vec(),
            Some("count") => vec![format!("{base}_total")],
            Some("level") => vec![base],
            other => panic!("{name} is made by {other:?}: how does Prometheus call it?"),
        };
        all.insert(name.to_owned(), rendered);
    }
    assert!(all.len() >= 8, "{all:?}");
    all
}

/// The labels in the source of the metrics.
fn labels() -> BTreeSet<String> {
    let source = text("shared/runtime/src/telemetry/metrics.rs");
    let named = source.split("KeyValue::new(\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace('.', "_"));
    named.chain(ADDED.map(str::to_owned)).collect()
}

/// What a query asks for.
#[derive(Debug, Default)]
struct Asked {
    metrics: BTreeSet<String>,
    labels: BTreeSet<String>,
}

/// Takes a query apart, and fails if it is none.
#[track_caller]
fn asked(query: &str) -> Asked {
    let mut asked = Asked::default();
    let mut open = Vec::new();
    let mut chars = query.char_indices().peekable();
    let mut before = "";
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                while let Some((_, c)) = chars.next() {
                    match c {
                        '\\' => drop(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '(' | '[' | '{' => open.push((c, before)),
            ')' | ']' | '}' => {
                let begun = open.pop().unwrap_or_else(|| panic!("a {c} too many in {query}")).0;
                assert!(matches!((begun, c), ('(', ')') | ('[', ']') | ('{', '}')), "{begun} ends with {c} in {query}");
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let mut end = at + 1;
                while let Some((next, c)) = chars.peek()
                    && (c.is_ascii_alphanumeric() || *c == '_' || *c == ':')
                {
                    end = next + 1;
                    chars.next();
                }
                let word = &query[at..end];
                match open.last() {
                    Some(('[', _)) => {}
                    Some(('{', _)) => drop(asked.labels.insert(word.to_owned())),
                    Some(('(', "by" | "on" | "without" | "ignoring" | "group_left")) => {
                        asked.labels.insert(word.to_owned());
                    }
                    _ if LANGUAGE.contains(&word) => {}
                    _ => drop(asked.metrics.insert(word.to_owned())),
                }
                before = word;
            }
            // The units of durations, behind their numbers.
            c if c.is_ascii_digit() => {
                while chars.next_if(|(_, c)| c.is_ascii_alphanumeric() || *c == '.').is_some() {}
            }
            // A variable of the dashboard.
            '$' => while chars.next_if(|(_, c)| c.is_ascii_alphanumeric() || *c == '_').is_some() {},
            _ => {}
        }
        if c.is_ascii_punctuation() && c != '(' && c != '_' {
            before = "";
        }
    }
    assert!(open.is_empty(), "{open:?} is left open in {query}");
    assert!(!asked.metrics.is_empty(), "{query} asks for nothing");
    asked
}

/// Fails if something is asked for that nobody measures, and says which of ours were.
#[track_caller]
fn known(queries: &[String]) -> BTreeSet<String> {
    let (exported, labels) = (exported(), labels());
    let mut seen = BTreeSet::new();
    for query in queries {
        let asked = asked(query);
        for metric in asked.metrics.iter().filter(|metric| !NOT_OURS.contains(&&***metric)) {
            let found = exported.iter().find(|(_, names)| names.contains(metric));
            let (name, _) = found.unwrap_or_else(|| panic!("nobody measures {metric}, which is in {query}"));
            seen.insert(name.clone());
        }
        for label in asked.labels.iter().filter(|label| label.starts_with(|c: char| c.is_ascii_lowercase())) {
            assert!(labels.contains(label), "nothing has a label {label}, which is in {query}");
        }
    }
    seen
}

fn panels() -> Vec<Value> {
    let dashboard: Value = serde_json::from_str(&text("deploy/grafana/wideawake.json")).unwrap();
    let all = dashboard["panels"].as_array().unwrap().clone();
    all.into_iter().filter(|panel| panel["type"] != "row").collect()
}

fn rules() -> Vec<Value> {
    let file = yaml(&text("deploy/prometheus/alerts.yaml")).remove(0);
    file["groups"].as_array().unwrap().iter().flat_map(|group| group["rules"].as_array().unwrap().clone()).collect()
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

#[test]
fn only_what_is_measured_in_one_place_is_measured() {
    let mut folders = vec![path("shared"), path("services")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "rs") && !path.ends_with("telemetry/metrics.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(!text.contains("global::meter("), "{} measures behind the dashboard's back", path.display());
            }
        }
    }
}

#[test]
fn the_dashboard_shows_everything_that_is_measured_and_nothing_else() {
    let panels = panels();
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap().clone());
    let queries: Vec<String> = targets.map(|target| text_of(&target["expr"])).collect();
    assert_eq!(known(&queries), exported().into_keys().collect());
    let mut ids = BTreeSet::new();
    for panel in &panels {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{} has the id of another", panel["title"]);
        assert_eq!(panel["datasource"]["uid"], "${datasource}", "{}", panel["title"]);
        let right = panel["gridPos"]["x"].as_u64().unwrap() + panel["gridPos"]["w"].as_u64().unwrap();
        assert!(right <= 24, "{}", panel["title"]);
    }
    let dashboard: Value = serde_json::from_str(&text("deploy/grafana/wideawake.json")).unwrap();
    assert!(dashboard["schemaVersion"].as_u64().unwrap() >= 39, "Grafana 11 and later");
    for variable in dashboard["templating"]["list"].as_array().unwrap().iter().filter(|one| one["type"] == "query") {
        known(&[text_of(&variable["definition"]).replace(", pool", "")]);
    }
}

#[test]
fn every_alert_asks_for_what_is_measured_and_says_what_to_do() {
    let rules = rules();
    let queries: Vec<String> = rules.iter().map(|rule| text_of(&rule["expr"])).collect();
    known(&queries);
    let handbook = text("docs/operations.md");
    let anchors: BTreeSet<String> = crate::handbook::anchors(&handbook);
    let mut names = BTreeSet::new();
    for rule in &rules {
        let name = text_of(&rule["alert"]);
        assert!(names.insert(name.clone()), "{name} is there twice");
        assert!(handbook.contains(&format!("`{name}`")), "docs/operations.md does not mention {name}");
        let severity = text_of(&rule["labels"]["severity"]);
        assert!(["page", "ticket"].contains(&&*severity), "{name}: {severity}");
        let says = &rule["annotations"];
        for annotation in ["summary", "description"] {
            assert!(text_of(&says[annotation]).len() > 20, "{name} has no {annotation}");
        }
        let runbook = text_of(&says["runbook_url"]);
        let (file, anchor) = runbook.split_once('#').unwrap_or_else(|| panic!("{name}: {runbook}"));
        assert_eq!(file, "docs/operations.md", "{name}");
        assert!(anchors.contains(anchor), "{name}: there is no #{anchor} in {file}");
    }
    for wanted in [
        "ImminentWaiting",
        "NobodyOnDuty",
        "LedgerAppendsFail",
        "LedgerIsSlow",
        "BusMissesEvents",
        "WriterFenced",
        "ServiceGone",
    ] {
        assert!(names.contains(wanted), "{wanted}");
    }
}

#[test]
fn a_query_is_taken_apart_as_prometheus_does() {
    let of = |query: &str| asked(query).metrics.into_iter().collect::<Vec<_>>();
    assert_eq!(of("sum by (a, b) (rate(x_total{c=\"d(\", e=~\"f\"}[5m])) > 0.5 * y offset 10m"), ["x_total", "y"]);
    assert_eq!(of("x unless on (z) y{v=\"w\"}"), ["x", "y"]);
    let labels = asked("max by (pool) (x{priority=\"urgent\"}) / on (job) y").labels;
    assert_eq!(labels.into_iter().collect::<Vec<_>>(), ["job", "pool", "priority"]);
    for wrong in ["sum(x", "x)", "rate(x[5m)]", "1 + 1"] {
        assert!(std::panic::catch_unwind(|| asked(wrong)).is_err(), "{wrong}");
    }
    let unknown = ["wideawake_dreams_total", "wideawake_offers", "sum by (colour) (wideawake_offers_total)"];
    for wrong in unknown {
        assert!(std::panic::catch_unwind(|| known(&[wrong.to_owned()])).is_err(), "{wrong}");
    }
}

#[test]
fn prometheus_itself_accepts_the_alerts_and_they_fire_when_they_should() {
    let folder = path("deploy/prometheus");
    let promtool = |args: &[&str]| ran(Command::new("promtool").args(args).current_dir(&folder));
    if promtool(&["check", "rules", "alerts.yaml"]).is_some() {
        promtool(&["check", "config", "--syntax-only", "prometheus.yaml"]);
        promtool(&["test", "rules", "alerts_test.yaml"]);
    }
    assert!(Path::new(&folder).join("alerts_test.yaml").exists());
}

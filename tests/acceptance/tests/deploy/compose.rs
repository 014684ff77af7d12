//! `deploy/compose.yaml`: every process and every engine on one machine.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use crate::{KEY, configured, path, ran, shipped, text, words, yaml};

const PROCESSES: [&str; 10] = [
    "intake-1",
    "intake-2",
    "desk-1",
    "desk-2",
    "router-1",
    "router-2",
    "escalation-1",
    "escalation-2",
    "notifier-1",
    "notifier-2",
];

/// What somebody might fill in.
fn filled_in() -> BTreeMap<String, String> {
    let example = text("deploy/compose.env.example");
    let lines = example.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let given = lines.map(|line| line.split_once('=').unwrap()).map(|(name, value)| {
        let value = match (name, value) {
            ("MASTER_KEYS", "") => format!("[\"{KEY}\"]"),
            ("WEBHOOK_SECRETS", "") => format!("[\"whsec_{KEY}\"]"),
            ("DESK_URL", "") => "https://desk.example.org".to_owned(),
            (_, "") => "0123456789abcdef0123456789abcdef0123456789abcdef".to_owned(),
            (_, value) => value.to_owned(),
        };
        (name.to_owned(), value)
    });
    given.collect()
}

/// Puts in the values of `${NAME:?why}`, the only form that is used, and notes which are wanted.
fn interpolated(text: &str, values: &BTreeMap<String, String>, wanted: &mut BTreeSet<String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('$') {
            out.push('$');
            rest = behind;
            continue;
        }
        let (inside, behind) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).expect("${…}");
        let (name, why) = inside.split_once(":?").unwrap_or_else(|| panic!("{inside} has a default, or none at all"));
        assert!(!why.is_empty(), "{name} does not say where it belongs");
        let value = values.get(name).unwrap_or_else(|| panic!("{name} is not in compose.env.example"));
        out.push_str(value);
        wanted.insert(name.to_owned());
        rest = behind;
    }
    out + rest
}

fn each_text(value: &mut Value, change: &mut dyn FnMut(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(list) => list.iter_mut().for_each(|value| each_text(value, change)),
        Value::Object(entries) => entries.values_mut().for_each(|value| each_text(value, change)),
        _ => {}
    }
}

/// The file as compose understands it, and the variables that it wants.
fn compose() -> (Value, BTreeSet<String>) {
    let mut file = yaml(&text("deploy/compose.yaml")).remove(0);
    let (values, mut wanted) = (filled_in(), BTreeSet::new());
    each_text(&mut file, &mut |text| *text = interpolated(text, &values, &mut wanted));
    (file, wanted)
}

fn services(file: &Value) -> &serde_json::Map<String, Value> {
    file["services"].as_object().unwrap()
}

#[test]
fn everything_is_there_twice_and_the_engines_once() {
    let (file, _) = compose();
    let names: BTreeSet<&str> = services(&file).keys().map(String::as_str).collect();
    let others = ["postgres", "rabbitmq", "redis", "otel-collector", "prometheus", "grafana"];
    assert_eq!(names, PROCESSES.into_iter().chain(others).collect());
    for (name, service) in services(&file) {
        let is_watching = matches!(&**name, "prometheus" | "grafana");
        assert_eq!(service["profiles"].is_array(), is_watching, "{name}: only those who watch are left out by default");
    }
    for name in PROCESSES {
        let service = &services(&file)[name];
        let kind = name.split('-').next().unwrap();
        assert_eq!(words(&service["command"]), [kind, "--config", "/etc/wideawake/wideawake.toml"], "{name}");
        // What tells two of a kind apart.
        let env = &service["environment"];
        assert_eq!(env["OTEL_RESOURCE_ATTRIBUTES"], format!("service.instance.id={name}"));
        assert_eq!(env["WIDEAWAKE_TELEMETRY__SERVICE_NAME"], format!("wideawake-{kind}"));
        let volumes = words(&service["volumes"]);
        assert!(volumes.contains(&&*format!("{name}:/var/lib/wideawake")), "{name} keeps no list of its own");
    }
}

#[test]
fn each_service_is_pinned_limited_restarted_and_asked_how_it_is() {
    let (file, _) = compose();
    for (name, service) in services(&file) {
        let image = service["image"].as_str().unwrap_or_else(|| panic!("{name} has no image"));
        let tag = image.split_once(':').unwrap_or_else(|| panic!("{image} has no tag")).1;
        assert!(tag.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit()), "{name}: {image} is not pinned");
        // A major of PostgreSQL is one format of its files; of the others, minors change behaviour as well.
        assert!(tag.contains('.') || name == "postgres", "{name}: {image} is not pinned to a minor version");
        assert_eq!(service["restart"], "unless-stopped", "{name}");
        assert_eq!(words(&service["cap_drop"]), ["ALL"], "{name}");
        assert!(words(&service["security_opt"]).contains(&"no-new-privileges:true"), "{name}");
        let limits = &service["deploy"]["resources"]["limits"];
        assert!(limits["memory"].is_string() && limits["cpus"].is_string(), "{name} may take everything");
        assert!(service["logging"]["options"]["max-size"].is_string(), "the log of {name} may fill the disk");
        let test = words(&service["healthcheck"]["test"]);
        let excused = service["x-no-healthcheck"].is_string();
        assert!(test.len() > 1 || excused, "{name} has no healthcheck, and no reason");
        for port in words(&service["ports"]) {
            assert!(port.starts_with("127.0.0.1:"), "{name} is reachable from other machines at {port}");
        }
        let is_engine = matches!(&**name, "postgres" | "rabbitmq" | "redis" | "otel-collector");
        let kind = name.split('-').next().unwrap_or_default();
        if is_engine || matches!(kind, "router" | "escalation" | "notifier") {
            // Pages leave; nothing else does.
            let networks: &[&str] = if kind == "notifier" { &["out", "back"] } else { &["back"] };
            assert!(
                service["ports"].is_null() && words(&service["networks"]) == networks,
                "{name} is nobody's business"
            );
        }
    }
    assert_eq!(file["networks"]["back"]["internal"], true);
    for name in PROCESSES {
        let service = &services(&file)[name];
        assert_eq!((&service["read_only"], &service["user"]), (&true.into(), &"65532:65532".into()), "{name}");
        assert!(service["cap_add"].is_null(), "{name}");
        assert_eq!(service["depends_on"]["postgres"]["condition"], "service_healthy", "{name}");
        for engine in ["rabbitmq", "redis"] {
            let condition = &service["depends_on"][engine]["condition"];
            assert_eq!(condition, "service_started", "{name} goes on without {engine}, and starts without it");
        }
        // Whether it lives: whoever restarts what is unhealthy must not do so because the ledger is down.
        let test = words(&service["healthcheck"]["test"]);
        assert_eq!(test[..3], ["CMD", "/usr/local/bin/wideawake", "health"]);
        assert!(test[3].ends_with("/healthz"), "{name}: {test:?}");
    }
}

#[test]
fn every_variable_is_a_key_that_the_program_knows() {
    let (file, _) = compose();
    for name in PROCESSES {
        let env = services(&file)[name]["environment"].as_object().unwrap();
        let env: Vec<_> = env.iter().map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned())).collect();
        let set = |key: &str| env.iter().any(|(set, _)| set == key);
        for key in ["LEDGER__URL", "LEDGER__ERASED", "BUS__URL", "LIVE__URL", "VAULT__MASTER_KEYS"] {
            assert!(set(&format!("WIDEAWAKE_{key}")), "{name} lacks {key}");
        }
        configured(&shipped(), &env);
    }
}

#[test]
fn nothing_has_a_default_password() {
    let (file, wanted) = compose();
    let example = text("deploy/compose.env.example");
    assert_eq!(wanted, filled_in().into_keys().collect(), "compose.env.example lists what is wanted, and nothing else");
    for name in wanted.iter().filter(|name| *name != "WIDEAWAKE_VERSION") {
        assert!(example.lines().any(|line| line == format!("{name}=")), "{name} has a value that somebody will keep");
    }
    // Whatever is called a password comes from there, wherever it stands.
    for (name, service) in yaml(&text("deploy/compose.yaml")).remove(0)["services"].as_object().unwrap() {
        for (key, value) in service["environment"].as_object().into_iter().flatten() {
            let secret = ["PASS", "SECRET", "KEYS"].iter().any(|word| key.contains(word));
            assert!(!secret || value.as_str().unwrap().starts_with("${"), "{name}: {key}");
        }
    }
    let urls = &services(&file)["intake-1"]["environment"];
    assert!(urls["WIDEAWAKE_LEDGER__URL"].as_str().unwrap().contains(":0123"));
}

#[test]
fn everything_that_is_mounted_is_there() {
    let (file, _) = compose();
    let volumes = file["volumes"].as_object().unwrap();
    let mut used = BTreeSet::new();
    for (name, service) in services(&file) {
        for mount in words(&service["volumes"]) {
            let (from, to) = mount.split_once(':').unwrap();
            if from.starts_with('.') {
                assert!(path("deploy").join(from).exists(), "{name}: {from} is not there");
                assert!(to.ends_with(":ro"), "{name} may change {from}");
            } else {
                assert!(volumes.contains_key(from), "{name}: there is no volume {from}");
                assert!(used.insert(from), "{from} is shared");
            }
        }
    }
    assert_eq!(used.len(), volumes.len(), "{volumes:?}");
}

#[test]
fn the_collector_receives_what_the_processes_send_and_prometheus_finds_it() {
    let collector = yaml(&text("deploy/otel/collector.yaml")).remove(0);
    let (file, _) = compose();
    let endpoint = &services(&file)["router-2"]["environment"]["WIDEAWAKE_TELEMETRY__OTLP_ENDPOINT"];
    assert_eq!(endpoint, "http://otel-collector:4318");
    assert_eq!(collector["receivers"]["otlp"]["protocols"]["http"]["endpoint"], "0.0.0.0:4318");
    let pipelines = collector["service"]["pipelines"].as_object().unwrap();
    for (signal, pipeline) in pipelines {
        assert_eq!(words(&pipeline["receivers"]), ["otlp"], "{signal}");
        for part in ["receivers", "processors", "exporters"] {
            for name in words(&pipeline[part]) {
                assert!(collector[part].get(name).is_some(), "{signal}: there is no {name} among the {part}");
            }
        }
    }
    assert_eq!(words(&pipelines["metrics"]["exporters"]), ["prometheus"]);
    assert!(pipelines.contains_key("traces"), "a receiver without traces refuses them");
    // The names on the dashboard are those of its defaults.
    let exporter = &collector["exporters"]["prometheus"];
    for changed in ["namespace", "add_metric_suffixes", "translation_strategy"] {
        assert!(exporter.get(changed).is_none(), "{changed} changes every name");
    }
    let prometheus = yaml(&text("deploy/prometheus/prometheus.yaml")).remove(0);
    let scrape = &prometheus["scrape_configs"][0];
    assert_eq!(scrape["job_name"], "otel-collector");
    assert_eq!(scrape["honor_labels"], true, "`job` and `instance` are those of the processes");
    assert_eq!(scrape["static_configs"][0]["targets"][0], "otel-collector:9464");
    assert_eq!(exporter["endpoint"], "0.0.0.0:9464");
}

#[test]
fn compose_itself_accepts_it() {
    let compose = Command::new("docker").args(["compose", "version"]).output();
    if !compose.is_ok_and(|done| done.status.success()) {
        println!("NOT RUN: `docker compose config`, for want of a client with compose");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let env = folder.path().join("compose.env");
    let lines: Vec<String> = filled_in().iter().map(|(name, value)| format!("{name}='{value}'\n")).collect();
    std::fs::write(&env, lines.concat()).unwrap();
    let mut check = Command::new("docker");
    check.args(["compose", "--profile", "watch", "--env-file"]).arg(&env).arg("-f").arg(path("deploy/compose.yaml"));
    ran(check.args(["config", "--quiet"]));
}

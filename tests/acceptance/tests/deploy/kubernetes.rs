//! `deploy/kubernetes`: as Kubernetes understands it, and nothing that it would not.

use std::collections::BTreeSet;
use std::process::Command;

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{Namespace, Secret, Service};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{KEY, configured, path, ran, text, words, yaml};

const PROCESSES: [(&str, i64); 5] =
    [("intake", 8080), ("desk", 8081), ("router", 8082), ("escalation", 8083), ("notifier", 8084)];

/// Those that nobody calls.
const UNCALLED: [&str; 3] = ["router", "escalation", "notifier"];

/// The documents of every file that the kustomization names.
fn manifests() -> Vec<Value> {
    let kustomization = yaml(&text("deploy/kubernetes/kustomization.yaml")).remove(0);
    let files = words(&kustomization["resources"]).into_iter().map(|file| text(&format!("deploy/kubernetes/{file}")));
    files.flat_map(|file| yaml(&file)).collect()
}

#[track_caller]
fn named(kind: &str, name: &str) -> Value {
    let mut all = manifests().into_iter();
    let found = all.find(|one| one["kind"] == kind && one["metadata"]["name"] == name);
    found.unwrap_or_else(|| panic!("there is no {kind} {name}"))
}

/// Reads it as that type and writes it again: what Kubernetes does not know is missing then.
fn understood<T: DeserializeOwned + Serialize>(one: &Value) -> Result<(), String> {
    let read: T = serde_json::from_value(one.clone()).map_err(|error| error.to_string())?;
    lost(one, &serde_json::to_value(&read).unwrap(), "")
}

fn lost(written: &Value, read: &Value, at: &str) -> Result<(), String> {
    match (written, read) {
        (Value::Object(written), Value::Object(read)) => written.iter().try_for_each(|(key, value)| {
            let at = format!("{at}.{key}");
            lost(value, read.get(key).ok_or_else(|| format!("there is no field {at}"))?, &at)
        }),
        (Value::Array(written), Value::Array(read)) if written.len() == read.len() => {
            let mut both = written.iter().zip(read).enumerate();
            both.try_for_each(|(index, (written, read))| lost(written, read, &format!("{at}[{index}]")))
        }
        _ if written == read => Ok(()),
        _ => Err(format!("{at} is read as {read}")),
    }
}

fn check(one: &Value) -> Result<(), String> {
    match one["kind"].as_str().unwrap() {
        "Namespace" => understood::<Namespace>(one),
        "Service" => understood::<Service>(one),
        "StatefulSet" => understood::<StatefulSet>(one),
        "PodDisruptionBudget" => understood::<PodDisruptionBudget>(one),
        "NetworkPolicy" => understood::<NetworkPolicy>(one),
        "Secret" => understood::<Secret>(one),
        other => Err(format!("{other}: nothing checks it")),
    }
}

#[test]
fn every_manifest_has_the_fields_that_kubernetes_knows() {
    let all = manifests();
    assert!(all.len() >= 14, "{}", all.len());
    for one in all.iter().chain(&yaml(&text("deploy/kubernetes/secret.example.yaml"))) {
        check(one).unwrap_or_else(|error| panic!("{} {}: {error}", one["kind"], one["metadata"]["name"]));
    }
    // And it would be seen.
    let mut wrong = named("StatefulSet", "router");
    wrong["spec"]["template"]["spec"]["containers"][0]["securityContext"]["readOnlyRootFileSystem"] = json!(true);
    assert!(check(&wrong).unwrap_err().ends_with("securityContext.readOnlyRootFileSystem"));
    let mut wrong = named("Service", "desk");
    wrong["spec"]["ports"][0]["port"] = json!("8081");
    assert!(check(&wrong).is_err());
}

#[test]
fn every_pod_has_nothing_that_it_does_not_need() {
    let namespace = named("Namespace", "wideawake");
    assert_eq!(namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"], "restricted");
    for (name, port) in PROCESSES {
        let set = &named("StatefulSet", name)["spec"];
        let pod = &set["template"]["spec"];
        assert_eq!(pod["automountServiceAccountToken"], false, "{name}");
        let security = &pod["securityContext"];
        assert_eq!(security["runAsNonRoot"], true, "{name}");
        assert_eq!(security["runAsUser"], 65532, "{name}: the user of the image");
        assert_eq!(security["seccompProfile"]["type"], "RuntimeDefault", "{name}");
        for forbidden in ["hostNetwork", "hostPID", "hostIPC"] {
            assert!(pod[forbidden].is_null(), "{name}");
        }
        let containers = pod["containers"].as_array().unwrap();
        assert!(containers.len() == 1 && pod["initContainers"].is_null(), "{name}: the checks below look at one");
        let container = &containers[0];
        let security = &container["securityContext"];
        assert_eq!(security["allowPrivilegeEscalation"], false, "{name}");
        assert_eq!(security["readOnlyRootFilesystem"], true, "{name}");
        assert_eq!(words(&security["capabilities"]["drop"]), ["ALL"], "{name}");
        assert!(security["capabilities"]["add"].is_null() && security["privileged"].is_null(), "{name}");
        let resources = &container["resources"];
        assert!(resources["requests"]["memory"].is_string() && resources["limits"]["memory"].is_string(), "{name}");
        assert_eq!(container["ports"][0]["containerPort"], port, "{name}");
        assert_eq!(words(&container["args"])[0], name);
    }
}

#[test]
fn two_of_each_are_kept_apart_and_never_taken_down_together() {
    for (name, _) in PROCESSES {
        let set = &named("StatefulSet", name)["spec"];
        assert_eq!(set["replicas"], 2, "{name}");
        let label = json!({ "app.kubernetes.io/name": name });
        let pod = &set["template"]["spec"];
        assert_eq!(set["selector"]["matchLabels"], label, "{name}");
        assert_eq!(set["template"]["metadata"]["labels"]["app.kubernetes.io/name"], name);
        assert_eq!(set["template"]["metadata"]["labels"]["app.kubernetes.io/part-of"], "wideawake");
        assert_eq!(pod["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"], label, "{name}");
        let apart = &pod["affinity"]["podAntiAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"][0];
        assert_eq!(apart["podAffinityTerm"]["labelSelector"]["matchLabels"], label, "{name}");
        let budget = &named("PodDisruptionBudget", name)["spec"];
        assert_eq!((&budget["maxUnavailable"], &budget["selector"]["matchLabels"]), (&json!(1), &label), "{name}");
        let service = &named("Service", name)["spec"];
        assert_eq!(service["selector"], label, "{name}");
        // Two seconds at most, behind the time in which callers learn of it.
        let drain = container(set)["lifecycle"]["preStop"]["sleep"]["seconds"].as_i64().unwrap_or(0);
        assert!(pod["terminationGracePeriodSeconds"].as_i64().unwrap() >= drain + 5, "{name}");
        assert_eq!(drain > 0, !UNCALLED.contains(&name), "{name}");
    }
}

fn container(set: &Value) -> &Value {
    &set["template"]["spec"]["containers"][0]
}

#[test]
fn no_engine_that_is_down_restarts_a_pod_or_silences_the_members_door() {
    for (name, _) in PROCESSES {
        let set = &named("StatefulSet", name)["spec"];
        let probe = |kind: &str| container(set)[kind]["httpGet"]["path"].as_str().unwrap().to_owned();
        assert_eq!(probe("startupProbe"), "/healthz", "{name}");
        assert_eq!(probe("livenessProbe"), "/healthz", "{name}");
        // Intake tells members whom else to call while the ledger is down; a proxy in its place would not.
        assert_eq!(probe("readinessProbe"), if name == "intake" { "/healthz" } else { "/readyz" }, "{name}");
    }
}

#[test]
fn the_list_of_erased_requests_outlives_the_pod() {
    let config: toml::Table = text("deploy/kubernetes/wideawake.toml").parse().unwrap();
    let erased = config["ledger"]["erased"].as_str().unwrap();
    for (name, _) in PROCESSES {
        let set = &named("StatefulSet", name)["spec"];
        let mounts = container(set)["volumeMounts"].as_array().unwrap();
        let mount = mounts.iter().find(|mount| erased.starts_with(mount["mountPath"].as_str().unwrap())).unwrap();
        let claim = set["volumeClaimTemplates"].as_array().unwrap().iter();
        assert!(claim.into_iter().any(|claim| claim["metadata"]["name"] == mount["name"]), "{name}");
        assert_eq!(set["persistentVolumeClaimRetentionPolicy"]["whenDeleted"], "Retain", "{name}");
    }
}

#[test]
fn the_configuration_is_one_that_the_program_loads() {
    let secret = yaml(&text("deploy/kubernetes/secret.example.yaml")).remove(0);
    let secret = secret["stringData"].as_object().unwrap();
    let mut env = Vec::new();
    for (key, value) in secret {
        let value = value.as_str().unwrap();
        assert!(value.contains("REPLACE"), "{key} looks as if it were real");
        let is_key = key.ends_with("MASTER_KEYS") || key.ends_with("SECRETS");
        let real = if is_key { KEY } else { "0123456789abcdef" };
        env.push((key.clone(), value.replace("REPLACE", real)));
    }
    let config = text("deploy/kubernetes/wideawake.toml");
    for (name, port) in PROCESSES {
        let set = &named("StatefulSet", name)["spec"];
        assert_eq!(container(set)["envFrom"], json!([{ "secretRef": { "name": "wideawake" } }]), "{name}");
        let own = container(set)["env"].as_array().unwrap().iter();
        let own = own.filter_map(|one| Some((one["name"].as_str()?.to_owned(), one["value"].as_str()?.to_owned())));
        let env: Vec<_> = env.iter().cloned().chain(own).collect();
        let instance = env.iter().find(|(key, _)| key == "OTEL_RESOURCE_ATTRIBUTES").map(|(_, value)| value.as_str());
        assert_eq!(instance, Some("service.instance.id=$(POD_NAME)"), "{name}: two of a kind are told apart");
        configured(&config, &env);
        let table: toml::Table = config.parse().unwrap();
        assert_eq!(table[name]["listen"].as_str(), Some(&*format!("0.0.0.0:{port}")), "{name}");
    }
    let secrets = ["postgres:", "amqp:", "redis:", "master_keys"];
    assert!(!secrets.iter().any(|secret| config.contains(secret)), "a config map is no place for secrets");
}

#[test]
fn nothing_reaches_anything_that_is_not_named() {
    let policies: Vec<Value> = manifests().into_iter().filter(|one| one["kind"] == "NetworkPolicy").collect();
    let nothing = &named("NetworkPolicy", "nothing")["spec"];
    assert_eq!((&nothing["podSelector"], words(&nothing["policyTypes"])), (&json!({}), vec!["Ingress", "Egress"]));
    assert!(nothing["ingress"].is_null() && nothing["egress"].is_null());
    let mut out = BTreeSet::new();
    for policy in &policies {
        let (name, spec) = (policy["metadata"]["name"].as_str().unwrap(), &policy["spec"]);
        let rules = ["ingress", "egress"].into_iter().filter_map(|way| Some((way, spec[way].as_array()?)));
        for (way, rules) in rules {
            for rule in rules {
                let ports: Vec<_> =
                    rule["ports"].as_array().unwrap().iter().map(|port| port["port"].as_i64()).collect();
                let peers = rule[if way == "ingress" { "from" } else { "to" }].as_array();
                assert!(peers.is_some_and(|peers| !peers.is_empty()), "{name}: {way} from or to everywhere");
                if way == "egress" {
                    out.extend(ports);
                } else {
                    let (_, port) = PROCESSES.iter().find(|(process, _)| *process == name).unwrap();
                    assert_eq!(ports, [Some(*port)], "{name}");
                    assert!(!UNCALLED.contains(&name), "nobody calls {name}");
                }
            }
        }
    }
    assert_eq!(out, [53, 443, 465, 587, 4318, 5432, 5672, 6379, 26379].map(Some).into());
    let pages = &named("NetworkPolicy", "pages")["spec"];
    assert_eq!(
        pages["podSelector"]["matchLabels"],
        json!({ "app.kubernetes.io/name": "notifier" }),
        "only it calls out"
    );
}

#[test]
fn kustomize_puts_it_together() {
    let mut build = Command::new("kubectl");
    let Some(built) = ran(build.arg("kustomize").arg(path("deploy/kubernetes"))) else { return };
    let built = yaml(&built);
    // And the config map.
    assert_eq!(built.len(), manifests().len() + 1);
    let config = built.iter().find(|one| one["kind"] == "ConfigMap").unwrap();
    assert_eq!(config["data"]["wideawake.toml"], text("deploy/kubernetes/wideawake.toml"));
    for one in built.iter().filter(|one| one["kind"] == "StatefulSet") {
        let image = container(&one["spec"])["image"].as_str().unwrap();
        assert!(image.rsplit_once(':').is_some_and(|(_, tag)| tag.contains('.')), "{image} is not pinned");
        let volumes = &one["spec"]["template"]["spec"]["volumes"];
        assert_eq!(
            volumes[0]["configMap"]["name"], config["metadata"]["name"],
            "a change of it rolls through the pods"
        );
    }
}

//! The processes that call people are killed at any moment, and nobody whom they should have called is forgotten.
//!
//! `WIDEAWAKE_KILLS` says how often. How long it took is printed and never judged.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::task::block_in_place;
use tokio::time::sleep;
use wideawake_acceptance::peers::Http;
use wideawake_acceptance::{Chance, Cluster, DEADLINE, Doors, Engines, House, Member, Service, Staff, eventually};
use wideawake_engines::{Postgres, Redis, rabbitmq};

const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

const RULES: &str = r#"
[[rule]]
name = "imminent-words"
on   = "opened"
if   = 'phrases.exists(p, p.category == "imminent" && !p.negated)'
then = [{ priority = "imminent" }, { escalate = "clinician" }]
"#;

/// Ada, then Ben, both once more, and then every supervisor until somebody answers.
const POLICIES: &str = r#"
[[policy]]
name = "clinician"
repeat = 1
resolve_within = "1h"
fallback_every = "2s"
[[policy.step]]
page = ["rotation:clinicians"]
wait = "2s"
[[policy.step]]
page = ["rotation:backup"]
wait = "2s"
"#;

/// In which order people have to be called, the fallbacks left out.
const TURNS: [(u64, u64); 4] = [(0, 0), (0, 1), (1, 0), (1, 1)];

/// The processes that call people, two of each.
const CALLERS: [(&str, &str); 4] = [
    ("escalation-a", "escalation"),
    ("escalation-b", "escalation"),
    ("notifier-a", "notifier"),
    ("notifier-b", "notifier"),
];

struct Night {
    cluster: Cluster,
    house: House,
    _doors: [Service; 2],
    callers: Vec<Service>,
    hook: Http,
    ada: Staff,
    _live: Redis,
}

impl Night {
    async fn begin() -> Self {
        let live = Redis::start().unwrap();
        let engines = Engines {
            ledger: Postgres::fresh_database().unwrap(),
            bus: rabbitmq::fresh_vhost().unwrap(),
            live: live.url(),
        };
        let keys = format!(
            "rules.file = 'rules.toml'\npolicies.file = 'policies.toml'\n\
             notifier.webhook = {{ secrets = ['{SECRET}'], allow_private = true }}\nnotifier.retry_after = '300ms'"
        );
        let cluster = Cluster::new(&keys, engines);
        std::fs::write(cluster.folder().join("rules.toml"), RULES).unwrap();
        std::fs::write(cluster.folder().join("policies.toml"), POLICIES).unwrap();
        let (id, token) = block_in_place(|| cluster.admin());
        let doors = block_in_place(|| ["intake", "desk"].map(|name| cluster.run(name, &[name])));
        let callers = block_in_place(|| CALLERS.map(|(name, kind)| cluster.run(name, &[kind])).into());
        let at = Doors::new(doors[0].at(), doors[1].at());
        let house = House::of(&at, &id, &token, Duration::from_secs(3)).await;
        let hook = Http::start().await;
        let ada = house.adds(json!({ "alias": "Ada", "roles": ["professional"] })).await;
        let ben = house.adds(json!({ "alias": "Ben", "roles": ["professional"] })).await;
        for (who, path) in [(&ada, "/ada"), (&ben, "/ben"), (&house.supervisor, "/noor")] {
            let methods = json!({ "contact_methods": [{ "kind": "webhook", "to": hook.url(path) }] });
            house.admin.put(format!("/v1/staff/{}/contact-methods", who.id), &methods).await.is(200);
        }
        for (rotation, who) in [("clinicians", &ada), ("backup", &ben)] {
            let on_call = json!({
                "zone": "UTC", "starts": "2020-01-01", "handoff": "00:00", "every_days": 1, "members": [who.id],
            });
            let answer = house.supervisor.put(format!("/v1/rotations/{rotation}"), &on_call).await;
            assert!(answer.status < 300, "{answer}");
        }
        Self { cluster, house, _doors: doors, callers, hook, ada, _live: live }
    }

    async fn history(&self, escalation: &str) -> Vec<Value> {
        let all = self.house.supervisor.get(format!("/v1/audit/escalation:{escalation}")).await;
        all["items"].as_array().unwrap_or_else(|| panic!("no items in {all}")).clone()
    }

    /// Their one escalation.
    async fn escalation(&self, of: &Member) -> String {
        let all = eventually("an escalation", || async {
            let all = self.house.supervisor.get("/v1/escalations").await;
            let items = all["items"].as_array()?;
            let theirs: Vec<Value> = items.iter().filter(|one| one["request"] == of.id).cloned().collect();
            (!theirs.is_empty()).then_some(theirs)
        })
        .await;
        assert_eq!(all.len(), 1, "{all:?}");
        all[0]["id"].as_str().unwrap().to_owned()
    }
}

fn of_type<'a>(history: &'a [Value], name: &'static str) -> impl Iterator<Item = &'a Value> {
    history.iter().filter(move |event| event["type"] == name)
}

fn at(event: &Value) -> DateTime<Utc> {
    event["at"].as_str().unwrap().parse().unwrap()
}

/// Each step and fallback with the page that arrived for it, if one did.
fn calls(history: &[Value]) -> impl DoubleEndedIterator<Item = (&Value, Option<&str>)> {
    let calls = history.iter().filter(|event| event["type"] == "step_reached" || event["type"] == "fallback_reached");
    calls.map(|call| {
        let page = of_type(history, "page_attempted")
            .find(|page| page["data"]["call"] == call["version"] && page["data"]["outcome"] == "delivered");
        (call, page.and_then(|page| page["data"]["page"].as_str()))
    })
}

/// Each step came once, in its turn, and never before its time; then fallbacks, numbered. Gives how late the latest was.
fn in_turn(history: &[Value]) -> f64 {
    assert_eq!(of_type(history, "escalation_opened").count(), 1, "{history:?}");
    assert_eq!(of_type(history, "step_skipped").count(), 0, "{history:?}");
    let steps: Vec<&Value> = of_type(history, "step_reached").collect();
    let turns: Vec<(u64, u64)> = steps
        .iter()
        .map(|event| (event["data"]["round"].as_u64().unwrap(), event["data"]["step"].as_u64().unwrap()))
        .collect();
    assert_eq!(turns, TURNS, "{history:?}");
    let fallbacks: Vec<&Value> = of_type(history, "fallback_reached").collect();
    let counts: Vec<u64> = fallbacks.iter().map(|event| event["data"]["count"].as_u64().unwrap()).collect();
    assert_eq!(counts, (1..=fallbacks.len() as u64).collect::<Vec<_>>(), "{history:?}");
    let calls: Vec<&Value> = steps.into_iter().chain(fallbacks).collect();
    let mut latest = 0.0_f64;
    for pair in calls.windows(2) {
        let until: DateTime<Utc> = pair[0]["data"]["until"].as_str().unwrap().parse().unwrap();
        let late = (at(pair[1]) - until).num_milliseconds();
        assert!(late >= 0, "a step came {late} ms after its time: {history:?}");
        latest = latest.max(late as f64 / 1000.0);
    }
    latest
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_calls_people_is_killed_and_nobody_is_forgotten() {
    let kills = std::env::var("WIDEAWAKE_KILLS").map_or(12, |kills| kills.parse().expect("a number"));
    let mut night = Night::begin().await;
    let mut chance = Chance::new();
    let mut members = Vec::new();
    for round in 0..kills {
        for _ in 0..2 {
            let body = json!({ "language": "en", "message": "I am going to kill myself tonight" });
            members.push(Member::opens(&night.house.doors, &body).await);
        }
        sleep(Duration::from_millis(chance.below(1_500))).await;
        let victim = &mut night.callers[chance.below(4) as usize];
        println!("{round}: {} is killed", victim.name());
        victim.kill();
        // Whoever stands by needs some two seconds; now and then nobody is there for longer than that.
        sleep(Duration::from_millis(chance.below(3_000))).await;
        block_in_place(|| victim.start());
    }
    let mut escalations = BTreeMap::new();
    for member in &members {
        escalations.insert(night.escalation(member).await, member.id.clone());
    }
    assert_eq!(escalations.len(), members.len());
    // Nobody answers: each of them comes to its fallback, and then once more, and everybody called was paged.
    let mut latest = 0.0_f64;
    for id in escalations.keys() {
        let history = tokio::time::timeout(DEADLINE * 4, async {
            loop {
                let history = night.history(id).await;
                // Of the calls that follow, a machine that is too slow for two dozen of them is always a few behind.
                let due = TURNS.len() + 2;
                if calls(&history).count() >= due && calls(&history).take(due).all(|c| c.1.is_some()) {
                    break history;
                }
                sleep(Duration::from_millis(100)).await;
            }
        });
        let Ok(history) = history.await else {
            panic!("{id} never came to its fallback: {:#?}", night.history(id).await)
        };
        latest = latest.max(in_turn(&history));
        let answer = night.ada.post(format!("/v1/escalations/{id}/acknowledge"), &json!({})).await;
        answer.is(200);
    }
    let arrived: Vec<String> = night.hook.received().iter().map(|page| page.header("webhook-id").to_owned()).collect();
    let distinct: BTreeSet<&str> = arrived.iter().map(String::as_str).collect();
    let mut asked = 0;
    for id in escalations.keys() {
        let history = night.history(id).await;
        in_turn(&history);
        for page in calls(&history).filter_map(|(_, page)| page) {
            asked += 1;
            assert!(distinct.contains(page), "{page} is said to have arrived and has not: {history:?}");
        }
    }
    let audit = block_in_place(|| night.cluster.tool(&["audit"])).ok();
    assert!(audit.contains("In order"), "{audit}");
    println!(
        "{kills} kills: {} escalations, {asked} calls, {} pages, {} of them twice; the latest step {latest:.1} s late",
        escalations.len(),
        arrived.len(),
        arrived.len() - distinct.len(),
    );
}

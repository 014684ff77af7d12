//! Simulated members and volunteers, as clients of the doors like any other.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use wideawake_runtime::clock;

use super::people::People;

/// How many simulated members talk at once; beyond that no new ones come.
const MOST_MEMBERS: usize = 2_000;

const WORDS: [&str; 6] = [
    "I don't know whom else to ask.",
    "It has been a long week.",
    "I keep thinking about it.",
    "My sister says I should talk to somebody.",
    "I can't sleep again.",
    "Thank you for being there.",
];

const LANGUAGES: [&str; 8] = ["en", "en", "en", "es", "es", "pt", "fr", "de"];

/// Starts `rate` members a minute, and all volunteers of the roster. Dropping what it returns ends it.
pub(super) fn start(rate: u32, intake: SocketAddr, desk: SocketAddr, people: &People) -> Result<JoinSet<()>> {
    let client = Client::builder().timeout(Duration::from_secs(10)).build().context("cannot make an HTTP client")?;
    let mut tasks = JoinSet::new();
    for volunteer in &people.volunteers {
        let volunteer = Volunteer { client: client.clone(), desk: desk.to_string(), token: volunteer.token.clone() };
        tasks.spawn(volunteer.work());
    }
    tasks.spawn(members(rate, client, intake.to_string()));
    Ok(tasks)
}

/// A number below `n`, by chance.
fn chance(n: u64) -> u64 {
    u64::from(clock::new_id().as_fields().1) * 31 % n.max(1) + u64::from(clock::new_id().as_bytes()[15]) % n.max(1)
}

fn pick<'a>(from: &[&'a str]) -> &'a str {
    let bytes = clock::new_id().into_bytes();
    from[usize::from(bytes[14]) % from.len()]
}

fn some_seconds(least: u64, most: u64) -> Duration {
    Duration::from_secs(least + chance(most - least) % (most - least + 1))
}

async fn members(rate: u32, client: Client, intake: String) {
    let mut talking = JoinSet::new();
    let mut ticks = tokio::time::interval(Duration::from_mins(1) / rate);
    loop {
        ticks.tick().await;
        while talking.try_join_next().is_some() {}
        if talking.len() < MOST_MEMBERS {
            let member = Member { client: client.clone(), intake: intake.clone() };
            talking.spawn(async move {
                // A member whose call fails has gone away.
                let _ = member.talk().await;
            });
        }
    }
}

struct Member {
    client: Client,
    intake: String,
}

impl Member {
    async fn talk(&self) -> Result<()> {
        let intent = clock::new_id().as_bytes()[13];
        let screening = json!({ "q1": intent < 128, "q3": intent < 40, "q4": intent < 16 });
        let body = json!({ "language": pick(&LANGUAGES), "message": pick(&WORDS), "screening": screening });
        let opened = self.client.post(format!("http://{}/v1/requests", self.intake)).json(&body).send().await?;
        let opened: Value = opened.error_for_status()?.json().await?;
        let (id, token) = (text(&opened, "id"), text(&opened, "token"));
        let request = format!("http://{}/v1/requests/{id}", self.intake);
        for _ in 0..200 {
            tokio::time::sleep(some_seconds(3, 9)).await;
            let state: Value = self.client.get(&request).bearer_auth(&token).send().await?.json().await?;
            match state["status"].as_str() {
                Some("active") => {
                    let said = json!({ "text": pick(&WORDS) });
                    let call = self.client.post(format!("{request}/messages")).bearer_auth(&token);
                    call.json(&said).send().await?;
                }
                Some("waiting") => {}
                _ => return Ok(()),
            }
        }
        self.client.post(format!("{request}/leave")).bearer_auth(&token).send().await?;
        Ok(())
    }
}

struct Volunteer {
    client: Client,
    desk: String,
    token: String,
}

impl Volunteer {
    async fn work(self) {
        let this = Arc::new(self);
        let ready = json!({ "duty": "ready" });
        let _ = this.client.put(this.url("/v1/me/duty")).bearer_auth(&this.token).json(&ready).send().await;
        let mut talking = JoinSet::new();
        let mut held = std::collections::BTreeSet::new();
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            while talking.try_join_next().is_some() {}
            let Ok(me) = this.get("/v1/me").await else { continue };
            for offer in me["open_offers"].as_array().into_iter().flatten() {
                // One in ten is missed, as it happens.
                if clock::new_id().as_bytes()[12] > 25 {
                    let accept = format!("/v1/offers/{}/accept", text(offer, "offer"));
                    let _ = this.post(&accept, &json!({})).await;
                }
            }
            for active in me["active"].as_array().into_iter().flatten() {
                let request = text(active, "request");
                if held.insert(request.clone()) {
                    let this = this.clone();
                    talking.spawn(async move {
                        let _ = this.converse(&request).await;
                    });
                }
            }
            let _ = this.post("/v1/me/heartbeat", &json!({})).await;
        }
    }

    async fn converse(&self, request: &str) -> Result<()> {
        let request = format!("/v1/requests/{request}");
        for _ in 0..2 + chance(5) {
            tokio::time::sleep(some_seconds(2, 8)).await;
            self.post(&format!("{request}/messages"), &json!({ "text": "I am here. Tell me more." })).await?;
        }
        let end = json!({ "outcome": "supported", "risk_assessed": true });
        self.post(&format!("{request}/close"), &end).await
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.desk)
    }

    async fn get(&self, path: &str) -> Result<Value> {
        Ok(self.client.get(self.url(path)).bearer_auth(&self.token).send().await?.json().await?)
    }

    async fn post(&self, path: &str, body: &Value) -> Result<()> {
        self.client.post(self.url(path)).bearer_auth(&self.token).json(body).send().await?.error_for_status()?;
        Ok(())
    }
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

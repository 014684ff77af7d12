//! Who answers: a staff member and the client in front of them.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::doors::Call;
use crate::{Answer, Doors, Stream, eventually};

#[derive(Debug)]
pub struct Staff {
    pub doors: Doors,
    pub id: String,
    pub token: String,
    /// How often their client shows that it lives.
    pub beat: Duration,
    heart: Mutex<Option<JoinHandle<()>>>,
}

impl Drop for Staff {
    fn drop(&mut self) {
        self.freeze();
    }
}

impl Staff {
    pub fn new(doors: &Doors, id: &str, token: &str, beat: Duration) -> Self {
        Self { doors: doors.clone(), id: id.to_owned(), token: token.to_owned(), beat, heart: Mutex::default() }
    }

    /// Whoever was added with this answer.
    ///
    /// # Panics
    /// When there is no id or token in it.
    pub fn of(doors: &Doors, added: &Value, beat: Duration) -> Self {
        let text = |key: &str| added[key].as_str().unwrap_or_else(|| panic!("no {key} in {added}"));
        Self::new(doors, text("id"), text("token"), beat)
    }

    pub fn call(&self, method: &str, path: impl Into<String>) -> Call {
        self.doors.desk(method, path).bearer(&self.token)
    }

    pub async fn get(&self, path: impl Into<String>) -> Value {
        self.call("GET", path).send().await.is(200).json()
    }

    pub async fn post(&self, path: impl Into<String>, body: &Value) -> Answer {
        self.call("POST", path).json(body).send().await
    }

    pub async fn put(&self, path: impl Into<String>, body: &Value) -> Answer {
        self.call("PUT", path).json(body).send().await
    }

    pub async fn me(&self) -> Value {
        self.get("/v1/me").await
    }

    pub async fn duty(&self, duty: &str) {
        self.put("/v1/me/duty", &json!({ "duty": duty })).await.is(200);
    }

    pub async fn heartbeat(&self) {
        self.call("POST", "/v1/me/heartbeat").send().await.is(204);
    }

    /// Their client shows that it lives, from now on.
    pub fn thaw(&self) {
        let (call, beat) = (self.call("POST", "/v1/me/heartbeat"), self.beat);
        let heart = tokio::spawn(async move {
            loop {
                // The server may be gone for a while.
                let _ = call.clone().attempt().await;
                tokio::time::sleep(beat).await;
            }
        });
        if let Some(old) = self.heart.lock().unwrap().replace(heart) {
            old.abort();
        }
    }

    /// Their client sends nothing any more; its connections stay open.
    pub fn freeze(&self) {
        if let Some(heart) = self.heart.lock().unwrap().take() {
            heart.abort();
        }
    }

    /// Ready, and there.
    pub async fn ready(&self) {
        self.heartbeat().await;
        self.duty("ready").await;
        self.thaw();
    }

    /// Their stream, from its snapshot on.
    pub async fn stream(&self) -> Stream {
        let mut stream = self.call("GET", "/v1/me/stream").stream().await;
        stream.next("snapshot").await;
        stream
    }

    pub async fn stream_after(&self, id: &str) -> Stream {
        self.call("GET", "/v1/me/stream").header("last-event-id", id).stream().await
    }

    /// Takes the offer of this id.
    pub async fn accepts(&self, offer: &Value) -> Answer {
        self.call("POST", format!("/v1/offers/{}/accept", id_of(offer))).send().await
    }

    pub async fn declines(&self, offer: &Value) -> Answer {
        self.call("POST", format!("/v1/offers/{}/decline", id_of(offer))).send().await
    }

    pub async fn says(&self, request: &str, text: &str) -> u64 {
        let said = self.post(format!("/v1/requests/{request}/messages"), &json!({ "text": text })).await;
        let said = said.is(202).json();
        said["version"].as_u64().unwrap_or_else(|| panic!("no version in {said}"))
    }

    pub async fn closes(&self, request: &str) {
        let end = json!({ "outcome": "supported", "risk_assessed": true });
        self.post(format!("/v1/requests/{request}/close"), &end).await.is(200);
    }

    /// Waits until they are offered this request, and takes it.
    pub async fn takes(&self, request: &str) -> Value {
        let offer = self.offered(request).await;
        self.accepts(&offer).await.is(200);
        offer
    }

    /// Waits until they are offered this request.
    pub async fn offered(&self, request: &str) -> Value {
        eventually(&format!("an offer of {request} to {}", self.id), || async {
            let me = self.me().await;
            me["open_offers"].as_array()?.iter().find(|offer| offer["request"] == request).cloned()
        })
        .await
    }

    /// Which requests they hold.
    pub async fn holds(&self) -> Vec<String> {
        let me = self.me().await;
        let active = me["active"].as_array().cloned().unwrap_or_default();
        active.iter().filter_map(|held| held["request"].as_str().map(ToOwned::to_owned)).collect()
    }
}

fn id_of(offer: &Value) -> &str {
    offer["offer"].as_str().or(offer.as_str()).unwrap_or_else(|| panic!("no id of an offer in {offer}"))
}

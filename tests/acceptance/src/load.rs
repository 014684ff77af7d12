//! A busy night: members and volunteers who talk until they are told to stop, whether or not the server is there, and
//! what they were told was taken.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, OwnedRwLockWriteGuard, RwLock};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{Doors, Member, Staff, nobody};

/// What somebody was told was taken.
#[derive(Clone, Debug)]
pub struct Said {
    pub request: String,
    pub version: u64,
    pub text: String,
}

/// Everything that was acknowledged.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    pub members: Vec<Member>,
    pub said: Vec<Said>,
    /// Which request, and by whom.
    pub accepted: Vec<(String, String)>,
    pub closed: Vec<String>,
    /// Of which requests the erasure was asked for.
    pub unwanted: Vec<String>,
    pub erased: Vec<String>,
}

impl Taken {
    /// What is known of each request of which something was acknowledged since `before`.
    #[must_use]
    pub fn news_since(&self, before: &Self) -> Self {
        let members = self.members[before.members.len()..].iter().map(|member| &member.id);
        let said = self.said[before.said.len()..].iter().map(|said| &said.request);
        let accepted = self.accepted[before.accepted.len()..].iter().map(|(request, _)| request);
        let new: BTreeSet<&String> =
            members.chain(said).chain(accepted).chain(&self.closed[before.closed.len()..]).collect();
        let mut news = self.clone();
        news.members.retain(|member| new.contains(&member.id));
        news.said.retain(|said| new.contains(&said.request));
        news.accepted.retain(|(request, _)| new.contains(request));
        news.closed.retain(|request| new.contains(request));
        news.erased.drain(..before.erased.len());
        news
    }
}

impl std::fmt::Display for Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { members, said, accepted, closed, erased, .. } = self;
        let (members, said, accepted) = (members.len(), said.len(), accepted.len());
        let (closed, erased) = (closed.len(), erased.len());
        write!(f, "{members} requests, {said} messages, {accepted} accepts, {closed} ends, {erased} erased")
    }
}

type Shared = Arc<Mutex<Taken>>;

/// How long people pause between two things they do.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub members: Duration,
    pub volunteers: Duration,
    /// Nobody new comes while the line is longer: on a slow machine it would grow for as long as the night lasts.
    pub line: u64,
}

impl Default for Pace {
    /// As fast as it goes.
    fn default() -> Self {
        let pause = Duration::from_millis(5);
        Self { members: pause, volunteers: pause, line: u64::MAX }
    }
}

/// A night that goes on until it is told to stop.
pub struct Load {
    taken: Shared,
    /// Members finish what they are saying, and say no more.
    quiet: CancellationToken,
    stop: CancellationToken,
    members: JoinSet<()>,
    people: JoinSet<()>,
    /// Held while a request is being erased.
    erasing: Arc<AsyncMutex<()>>,
    /// Held by whoever wants nobody new to come: what is looked at meanwhile would grow faster than it is looked at.
    closed: Arc<RwLock<()>>,
}

/// While it is there nothing is erased and nobody new comes; who is there goes on.
pub struct Kept(#[allow(dead_code)] OwnedMutexGuard<()>, #[allow(dead_code)] OwnedRwLockWriteGuard<()>);

impl Load {
    /// `members` at a time talk with the `volunteers`, whose hearts must beat.
    pub fn start(doors: &Doors, members: usize, volunteers: &[Arc<Staff>]) -> Self {
        Self::at(Pace::default(), doors, members, volunteers)
    }

    /// The same at another pace.
    pub fn at(pace: Pace, doors: &Doors, members: usize, volunteers: &[Arc<Staff>]) -> Self {
        let (taken, stop) = (Shared::default(), CancellationToken::new());
        let quiet = CancellationToken::new();
        let (mut asking_people, mut people) = (JoinSet::new(), JoinSet::new());
        let closed = Arc::new(RwLock::new(()));
        for _ in 0..members {
            let asks = asking(doors.clone(), taken.clone(), pace, quiet.clone(), closed.clone());
            asking_people.spawn(until(stop.clone(), asks));
        }
        for volunteer in volunteers {
            people.spawn(until(stop.clone(), answering(volunteer.clone(), taken.clone(), pace.volunteers)));
        }
        Self { taken, quiet, stop, members: asking_people, people, erasing: Arc::default(), closed }
    }

    /// Nobody asks any more, and the volunteers go on until everybody was helped; or who still is not after so long without
    /// progress.
    pub async fn drain(mut self, patience: Duration) -> Result<Taken, Box<Member>> {
        self.quiet.cancel();
        while let Some(member) = self.members.join_next().await {
            member.unwrap_or_else(|error| panic!("{error}"));
        }
        let members = self.taken().members;
        let mut left: Vec<_> = members.iter().collect();
        // Whoever came last is helped last, so that those before them count as well.
        let (mut since, mut ends) = (tokio::time::Instant::now(), self.taken.lock().unwrap().closed.len());
        while let Some(member) = left.last() {
            let state = member.call("GET", "").attempt().await;
            if state.is_ok_and(|answer| answer.status == 200 && answer.json()["status"] == "closed") {
                left.pop();
                since = tokio::time::Instant::now();
                continue;
            }
            let ended = self.taken.lock().unwrap().closed.len();
            if ended > ends {
                (since, ends) = (tokio::time::Instant::now(), ended);
            } else if since.elapsed() >= patience {
                return Err(Box::new((*member).clone()));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(self.stop().await)
    }

    /// From now on somebody also has closed requests erased, one at a time.
    pub fn forget(&mut self) {
        self.people.spawn(until(self.stop.clone(), forgetting(self.taken.clone(), self.erasing.clone())));
    }

    /// Nothing is erased and nobody new comes until this is dropped.
    pub async fn keeps(&self) -> Kept {
        Kept(self.erasing.clone().lock_owned().await, self.closed.clone().write_owned().await)
    }

    pub fn taken(&self) -> Taken {
        self.taken.lock().unwrap().clone()
    }

    pub async fn stop(mut self) -> Taken {
        self.stop.cancel();
        while let Some(person) = self.members.join_next().await {
            person.unwrap_or_else(|error| panic!("{error}"));
        }
        while let Some(person) = self.people.join_next().await {
            person.unwrap_or_else(|error| panic!("{error}"));
        }
        let taken = self.taken.lock().unwrap();
        taken.clone()
    }
}

async fn until(stop: CancellationToken, work: impl Future<Output = ()>) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = work => {}
    }
}

/// How long somebody waits who got no answer, or no useful one.
const AGAIN: Duration = Duration::from_millis(5);

/// The answer to a call of this status, asking again with the same key for as long as there is none.
async fn insist(call: crate::doors::Call) -> Option<Value> {
    loop {
        match call.clone().attempt().await {
            Ok(answer) if answer.status == 503 => sleep(AGAIN).await,
            Ok(answer) if (200..300).contains(&answer.status) => return Some(answer.json()),
            Ok(answer) => {
                answer.problem();
                return None;
            }
            Err(_) => sleep(AGAIN).await,
        }
    }
}

fn key() -> String {
    format!("{}{}", nobody(), nobody())
}

async fn asking(doors: Doors, taken: Shared, pace: Pace, quiet: CancellationToken, closed: Arc<RwLock<()>>) {
    while !quiet.is_cancelled() {
        drop(closed.read().await);
        let body = json!({ "language": "en", "alias": "Sky", "message": "first words" });
        let open = doors.intake("POST", "/v1/requests").header("idempotency-key", &key()).json(&body);
        let Some(opened) = insist(open).await else { panic!("a well-formed request was refused") };
        let member = Member::of(&doors, opened);
        taken.lock().unwrap().members.push(member.clone());
        // In digits alone: among letters they may look like words that call a clinician ("cc7b" is "ctb"), and whoever
        // waits for one is not helped by volunteers.
        let name = member.id.parse::<uuid::Uuid>().unwrap_or_else(|error| panic!("{error}")).as_u128();
        for n in 0..4 {
            let text = format!("member {n} of {name}");
            let say = member.call("POST", "/messages").header("idempotency-key", &key()).json(&json!({ "text": text }));
            let Some(said) = insist(say).await else { break };
            note(&taken, &member.id, &said, text);
            tokio::select! {
                () = quiet.cancelled() => break,
                () = sleep(pace.members) => {}
            }
        }
        while pace.line < u64::MAX && !quiet.is_cancelled() && place(&member).await > pace.line {
            sleep(pace.members).await;
        }
    }
}

/// Where in line somebody is, as far as they are told.
async fn place(member: &Member) -> u64 {
    let state = member.call("GET", "").attempt().await.ok().filter(|answer| answer.status == 200);
    state.and_then(|answer| answer.json()["position"].as_u64()).unwrap_or_default()
}

fn note(taken: &Shared, request: &str, said: &Value, text: String) {
    let version = said["version"].as_u64().unwrap_or_else(|| panic!("no version in {said}"));
    taken.lock().unwrap().said.push(Said { request: request.to_owned(), version, text });
}

async fn answering(volunteer: Arc<Staff>, taken: Shared, pause: Duration) {
    for n in 0_u64.. {
        sleep(pause).await;
        let Ok(answer) = volunteer.call("GET", "/v1/me").attempt().await else { continue };
        if answer.status != 200 {
            continue;
        }
        let me = answer.json();
        for offer in me["open_offers"].as_array().into_iter().flatten() {
            let text = |key: &str| offer[key].as_str().unwrap_or_default().to_owned();
            let accept = volunteer.call("POST", format!("/v1/offers/{}/accept", text("offer"))).attempt().await;
            if accept.is_ok_and(|answer| answer.status == 200) {
                taken.lock().unwrap().accepted.push((text("request"), volunteer.id.clone()));
            }
        }
        for held in me["active"].as_array().into_iter().flatten() {
            let request = held["request"].as_str().unwrap_or_default();
            let text = format!("volunteer {n} to {request}");
            let say = volunteer.call("POST", format!("/v1/requests/{request}/messages")).json(&json!({ "text": text }));
            if let Ok(answer) = say.attempt().await
                && answer.status == 202
            {
                note(&taken, request, &answer.json(), text);
            }
            if n % 3 == 2 {
                let end = json!({ "outcome": "supported", "risk_assessed": true });
                let close = volunteer.call("POST", format!("/v1/requests/{request}/close")).json(&end);
                if close.attempt().await.is_ok_and(|answer| answer.status == 200) {
                    taken.lock().unwrap().closed.push(request.to_owned());
                }
            }
        }
    }
}

async fn forgetting(taken: Shared, erasing: Arc<AsyncMutex<()>>) {
    loop {
        for _ in 0..8 {
            sleep(AGAIN).await;
        }
        let _held = erasing.lock().await;
        let member = {
            let mut taken = taken.lock().unwrap();
            let Some(request) = taken.closed.get(taken.unwanted.len()).cloned() else { continue };
            let member = taken.members.iter().find(|member| member.id == request).cloned();
            taken.unwanted.push(request);
            member.expect("who closed it read of it after its member did")
        };
        // None: a repetition of a call whose answer was lost is refused, for there is nobody any more to allow it.
        if insist(member.call("DELETE", "")).await.is_some() {
            taken.lock().unwrap().erased.push(member.id);
        }
    }
}

//! Those who ask and those who answer. What they did and saw they put down at once, so that it counts whatever becomes of
//! them; what they were refused is counted, and ends their part in it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::task::AbortOnDropHandle;

use crate::alarm::Alarm;
use crate::client::{Call, Door, text};
use crate::people::Volunteer;
use crate::scenario::lives::beats;

/// What somebody did or saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// The moment a member was meant to ask.
    Arrives,
    Answered,
    Offered,
    /// The moment the volunteer meant to accept.
    Accepts,
    AcceptAnswered,
    MemberTold,
    VolunteerSays(u8),
    MemberHears(u8),
    MemberSays(u8),
    VolunteerHears(u8),
    /// The member was told that it is over.
    Ended,
}

/// What is put down.
#[derive(Debug)]
pub(super) enum Note {
    /// In that request, then.
    Mark(String, Mark, Instant),
    /// Somebody could not go on, in words that are the same for the same reason.
    Refused(String),
}

/// How long into a conversation each side says something, in milliseconds; at the last one the volunteer closes it.
pub(super) const VOLUNTEER: [u64; 3] = [200, 900, 1_600];
pub(super) const MEMBER: [u64; 2] = [500, 1_200];

/// What everybody of one side has.
#[derive(Clone)]
pub(super) struct Side {
    pub(super) alarm: Alarm,
    pub(super) door: Arc<Door>,
    pub(super) notes: mpsc::UnboundedSender<Note>,
}

impl Side {
    fn mark(&self, request: &str, mark: Mark, at: Instant) {
        // Nobody reads any more: it is over.
        let _ = self.notes.send(Note::Mark(request.to_owned(), mark, at));
    }

    /// What was refused, without what differs between two of the same.
    fn note(&self, outcome: Result<()>) {
        let Err(error) = outcome else { return };
        let words = format!("{error:#}");
        let words = words.split([' ', '/']).filter(|word| word.len() < 30).collect::<Vec<_>>().join(" ");
        let _ = self.notes.send(Note::Refused(words.chars().take(120).collect()));
    }
}

pub(super) async fn live(side: Side, arrives: Instant) {
    side.note(ask(&side, arrives).await);
}

async fn ask(side: &Side, arrives: Instant) -> Result<()> {
    side.alarm.at(arrives).await;
    let body = json!({ "language": "en", "message": "I do not know whom else to ask." });
    let opened = side.door.call(Call("POST", "/v1/requests", "", Some(&body))).await?;
    let answered = Instant::now();
    let (id, token) = (text(&opened, "id"), text(&opened, "token"));
    side.mark(id, Mark::Arrives, arrives);
    side.mark(id, Mark::Answered, answered);
    let mut stream = side.door.stream(&format!("/v1/requests/{id}/stream"), token).await?;
    let mut says: Option<AbortOnDropHandle<Result<()>>> = None;
    while let Some(event) = stream.next().await? {
        match event.name.as_str() {
            "status" if event.data["status"] == "active" && says.is_none() => {
                side.mark(id, Mark::MemberTold, event.at);
                let talk = talk(side.clone(), id.to_owned(), token.to_owned(), event.at);
                says = Some(AbortOnDropHandle::new(tokio::spawn(talk)));
            }
            "message" if event.data["from"] == "volunteer" => {
                side.mark(id, Mark::MemberHears(number(&event.data)), event.at);
            }
            "closed" => {
                let says = says.context("a conversation ended that never began")?;
                side.mark(id, Mark::Ended, event.at);
                return says.await?;
            }
            _ => {}
        }
    }
    bail!("a member's stream ended before it was over")
}

async fn talk(side: Side, id: String, token: String, since: Instant) -> Result<()> {
    for (n, after) in (0..).zip(MEMBER) {
        let at = since + Duration::from_millis(after);
        side.alarm.at(at).await;
        let word = json!({ "text": format!("{n}: thank you for being there") });
        side.door.call(Call("POST", &format!("/v1/requests/{id}/messages"), &token, Some(&word))).await?;
        side.mark(&id, Mark::MemberSays(n), at);
    }
    Ok(())
}

/// Which of its messages it is.
fn number(message: &serde_json::Value) -> u8 {
    text(message, "text").split(':').next().and_then(|n| n.parse().ok()).unwrap_or(u8::MAX)
}

/// Answers whatever is offered until told to stop.
pub(super) async fn work(side: Side, volunteer: Volunteer, stopped: watch::Receiver<bool>) {
    side.note(serve(&side, &volunteer, stopped).await);
}

async fn serve(side: &Side, volunteer: &Volunteer, mut stopped: watch::Receiver<bool>) -> Result<()> {
    let token: Arc<str> = volunteer.token.as_str().into();
    let mut stream = side.door.stream("/v1/me/stream", &token).await?;
    let beating = beats(side.door.clone(), volunteer.token.clone(), stopped.clone());
    let _beats = AbortOnDropHandle::new(tokio::spawn(beating));
    let mut conversations = JoinSet::new();
    loop {
        let event = tokio::select! {
            event = stream.next() => event?.context("a volunteer's stream ended")?,
            _ = stopped.changed() => return Ok(()),
        };
        let request = text(&event.data, "request").to_owned();
        match event.name.as_str() {
            "offer" => {
                side.mark(&request, Mark::Offered, event.at);
                let offer = text(&event.data, "offer").to_owned();
                let (side, token) = (side.clone(), token.clone());
                conversations.spawn(async move {
                    let conversation = converse(&side, &token, &offer, &request, event.at).await;
                    side.note(conversation);
                });
            }
            "message" if event.data["from"] == "member" => {
                side.mark(&request, Mark::VolunteerHears(number(&event.data)), event.at);
            }
            "offer_withdrawn" => {
                let words = format!("an offer was withdrawn ({})", text(&event.data, "reason"));
                let _ = side.notes.send(Note::Refused(words));
            }
            _ => {}
        }
        while conversations.try_join_next().is_some() {}
    }
}

async fn converse(side: &Side, token: &str, offer: &str, request: &str, offered: Instant) -> Result<()> {
    side.door.call(Call("POST", &format!("/v1/offers/{offer}/accept"), token, None)).await?;
    side.mark(request, Mark::Accepts, offered);
    side.mark(request, Mark::AcceptAnswered, Instant::now());
    for (n, after) in (0..).zip(VOLUNTEER) {
        let at = offered + Duration::from_millis(after);
        side.alarm.at(at).await;
        if usize::from(n) + 1 == VOLUNTEER.len() {
            break;
        }
        let word = json!({ "text": format!("{n}: I am here, take your time") });
        side.door.call(Call("POST", &format!("/v1/requests/{request}/messages"), token, Some(&word))).await?;
        side.mark(request, Mark::VolunteerSays(n), at);
    }
    let end = json!({ "outcome": "supported", "risk_assessed": true });
    side.door.call(Call("POST", &format!("/v1/requests/{request}/close"), token, Some(&end))).await?;
    Ok(())
}

//! Event streams, as the HTML standard has a client read them.

use std::sync::{Arc, Mutex};

use futures_util::StreamExt;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::DEADLINE;

#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What `Last-Event-ID` would be after this event.
    pub id: Option<String>,
    pub name: String,
    pub data: Value,
}

/// From bytes to events.
#[derive(Debug, Default)]
pub struct Parser {
    rest: Vec<u8>,
    id: Option<String>,
    name: String,
    data: Option<String>,
    /// How many comments there were.
    pub comments: usize,
}

impl Parser {
    /// The events that these bytes complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Event> {
        self.rest.extend_from_slice(bytes);
        let mut events = Vec::new();
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = std::str::from_utf8(&line).expect("a stream is UTF-8").trim_end_matches(['\n', '\r']);
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "" if line.is_empty() => events.extend(self.dispatch()),
                "" => self.comments += 1,
                "id" => self.id = Some(value.to_owned()),
                "event" => value.clone_into(&mut self.name),
                "data" => match &mut self.data {
                    Some(data) => {
                        data.push('\n');
                        data.push_str(value);
                    }
                    None => self.data = Some(value.to_owned()),
                },
                "retry" => {}
                other => panic!("a stream has no field {other}: {line}"),
            }
        }
        events
    }

    fn dispatch(&mut self) -> Option<Event> {
        let name = std::mem::take(&mut self.name);
        let data = self.data.take()?;
        let data = serde_json::from_str(&data).unwrap_or_else(|error| panic!("{name} holds no JSON ({error}): {data}"));
        Some(Event { id: self.id.clone(), name, data })
    }
}

#[derive(Debug, Default)]
struct Seen {
    events: Vec<Event>,
    ended: bool,
}

/// A stream that is read in the background. Dropping it hangs up.
#[derive(Debug)]
pub struct Stream {
    call: String,
    seen: Arc<Mutex<Seen>>,
    changed: watch::Receiver<()>,
    reader: JoinHandle<()>,
    /// How many events were looked at by [`Stream::wait`].
    at: usize,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl Stream {
    pub(crate) fn over(call: String, response: reqwest::Response) -> Self {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (change, changed) = watch::channel(());
        let reader = tokio::spawn({
            let seen = seen.clone();
            async move {
                let mut parser = Parser::default();
                let mut chunks = response.bytes_stream();
                while let Some(Ok(chunk)) = chunks.next().await {
                    let events = parser.push(&chunk);
                    seen.lock().unwrap().events.extend(events);
                    change.send_replace(());
                }
                seen.lock().unwrap().ended = true;
                change.send_replace(());
            }
        });
        Self { call, seen, changed, reader, at: 0 }
    }

    /// Every event so far.
    pub fn events(&self) -> Vec<Event> {
        self.seen.lock().unwrap().events.clone()
    }

    /// The data of every event of this name so far.
    pub fn all(&self, name: &str) -> Vec<Value> {
        self.events().into_iter().filter(|event| event.name == name).map(|event| event.data).collect()
    }

    pub fn last_id(&self) -> Option<String> {
        self.seen.lock().unwrap().events.iter().rev().find_map(|event| event.id.clone())
    }

    /// The next event of this name, behind those that were waited for before.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn next(&mut self, name: &str) -> Value {
        self.wait(name, |event| event.name == name).await.data
    }

    /// The next event of this name whose data is so.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn next_where(&mut self, name: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.wait(name, |event| event.name == name && fits(&event.data)).await.data
    }

    /// The next message with this text.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn hears(&mut self, text: &str) -> Value {
        self.wait(text, |event| event.name == "message" && event.data["text"] == text).await.data
    }

    /// The next event that fits.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn wait(&mut self, what: &str, fits: impl Fn(&Event) -> bool) -> Event {
        let give_up = Instant::now() + DEADLINE;
        loop {
            let ended = {
                let seen = self.seen.lock().unwrap();
                if let Some(n) = seen.events[self.at..].iter().position(&fits) {
                    self.at += n + 1;
                    return seen.events[self.at - 1].clone();
                }
                seen.ended
            };
            let more = if ended {
                Ok(Err(()))
            } else {
                timeout_at(give_up, self.changed.changed()).await.map(|c| c.map_err(|_| ()))
            };
            let why = match more {
                Ok(Ok(())) => continue,
                Ok(Err(())) => {
                    // The last events may have come together with the end.
                    if self.seen.lock().unwrap().events[self.at..].iter().any(&fits) {
                        continue;
                    }
                    "the stream ended"
                }
                Err(_) => "in time",
            };
            panic!("{}: {what} did not come, {why}; what came was {:#?}", self.call, self.events());
        }
    }

    /// Waits for the server to end it.
    ///
    /// # Panics
    /// When it does not.
    pub async fn end(&mut self) -> Vec<Event> {
        let give_up = Instant::now() + DEADLINE;
        while !self.seen.lock().unwrap().ended {
            let more = timeout_at(give_up, self.changed.changed()).await;
            assert!(more.is_ok(), "{} did not end; what came was {:#?}", self.call, self.events());
        }
        self.events()
    }

    pub fn has_ended(&self) -> bool {
        self.seen.lock().unwrap().ended
    }
}

//! Who waits for hints and signals within this process, wherever these come from.

use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::{broadcast, watch};
use wideawake_domain::process::Signal;
use wideawake_domain::{StreamId, Version};

use crate::{Hint, LiveError, Signals, Watch, lock};

/// How many signals a reader may be behind; what it misses is said again with the next heartbeat.
pub(crate) const DEPTH: usize = 16_384;

/// The streams that somebody in this process watches, as long as somebody does.
#[derive(Debug, Default)]
pub(crate) struct Watched(Mutex<Streams>);

#[derive(Debug, Default)]
struct Streams {
    /// Whether hints come in; nobody may wait for hints that do not.
    open: bool,
    senders: HashMap<StreamId, watch::Sender<Told>>,
}

/// What was told of a stream.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    version: Version,
    /// How often somebody was writing.
    typing: u32,
}

impl Watched {
    /// Hints come in from now on.
    pub(crate) fn open(&self) {
        lock(&self.0).open = true;
    }

    /// Hints were or will be missed: tells everybody who watches that it is over.
    pub(crate) fn close(&self) {
        let streams = std::mem::take(&mut *lock(&self.0));
        drop(streams);
    }

    /// The stream is at `version`, or was.
    pub(crate) fn tell(&self, stream: StreamId, version: Version) {
        if let Some(sender) = lock(&self.0).senders.get(&stream) {
            sender.send_if_modified(|known| {
                let grows = version > known.version;
                known.version = version.max(known.version);
                grows
            });
        }
    }

    /// Somebody writes in the stream.
    pub(crate) fn tell_typing(&self, stream: StreamId) {
        if let Some(sender) = lock(&self.0).senders.get(&stream) {
            sender.send_modify(|known| known.typing = known.typing.wrapping_add(1));
        }
    }

    /// `None` while no hints come in. The watch keeps `source` alive, from which they come.
    pub(crate) fn watch<T>(self: &Arc<Self>, stream: StreamId, source: T) -> Option<Watcher<T>> {
        let mut streams = lock(&self.0);
        if !streams.open {
            return None;
        }
        let sender = streams.senders.entry(stream).or_insert_with(|| watch::channel(Told::default()).0);
        let mut receiver = sender.subscribe();
        let heard = *receiver.borrow_and_update();
        Some(Watcher { receiver, heard, stream, watched: self.clone(), _source: source })
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        lock(&self.0).senders.is_empty()
    }
}

pub(crate) struct Watcher<T> {
    receiver: watch::Receiver<Told>,
    /// What was returned, or was there before.
    heard: Told,
    stream: StreamId,
    watched: Arc<Watched>,
    _source: T,
}

#[async_trait]
impl<T: Send> Watch for Watcher<T> {
    async fn next(&mut self) -> Result<Hint, LiveError> {
        loop {
            let told = *self.receiver.borrow_and_update();
            let heard = std::mem::replace(&mut self.heard, told);
            if told.version > heard.version {
                return Ok(Hint::Grown(told.version));
            }
            if told.typing != heard.typing {
                return Ok(Hint::Typing);
            }
            self.receiver.changed().await.map_err(|_| LiveError("hints were missed".to_owned()))?;
        }
    }
}

impl<T> Drop for Watcher<T> {
    fn drop(&mut self) {
        let mut streams = lock(&self.watched.0);
        // What was closed is no longer in the table; what stands there now is somebody else's.
        let closed = self.receiver.has_changed().is_err();
        // This one is still counted.
        if !closed && streams.senders.get(&self.stream).is_some_and(|sender| sender.receiver_count() <= 1) {
            streams.senders.remove(&self.stream);
        }
    }
}

/// Hears every signal, if it is not slow; keeps alive where they come from.
pub(crate) struct Listener<T>(pub(crate) broadcast::Receiver<Signal>, pub(crate) T);

#[async_trait]
impl<T: Send> Signals for Listener<T> {
    async fn next(&mut self) -> Result<Signal, LiveError> {
        loop {
            match self.0.recv().await {
                Ok(signal) => return Ok(signal),
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return Err(LiveError("signals were missed".to_owned())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use uuid::Uuid;
    use wideawake_domain::StreamKind;

    #[tokio::test]
    async fn who_watched_before_a_break_takes_nothing_from_who_watches_after_it() {
        let watched = Arc::new(Watched::default());
        let stream = StreamId { kind: StreamKind::Request, id: Uuid::from_u128(1) };
        assert!(watched.watch(stream, ()).is_none(), "nobody may wait for hints that do not come");
        watched.open();
        let mut before = watched.watch(stream, ()).unwrap();
        watched.close();
        assert!(before.grown().await.is_err());
        assert!(watched.watch(stream, ()).is_none());
        watched.open();
        let mut after = watched.watch(stream, ()).unwrap();
        drop(before);
        watched.tell(stream, Version(1));
        assert_eq!(after.grown().await.unwrap(), Version(1));
        drop(after);
        assert!(watched.is_empty());
    }
}

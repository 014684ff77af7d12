//! The heads of what changed, written as an event of a checkpoint stream: what `verify` knows of tails that were cut.

use serde_json::{Value, json};
use std::fmt::Write as _;
use uuid::Uuid;
use wideawake_domain::{Recorded, StreamId, StreamKind, Version};

use crate::{Cursor, NewEvent, StreamHead};

/// The one stream of checkpoints that is written.
pub const CHECKPOINTS: StreamId =
    StreamId { kind: StreamKind::Checkpoint, id: Uuid::from_u128(0x7769_6465_6177_816b_a55f_6368_6563_6b70) };

/// The type of the event.
pub const CHECKPOINT: &str = "checkpoint";

/// The event that says how far the streams of `heads` had come, from what [`crate::Ledger::heads_changed`] answered.
pub fn checkpoint(heads: &[StreamHead], until: &Cursor) -> NewEvent {
    let heads: Vec<Value> = heads
        .iter()
        .map(|head| {
            let hash = hex(&head.hash);
            json!({ "stream": head.stream.to_string(), "version": head.version.0, "hash": hash })
        })
        .collect();
    let data = json!({ "until": until.0, "heads": heads }).to_string();
    NewEvent { kind: CHECKPOINT.into(), data: data.into() }
}

/// The cursor that the checkpoint `event` reaches, from which the next one goes on; `None` if it is no checkpoint.
pub fn checkpoint_until(event: &Recorded) -> Option<Cursor> {
    if &*event.kind != CHECKPOINT {
        return None;
    }
    let data: Value = serde_json::from_str(&event.data).ok()?;
    data.get("until")?.as_str().map(|text| Cursor(text.to_owned()))
}

/// The streams whose heads stand in the checkpoint `event`; none if it is no checkpoint.
pub fn checkpoint_streams(event: &Recorded) -> Vec<StreamId> {
    let marks = if &*event.kind == CHECKPOINT { marks(&event.data) } else { None };
    marks.unwrap_or_default().into_iter().map(|mark| mark.stream).collect()
}

/// What a checkpoint says: how far it reaches, and which heads it saw since the one before.
pub(crate) struct Saw {
    pub(crate) until: Cursor,
    pub(crate) marks: Vec<Mark>,
}

/// What stands in the data of a checkpoint; `None` if that cannot be read.
pub(crate) fn saw(data: &str) -> Option<Saw> {
    let value: Value = serde_json::from_str(data).ok()?;
    Some(Saw { until: Cursor(value.get("until")?.as_str()?.to_owned()), marks: marks_of(&value)? })
}

/// One head as a checkpoint has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) stream: StreamId,
    pub(crate) version: Version,
    pub(crate) hash: [u8; 32],
}

fn marks(data: &str) -> Option<Vec<Mark>> {
    marks_of(&serde_json::from_str(data).ok()?)
}

fn marks_of(data: &Value) -> Option<Vec<Mark>> {
    let heads = data.get("heads")?.as_array()?;
    heads
        .iter()
        .map(|head| {
            Some(Mark {
                stream: head.get("stream")?.as_str()?.parse().ok()?,
                version: Version(head.get("version")?.as_u64()?),
                hash: unhex(head.get("hash")?.as_str()?)?,
            })
        })
        .collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes all that is written to it");
        text
    })
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut out = [0; 32];
    for (byte, pair) in out.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(out)
}

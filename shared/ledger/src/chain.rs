//! The hash that makes tampering show.

use aws_lc_rs::digest::{SHA256, digest};
use wideawake_domain::Recorded;

/// What the first event of a stream is chained to.
pub const GENESIS: [u8; 32] = [0; 32];

/// SHA-256 over the previous hash of the stream and everything of `event` but its position and its own hash.
///
/// The encoding is a version byte, the previous hash, and then stream kind, stream id, version, pool, type, time
/// (microseconds since 1970), actor, trace and data, each after its length in bytes; all numbers are big-endian and take
/// 8 bytes. No two different events have the same encoding.
pub fn link(previous: &[u8; 32], event: &Recorded) -> [u8; 32] {
    let mut encoded = Vec::with_capacity(320 + event.data.len());
    encoded.push(1);
    encoded.extend_from_slice(previous);
    encode(event, &mut encoded);
    encoded.extend_from_slice(event.data.as_bytes());
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, &encoded).as_ref());
    hash
}

/// What stands between the previous hash and the data. PostgreSQL puts the three together, since only it knows the first.
pub(crate) fn encode(event: &Recorded, encoded: &mut Vec<u8>) {
    let mut put = |field: &[u8]| {
        encoded.extend_from_slice(&(field.len() as u64).to_be_bytes());
        encoded.extend_from_slice(field);
    };
    put(event.stream.kind.as_str().as_bytes());
    put(event.stream.id.as_bytes());
    put(&event.version.0.to_be_bytes());
    put(event.pool.as_str().as_bytes());
    put(event.kind.as_bytes());
    put(&event.at.timestamp_micros().to_be_bytes());
    put(event.actor.to_string().as_bytes());
    put(event.trace.as_bytes());
    encoded.extend_from_slice(&(event.data.len() as u64).to_be_bytes());
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use chrono::DateTime;
    use std::fmt::Write as _;
    use uuid::Uuid;
    use wideawake_domain::{Actor, Pool, Position, StreamId, StreamKind, Version};

    fn event() -> Recorded {
        Recorded {
            stream: StreamId { kind: StreamKind::Request, id: Uuid::from_u128(1) },
            version: Version(1),
            position: Position(9),
            pool: Pool::named("main"),
            kind: "opened".into(),
            at: DateTime::from_timestamp_micros(1_700_000_000_000_001).unwrap(),
            actor: Actor::Member,
            trace: "".into(),
            data: "{}".into(),
            hash: GENESIS,
        }
    }

    #[test]
    fn the_encoding_never_changes() {
        let hex = link(&GENESIS, &event()).iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        });
        assert_eq!(hex, "16c5c8a556e7a3abcb9d314cf656ee3a122713255862834ef2ac88ac4aba0d9b");
    }

    #[test]
    fn everything_but_the_position_counts() {
        let base = link(&GENESIS, &event());
        let changes: [fn(&mut Recorded); 9] = [
            |e| e.stream.kind = StreamKind::Staff,
            |e| e.stream.id = Uuid::from_u128(2),
            |e| e.version = Version(2),
            |e| e.pool = Pool::named("mai"),
            |e| e.kind = "nopened".into(),
            |e| e.at += chrono::TimeDelta::microseconds(1),
            |e| e.actor = Actor::System(wideawake_domain::record::Part::Router),
            |e| e.trace = "{".into(),
            |e| e.data = "{ }".into(),
        ];
        for change in changes {
            let mut changed = event();
            change(&mut changed);
            assert_ne!(link(&GENESIS, &changed), base, "{changed:?}");
        }
        assert_ne!(link(&[1; 32], &event()), base);
        let mut moved = event();
        moved.position = Position(10);
        assert_eq!(link(&GENESIS, &moved), base);
    }
}

//! Who was seen, and who is seen: a sorted set each of staff and of members by the microsecond of their newest beat. A
//! double holds those exactly until the year 2255.

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Mutex;
use tokio::sync::broadcast;
use uuid::Uuid;
use wideawake_domain::process::Signal;
use wideawake_domain::{RequestId, StaffId};

use super::Inner;
use super::ear::Hears;
use crate::hearing::DEPTH;
use crate::{LiveError, lock};

/// Who is seen.
pub(super) struct Who {
    key: &'static str,
    /// As it is said on the channel: `<word> <uuid> <microsecond>`.
    word: &'static str,
}

pub(super) const STAFF: Who = Who { key: "wideawake:seen:staff", word: "staff" };
pub(super) const MEMBERS: Who = Who { key: "wideawake:seen:members", word: "member" };

/// Who was not seen for so long is forgotten: that is longer than any grace.
const KEPT: TimeDelta = TimeDelta::hours(1);

impl Inner {
    pub(super) async fn see(&self, who: Who, id: Uuid, at: DateTime<Utc>) -> Result<(), LiveError> {
        let micros = at.timestamp_micros();
        let too_old = format!("({}", micros - KEPT.num_microseconds().unwrap_or(i64::MAX));
        let mut pipe = ::redis::pipe();
        pipe.cmd("ZADD").arg(who.key).arg("GT").arg(micros).arg(id.to_string()).ignore();
        pipe.cmd("PUBLISH").arg(&*self.channels.signals).arg(format!("{} {id} {micros}", who.word)).ignore();
        pipe.cmd("ZREMRANGEBYSCORE").arg(who.key).arg("-inf").arg(too_old).ignore();
        pipe.cmd("EXPIRE").arg(who.key).arg(KEPT.num_seconds()).ignore();
        self.link.ask(|mut redis| async move { pipe.query_async::<()>(&mut redis).await }).await
    }

    pub(super) async fn since(&self, who: Who, since: DateTime<Utc>) -> Result<Vec<(Uuid, DateTime<Utc>)>, LiveError> {
        let mut range = ::redis::cmd("ZRANGEBYSCORE");
        range.arg(who.key).arg(format!("({}", since.timestamp_micros())).arg("+inf").arg("WITHSCORES");
        let found =
            self.link.ask_much(|mut redis| async move { range.query_async::<Vec<(Vec<u8>, f64)>>(&mut redis).await });
        // What somebody else wrote there is not ours to judge, and must not hide who is there.
        let ours = |(id, micros): (Vec<u8>, f64)| {
            let at = DateTime::from_timestamp_micros(micros as i64)?;
            Some((Uuid::try_parse_ascii(&id).ok()?, at))
        };
        let mut seen: Vec<_> = found.await?.into_iter().filter_map(ours).collect();
        seen.sort_unstable();
        Ok(seen)
    }
}

/// Those in this process who listen to signals, while any come in.
#[derive(Default)]
pub(super) struct Seen(Mutex<Option<broadcast::Sender<Signal>>>);

impl Seen {
    /// `None` while none come in.
    pub(super) fn subscribe(&self) -> Option<broadcast::Receiver<Signal>> {
        lock(&self.0).as_ref().map(broadcast::Sender::subscribe)
    }
}

impl Hears for Seen {
    fn begin(&self) {
        *lock(&self.0) = Some(broadcast::channel(DEPTH).0);
    }

    fn heard(&self, said: &[u8]) {
        if let Some(signal) = read(said)
            && let Some(listeners) = &*lock(&self.0)
        {
            // Nobody listens at the moment.
            let _ = listeners.send(signal);
        }
    }

    fn end(&self) {
        lock(&self.0).take();
    }
}

fn read(said: &[u8]) -> Option<Signal> {
    let mut words = std::str::from_utf8(said).ok()?.split(' ');
    let (word, id, micros) = (words.next()?, words.next()?, words.next()?);
    let id = Uuid::try_parse(id).ok()?;
    let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    if word == STAFF.word {
        Some(Signal::StaffSeen { staff: StaffId(id), at })
    } else if word == MEMBERS.word {
        Some(Signal::MemberSeen { request: RequestId(id), at })
    } else {
        None
    }
}

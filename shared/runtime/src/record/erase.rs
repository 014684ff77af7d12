//! Erasing: the request ends, its key is destroyed, and a note of it outlives any backup.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use wideawake_domain::request::{Command, ErasureReason, Phase, Rejection, SupportRequest};
use wideawake_domain::{Actor, RequestId, StaffId, StreamId};

use super::{Record, RecordError};
use crate::clock;

/// How long people who are called over a request keep it from being erased at most (DESIGN section 11).
pub(super) const DEFERRED: TimeDelta = TimeDelta::hours(72);

impl Record {
    /// Makes everything typed by or about the member unreadable; an open request is closed first. `false`: there is no
    /// such request. The note in the tombstone file comes first, so that a backup restored later forgets it as well; if
    /// the rest fails, it is made up for at the next start at the latest.
    pub async fn erase(&self, id: RequestId, actor: Actor) -> Result<bool, RecordError> {
        let Some(request) = self.request(id).await? else { return Ok(false) };
        if request.erased {
            return Ok(true);
        }
        self.tombstones.note(id).await.map_err(RecordError::Tombstone)?;
        let done = self.erase_noted(id, actor).await?;
        self.tombstones.lock().remove(&id);
        Ok(done)
    }

    /// The same for a member who asks for it: as long as people are called over the request, it ends and is erased when
    /// they are done, [`DEFERRED`] later at the latest. Says from when on nothing can be read; `None`: there is no such
    /// request.
    pub async fn erase_for_member(&self, id: RequestId) -> Result<Option<DateTime<Utc>>, RecordError> {
        let Some(request) = self.request(id).await? else { return Ok(None) };
        if request.erased || !self.is_escalated(&request).await? {
            return Ok(self.erase(id, Actor::Member).await?.then(clock::now));
        }
        let ask = |_: &SupportRequest| Ok::<_, Rejection>(Command::AskErasure);
        let asked = self.change_request(id, Actor::Member, ask).await?.and_then(Result::ok);
        let due = asked.and_then(|change| match &change.request.phase {
            Phase::Closed { closed, .. } => closed.erase_at,
            _ => None,
        });
        Ok(due.map(|due| due + DEFERRED))
    }

    /// The same for somebody of the staff, of a request that ended. `None`: there is no such request.
    pub async fn erase_for_staff(
        &self,
        id: RequestId,
        staff: StaffId,
        reason: ErasureReason,
    ) -> Result<Option<Result<DateTime<Utc>, Rejection>>, RecordError> {
        let Some(request) = self.request(id).await? else { return Ok(None) };
        // What is noted is erased at the next start at the latest: nothing may be noted that is refused. What ended stays
        // so.
        if !request.is_closed() {
            return Ok(Some(Err(Rejection::NotClosed)));
        }
        let at_once = request.erased || !self.is_escalated(&request).await?;
        if at_once && !request.erased {
            self.tombstones.note(id).await.map_err(RecordError::Tombstone)?;
        }
        let ask = |_: &SupportRequest| Ok(Command::EraseEnded { reason, at_once });
        let Some(asked) = self.change_request(id, Actor::Staff(staff), ask).await? else { return Ok(None) };
        if at_once {
            self.keys.remove(&id);
            self.tombstones.lock().remove(&id);
        }
        Ok(Some(asked.map(|change| match &change.request.phase {
            Phase::Closed { closed, .. } if !at_once => closed.erase_at.unwrap_or_else(clock::now) + DEFERRED,
            _ => clock::now(),
        })))
    }

    async fn erase_noted(&self, id: RequestId, actor: Actor) -> Result<bool, RecordError> {
        let done = self.change_request(id, actor, |_| Ok::<_, Rejection>(Command::Erase)).await?;
        self.keys.remove(&id);
        Ok(done.is_some())
    }

    /// Erases what the tombstone file lists and the ledger still has: a backup was restored. Says how many.
    pub async fn replay_tombstones(&self, actor: Actor) -> Result<usize, RecordError> {
        let mut erased = 0;
        for id in self.tombstones.all().await.map_err(RecordError::Tombstone)? {
            let is_readable = self.ledger.key(StreamId::request(id)).await?.is_some();
            if is_readable && self.erase_noted(id, actor).await? {
                erased += 1;
            }
        }
        Ok(erased)
    }
}

/// The file that lists erased requests, one a line.
#[derive(Debug)]
pub(super) struct Tombstones {
    path: PathBuf,
    /// Those noted here whose erasure has not succeeded yet: they need no second line.
    noted: Mutex<HashSet<RequestId>>,
}

impl Tombstones {
    pub(super) fn at(path: PathBuf) -> Self {
        Self { path, noted: Mutex::default() }
    }

    async fn note(&self, id: RequestId) -> std::io::Result<()> {
        if self.lock().contains(&id) {
            return Ok(());
        }
        let path = self.path.clone();
        unblocked(move || note(&path, id)).await?;
        self.lock().insert(id);
        Ok(())
    }

    async fn all(&self) -> std::io::Result<Vec<RequestId>> {
        let path = self.path.clone();
        unblocked(move || erased(&path)).await
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<RequestId>> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn unblocked<T: Send + 'static>(run: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> std::io::Result<T> {
    tokio::task::spawn_blocking(run).await.unwrap_or_else(|error| Err(std::io::Error::other(error)))
}

fn note(path: &Path, id: RequestId) -> std::io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    // At once, so that the lines of two processes cannot mix.
    file.write_all(format!("{id}\n").as_bytes())?;
    file.sync_all()?;
    // The name of a file outlives a power cut once its folder was synced.
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// The requests that a tombstone file lists. A line that was cut off by a crash is passed over, and the next begins behind it: what
/// counts is the end of each line.
pub fn erased(path: &Path) -> std::io::Result<Vec<RequestId>> {
    const LENGTH: usize = 36;
    let mut bytes = Vec::new();
    match File::open(path) {
        Ok(mut file) => file.read_to_end(&mut bytes)?,
        Err(error) if error.kind() == ErrorKind::NotFound => 0,
        Err(error) => return Err(error),
    };
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let ids = lines.filter_map(|line| std::str::from_utf8(line.last_chunk::<LENGTH>()?).ok()?.parse().ok());
    Ok(ids.collect())
}

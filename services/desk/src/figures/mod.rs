//! How long people waited in the last days, and who took how many conversations: read from the record when somebody asks,
//! and read on from there the next time.

mod digest; // what is kept of each request, and what follows from it

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;
use wideawake_domain::{Pool, StaffId, StreamKind};
use wideawake_runtime::{Cursor, Record, RecordError, clock};

use digest::Digest;
pub(crate) use digest::{Day, Figure, Tier};

/// How far back figures go. A week of a staff member is never longer ago.
pub(crate) const BACK: TimeDelta = TimeDelta::days(8);

/// How many events are read at once.
const PAGE: usize = 1_000;

/// How long figures count as fresh: pages are not what wears the record out.
const FRESH: TimeDelta = TimeDelta::seconds(10);

/// What is known so far. One caller reads, others wait for them.
#[derive(Debug, Default)]
pub(crate) struct Figures(Mutex<Option<Known>>);

#[derive(Debug)]
struct Known {
    digest: Digest,
    cursor: Cursor,
    read_at: DateTime<Utc>,
}

impl Figures {
    /// How many conversations came to `staff` since a moment of the last days.
    pub(crate) async fn taken(
        &self,
        record: &Record,
        staff: StaffId,
        since: DateTime<Utc>,
    ) -> Result<usize, RecordError> {
        self.with(record, |digest| digest.taken(staff, since)).await
    }

    /// How long those waited who asked in these pools on each of these days, by priority. `days` are the moments at which
    /// they begin, and the end of the last.
    pub(crate) async fn days(
        &self,
        record: &Record,
        pools: &[Pool],
        days: &[DateTime<Utc>],
    ) -> Result<Vec<Day>, RecordError> {
        self.with(record, |digest| digest.days(pools, days)).await
    }

    async fn with<T>(&self, record: &Record, look: impl FnOnce(&Digest) -> T) -> Result<T, RecordError> {
        let mut known = self.0.lock().await;
        let now = clock::now();
        let fresh = match known.take() {
            Some(mut known) => {
                if now - known.read_at >= FRESH {
                    read_on(record, &mut known).await?;
                    known.digest.forget(now - BACK);
                    known.read_at = now;
                }
                known
            }
            None => first(record, now).await?,
        };
        let known = known.insert(fresh);
        Ok(look(&known.digest))
    }
}

async fn first(record: &Record, now: DateTime<Utc>) -> Result<Known, RecordError> {
    let cursor = record.ledger().end().await?;
    let mut digest = Digest::default();
    for pool in &record.settings().pools {
        for fact in record.ledger().open(pool, StreamKind::Request, now - BACK).await?.0 {
            digest.apply(&fact);
        }
    }
    let mut known = Known { digest, cursor, read_at: now };
    read_on(record, &mut known).await?;
    known.digest.forget(now - BACK);
    Ok(known)
}

async fn read_on(record: &Record, known: &mut Known) -> Result<(), RecordError> {
    loop {
        let (facts, cursor) = record.ledger().tail(Some(&known.cursor), PAGE).await?;
        known.cursor = cursor;
        for fact in &facts {
            known.digest.apply(fact);
        }
        if facts.len() < PAGE {
            return Ok(());
        }
    }
}

//! Destroyed keys, out of the files of the database.
//!
//! A deleted row stays in its page, and longer than a `VACUUM`: that frees the room and leaves the bytes. So the rest of its
//! table is written anew (`forget_1`). The tables where that is to be done are noted in the transaction that destroys, so
//! that whoever opens the ledger after a crash does it.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::connections::Connections;
use super::failure::Failure;
use crate::LedgerError;

/// Whoever destroyed a key is answered after so long at the latest; it is then still being tried.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two tries, while somebody uses the table.
const PAUSE: Duration = Duration::from_millis(300);

#[derive(Clone)]
pub(super) struct Forgetting {
    asks: mpsc::UnboundedSender<oneshot::Sender<()>>,
}

impl Forgetting {
    pub(super) fn start(connections: Arc<Connections>) -> Self {
        let (asks, inbox) = mpsc::unbounded_channel();
        tokio::spawn(run(connections, inbox));
        let forgetting = Self { asks };
        // What a process left undone that is no more.
        drop(forgetting.ask());
        forgetting
    }

    /// Asks at once, and returns when what is destroyed now is gone, or will be later because somebody reads it.
    pub(super) fn done(&self) -> impl Future<Output = ()> + Send + 'static {
        let answer = self.ask();
        async move {
            // Nobody is there to answer when the ledger is being dropped.
            let _ = answer.await;
        }
    }

    fn ask(&self) -> oneshot::Receiver<()> {
        let (reply, answer) = oneshot::channel();
        // Nobody is there to ask when the ledger is being dropped.
        let _ = self.asks.send(reply);
        answer
    }
}

/// Whether nothing is left to be forgotten.
pub(super) async fn is_done(connections: &Connections) -> Result<bool, LedgerError> {
    let mut conn = connections.house().await?;
    let left = conn.query("SELECT 1 FROM wideawake.forgetting LIMIT 1", &[]).await?;
    Ok(left.is_empty())
}

async fn run(connections: Arc<Connections>, mut inbox: mpsc::UnboundedReceiver<oneshot::Sender<()>>) {
    let mut asked = Vec::new();
    while inbox.recv_many(&mut asked, usize::MAX).await > 0 {
        let until = Instant::now() + PATIENCE;
        while let Err(failure) = all(&connections).await {
            if Instant::now() >= until {
                tracing::warn!(
                    why = LedgerError::from(failure).to_string(),
                    "a destroyed key is still in the files of the database; this is tried again"
                );
                // Without an answer to wait for; and not for ever when nobody is left who could ask again.
                asked.clear();
                if inbox.is_closed() {
                    return;
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
        // Whoever waits sees that their question is gone.
        asked.clear();
    }
}

async fn all(connections: &Connections) -> Result<(), Failure> {
    let mut conn = connections.house().await?;
    let buckets = conn.query("SELECT DISTINCT bucket FROM wideawake.forgetting ORDER BY bucket", &[]).await?;
    let mut outcome = Ok(());
    for row in buckets {
        let bucket: i32 = row.get(0);
        if let Err(failure) = conn.query("SELECT wideawake.forget_1($1)", &[&bucket]).await {
            if !failure.leaves_a_connection() {
                return Err(failure);
            }
            outcome = Err(failure);
        }
    }
    outcome
}

//! Whether a ledger still holds the history that somebody outside has kept the checkpoints of.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, BufRead};

use wideawake_domain::{StreamId, Version};
use wideawake_ledger::{CHECKPOINTS, Ledger, LedgerError, checkpoint_streams};

use super::{PublicKey, Signed};

/// A line has no more bytes.
const LINE: u64 = 4_096;

/// So many lines that do not hold are listed; the rest are counted.
pub const MOST: usize = 100;

/// So many streams are named in which the difference may be.
const NAMED: usize = 20;

/// So many checkpoints are looked through for them.
const LOOKED_THROUGH: usize = 1_000;

/// What a comparison came to.
#[derive(Debug, Default)]
pub struct Judgement {
    /// How many lines were read.
    pub lines: u64,
    /// The newest kept checkpoint that the ledger still holds: up to it nothing was changed.
    pub holds: Option<Signed>,
    /// What does not hold; at most a hundred.
    pub broken: Vec<Broken>,
    /// How many more lines do not hold.
    pub more: u64,
    /// The first kept checkpoint that no longer holds.
    pub first: Option<Signed>,
    /// Streams that changed, by the ledger as it is now, between the last that holds before it and that one; at most twenty.
    pub suspects: Vec<StreamId>,
}

/// A line that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which, from 1.
    pub line: u64,
    /// Why not.
    pub problem: Problem,
}

/// Why a line does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is something else.
    #[error("is no signed checkpoint")]
    Unreadable,
    /// It is not what was signed.
    #[error("was changed since it was signed")]
    Forged,
    /// Anybody can sign.
    #[error("is signed by a key that is not known here; name it with --key if it is yours")]
    Stranger,
    /// The ledger ends before it, or the checkpoint was cut out.
    #[error(
        "says that there was checkpoint {0}, and the ledger has none: its end was cut off, or it is another ledger"
    )]
    Missing(Version),
    /// The ledger says something else happened.
    #[error("has another hash for checkpoint {0} than the ledger: what happened before it was rewritten since")]
    Rewritten(Version),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} {}", self.line, self.problem)
    }
}

impl Judgement {
    /// Whether something was kept, and all of it holds.
    pub fn is_clean(&self) -> bool {
        self.broken.is_empty() && self.holds.is_some()
    }

    fn breaks(&mut self, problem: Problem) {
        if self.broken.len() < MOST {
            self.broken.push(Broken { line: self.lines, problem });
        } else {
            self.more += 1;
        }
    }
}

/// Why there is no judgement.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// What was kept cannot be read.
    #[error("what was kept cannot be read")]
    Kept(#[from] io::Error),
    /// The ledger cannot be read.
    #[error("the ledger cannot be read")]
    Ledger(#[from] LedgerError),
}

/// Holds what was kept, one signed checkpoint a line, against a ledger. That says something of the history before them only
/// if the hashes and checkpoints of the ledger itself are in order, which its `verify` tells.
pub async fn hold(ledger: &dyn Ledger, mut kept: impl BufRead, trusted: &[PublicKey]) -> Result<Judgement, HoldError> {
    let mut judgement = Judgement::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        if io::Read::take(&mut kept, LINE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        judgement.lines += 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let signed = std::str::from_utf8(&line).ok().and_then(|line| line.trim().parse::<Signed>().ok());
        match judge(ledger, signed.as_ref(), trusted).await? {
            Some(problem) => {
                if let (Problem::Rewritten(_) | Problem::Missing(_), Some(signed)) = (problem, signed)
                    && judgement.first.as_ref().is_none_or(|first| signed.checkpoint < first.checkpoint)
                {
                    judgement.first = Some(signed);
                }
                judgement.breaks(problem);
            }
            None => {
                let newest = judgement.holds.take().into_iter().chain(signed);
                judgement.holds = newest.max_by_key(|signed| signed.checkpoint);
            }
        }
    }
    if let Some(first) = &judgement.first {
        let last = judgement.holds.as_ref().map_or(Version::NONE, |holds| holds.checkpoint);
        judgement.suspects = suspects(ledger, last.min(first.checkpoint), first.checkpoint).await?;
    }
    Ok(judgement)
}

async fn judge(
    ledger: &dyn Ledger,
    signed: Option<&Signed>,
    trusted: &[PublicKey],
) -> Result<Option<Problem>, LedgerError> {
    let Some(signed) = signed else { return Ok(Some(Problem::Unreadable)) };
    match signed.signer() {
        None => return Ok(Some(Problem::Forged)),
        Some(signer) if !trusted.contains(&signer) => return Ok(Some(Problem::Stranger)),
        Some(_) => {}
    }
    let before = Version(signed.checkpoint.0.saturating_sub(1));
    let there = ledger.read(CHECKPOINTS, before, 1).await?;
    Ok(match there.first() {
        Some(event) if signed.is(event) => None,
        Some(event) if event.version == signed.checkpoint => Some(Problem::Rewritten(signed.checkpoint)),
        _ => Some(Problem::Missing(signed.checkpoint)),
    })
}

/// The streams of the checkpoints behind `after` up to `until`.
async fn suspects(ledger: &dyn Ledger, after: Version, until: Version) -> Result<Vec<StreamId>, LedgerError> {
    let (mut streams, mut after) = (BTreeSet::new(), after);
    for _ in 0..LOOKED_THROUGH {
        // One at a time: each may name thousands of streams.
        let events = ledger.read(CHECKPOINTS, after, 1).await?;
        let Some(event) = events.first().filter(|event| event.version <= until) else { break };
        after = event.version;
        streams.extend(checkpoint_streams(event));
        if streams.len() >= NAMED {
            break;
        }
    }
    Ok(streams.into_iter().take(NAMED).collect())
}

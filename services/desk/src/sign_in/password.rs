//! Which passwords are taken, and hashing them: argon2id, off the threads that answer calls, so many at once and no more.

use std::path::Path;
use std::time::Duration;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use wideawake_runtime::http::parse::Refusal;
use wideawake_runtime::http::{Kind, Problem};
use wideawake_runtime::tokens;
use zeroize::Zeroizing;

/// NIST SP 800-63B-4: at least 15 characters where a password is all there is, 8 beside a second factor. One rule is easier
/// to remember.
pub(super) const SHORTEST: usize = 12;

/// Long enough for any phrase, short enough to hash.
pub(super) const LONGEST: usize = 200;

/// What OWASP asks of argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// How many are hashed at once for browsers that were never here, and for those that were: strangers who guess keep nobody
/// else waiting.
const AT_ONCE: usize = 2;

/// How long somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many wait.
const QUEUE: usize = 64;

/// What no password fits, at the price of one that could.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Somebody signed in from this browser before.
    Known,
    /// Anybody.
    Stranger,
}

/// Where passwords are hashed.
#[derive(Debug)]
pub(crate) struct Kitchen {
    known: Semaphore,
    strangers: Semaphore,
    queue: Semaphore,
}

impl Default for Kitchen {
    fn default() -> Self {
        Self { known: Semaphore::new(AT_ONCE), strangers: Semaphore::new(AT_ONCE), queue: Semaphore::new(QUEUE) }
    }
}

fn argon2() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

impl Kitchen {
    /// The hash of a password, as a PHC string.
    pub(super) async fn hash(&self, password: Zeroizing<String>) -> Result<String, Problem> {
        let salt = tokens::random::<16>();
        let hash = self.turn(Turn::Stranger, move || {
            let hash = argon2()?.hash_password_with_salt(password.as_bytes(), &salt).ok()?;
            Some(hash.to_string())
        });
        hash.await?.ok_or_else(|| Kind::Internal.into())
    }

    /// Whether the password is the one of the hash. Without a hash it is not, and takes as long.
    pub(super) async fn fits(
        &self,
        turn: Turn,
        password: Zeroizing<String>,
        hash: Option<String>,
    ) -> Result<bool, Problem> {
        self.turn(turn, move || {
            let wanted = hash.as_deref().unwrap_or(NOBODYS);
            let fits = argon2().is_some_and(|argon2| argon2.verify_password(password.as_bytes(), wanted).is_ok());
            fits && hash.is_some()
        })
        .await
    }

    async fn turn<T: Send + 'static>(
        &self,
        turn: Turn,
        cook: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let busy = || Problem::new(Kind::Unavailable).detail("too many sign in at this moment").retry_after(PATIENCE);
        let stove = match turn {
            Turn::Known => &self.known,
            Turn::Stranger => &self.strangers,
        };
        let _queue = if turn == Turn::Stranger { Some(self.queue.try_acquire().map_err(|_| busy())?) } else { None };
        let place = tokio::time::timeout(PATIENCE, stove.acquire()).await;
        let Ok(Ok(_place)) = place else { return Err(busy()) };
        tokio::task::spawn_blocking(cook).await.map_err(|_| Kind::Internal.into())
    }
}

/// A password as it is compared: so many characters of any kind, whitespace and all. No rule asks for digits or signs:
/// they make passwords harder to keep and not to guess.
pub(super) fn parse(value: &serde_json::Value) -> Result<Zeroizing<String>, Refusal> {
    let text = value.as_str().ok_or("must be a string")?;
    if (SHORTEST..=LONGEST).contains(&text.chars().count()) {
        Ok(Zeroizing::new(text.to_owned()))
    } else {
        Err(format!("must have {SHORTEST} to {LONGEST} characters").into())
    }
}

/// A password that somebody presents, of whatever length it may be.
pub(super) fn presented(value: &serde_json::Value) -> Result<Zeroizing<String>, Refusal> {
    let text = value.as_str().ok_or("must be a string")?;
    if text.chars().count() <= LONGEST {
        Ok(Zeroizing::new(text.to_owned()))
    } else {
        Err(format!("must have at most {LONGEST} characters").into())
    }
}

/// Why a password is not taken, if it is not.
pub(super) async fn weakness(
    breached: Option<&Path>,
    password: &str,
    name: &str,
) -> Result<Option<&'static str>, Problem> {
    let lower = password.to_lowercase();
    if lower.contains(name) && password.chars().count() < name.chars().count() + SHORTEST {
        return Ok(Some("must be more than the name it belongs to"));
    }
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < 5 {
        return Ok(Some("must have more different characters"));
    }
    let Some(folder) = breached else { return Ok(None) };
    let (folder, hash) = (folder.to_owned(), tokens::sha1_hex(password.as_bytes()));
    let found = tokio::task::spawn_blocking(move || is_breached(&folder, &hash)).await;
    match found {
        Ok(Ok(true)) => Ok(Some("is on a list of passwords that attackers try; choose another")),
        Ok(Ok(false)) => Ok(None),
        Ok(Err(error)) => {
            tracing::error!(%error, "the breached passwords in `sign_in.breached_passwords` cannot be read");
            Err(Kind::Unavailable.into())
        }
        Err(_) => Err(Kind::Internal.into()),
    }
}

/// Whether the hash is in the file of its range: `<first five>.txt`, each line the other 35 digits, a colon and a count.
fn is_breached(folder: &Path, hash: &str) -> std::io::Result<bool> {
    let (range, rest) = hash.split_at(5);
    let text = std::fs::read_to_string(folder.join(format!("{range}.txt")))?;
    let known = |line: &str| line.split(':').next().is_some_and(|known| known.trim().eq_ignore_ascii_case(rest));
    Ok(text.lines().any(known))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_and_nobody_elses() {
        let kitchen = Kitchen::default();
        let word = |text: &str| Zeroizing::new(text.to_owned());
        let hash = kitchen.hash(word("correct horse battery")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let fits = async |text, hash| kitchen.fits(Turn::Stranger, word(text), hash).await.unwrap();
        assert!(fits("correct horse battery", Some(hash.clone())).await);
        assert!(!fits("correct horse batterz", Some(hash.clone())).await);
        assert!(!fits("correct horse battery", None).await);
        assert_ne!(hash, kitchen.hash(word("correct horse battery")).await.unwrap(), "each has a salt of its own");
        // The hash that is nobody's is one that can be compared with: it takes as long.
        assert!(argon2::password_hash::phc::PasswordHash::new(NOBODYS).is_ok());
    }

    #[tokio::test]
    async fn a_password_that_attackers_know_or_anybody_guesses_is_not_taken() {
        let folder = tempfile::TempDir::new().unwrap();
        let hash = tokens::sha1_hex(b"correct horse battery");
        let file = folder.path().join(format!("{}.txt", &hash[..5]));
        std::fs::write(&file, format!("0000000000000000000000000000000000A:3\r\n{}:17\r\n", &hash[5..])).unwrap();
        let why = async |text: &str| weakness(Some(folder.path()), text, "robin").await;
        assert!(why("correct horse battery").await.unwrap().is_some());
        assert!(why("a range without a file").await.is_err(), "what cannot be looked up is not taken");
        assert!(weakness(None, "a range without a file", "robin").await.unwrap().is_none());
        assert!(weakness(None, "robin1234567", "robin").await.unwrap().is_some());
        assert!(weakness(None, "121212121212", "robin").await.unwrap().is_some());
    }

    #[tokio::test]
    async fn strangers_wait_in_line_and_whoever_was_here_before_does_not_wait_for_them() {
        let kitchen = Kitchen::default();
        let taken = kitchen.strangers.acquire_many(AT_ONCE as u32).await.unwrap();
        let queue = kitchen.queue.acquire_many(QUEUE as u32).await.unwrap();
        let word = || Zeroizing::new("whatever it may be".to_owned());
        let refused = kitchen.fits(Turn::Stranger, word(), None).await.map_err(|problem| problem.kind());
        assert_eq!(refused, Err(Kind::Unavailable));
        assert_eq!(kitchen.fits(Turn::Known, word(), None).await, Ok(false));
        drop((taken, queue));
        assert_eq!(kitchen.fits(Turn::Stranger, word(), None).await, Ok(false));
    }
}

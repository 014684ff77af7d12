//! Taking changed rules and policies while everything runs: on SIGHUP the files are read again. A book that is right replaces
//! the one before as a whole; one that is not changes nothing, and every mistake in it is told.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use wideawake_domain::rules::Shelf;

use crate::config::{BookErrors, BookFiles};
use crate::telemetry::Metrics;

/// So many mistakes are told one by one.
const TOLD: usize = 100;

/// Hears SIGHUP from now on; before that it would end the process.
pub fn hear() -> std::io::Result<Signal> {
    signal(SignalKind::hangup())
}

/// Reads the files again at each SIGHUP, until `shutdown`.
pub async fn follow(
    mut hangups: Signal,
    files: BookFiles,
    shelf: Shelf,
    metrics: Metrics,
    shutdown: CancellationToken,
) {
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            hangup = hangups.recv() => if hangup.is_none() { return },
        }
        let (files, shelf, metrics) = (files.clone(), shelf.clone(), metrics.clone());
        // Only a panic, which the hook has reported, is an error here; the book stays as it was.
        let _ = tokio::task::spawn_blocking(move || again(&files, &shelf, &metrics)).await;
    }
}

/// Reads the files, and puts what they say on the shelf if all of it is right. Tells what came of it.
pub fn again(files: &BookFiles, shelf: &Shelf, metrics: &Metrics) {
    match read(files, shelf) {
        Ok(version) => {
            metrics.rules_read(true);
            tracing::info!(version, "the rules and policies were read again");
        }
        Err(errors) => {
            metrics.rules_read(false);
            let lines = errors.lines();
            for mistake in lines.iter().take(TOLD) {
                tracing::error!(mistake, "a mistake in the rules or policies");
            }
            let mistakes = lines.len();
            tracing::error!(
                mistakes,
                "the rules and policies stay as they were, because there are mistakes in the files"
            );
        }
    }
}

/// The same, without telling. Gives the version of the new rules.
pub fn read(files: &BookFiles, shelf: &Shelf) -> Result<String, BookErrors> {
    let book = files.load()?;
    let version = book.rules.version.clone();
    shelf.replace(book);
    Ok(version)
}

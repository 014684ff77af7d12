//! Writing the newest checkpoint down now and then, where whoever can change the ledger had better not reach.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use wideawake_domain::Version;

use super::newest;
use crate::Record;

/// How soon it is tried again when it could not be written.
const AGAIN: Duration = Duration::from_mins(1);

/// Appends the newest checkpoint, signed, to `file` every so often until `stop`, if there is a newer one than the last time.
/// Several processes may do so, each to a file of its own.
pub async fn write_down(record: Arc<Record>, file: PathBuf, every: Duration, stop: CancellationToken) {
    let mut last = Version::NONE;
    loop {
        let pause = match once(&record, &file, last).await {
            Ok(Some(version)) => {
                if last == Version::NONE {
                    info!(file = %file.display(), "signed checkpoints are written down");
                }
                last = version;
                every
            }
            // There is none yet, or nothing happened.
            Ok(None) => every.min(AGAIN),
            Err(error) => {
                warn!(%error, file = %file.display(), "a signed checkpoint could not be written down; trying again");
                every.min(AGAIN)
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// The version that was written; `None`: there is none newer than `last`.
async fn once(record: &Record, file: &Path, last: Version) -> io::Result<Option<Version>> {
    let newest = newest(record.ledger(), record.vault()).await.map_err(io::Error::other)?;
    let Some(signed) = newest.filter(|signed| signed.checkpoint > last) else { return Ok(None) };
    let (version, file, line) = (signed.checkpoint, file.to_owned(), format!("{signed}\n"));
    let written = tokio::task::spawn_blocking(move || append(&file, &line)).await;
    written.unwrap_or_else(|error| Err(io::Error::other(error))).map(|()| Some(version))
}

fn append(file: &Path, line: &str) -> io::Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut open = OpenOptions::new().create(true).append(true).read(true).open(file)?;
    // What a full disk or a power cut left of a line must not spoil the next.
    let is_torn = open.metadata()?.len() > 0 && {
        let mut last = [0];
        open.seek(SeekFrom::End(-1))?;
        open.read_exact(&mut last)?;
        last != *b"\n"
    };
    let line = if is_torn { format!("\n{line}") } else { line.to_owned() };
    // At once, so that the lines of two processes cannot mix.
    open.write_all(line.as_bytes())?;
    open.sync_all()?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_torn_line_does_not_spoil_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kept/lines");
        append(&file, "one\n").unwrap();
        std::fs::write(&file, "one\ntw").unwrap();
        append(&file, "three\n").unwrap();
        append(&file, "four\n").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "one\ntw\nthree\nfour\n");
    }
}

//! `[proof]`: where signed checkpoints are written down.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::reader::{Reader, Table};

/// There is one a minute; more often than this nobody can mean.
const SHORTEST: Duration = Duration::from_secs(1);

/// Where signed checkpoints are written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The file that they are appended to; `None`: they are not.
    pub file: Option<PathBuf>,
    /// How often.
    pub every: Duration,
}

pub(super) fn read(reader: &Reader<'_>, root: &mut Table, base: &Path) -> Proof {
    let mut table = reader.table(root, "proof");
    let file = reader.get(&mut table, "file", |spot| {
        let wanted = "write the path of a file such as \"/mnt/elsewhere/checkpoints.jsonl\", or \"\" for none";
        let path = spot.text(wanted)?;
        if path.contains('\0') || path.ends_with('/') { spot.wrong(wanted) } else { Some(path) }
    });
    let every = reader.get(&mut table, "every", |spot| {
        let every = spot.duration("leave file empty to write none down")?.to_std().ok()?;
        if every < SHORTEST { spot.wrong("write \"1s\" or more") } else { Some(every) }
    });
    reader.done(table);
    Proof {
        file: file.filter(|file| !file.is_empty()).map(|file| base.join(file)),
        every: every.unwrap_or(Duration::from_hours(1)),
    }
}

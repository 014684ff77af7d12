//! The real program, killed at a chosen moment: see `killer.c`, which is loaded into it.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::Chance;
use crate::binary::workspace;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Each sync of a file or of the folder.
    Sync,
    /// Each write and truncation as well.
    Any,
    /// Each time that a file is emptied. After it means before the first write that follows.
    Emptying,
}

/// When it dies, and how.
#[derive(Clone, Copy, Debug)]
pub struct Kill {
    pub moment: Moment,
    /// From one, since it was started.
    pub number: u64,
    /// Right after it rather than right before it.
    pub after: bool,
    /// A power cut, which takes what was not synced: with this seed, which is not 0.
    pub cut: Option<u64>,
}

/// The library that kills. Dropping it removes it.
pub struct Killer {
    library: PathBuf,
    _folder: TempDir,
}

impl Killer {
    /// Compiles it.
    ///
    /// # Panics
    /// When there is no C compiler.
    pub fn compile() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let (library, source) =
            (folder.path().join("killer.so"), workspace().join("tests/acceptance/src/killer/killer.c"));
        let mut cc = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()));
        cc.args(["-shared", "-fPIC", "-O1", "-pthread", "-o"]).arg(&library).arg(source);
        assert!(cc.status().expect("there is a C compiler").success(), "{cc:?} failed");
        Self { library, _folder: folder }
    }

    /// The program that `command` starts will die so, by what it does in `data`.
    pub fn arm(&self, command: &mut Command, data: &Path, kill: &Kill) {
        let Kill { moment, number, after, cut } = kill;
        let moment = match moment {
            Moment::Sync => "sync",
            Moment::Any => "any",
            Moment::Emptying => "emptying",
        };
        let side = if *after { "after" } else { "before" };
        command.env("LD_PRELOAD", &self.library).env("KILLER_FOLDER", data);
        command.env("KILLER_AT", format!("{moment} {number} {side} {}", cut.unwrap_or(0)));
    }
}

impl Kill {
    /// A power cut with a new seed.
    #[must_use]
    pub fn as_power_cut(self, chance: &mut Chance) -> Self {
        Self { cut: Some(chance.below(u64::from(u32::MAX)) + 1), ..self }
    }
}

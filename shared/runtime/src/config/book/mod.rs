//! The rulebook: `rules.toml`, `policies.toml` and the lexicons read together, when a process starts and whenever it is told to.

use std::fmt;
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use wideawake_domain::rules::Rulebook;
use wideawake_domain::settings::Line;

use super::error::{ConfigErrors, Mistakes};
use super::source::{self, Node};
use super::{lexicons, policies, rules};
use crate::tokens::hash_token;

/// The rules that are built in, for whom has none.
pub const BUILT_IN_RULES: &str = include_str!("../../../../../config/rules.toml");
/// The policies that are built in.
pub const BUILT_IN_POLICIES: &str = include_str!("../../../../../config/policies.toml");

/// The names of the files. Where a file of this name does not exist, what is built in holds.
pub(super) const RULES: &str = "rules.toml";
pub(super) const POLICIES: &str = "policies.toml";

/// The longest file, in bytes.
const LONGEST: u64 = 1 << 20;

/// Where the parts of the rulebook stand, and what they may name.
#[derive(Clone, Debug)]
pub struct BookFiles {
    /// The rules.
    pub rules: PathBuf,
    /// The policies.
    pub policies: PathBuf,
    /// The folder in which `lexicons/` lies.
    pub base: PathBuf,
    /// What members turn to.
    pub lines: Vec<Line>,
}

/// Everything that is wrong with a rulebook: a line for each mistake, file by file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookErrors(pub Vec<ConfigErrors>);

impl fmt::Display for BookErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, errors) in self.0.iter().enumerate() {
            f.write_str(if index > 0 { "\n" } else { "" })?;
            write!(f, "{errors}")?;
        }
        Ok(())
    }
}

impl std::error::Error for BookErrors {}

impl BookErrors {
    /// Each mistake on its line.
    pub fn lines(&self) -> Vec<String> {
        self.to_string().lines().map(ToOwned::to_owned).collect()
    }
}

impl BookFiles {
    /// Reads the files as they are now. A file of the usual name that does not exist is stood in for by what is built in.
    pub fn load(&self) -> Result<Rulebook, BookErrors> {
        let rules = read(&self.rules, RULES, BUILT_IN_RULES);
        let policies = read(&self.policies, POLICIES, BUILT_IN_POLICIES);
        let lexicons = lexicons(&self.base);
        let book = match (rules, policies) {
            (Ok(rules), Ok(policies)) => parse(&rules, &policies, &self.lines),
            (rules, policies) => Err(BookErrors(rules.err().into_iter().chain(policies.err()).collect())),
        };
        match (book, lexicons) {
            (Ok(book), Ok(lexicons)) => Ok(Rulebook { lexicons, ..book }),
            (book, lexicons) => {
                let of_book = book.err().map(|errors| errors.0).unwrap_or_default();
                Err(BookErrors(of_book.into_iter().chain(lexicons.err().unwrap_or_default()).collect()))
            }
        }
    }
}

/// A file that was read: what it is called in messages, and its text.
struct BookFile {
    name: String,
    text: String,
}

fn read(path: &Path, usual: &str, built_in: &str) -> Result<BookFile, ConfigErrors> {
    let name = path.display().to_string();
    let errors = |wanted: String| ConfigErrors::at(&name, None, wanted);
    match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && path.file_name().is_some_and(|file| file == usual) => {
            return Ok(BookFile { name: format!("{usual} (built in)"), text: built_in.to_owned() });
        }
        Ok(data) if data.len() > LONGEST => {
            return Err(errors(format!("has {} bytes; write at most {LONGEST}", data.len())));
        }
        _ => {}
    }
    let bytes = std::fs::read(path).map_err(|error| errors(format!("cannot be read ({error})")))?;
    text(&name, bytes).map(|text| BookFile { name: name.clone(), text })
}

/// The bytes of a file as text.
fn text(name: &str, bytes: Vec<u8>) -> Result<String, ConfigErrors> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count();
        ConfigErrors::at(name, Some(line), "this is not UTF-8; save the file as UTF-8".to_owned())
    })
}

/// Reads both, or says everything that is wrong with either.
fn parse(rules: &BookFile, policies: &BookFile, lines: &[Line]) -> Result<Rulebook, BookErrors> {
    let mistakes = Mistakes::default();
    let root = tree(policies, &mistakes);
    let known = policies::read(root, &mistakes, lines);
    let wrong_policies = mistakes.none(&policies.name).err();
    let mistakes = Mistakes::default();
    let root = tree(rules, &mistakes);
    let known = rules::Known { policies: &known, lines };
    let set = rules::read(root, &mistakes, &known, version(&rules.text));
    let wrong_rules = mistakes.none(&rules.name).err();
    let wrong: Vec<_> = wrong_rules.into_iter().chain(wrong_policies).collect();
    if wrong.is_empty() {
        Ok(Rulebook { rules: set, policies: known.policies.clone(), ..Rulebook::default() })
    } else {
        Err(BookErrors(wrong))
    }
}

fn tree(file: &BookFile, mistakes: &Mistakes) -> Node {
    source::read(&file.text, std::iter::empty(), mistakes)
}

/// The version of a file of rules: the first 16 hexadecimal digits of its SHA-256.
fn version(text: &str) -> String {
    let hash = URL_SAFE_NO_PAD.decode(hash_token(text)).unwrap_or_default();
    hash.iter().take(8).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod broken;
#[cfg(test)]
mod tests;

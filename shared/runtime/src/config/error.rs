//! What is wrong with a configuration, and where.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::sync::Arc;

/// Where a value stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In the file, on this line.
    Line(usize),
    /// In the file, nowhere in particular.
    File,
    /// In this variable of the environment.
    Variable(Arc<str>),
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub place: Place,
    /// The key, such as `dispatch.presence_grace`; empty if it concerns none.
    pub key: String,
    /// The value as it was written, unless it is secret.
    pub value: Option<String>,
    /// What would be accepted.
    pub wanted: String,
}

/// Everything that is wrong with a configuration: a line for each mistake, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors {
    /// The file.
    pub file: String,
    /// At least one.
    pub mistakes: Vec<Mistake>,
}

impl ConfigErrors {
    pub(super) fn unreadable(file: &str, error: &io::Error) -> Self {
        let wanted = format!("cannot be read ({error}); name another with --config");
        let mistake = Mistake { place: Place::File, key: String::new(), value: None, wanted };
        Self { file: file.to_owned(), mistakes: vec![mistake] }
    }

    /// One mistake of a file as a whole, or of one line.
    pub(super) fn at(file: &str, line: Option<usize>, wanted: String) -> Self {
        let place = line.map_or(Place::File, Place::Line);
        Self { file: file.to_owned(), mistakes: vec![Mistake { place, key: String::new(), value: None, wanted }] }
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.mistakes.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            let Mistake { place, key, value, wanted } = mistake;
            match (place, key.as_str()) {
                (Place::Line(line), "") => write!(f, "{}:{line}", self.file)?,
                (Place::Line(line), key) => write!(f, "{}:{line}: {key}", self.file)?,
                (Place::File, "") => f.write_str(&self.file)?,
                (Place::File, key) => write!(f, "{}: {key}", self.file)?,
                (Place::Variable(name), _) => f.write_str(name)?,
            }
            if let Some(value) = value {
                write!(f, " = {value}")?;
            }
            write!(f, ": {wanted}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

/// Where mistakes are gathered.
#[derive(Debug, Default)]
pub(super) struct Mistakes(RefCell<Vec<Mistake>>);

impl Mistakes {
    pub(super) fn add(&self, place: Place, key: &str, value: Option<String>, wanted: impl Into<String>) {
        let mistake = Mistake { place, key: key.to_owned(), value, wanted: wanted.into() };
        self.0.borrow_mut().push(mistake);
    }

    /// Whether there was none.
    pub(super) fn none(self, file: &str) -> Result<(), ConfigErrors> {
        let mut mistakes = self.0.into_inner();
        if mistakes.is_empty() {
            return Ok(());
        }
        mistakes.sort_by(|a, b| (&a.place, &a.key).cmp(&(&b.place, &b.key)));
        mistakes.dedup();
        Err(ConfigErrors { file: file.to_owned(), mistakes })
    }
}

//! What a rule asks: a CEL expression over [`Facts`], compiled once.

use super::Facts;

/// A condition, compiled.
#[derive(Clone, Debug)]
pub struct Condition {
    source: String,
}

/// The text is no condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadCondition(pub String);

/// A condition could not be worked out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unclear(pub String);

impl Condition {
    /// Compiles `source`.
    pub fn compile(source: &str) -> Result<Self, BadCondition> {
        Ok(Self { source: source.to_owned() })
    }

    /// As it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it holds.
    pub fn holds(&self, facts: &Facts) -> Result<bool, Unclear> {
        let _ = facts;
        self.source.parse().map_err(|_| Unclear("not understood yet".to_owned()))
    }
}

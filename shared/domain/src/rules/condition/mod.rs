//! What a rule asks: a CEL expression over [`Facts`], read and checked once, worked out as often as needed.
//!
//! Whoever writes a condition is told at once what is wrong with it: a fact that does not exist, a word that can never be,
//! a comparison that makes no sense. What is left can still fail for want of a fact (DESIGN section 8): that is
//! [`Unclear`], and a rule that makes things safer fires then.

mod check; // whether it asks something that can be answered
mod gate; // what phrases it cannot hold without
mod kind; // what facts there are, and what they can be
mod sample; // requests to try a condition on
mod scan; // whether it is short and flat enough to be read at all
mod values; // the facts, as CEL sees them

use std::sync::Arc;

use cel::common::types::CelBool;
use cel::parser::{Expression, Parser};
use cel::{ExecutionError, Value};

pub use kind::{CATEGORIES, FACTS, Fact, Kind, PHRASE};
pub use values::Sheet;

use super::Facts;

/// How much stack reading a condition may take. What [`scan`] lets through takes at most a third of it, in a build without
/// optimisation; the stack of a thread that serves calls would not do.
const STACK: usize = 32 << 20;

/// How deep expressions may nest while they are read. [`scan`] refuses before that.
const READ_DEPTH: u16 = 32;

/// So many mistakes of syntax are reported.
const SYNTAX_ERRORS: usize = 2;

/// A condition, compiled.
#[derive(Clone, Debug)]
pub struct Condition {
    source: Arc<str>,
    expression: Arc<Expression>,
    words: Arc<[(&'static str, String)]>,
    mentions: Arc<[&'static str]>,
    unclear_without: Arc<[&'static str]>,
    /// Categories without a phrase of which it does not hold.
    gate: Option<Arc<[String]>>,
}

/// The text is no condition; says why, and what would be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadCondition(pub String);

/// A condition could not be worked out. It names no fact's value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unclear(pub String);

impl Condition {
    /// The longest text, in Unicode scalars.
    pub const LONGEST: usize = 1_000;
    /// How deep macros such as `exists` may nest.
    pub const MACROS: usize = 4;
    /// The most elements of a list that is written out.
    pub const LIST: usize = 100;

    /// Reads and checks `source`.
    pub fn compile(source: &str) -> Result<Self, BadCondition> {
        scan::scan(source).map_err(BadCondition)?;
        let expression = read(source)?;
        let checked = check::check(&expression).map_err(|mistakes| BadCondition(mistakes.join("; ")))?;
        let gate = gate::gate(&expression).map(|gate| gate.into_iter().collect());
        let mut condition = Self {
            source: source.into(),
            gate,
            expression: Arc::new(expression),
            words: checked.words.into(),
            mentions: checked.mentions.into_iter().collect(),
            unclear_without: Arc::new([]),
        };
        condition.unclear_without = sample::try_out(&condition)?.into();
        Ok(condition)
    }

    /// As it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names that it compares a fact with and that only a configuration can know: the fact, such as `request.line`,
    /// and the name.
    pub fn words(&self) -> &[(&'static str, String)] {
        &self.words
    }

    /// Whether it asks about that fact, or about a part of it: `request`, `phrases`, `silent` …
    pub fn mentions(&self, fact: &str) -> bool {
        self.mentions.contains(&fact)
    }

    /// The facts without which it cannot be worked out, so that a rule which makes things safer fires whenever they are
    /// unknown.
    pub fn unclear_without(&self) -> &[&'static str] {
        &self.unclear_without
    }

    /// Whether it holds.
    pub fn holds(&self, facts: &Facts<'_>) -> Result<bool, Unclear> {
        self.holds_on(&Sheet::of(facts))
    }

    /// The same, on a sheet that other conditions are worked out on as well.
    pub fn holds_on(&self, sheet: &Sheet<'_>) -> Result<bool, Unclear> {
        if self.gate.as_ref().is_some_and(|gate| !sheet.has_phrase_of(gate)) {
            return Ok(false);
        }
        self.work_out(sheet)
    }

    fn work_out(&self, sheet: &Sheet<'_>) -> Result<bool, Unclear> {
        let context = sheet.context();
        let value = Value::resolve_val(&self.expression, &context).map_err(|error| Unclear(reason(&error)))?;
        let holds = value.downcast_ref::<CelBool>().map(|holds| *holds.inner());
        holds.ok_or_else(|| Unclear("what comes out is neither true nor false".to_owned()))
    }
}

/// Reads on a thread of its own, for its stack. A reader that panics has refused.
fn read(source: &str) -> Result<Expression, BadCondition> {
    let text = source.to_owned();
    let read = move || {
        Parser::new().max_recursion_depth(READ_DEPTH).error_recovery_limit(4).parse(&text).map_err(|errors| {
            let first = errors.errors.iter().take(SYNTAX_ERRORS);
            let messages: Vec<_> = first.map(|error| tidy(&error.msg, error.pos)).collect();
            BadCondition(format!("this cannot be read: {}", messages.join("; ")))
        })
    };
    let unread = || BadCondition("this cannot be read; write it more simply".to_owned());
    let reader = std::thread::Builder::new().name("condition".to_owned()).stack_size(STACK).spawn(read);
    let Ok(reader) = reader else {
        return Err(BadCondition("the system gives no thread to read it on; try again".to_owned()));
    };
    reader.join().unwrap_or_else(|_| Err(unread()))
}

/// One line, with the column where there is one.
fn tidy(message: &str, (_, column): (isize, isize)) -> String {
    let line = message.lines().next().unwrap_or_default();
    let line: String = line.chars().take(120).collect();
    if column > 0 { format!("{line} (column {column})") } else { line }
}

/// Why it could not be worked out, without any value in it.
fn reason(error: &ExecutionError) -> String {
    match error {
        ExecutionError::NoSuchOverload(overload) => {
            format!("{} cannot be used on {}", plain(overload.function()), overload.argument_types().join(" and "))
        }
        ExecutionError::UnexpectedType { got, want } => format!("there is {got} where {want} is needed"),
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => "it divides by zero".to_owned(),
        ExecutionError::Overflow(..) => "a number gets too large".to_owned(),
        ExecutionError::UnsupportedBinaryOperator(operator, ..) => {
            format!("{operator} cannot be used on what stands beside it")
        }
        ExecutionError::ValuesNotComparable(..) => "it compares what cannot be compared".to_owned(),
        _ => "it cannot be worked out".to_owned(),
    }
}

/// `_>=_` as people write it.
fn plain(operator: &str) -> String {
    let sign = operator.trim_matches(['_', '@']);
    if sign.is_empty() { operator.to_owned() } else { sign.to_owned() }
}

#[cfg(test)]
mod tests;

//! Whether a text is short and flat enough to be read as a condition.
//!
//! The reader takes stack for each bracket and each operator, and a text of a thousand brackets would take more than there
//! is. So they are counted first, over the text as it stands.

use super::Condition;

/// How deep brackets may nest.
const BRACKETS: usize = 8;
/// How many signs may join one operand: `a + b + c` has two.
const SIGNS: usize = 24;
/// How many choices (`a ? b : c`) there may be.
const CHOICES: usize = 8;

/// Whether it may be read; or what is wrong.
pub(super) fn scan(source: &str) -> Result<(), String> {
    if source.trim().is_empty() {
        return Err("is empty; write a condition, or leave the key out for a rule that always fires".to_owned());
    }
    let length = source.chars().count();
    if length > Condition::LONGEST {
        let most = Condition::LONGEST;
        return Err(format!("has {length} characters; write at most {most}, or split the rule in two"));
    }
    let bare = without_strings(source)?;
    if bare.contains("//") {
        return Err("has a comment inside; write comments with # outside of the quotes".to_owned());
    }
    measure(&bare)
}

/// The text with nothing between the quotes.
fn without_strings(source: &str) -> Result<String, String> {
    if source.contains(['\\', '`']) {
        return Err("has a \\ or a ` in it; write plain words between quotes".to_owned());
    }
    if source.contains("\"\"\"") || source.contains("'''") {
        return Err("has three quotes in a row; write words between single quotes or double quotes".to_owned());
    }
    let mut bare = String::with_capacity(source.len());
    let mut open = None;
    for c in source.chars() {
        match open {
            None => {
                bare.push(c);
                if c == '"' || c == '\'' {
                    open = Some(c);
                }
            }
            Some(quote) if c == quote => {
                bare.push(c);
                open = None;
            }
            Some(_) if c.is_control() => return Err("has a line break between quotes; write it on one line".to_owned()),
            Some(_) => {}
        }
    }
    if open.is_some() {
        return Err("has a quote that is not closed; write words between a pair of quotes".to_owned());
    }
    Ok(bare)
}

fn measure(bare: &str) -> Result<(), String> {
    // How many signs join the operand at hand, for each bracket that is open.
    let mut runs = vec![0_usize];
    let mut choices = 0;
    let mut word = String::new();
    let mut before = ' ';
    for c in bare.chars().chain([' ']) {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            before = c;
            continue;
        }
        let mut joins = usize::from(std::mem::take(&mut word) == "in");
        match c {
            '(' | '[' | '{' => {
                if let Some(run) = runs.last_mut() {
                    *run += 1;
                }
                runs.push(0);
            }
            ')' | ']' | '}' if runs.len() > 1 => {
                runs.pop();
            }
            ',' | ':' => reset(&mut runs),
            '?' => {
                choices += 1;
                reset(&mut runs);
            }
            '&' | '|' if before == c => reset(&mut runs),
            '.' | '+' | '-' | '*' | '/' | '%' | '<' | '>' | '=' | '!' => joins += 1,
            _ => {}
        }
        if let Some(run) = runs.last_mut() {
            *run += joins;
        }
        before = c;
        if runs.len() > BRACKETS + 1 {
            return Err(format!(
                "nests brackets more than {BRACKETS} deep; write it flatter, or split the rule in two"
            ));
        }
        if runs.iter().any(|run| *run > SIGNS) || choices > CHOICES {
            return Err("joins too much without && or ||; write it more simply, or split the rule in two".to_owned());
        }
    }
    Ok(())
}

fn reset(runs: &mut [usize]) {
    if let Some(run) = runs.last_mut() {
        *run = 0;
    }
}

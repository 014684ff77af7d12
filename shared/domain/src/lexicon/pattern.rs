//! How phrases are written: `(a|b)` is one of these, `[a]` may be missing, `word*`, `*word` and `*word*` are the beginning,
//! the end and the middle of a word, `...` is up to four words whatever they are, and `<name>` is one of a list of that name.

use std::collections::BTreeMap;

use super::draft::{BadPhrase, MAX_FORMS};
use super::fold::{self, Ways, fold, is_alone, is_letter};

/// How many words `...` may stand for.
pub(super) const GAP: usize = 4;
/// How many times a phrase may have it.
const GAPS: usize = 3;
/// What stands beside `*` is at least so long, in bytes: two letters of Arabic, three of Latin.
const OPEN: usize = 3;
/// How deep brackets may nest.
const DEPTH: usize = 4;

/// One place of a phrase.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Part {
    /// This word.
    Word(String),
    /// A word that begins like this.
    Starts(String),
    /// A word that ends like this.
    Ends(String),
    /// A word that this is part of.
    Holds(String),
    /// A word that is one of these, in order.
    Any(Vec<Part>),
    /// One of these; an empty one if it may be missing.
    OneOf(Vec<Form>),
    /// Up to [`GAP`] words.
    Gap,
}

/// A phrase, or a part of one.
pub(super) type Form = Vec<Part>;
/// Other ways to write words, each with the words it stands for.
pub(super) type Same = BTreeMap<String, Vec<String>>;

impl Part {
    /// Adds the words that it may be, one by one.
    pub(super) fn words<'a>(&'a self, all: &mut Vec<&'a Self>) {
        match self {
            Self::Any(parts) => all.extend(parts),
            Self::OneOf(forms) => forms.iter().flatten().for_each(|part| part.words(all)),
            Self::Gap => {}
            _ => all.push(self),
        }
    }

    /// In how many ways it can be read.
    fn ways(&self) -> usize {
        match self {
            Self::OneOf(forms) => forms.iter().fold(0, |sum, form| sum.saturating_add(ways(form))),
            _ => 1,
        }
    }

    fn is_optional(&self) -> bool {
        match self {
            Self::OneOf(forms) => forms.iter().any(|form| form.iter().all(Self::is_optional)),
            part => *part == Self::Gap,
        }
    }

    fn gaps(&self) -> usize {
        match self {
            Self::OneOf(forms) => forms.iter().map(|form| form.iter().map(Self::gaps).sum()).max().unwrap_or(0),
            part => usize::from(*part == Self::Gap),
        }
    }
}

fn ways(form: &[Part]) -> usize {
    form.iter().fold(1, |product, part| product.saturating_mul(part.ways()))
}

/// What a phrase says, in words as `same` says them.
pub(super) fn parse(phrase: &str, tongue: Ways, same: &Same) -> Result<Form, BadPhrase> {
    let chars: Vec<char> = phrase.chars().collect();
    let mut parser = Parser { chars: &chars, at: 0, tongue, same };
    let form = parser.sequence(0)?;
    if parser.at < chars.len() {
        return Err(BadPhrase::Form("a bracket is closed that was never opened"));
    }
    if form.iter().all(|part| *part == Part::Gap) {
        return Err(BadPhrase::Nothing);
    }
    if form.first() == Some(&Part::Gap) || form.last() == Some(&Part::Gap) {
        return Err(BadPhrase::Form("... must stand between two words"));
    }
    if form.iter().all(Part::is_optional) {
        return Err(BadPhrase::Form("a phrase needs a word that may not be missing"));
    }
    if form.iter().map(Part::gaps).sum::<usize>() > GAPS {
        return Err(BadPhrase::Form("a phrase has at most three times ..."));
    }
    if ways(&form) > MAX_FORMS {
        return Err(BadPhrase::TooMany);
    }
    Ok(form)
}

struct Parser<'a> {
    chars: &'a [char],
    at: usize,
    tongue: Ways,
    same: &'a Same,
}

impl Parser<'_> {
    /// What stands in brackets.
    fn one_of(&mut self, depth: usize) -> Result<Vec<Form>, BadPhrase> {
        if depth > DEPTH {
            return Err(BadPhrase::Form("brackets nest too deeply"));
        }
        let mut all = Vec::new();
        loop {
            all.push(self.sequence(depth)?);
            if self.chars.get(self.at) != Some(&'|') {
                return Ok(all);
            }
            self.at += 1;
        }
    }

    fn sequence(&mut self, depth: usize) -> Result<Form, BadPhrase> {
        let mut form = Form::new();
        while let Some(&c) = self.chars.get(self.at) {
            match c {
                '(' | '[' => {
                    self.apart(self.at.checked_sub(1))?;
                    self.at += 1;
                    let mut inside = self.one_of(depth + 1)?;
                    let close = if c == '(' { ')' } else { ']' };
                    if self.chars.get(self.at) != Some(&close) {
                        return Err(BadPhrase::Form("a bracket is not closed"));
                    }
                    self.at += 1;
                    self.apart(Some(self.at))?;
                    if c == '[' {
                        inside.push(Form::new());
                    }
                    form.push(merged(inside));
                }
                '|' if depth == 0 => return Err(BadPhrase::Form("| stands between brackets: (a|b)")),
                '|' | ')' | ']' => break,
                _ => form.extend(self.words()?),
            }
        }
        Ok(form)
    }

    /// A bracket holds whole words.
    fn apart(&self, beside: Option<usize>) -> Result<(), BadPhrase> {
        match beside.and_then(|at| self.chars.get(at)) {
            Some(c) if is_letter(*c) && !is_alone(*c) => {
                Err(BadPhrase::Form("a bracket holds whole words: (cut|cuts)"))
            }
            _ => Ok(()),
        }
    }

    /// Everything up to the next bracket.
    fn words(&mut self) -> Result<Form, BadPhrase> {
        let rest = &self.chars[self.at..];
        let length = rest.iter().position(|c| "()[]|".contains(*c)).unwrap_or(rest.len());
        self.at += length;
        let text: String = rest[..length].iter().collect();
        let mut form = Form::new();
        for chunk in text.replace('…', "...").split_whitespace() {
            if chunk == "..." {
                form.push(Part::Gap);
                continue;
            }
            let (open_start, open_end) = (chunk.starts_with('*'), chunk.ends_with('*'));
            let mut words = split(chunk.trim_matches('*'), self.tongue);
            if words.iter().any(|word| word.contains('*')) {
                return Err(BadPhrase::Form("* stands at the beginning or the end of a word"));
            }
            if open_start || open_end {
                let Some(last) = words.pop() else {
                    return Err(BadPhrase::Form("* needs letters beside it"));
                };
                if !words.is_empty() && open_start {
                    return Err(BadPhrase::Form("* stands at the beginning or the end of a word"));
                }
                if last.len() < OPEN {
                    return Err(BadPhrase::Form("* needs at least three letters beside it"));
                }
                form.extend(self.plain(words));
                form.push(match (open_start, open_end) {
                    (true, true) => Part::Holds(last),
                    (true, false) => Part::Ends(last),
                    _ => Part::Starts(last),
                });
            } else {
                form.extend(self.plain(words));
            }
        }
        Ok(form)
    }

    fn plain(&self, words: Vec<String>) -> impl Iterator<Item = Part> {
        words.into_iter().flat_map(|word| self.same.get(&word).cloned().unwrap_or_else(|| vec![word])).map(Part::Word)
    }
}

/// The alternatives as one part, with those in one that are one word each.
fn merged(all: Vec<Form>) -> Part {
    let is_word = |form: &Form| matches!(form.as_slice(), [part] if !matches!(part, Part::Gap | Part::OneOf(_)));
    let (single, mut forms): (Vec<Form>, Vec<Form>) = all.into_iter().partition(is_word);
    let mut words = Vec::new();
    single.iter().flatten().for_each(|part| part.words(&mut words));
    words.sort();
    words.dedup();
    let word = match words.as_slice() {
        [] => None,
        [word] => Some((*word).clone()),
        _ => Some(Part::Any(words.into_iter().cloned().collect())),
    };
    match word {
        Some(word) if forms.is_empty() => word,
        word => {
            forms.extend(word.map(|word| vec![word]));
            // The longest first; what may be missing comes last.
            forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
            forms.dedup();
            Part::OneOf(forms)
        }
    }
}

/// The words of a text that is no evasion of anything.
pub(super) fn split(text: &str, ways: Ways) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in fold(text).chars() {
        if fold::is_apostrophe(c) && !ways.elides {
            continue;
        }
        if is_alone(c) || !(is_letter(c) || c == '*') {
            if !word.is_empty() {
                words.push(ways.word(std::mem::take(&mut word)).into_owned());
            }
            if is_alone(c) {
                words.push(c.to_string());
            }
        } else {
            word.push(c);
        }
    }
    if !word.is_empty() {
        words.push(ways.word(word).into_owned());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(phrase: &str) -> String {
        shown(&parse(phrase, Ways::default(), &Same::new()).expect("a phrase"))
    }

    fn shown(form: &[Part]) -> String {
        let one = |part: &Part| match part {
            Part::Word(word) => word.clone(),
            Part::Starts(word) => format!("{word}*"),
            Part::Ends(word) => format!("*{word}"),
            Part::Holds(word) => format!("*{word}*"),
            Part::Any(parts) => {
                parts.iter().map(|part| shown(std::slice::from_ref(part))).collect::<Vec<_>>().join("/")
            }
            Part::OneOf(forms) => format!("({})", forms.iter().map(|form| shown(form)).collect::<Vec<_>>().join("|")),
            Part::Gap => "...".to_owned(),
        };
        form.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    fn bad(phrase: &str) -> BadPhrase {
        parse(phrase, Ways::default(), &Same::new()).expect_err("no phrase")
    }

    #[test]
    fn alternatives_what_may_be_missing_and_what_is_open() {
        assert_eq!(of("I [really] (want to|wanna) die"), "i (really|) (want to|wanna) die");
        assert_eq!(of("took … (pill*|tablets|meds)"), "took ... meds/tablets/pill*");
        assert_eq!(of("*tablette*"), "*tablette*");
        assert_eq!(of("死にたい"), "死 に た い");
        assert_eq!(of(&"(a|b|c|d) ".repeat(9)), ["a/b/c/d"; 9].join(" "));
    }

    #[test]
    fn what_is_no_phrase_is_said_to_be_none() {
        assert_eq!(bad("?!"), BadPhrase::Nothing);
        assert_eq!(bad("..."), BadPhrase::Nothing);
        for form in [
            "a (b",
            "a) b",
            "a | b",
            "a ...",
            "cut(s|ting)",
            "a*b",
            "((((((a))))))",
            "[a] [b]",
            "a ... b ... c ... d ... e",
        ] {
            assert!(matches!(bad(form), BadPhrase::Form(_)), "{form}");
        }
        assert_eq!(bad(&("[a] ".repeat(13) + "b")), BadPhrase::TooMany);
    }
}

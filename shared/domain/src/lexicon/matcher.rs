//! Finding every phrase in one go: each is looked for by its rarest words with an Aho-Corasick automaton, and where one
//! stands the rest is compared.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, BuildError};

use super::pattern::{Form, GAP, Part};
use super::reading::{Pause, Reading};
use super::vocabulary::{Id, UNKNOWN, Vocabulary};

/// How many finds are kept of one text. The phrases of a message of 4,000 characters do not reach it.
const MOST: usize = 4_000;

/// A part of a phrase, ready to be compared.
#[derive(Clone, Debug)]
enum Piece {
    Word(Id),
    Starts(Box<str>),
    Ends(Box<str>),
    Holds(Box<str>),
    /// One of these words, in order, or one that one of those pieces fits.
    Any(Box<[Id]>, Box<[Piece]>),
    /// One of these; an empty one if it may be missing.
    OneOf(Box<[Box<[Piece]>]>),
    Gap,
}

#[derive(Clone, Debug)]
struct Wanted {
    rule: u32,
    pieces: Box<[Piece]>,
}

/// A form, by the rarest of its words.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    form: u32,
    /// Where the word stands in it.
    piece: u32,
    /// The words that must stand beside it; [`UNKNOWN`] where it may be one of several. Most forms are told by them to stand
    /// elsewhere, before anything else of them is read.
    before: Id,
    after: Id,
}

impl Anchor {
    fn of(wanted: &Wanted, form: usize, piece: usize) -> Self {
        let word = |at: Option<usize>| match at.and_then(|at| wanted.pieces.get(at)) {
            Some(Piece::Word(id)) => *id,
            _ => UNKNOWN,
        };
        let (before, after) = (word(piece.checked_sub(1)), word(piece.checked_add(1)));
        Self { form: form as u32, piece: piece as u32, before, after }
    }

    fn may_stand(&self, at: usize, reading: &Reading) -> bool {
        let is = |at: Option<usize>, id: Id| {
            id == UNKNOWN || at.and_then(|at| reading.words.get(at)).is_some_and(|word| word.id == id)
        };
        is(at.checked_add(1), self.after) && is(at.checked_sub(1), self.before)
    }
}

/// Finds phrases.
#[derive(Clone, Debug)]
pub(super) struct Matcher {
    automaton: AhoCorasick,
    /// For each word that is looked for: the forms it is the rarest of.
    anchors: Vec<Vec<Anchor>>,
    wanted: Vec<Wanted>,
}

/// Where a phrase stands: in the words from `start` to before `end`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Find {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Which phrase.
    pub(super) rule: u32,
    /// The words that stand in its gaps.
    pub(super) gaps: Vec<(usize, usize)>,
}

impl Matcher {
    /// Looks for these forms, each of the phrase of its number.
    pub(super) fn new(forms: &[Form], vocabulary: &Vocabulary) -> Result<Self, BuildError> {
        let mut words = Vec::new();
        forms.iter().flatten().for_each(|part| part.words(&mut words));
        let mut common = Common::new();
        for word in words {
            *common.entry(word).or_default() += weight(word);
        }
        let mut by_anchor = BTreeMap::<Part, Vec<Anchor>>::new();
        let mut wanted = Vec::with_capacity(forms.len());
        for (rule, form) in forms.iter().enumerate() {
            anchored(form, 0..form.len(), &common, &mut |form, at| {
                let mut words = Vec::new();
                form[at].words(&mut words);
                let one = Wanted { rule: rule as u32, pieces: pieces(form, vocabulary) };
                for word in words {
                    by_anchor.entry(word.clone()).or_default().push(Anchor::of(&one, wanted.len(), at));
                }
                wanted.push(one);
            });
        }
        let automaton = AhoCorasick::new(by_anchor.keys().map(anchor))?;
        Ok(Self { automaton, anchors: by_anchor.into_values().collect(), wanted })
    }

    /// Every phrase in the text, in the order of the text.
    pub(super) fn find(&self, reading: &Reading) -> Vec<Find> {
        let mut finds = Vec::new();
        for found in self.automaton.find_overlapping_iter(&reading.line) {
            let inside = found.start() as u32 + u32::from(reading.line.as_bytes()[found.start()] == b' ');
            let at = reading.starts.partition_point(|start| *start <= inside).saturating_sub(1);
            for anchor in &self.anchors[found.pattern().as_usize()] {
                if anchor.may_stand(at, reading)
                    && let Some(find) = compare(&self.wanted[anchor.form as usize], anchor.piece as usize, at, reading)
                    && finds.len() < MOST
                {
                    finds.push(find);
                }
            }
        }
        finds.sort();
        finds.dedup();
        finds
    }
}

/// How often each word stands in phrases, times its weight.
type Common<'a> = BTreeMap<&'a Part, usize>;

/// What it costs to look for a part by its words; `None`: it may be missing.
fn cost(part: &Part, common: &Common<'_>) -> Option<usize> {
    match part {
        Part::Gap => None,
        Part::Any(parts) => Some(parts.iter().map(|part| common[part]).sum()),
        Part::OneOf(forms) => {
            let cheapest = |form: &Form| form.iter().filter_map(|part| cost(part, common)).min();
            forms.iter().map(cheapest).sum()
        }
        _ => Some(common[part]),
    }
}

/// The form with the place of the words that it is looked for by, which stand in `range`; one form for each alternative,
/// where the cheapest words are alternatives.
fn anchored(form: &[Part], range: Range<usize>, common: &Common<'_>, each: &mut impl FnMut(&[Part], usize)) {
    let costs = range.filter_map(|at| Some((cost(&form[at], common)?, at)));
    let Some((_, at)) = costs.min() else { return };
    let Part::OneOf(forms) = &form[at] else { return each(form, at) };
    for alternative in forms {
        let whole = [&form[..at], alternative, &form[at + 1..]].concat();
        anchored(&whole, at..at + alternative.len(), common, each);
    }
}

/// How much less a part is worth looking for than a long word: short ones stand everywhere.
fn weight(part: &Part) -> usize {
    match part {
        Part::Word(word) if word.chars().count() > 4 => 2,
        Part::Word(word) if word.chars().count() > 2 => 4,
        Part::Word(_) => 16,
        _ => 3,
    }
}

fn anchor(part: &Part) -> String {
    match part {
        Part::Word(word) => format!(" {word} "),
        Part::Starts(word) => format!(" {word}"),
        Part::Ends(word) => format!("{word} "),
        Part::Holds(word) => word.clone(),
        Part::Any(_) | Part::OneOf(_) | Part::Gap => String::new(),
    }
}

fn pieces(form: &[Part], vocabulary: &Vocabulary) -> Box<[Piece]> {
    form.iter().map(|part| piece(part, vocabulary)).collect()
}

fn piece(part: &Part, vocabulary: &Vocabulary) -> Piece {
    match part {
        Part::Word(word) => Piece::Word(vocabulary.id(word)),
        Part::Starts(word) => Piece::Starts(word.as_str().into()),
        Part::Ends(word) => Piece::Ends(word.as_str().into()),
        Part::Holds(word) => Piece::Holds(word.as_str().into()),
        Part::Any(parts) => {
            let word = |part: &Part| if let Part::Word(word) = part { Some(vocabulary.id(word)) } else { None };
            let mut ids: Vec<Id> = parts.iter().filter_map(word).collect();
            ids.sort_unstable();
            let open = parts.iter().filter(|part| !matches!(part, Part::Word(_)));
            Piece::Any(ids.into(), open.map(|part| piece(part, vocabulary)).collect())
        }
        Part::OneOf(forms) => Piece::OneOf(forms.iter().map(|form| pieces(form, vocabulary)).collect()),
        Part::Gap => Piece::Gap,
    }
}

fn compare(wanted: &Wanted, anchor: usize, at: usize, reading: &Reading) -> Option<Find> {
    let mut gaps = Vec::new();
    if !fits(wanted.pieces.get(anchor)?, at, reading) {
        return None;
    }
    let end = ahead(wanted.pieces.get(anchor + 1..)?, None, at + 1, reading, &mut gaps)?;
    let start = back(wanted.pieces.get(..anchor)?, None, at, reading, &mut gaps)?;
    Some(Find { start, end, rule: wanted.rule, gaps })
}

fn fits(piece: &Piece, at: usize, reading: &Reading) -> bool {
    match piece {
        Piece::Word(id) => *id != UNKNOWN && reading.words[at].id == *id,
        Piece::Starts(word) => reading.text(at).starts_with(&**word),
        Piece::Ends(word) => reading.text(at).ends_with(&**word),
        Piece::Holds(word) => reading.text(at).contains(&**word),
        Piece::Any(ids, open) => {
            ids.binary_search(&reading.words[at].id).is_ok() || open.iter().any(|piece| fits(piece, at, reading))
        }
        Piece::OneOf(_) | Piece::Gap => false,
    }
}

/// What is to be compared once the pieces at hand have been.
struct Then<'a> {
    pieces: &'a [Piece],
    then: Option<&'a Then<'a>>,
}

type Gaps = Vec<(usize, usize)>;

/// Where the pieces end that begin with the word at `at`.
fn ahead(pieces: &[Piece], then: Option<&Then<'_>>, at: usize, reading: &Reading, gaps: &mut Gaps) -> Option<usize> {
    let Some((first, rest)) = pieces.split_first() else {
        return then.map_or(Some(at), |then| ahead(then.pieces, then.then, at, reading, gaps));
    };
    match first {
        Piece::OneOf(alternatives) => {
            let then = Then { pieces: rest, then };
            alternatives.iter().find_map(|pieces| ahead(pieces, Some(&then), at, reading, gaps))
        }
        Piece::Gap => {
            let most = (at + GAP).min(reading.words.len());
            (at..=most).take_while(|next| !is_new_sentence(reading, *next)).find_map(|next| {
                let before = gaps.len();
                gaps.push((at, next));
                let end = ahead(rest, then, next, reading, gaps);
                if end.is_none() {
                    gaps.truncate(before);
                }
                end
            })
        }
        _ if at < reading.words.len() && fits(first, at, reading) => ahead(rest, then, at + 1, reading, gaps),
        _ => None,
    }
}

/// Where the pieces begin that end before the word at `at`.
fn back(pieces: &[Piece], then: Option<&Then<'_>>, at: usize, reading: &Reading, gaps: &mut Gaps) -> Option<usize> {
    let Some((last, rest)) = pieces.split_last() else {
        return then.map_or(Some(at), |then| back(then.pieces, then.then, at, reading, gaps));
    };
    match last {
        Piece::OneOf(alternatives) => {
            let then = Then { pieces: rest, then };
            alternatives.iter().find_map(|pieces| back(pieces, Some(&then), at, reading, gaps))
        }
        Piece::Gap => {
            let least = at.saturating_sub(GAP);
            (least..=at).rev().take_while(|next| !is_new_sentence(reading, *next)).find_map(|next| {
                let before = gaps.len();
                gaps.push((next, at));
                let start = back(rest, then, next, reading, gaps);
                if start.is_none() {
                    gaps.truncate(before);
                }
                start
            })
        }
        _ if at > 0 && fits(last, at - 1, reading) => back(rest, then, at - 1, reading, gaps),
        _ => None,
    }
}

fn is_new_sentence(reading: &Reading, at: usize) -> bool {
    reading.words.get(at).is_some_and(|word| word.pause == Pause::Long)
}

//! What the finds in a text mean together: which are denied, which are figures of speech, which are about somebody else.

use std::sync::Arc;

use super::draft::Denial;
use super::matcher::Find;
use super::reading::{Pause, Reading};
use crate::rules::Spotted;

/// The category of what cannot wait.
pub(super) const IMMINENT: &str = "imminent";
/// The category of what is about somebody else.
const THIRD_PARTY: &str = "third_party";
/// How many words before a quotation it may be said whose words they are.
const REPORTED: usize = 10;
/// How many words behind a phrase a negation may stand.
const BEHIND: usize = 2;

/// What a phrase is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It is of this category.
    Phrase(Arc<str>),
    /// It cancels those that stand within it. One with gaps only lowers what is imminent: nobody knows what else stands
    /// in them.
    Harmless,
    /// It says that what is quoted behind it somebody else said.
    Reported,
    /// It negates what stands behind it.
    Not,
    /// It negates what stands before it.
    After,
    /// A negation does not reach beyond it.
    Stop,
    /// The negations within it negate nothing else.
    NoNot,
}

/// One phrase.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) kind: Kind,
    /// As it was written.
    pub(super) phrase: Arc<str>,
    pub(super) denial: Denial,
}

/// What was found in a reading, in the order of the text.
pub(super) fn spot(reading: &Reading, finds: &[Find], rules: &[Rule], window: usize) -> Vec<Spotted> {
    let of =
        |kind: Kind| -> Vec<&Find> { finds.iter().filter(|find| rules[find.rule as usize].kind == kind).collect() };
    let harmless = of(Kind::Harmless);
    let hits: Vec<Hit<'_>> = finds.iter().filter_map(|find| Hit::of(find, rules)).collect();
    let hits: Vec<&Hit<'_>> = hits
        .iter()
        .filter(|hit| {
            !harmless
                .iter()
                .any(|around| is_harmless(around, hit.find) && (around.gaps.is_empty() || hit.category != IMMINENT))
        })
        .filter(|hit| !hits.iter().any(|other| other.explains(hit)))
        .collect();
    let denials = Denials {
        reading,
        window,
        hits: &hits,
        not: of(Kind::Not),
        after: of(Kind::After),
        stops: of(Kind::Stop),
        no_not: of(Kind::NoNot),
    };
    let reported = of(Kind::Reported);
    let spotted = |hit: &&Hit<'_>| {
        let others = hit.category == IMMINENT && is_reported(reading, hit.find, &reported);
        Spotted {
            category: if others { THIRD_PARTY } else { hit.category }.to_owned(),
            phrase: hit.rule.phrase.to_string(),
            negated: denials.lower(hit) || harmless.iter().any(|around| is_harmless(around, hit.find)),
        }
    };
    hits.iter().map(spotted).collect()
}

/// A find of a phrase that has a category.
struct Hit<'a> {
    find: &'a Find,
    rule: &'a Rule,
    category: &'a str,
}

impl<'a> Hit<'a> {
    fn of(find: &'a Find, rules: &'a [Rule]) -> Option<Self> {
        let rule = &rules[find.rule as usize];
        let Kind::Phrase(category) = &rule.kind else { return None };
        Some(Self { find, rule, category })
    }

    /// Whether this says all that the other says, and knows better: it is longer, and of the same category or about
    /// somebody else.
    fn explains(&self, other: &Self) -> bool {
        let about = self.category == other.category || (self.category == THIRD_PARTY && other.category == IMMINENT);
        about && covers(self.find, other.find) && length(self.find) > length(other.find)
    }
}

fn length(find: &Find) -> usize {
    find.end - find.start
}

fn covers(around: &Find, inside: &Find) -> bool {
    around.start <= inside.start && inside.end <= around.end
}

/// Whether a harmless phrase is about a find: it holds it, or, where it has gaps, at least touches it.
fn is_harmless(around: &Find, find: &Find) -> bool {
    covers(around, find) || (!around.gaps.is_empty() && around.start < find.end && find.start < around.end)
}

/// Whether the words of the find are quoted, and somebody else's.
fn is_reported(reading: &Reading, find: &Find, reported: &[&Find]) -> bool {
    let quoted = |at: usize| reading.words.get(at).is_some_and(|word| word.quoted);
    if !(find.start..find.end).all(quoted) {
        return false;
    }
    let opened = (0..find.start).rev().take_while(|at| quoted(*at)).last().unwrap_or(find.start);
    reported.iter().any(|said| said.end <= opened && opened - said.end <= REPORTED)
}

struct Denials<'a> {
    reading: &'a Reading,
    window: usize,
    hits: &'a [&'a Hit<'a>],
    not: Vec<&'a Find>,
    after: Vec<&'a Find>,
    stops: Vec<&'a Find>,
    no_not: Vec<&'a Find>,
}

impl Denials<'_> {
    /// Whether what a hit says is denied.
    fn lower(&self, hit: &Hit<'_>) -> bool {
        match hit.rule.denial {
            Denial::Ignore => return false,
            Denial::Always => return true,
            Denial::Heed => {}
        }
        let find = hit.find;
        let in_gap = |not: &Find| find.gaps.iter().any(|(start, end)| *start <= not.start && not.end <= *end);
        if self.not.iter().any(|not| covers(find, not) && !in_gap(not)) {
            return false;
        }
        self.not.iter().any(|not| in_gap(not) && self.negates(not, hit))
            || self.not.iter().any(|not| {
                not.end <= find.start
                    && find.start - not.end <= self.window
                    && self.reaches(not.end, find.start)
                    && self.negates(not, hit)
            })
            || self.after.iter().any(|after| {
                let reaches = find.end <= after.start && after.start - find.end <= BEHIND;
                (reaches && self.reaches(find.end, after.start) || in_gap(after)) && self.negates(after, hit)
            })
    }

    /// Whether a negation is free to negate: it is not part of what says something else.
    fn negates(&self, not: &Find, hit: &Hit<'_>) -> bool {
        let elsewhere = |other: &&&Hit<'_>| !covers(other.find, hit.find) && covers(other.find, not);
        !self.no_not.iter().any(|around| covers(around, not)) && !self.hits.iter().any(|other| elsewhere(&other))
    }

    /// Whether nothing stands between two places that ends the reach of a negation.
    fn reaches(&self, from: usize, to: usize) -> bool {
        let pause = (from..=to).any(|at| self.reading.words.get(at).is_some_and(|word| word.pause != Pause::None));
        !pause && !self.stops.iter().any(|stop| from <= stop.start && stop.end <= to)
    }
}

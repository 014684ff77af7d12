//! The words of a lexicon, and which of them a word that is none of them was meant to be.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use aho_corasick::{AhoCorasick, Anchored, Input, StartKind};

use super::fold::{self, Ways};
use super::pattern::Part;

/// Words shorter than this, in letters, are misspelled in sound only: a letter more or less makes other words of them.
const SPELLED: usize = 5;
/// A letter may be another only in words that are at least so long.
const REPLACED: usize = 7;
/// A word longer than this is no word.
const LONGEST: usize = 40;

/// A word as a number. What is in no phrase is [`UNKNOWN`].
pub(super) type Id = u32;
/// A word that is in no phrase.
pub(super) const UNKNOWN: Id = Id::MAX;

/// Every word that stands in a phrase, and how words may be written.
#[derive(Clone, Debug)]
pub(super) struct Vocabulary {
    pub(super) ways: Ways,
    words: Words<Entry>,
    starts: Option<AhoCorasick>,
    within: Option<AhoCorasick>,
    /// For each of `within`: whether a word must end there.
    ends: Vec<bool>,
    ordinary: HashSet<String, BuildHasherDefault<Fnv>>,
    attached: Vec<String>,
    /// What a misspelled word may have been meant to be.
    meant: Vec<String>,
    sounds: Sounds,
    by_sound: Words<u32>,
    /// The words in `meant` by themselves and without each of their letters.
    near: Near,
    by_length: BTreeMap<usize, Vec<u32>>,
}

/// A word that phrases have, or that stands for words of theirs.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Its number.
    pub(super) id: Id,
    /// The words that it is another way to write of.
    pub(super) same: Option<Box<[String]>>,
}

/// What a vocabulary is made of.
pub(super) struct Source<'a> {
    pub(super) ways: Ways,
    /// The parts of every phrase, one word each.
    pub(super) parts: BTreeSet<&'a Part>,
    /// The words that somebody may have meant when they misspelled: those of phrases that matter.
    pub(super) meant: BTreeSet<String>,
    pub(super) same: BTreeMap<String, Vec<String>>,
    pub(super) ordinary: BTreeSet<String>,
    pub(super) attached: Vec<String>,
    pub(super) sounds: Vec<(String, String)>,
}

impl Vocabulary {
    pub(super) fn new(source: Source<'_>) -> Self {
        let Source { ways, parts, mut meant, same, ordinary, mut attached, sounds } = source;
        let (mut words, mut starts) = (Words::<Entry>::default(), Vec::new());
        let (mut within, mut ends) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Part::Word(word) => {
                    let id = words.len() as Id;
                    words.insert(word.clone(), Entry { id, same: None });
                }
                Part::Starts(word) => starts.push(word.clone()),
                Part::Ends(word) | Part::Holds(word) => {
                    within.push(word.clone());
                    ends.push(matches!(part, Part::Ends(_)));
                }
                Part::Any(_) | Part::OneOf(_) | Part::Gap => {}
            }
        }
        meant.extend(same.keys().filter(|word| word.chars().count() >= SPELLED).cloned());
        for (word, stands_for) in same {
            words.entry(word).or_insert(Entry { id: UNKNOWN, same: None }).same = Some(stands_for.into());
        }
        let meant: Vec<String> = meant.into_iter().filter(|word| word.chars().count() >= 3).collect();
        let sounds = Sounds::new(sounds);
        let mut vocabulary = Self {
            ways,
            words,
            starts: AhoCorasick::builder().start_kind(StartKind::Anchored).build(&starts).ok(),
            within: (!within.is_empty()).then(|| AhoCorasick::new(&within).ok()).flatten(),
            ends,
            ordinary: ordinary.into_iter().collect(),
            attached: {
                attached.sort_by_key(|word| std::cmp::Reverse(word.len()));
                attached
            },
            meant: Vec::new(),
            sounds,
            by_sound: Words::default(),
            near: Near::default(),
            by_length: BTreeMap::new(),
        };
        let mut near = Vec::new();
        for (at, word) in meant.iter().enumerate() {
            let (at, letters) = (at as u32, word.chars().count());
            let mut sound = String::new();
            vocabulary.sounds.key(word, &mut sound);
            vocabulary.by_sound.entry(sound).or_insert(at);
            vocabulary.by_length.entry(letters).or_default().push(at);
            if letters >= SPELLED - 1 {
                near.extend(Hashes::of(word).iter().map(|hash| (*hash, at)));
            }
        }
        vocabulary.near = Near::new(near);
        vocabulary.meant = meant;
        vocabulary
    }

    /// The number of a word.
    pub(super) fn id(&self, word: &str) -> Id {
        self.find(word).map_or(UNKNOWN, |entry| entry.id)
    }

    /// The word, if phrases or `same` have it in full.
    pub(super) fn find(&self, word: &str) -> Option<&Entry> {
        self.words.get(word)
    }

    /// Whether it is a word of phrases or of `same`, in full.
    pub(super) fn is(&self, word: &str) -> bool {
        self.words.contains_key(word)
    }

    /// Whether phrases or `same` have the word as it is, or its beginning or end.
    pub(super) fn has(&self, word: &str) -> bool {
        self.is(word) || self.is_open(word)
    }

    /// Whether the word is one of those that begin, end or go on in some way.
    pub(super) fn is_open(&self, word: &str) -> bool {
        let anchored = || Input::new(word).anchored(Anchored::Yes);
        self.starts.as_ref().is_some_and(|starts| starts.try_find(anchored()).is_ok_and(|found| found.is_some()))
            || self.within.as_ref().is_some_and(|within| {
                within
                    .find_overlapping_iter(word)
                    .any(|found| !self.ends[found.pattern().as_usize()] || found.end() == word.len())
            })
    }

    /// Whether the word is never taken for another.
    pub(super) fn is_ordinary(&self, word: &str) -> bool {
        self.ordinary.contains(word)
    }

    /// The word without what is attached to it in front, if it is a word of ours then.
    pub(super) fn bare<'w>(&self, word: &'w str) -> Option<&'w str> {
        let bare = |front: &String| word.strip_prefix(front.as_str()).filter(|rest| self.has(rest));
        self.attached.iter().find_map(bare)
    }

    /// The word that was meant by one that is none of ours. `sound` is room to work in.
    pub(super) fn meant(&self, word: &str, sound: &mut String) -> Option<&str> {
        let letters = word.chars().count();
        if !(2..=LONGEST).contains(&letters) {
            return None;
        }
        self.sounds.key(word, sound);
        let by_sound = self.by_sound.get(sound.as_str()).copied();
        by_sound.or_else(|| self.nearest(word, letters)).map(|at| self.meant[at as usize].as_str())
    }

    /// The word that has these letters where they are known.
    pub(super) fn unmasked(&self, letters: &[Option<char>]) -> Option<&str> {
        let fits = |at: &&u32| {
            let word = self.meant[**at as usize].chars();
            word.zip(letters).all(|(c, letter)| letter.is_none_or(|letter| letter == c))
        };
        self.by_length.get(&letters.len())?.iter().find(fits).map(|at| self.meant[*at as usize].as_str())
    }

    /// The word that a slip makes of the one that was meant: two letters swapped, one too many, too few, or another.
    fn nearest(&self, word: &str, letters: usize) -> Option<u32> {
        if letters < SPELLED - 1 {
            return None;
        }
        let mut best: Option<(u32, u32)> = None;
        for hash in Hashes::of(word).iter() {
            for at in self.near.of(*hash) {
                if let Some(cost) = slip(word, &self.meant[at as usize])
                    && best.is_none_or(|best| (cost, at) < best)
                {
                    best = Some((cost, at));
                }
            }
        }
        best.map(|(_, at)| at)
    }
}

/// What it takes to make one word of the other by one slip; `None`: more than that.
fn slip(a: &str, b: &str) -> Option<u32> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (shorter, longer) = (a.len().min(b.len()), a.len().max(b.len()));
    let front = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let back = a[front..].iter().rev().zip(b[front..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[front..a.len() - back], &b[front..b.len() - back]);
    match (a, b) {
        ([p, q], [r, s]) if p == s && q == r && longer >= SPELLED - 1 => Some(1),
        // The first letter is seldom the one that is wrong.
        _ if front == 0 && shorter < REPLACED => None,
        ([_], []) | ([], [_]) if shorter + 1 >= SPELLED => Some(2),
        ([_], [_]) if shorter >= REPLACED => Some(3),
        _ => None,
    }
}

/// Hashes of a word and of what is left of it without one letter. A word that is too long has none.
struct Hashes {
    all: [u64; LONGEST + 1],
    count: usize,
}

impl Hashes {
    /// An odd number without pattern: the hash of a word is a polynomial of its letters at this place, so that each letter
    /// is taken out of it in one step.
    const PLACE: u64 = 0xd605_bbb5_8c8a_bbfd;
    /// What spreads the sum over the upper bits, by which [`Near`] looks first.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

    fn of(word: &str) -> Self {
        let mut all = [0; LONGEST + 1];
        // Of what stands before each letter.
        let mut before = [0_u64; LONGEST + 1];
        let mut count = 0;
        for c in word.chars() {
            if count == LONGEST {
                return Self { all, count: 0 };
            }
            before[count + 1] = before[count].wrapping_mul(Self::PLACE).wrapping_add(u64::from(c));
            count += 1;
        }
        all[0] = Self::spread(before[count]);
        let (mut behind, mut power) = (0_u64, 1_u64);
        for (at, c) in word.chars().rev().enumerate() {
            all[at + 1] = Self::spread(before[count - 1 - at].wrapping_mul(power).wrapping_add(behind));
            behind = behind.wrapping_add(u64::from(c).wrapping_mul(power));
            power = power.wrapping_mul(Self::PLACE);
        }
        Self { all, count: count + 1 }
    }

    fn spread(sum: u64) -> u64 {
        (sum ^ (sum >> 32)).wrapping_mul(Self::SPREAD)
    }

    fn iter(&self) -> std::slice::Iter<'_, u64> {
        self.all[..self.count].iter()
    }
}

/// By word. What members write is looked for in it and never put into it, so that no text can make it slow.
type Words<T> = HashMap<String, T, BuildHasherDefault<Fnv>>;

/// FNV-1a.
struct Fnv(u64);

impl Fnv {
    const PRIME: u64 = 0x100_0000_01b3;
}

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(Self::PRIME);
        }
    }
}

/// Words by a hash.
#[derive(Clone, Debug, Default)]
struct Near {
    /// In the order of the hashes.
    all: Box<[(u64, u32)]>,
    /// Where those with the same uppermost bits begin in it, and at last its end.
    begins: Box<[u32]>,
    /// A bit for each hash that may be there, by its upper bits: most words of a message are near to none.
    bits: Box<[u64]>,
}

impl Near {
    /// How many upper bits of a hash count.
    const BITS: u32 = 18;
    /// How many of them are looked up.
    const UPPERMOST: u32 = 15;

    fn new(mut all: Vec<(u64, u32)>) -> Self {
        all.sort_unstable();
        all.dedup();
        let mut bits = vec![0; 1 << (Self::BITS - 6)].into_boxed_slice();
        for (hash, _) in &all {
            let (at, bit) = Self::place(*hash);
            bits[at] |= bit;
        }
        let mut begins = Vec::with_capacity((1 << Self::UPPERMOST) + 1);
        for uppermost in 0..=1_u64 << Self::UPPERMOST {
            begins.push(all.partition_point(|(hash, _)| Self::uppermost(*hash) < uppermost) as u32);
        }
        Self { all: all.into(), begins: begins.into(), bits }
    }

    const fn uppermost(hash: u64) -> u64 {
        hash >> (u64::BITS - Self::UPPERMOST)
    }

    fn place(hash: u64) -> (usize, u64) {
        let upper = hash >> (u64::BITS - Self::BITS);
        ((upper >> 6) as usize, 1 << (upper & 63))
    }

    /// The words of that hash, in order.
    fn of(&self, hash: u64) -> impl Iterator<Item = u32> + '_ {
        let (at, bit) = Self::place(hash);
        let may_be = self.bits.get(at).is_some_and(|bits| bits & bit != 0);
        let uppermost = Self::uppermost(hash) as usize;
        let range = match self.begins.get(uppermost..uppermost + 2) {
            Some([from, to]) if may_be => *from as usize..*to as usize,
            _ => 0..0,
        };
        self.all[range].iter().filter(move |(one, _)| *one == hash).map(|(_, at)| *at)
    }
}

/// How words sound: letters that are written for one another are one, and none is doubled.
#[derive(Clone, Debug)]
struct Sounds {
    /// By first letter; the longest first.
    rules: BTreeMap<char, Vec<(String, String)>>,
    /// Whether one begins with this letter, for those of ASCII: most letters are no rule's.
    begins: [bool; 128],
}

impl Sounds {
    fn new(pairs: Vec<(String, String)>) -> Self {
        let mut rules = BTreeMap::<char, Vec<_>>::new();
        for (from, to) in pairs {
            if let Some(first) = from.chars().next() {
                rules.entry(first).or_default().push((from, to));
            }
        }
        rules.values_mut().for_each(|rules| rules.sort_by_key(|(from, _)| std::cmp::Reverse(from.len())));
        let begins = std::array::from_fn(|at| rules.contains_key(&char::from(at as u8)));
        Self { rules, begins }
    }

    /// Writes how a word sounds over what is in `key`.
    fn key(&self, word: &str, key: &mut String) {
        key.clear();
        let mut rest = word;
        let mut last = '\0';
        while let Some(c) = rest.chars().next() {
            let may_begin = self.begins.get(c as usize).is_none_or(|begins| *begins);
            let rules = if may_begin { self.rules.get(&c) } else { None };
            let rule = rules.into_iter().flatten().find(|(from, _)| rest.starts_with(from.as_str()));
            let mut push = |c: char| {
                if c != last {
                    key.push(c);
                    last = c;
                }
            };
            if let Some((from, to)) = rule {
                to.chars().for_each(&mut push);
                rest = &rest[from.len()..];
            } else {
                push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
}

/// Every reading of a word whose digits and signs stand for letters.
pub(super) fn readings(word: &str) -> impl Iterator<Item = String> + '_ {
    let arabic = word.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c));
    [false, true].into_iter().map(move |second| word.chars().map(|c| fold::guess(c, arabic, second)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary(words: &[&str], sounds: &[(&str, &str)]) -> Vocabulary {
        let parts: Vec<Part> = words.iter().map(|word| Part::Word((*word).to_owned())).collect();
        Vocabulary::new(Source {
            ways: Ways::default(),
            parts: parts.iter().collect(),
            meant: words.iter().map(|word| (*word).to_owned()).collect(),
            same: BTreeMap::new(),
            ordinary: BTreeSet::new(),
            attached: Vec::new(),
            sounds: sounds.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
        })
    }

    #[test]
    fn one_slip_in_a_word_is_seen_through() {
        let words = vocabulary(&["suicide", "myself", "kill", "raped"], &[]);
        for (written, meant) in [
            ("sucide", Some("suicide")),
            ("siucide", Some("suicide")),
            ("suiccide", Some("suicide")),
            ("suicude", Some("suicide")),
            ("sucid", None),
            ("myslef", Some("myself")),
            ("mysself", Some("myself")),
            ("kil", Some("kill")),
            ("killll", Some("kill")),
            ("klil", Some("kill")),
            ("kiss", None),
            ("skill", None),
            ("rated", None),
            ("taped", None),
        ] {
            assert_eq!(words.meant(written, &mut String::new()), meant, "{written}");
        }
    }

    #[test]
    fn what_sounds_alike_is_alike() {
        let words = vocabulary(&["voy", "suicidarme", "quiero"], &[("v", "b"), ("y", "i"), ("qu", "k"), ("c", "s")]);
        assert_eq!(words.meant("boi", &mut String::new()), Some("voy"));
        assert_eq!(words.meant("kiero", &mut String::new()), Some("quiero"));
        assert_eq!(words.meant("suisidarme", &mut String::new()), Some("suicidarme"));
    }

    #[test]
    fn a_letter_that_is_hidden_is_found() {
        let words = vocabulary(&["kill", "suicide"], &[]);
        let masked = |word: &str| {
            let letters: Vec<_> = word.chars().map(|c| (c != '*').then_some(c)).collect();
            words.unmasked(&letters).map(ToOwned::to_owned)
        };
        assert_eq!(masked("k*ll").as_deref(), Some("kill"));
        assert_eq!(masked("s**cide").as_deref(), Some("suicide"));
        assert_eq!(masked("b*ll"), None);
    }
}

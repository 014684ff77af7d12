//! Every target goes through what was worth keeping of what was ever found, and through changes of it, for a few seconds
//! each. Looking for more takes `tests/fuzz/run`.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use wideawake_fuzz::{TARGETS, Target};

/// For how long each target is given changed inputs.
const LONG: Duration = Duration::from_secs(5);

/// However fast the machine is.
const MOST: u64 = 200_000;

/// No longer inputs are made.
const LONGEST: usize = 8 << 10;

fn go_through(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let mut corpus = corpus(target);
    assert!(!corpus.is_empty(), "corpus/{name} is empty");
    corpus.push(Vec::new());
    for input in &corpus {
        must_stand(target, input);
    }
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let started = Instant::now();
    let mut tried = 0;
    while tried < MOST && started.elapsed() < LONG {
        must_stand(target, &dice.changed(&corpus));
        tried += 1;
    }
    println!("{name}: {} kept, {tried} made", corpus.len());
}

fn must_stand(target: &Target, input: &[u8]) {
    let stands = catch_unwind(AssertUnwindSafe(|| (target.run)(input))).is_ok();
    assert!(stands, "{} does not stand this: {}", target.name, input.escape_ascii());
}

fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Changes that are the same each time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end.max(1) as u64) as usize
    }

    fn changed(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut input = corpus[self.below(corpus.len())].clone();
        for _ in 0..=self.below(4) {
            let at = self.below(input.len() + 1);
            let end = at + self.below((input.len() - at).min(64) + 1);
            match self.below(6) {
                0 => {
                    input.drain(at..end);
                }
                1 => input.insert(at, self.below(256) as u8),
                2 => {
                    if let Some(byte) = input.get_mut(at) {
                        *byte ^= 1 << self.below(8);
                    }
                }
                3 => {
                    let again = input[at..end].to_vec();
                    input.splice(at..at, again);
                }
                4 => {
                    let other = &corpus[self.below(corpus.len())];
                    let from = self.below(other.len() + 1);
                    let to = from + self.below((other.len() - from).min(256) + 1);
                    input.splice(at..end, other[from..to].iter().copied());
                }
                _ => {
                    let odd = [
                        "\u{202e}",
                        "\0",
                        "\u{feff}",
                        "\"",
                        "\\u0000",
                        "1e999",
                        "-1",
                        "9223372036854775807",
                        "null",
                        "{",
                        "]",
                    ];
                    input.splice(at..end, odd[self.below(odd.len())].bytes());
                }
            }
        }
        input.truncate(LONGEST);
        input
    }
}

macro_rules! targets {
    ($($name:ident)*) => {
        $(#[test] fn $name() { go_through(stringify!($name)); })*

        #[test]
        fn none_is_left_out() {
            let named = [$(stringify!($name)),*];
            let all: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(all, named);
        }
    };
}

targets! { members_door staffs_door config rules policies lexicon roster condition message envelope outside }

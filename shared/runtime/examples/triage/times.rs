//! How long a message takes.

use std::fmt::Write;
use std::time::{Duration, Instant};
use wideawake_domain::Language;
use wideawake_domain::lexicon::Lexicons;

use crate::score::Message;
use crate::texts;

/// How long the messages of a night are, in characters.
const LENGTHS: [usize; 3] = [60, 300, 4_000];
/// How often each is looked through.
const TIMES: usize = 2_000;

/// A table of percentiles: messages of some lengths, pieced together from the labelled ones, by the lexicon of their
/// language, and by all for a language that has none.
pub(crate) fn table(messages: &[Message], lexicons: &Lexicons) -> String {
    let mut out = String::from("| characters | lexicons | p50 µs | p99 µs | max µs |\n|--:|:--|--:|--:|--:|\n");
    let Ok(unknown) = "x-none".parse::<Language>() else { return out };
    for length in LENGTHS {
        let texts = texts::of_length(messages, length);
        for (name, all) in [("one", false), ("all", true)] {
            let mut times: Vec<Duration> = Vec::with_capacity(TIMES);
            for (language, text) in texts.iter().cycle().take(TIMES) {
                let started = Instant::now();
                std::hint::black_box(lexicons.spot(if all { &unknown } else { language }, text));
                times.push(started.elapsed());
            }
            times.sort();
            let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6;
            let _ = writeln!(out, "| {length} | {name} | {:.0} | {:.0} | {:.0} |", at(0.5), at(0.99), at(1.0));
        }
    }
    out
}

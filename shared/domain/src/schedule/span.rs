//! Half-open spans of time, and what can be done with lists of them.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// The longest window over which anything is expanded: ten years.
pub const MAX_WINDOW: TimeDelta = TimeDelta::days(3_653);

/// From `start`, inclusive, to `end`, exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first instant in it.
    pub start: DateTime<Utc>,
    /// The first instant behind it.
    pub end: DateTime<Utc>,
}

impl Span {
    /// The span between two instants, or `None` when there is nothing between them.
    pub fn between(start: DateTime<Utc>, end: DateTime<Utc>) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// A window that somebody asked to have expanded: not empty, and at most [`MAX_WINDOW`] long.
    pub fn window(from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Self, BadWindow> {
        let window = Self::between(from, to).ok_or(BadWindow::Empty { from, to })?;
        if window.length() > MAX_WINDOW { Err(BadWindow::TooLong { from, to }) } else { Ok(window) }
    }

    /// Whether `at` lies in it.
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        self.start <= at && at < self.end
    }

    /// What of it lies in `window`.
    pub fn clipped(&self, window: Self) -> Option<Self> {
        Self::between(self.start.max(window.start), self.end.min(window.end))
    }

    /// How long it is.
    pub fn length(&self) -> TimeDelta {
        self.end - self.start
    }
}

/// A window that is not expanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadWindow {
    /// It does not end after it starts.
    #[error("the window from {from:?} to {to:?} is empty; `to` must be later than `from`")]
    Empty {
        /// Its start.
        from: DateTime<Utc>,
        /// Its end.
        to: DateTime<Utc>,
    },
    /// It is longer than [`MAX_WINDOW`].
    #[error("the window from {from:?} to {to:?} is too long; ask for at most {} days", MAX_WINDOW.num_days())]
    TooLong {
        /// Its start.
        from: DateTime<Utc>,
        /// Its end.
        to: DateTime<Utc>,
    },
}

/// The union of `spans`, in order: those that overlap or touch become one.
pub fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.start < span.end);
    spans.sort_unstable();
    spans.dedup_by(|next, last| {
        let one = next.start <= last.end;
        if one {
            last.end = last.end.max(next.end);
        }
        one
    });
    spans
}

/// What is left of `spans` without `taken`. Both must be as [`merged`] leaves them.
pub fn without(spans: &[Span], taken: &[Span]) -> Vec<Span> {
    let mut left = Vec::with_capacity(spans.len());
    let mut first = 0;
    for span in spans {
        while taken.get(first).is_some_and(|gone| gone.end <= span.start) {
            first += 1;
        }
        let mut start = span.start;
        for gone in taken[first..].iter().take_while(|gone| gone.start < span.end) {
            left.extend(Span::between(start, gone.start));
            start = gone.end;
        }
        left.extend(Span::between(start, span.end));
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(second)
    }

    fn lists() -> impl Strategy<Value = Vec<Span>> {
        prop::collection::vec((0..60i64, 0..12i64), 0..8).prop_map(|list| {
            list.into_iter().map(|(start, length)| Span { start: at(start), end: at(start + length) }).collect()
        })
    }

    #[test]
    fn a_window_has_an_inside_and_an_end() {
        assert!(matches!(Span::window(at(5), at(5)), Err(BadWindow::Empty { .. })));
        assert!(matches!(
            Span::window(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC),
            Err(BadWindow::TooLong { .. })
        ));
        assert!(Span::window(at(5), at(5) + MAX_WINDOW).is_ok());
    }

    proptest! {
        #[test]
        fn merging_and_taking_away_are_what_they_are_second_by_second(some in lists(), others in lists()) {
            let (all, gone) = (merged(some.clone()), merged(others.clone()));
            let left = without(&all, &gone);
            let within = |list: &[Span], second| list.iter().any(|span| span.contains(at(second)));
            for second in -1..80 {
                prop_assert_eq!(within(&all, second), within(&some, second));
                prop_assert_eq!(within(&left, second), within(&some, second) && !within(&others, second));
            }
            for list in [all, left] {
                prop_assert!(list.iter().all(|span| span.start < span.end));
                prop_assert!(list.windows(2).all(|pair| pair[0].end < pair[1].start));
            }
        }
    }
}

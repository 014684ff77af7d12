//! How pages are sent, as an organisation chose it.

use chrono::TimeDelta;

/// How pages are tried, and how much is put up with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How often a page is tried before the next contact method is; at least 1.
    pub attempts: u32,
    /// How long after its first attempt failed a page is tried again; each time after that twice as long.
    pub retry_after: TimeDelta,
    /// So many failures of a provider in a row open its circuit.
    pub breaks_after: u32,
    /// How long a provider is left alone then, before one page tries it again.
    pub rests: TimeDelta,
    /// So many pages reach one person in [`Settings::window`]; more are held back, but those of `imminent` requests are
    /// not. `None`: no limit.
    pub cap: Option<usize>,
    /// See [`Settings::cap`].
    pub window: TimeDelta,
    /// How many pages are under way at once.
    pub in_flight: usize,
    /// How many of them through the same provider.
    pub per_provider: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            attempts: 4,
            retry_after: TimeDelta::seconds(8),
            breaks_after: 5,
            rests: TimeDelta::seconds(30),
            cap: Some(12),
            window: TimeDelta::minutes(10),
            in_flight: 64,
            per_provider: 8,
        }
    }
}

//! When a page that failed is tried again.

use chrono::{DateTime, TimeDelta, Utc};

use super::Settings;
use crate::PageId;

/// When the page whose attempt number `attempt` failed at `at` is tried again; `None`: it was the last.
///
/// Twice as long each time, and up to a fifth more or less, so that pages which failed together do not come back
/// together. How much follows from the page and the attempt: nothing is drawn, and whoever decides it again decides the
/// same.
pub(super) fn again_at(settings: &Settings, page: PageId, attempt: u32, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if attempt >= settings.attempts.max(1) {
        return None;
    }
    let doubled = 1_i64 << attempt.saturating_sub(1).min(16);
    let whole = settings.retry_after.num_microseconds().unwrap_or(i64::MAX).saturating_mul(doubled);
    // Between 800 and 1,200 thousandths.
    let spread = 800 + (page.0.as_u128().wrapping_mul(u128::from(attempt) * 2 + 1) >> 64) as u64 % 401;
    let wait = TimeDelta::microseconds((i128::from(whole) * i128::from(spread) / 1_000).min(i64::MAX.into()) as i64);
    Some(at.checked_add_signed(wait).unwrap_or(DateTime::<Utc>::MAX_UTC))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_page_is_tried_again_ever_later_and_not_for_ever() {
        let (settings, at) = (Settings::default(), DateTime::UNIX_EPOCH);
        let page = PageId(Uuid::new_v5(&Uuid::nil(), b"page"));
        let waits: Vec<i64> =
            (1..4).map(|attempt| (again_at(&settings, page, attempt, at).unwrap() - at).num_milliseconds()).collect();
        for (wait, whole) in waits.iter().zip([8_000, 16_000, 32_000]) {
            assert!((whole * 4 / 5..=whole * 6 / 5).contains(wait), "{waits:?}");
        }
        assert_eq!(again_at(&settings, page, 4, at), None);
        assert!(waits.iter().sum::<i64>() <= 70_000, "all of it takes about a minute");
    }

    #[test]
    fn pages_that_failed_together_do_not_come_back_together() {
        let (settings, at) = (Settings::default(), DateTime::UNIX_EPOCH);
        let page = |n: u32| PageId(Uuid::new_v5(&Uuid::nil(), &n.to_be_bytes()));
        let mut moments: Vec<_> = (0..100).map(|n| again_at(&settings, page(n), 1, at).unwrap()).collect();
        moments.sort();
        moments.dedup();
        assert!(moments.len() > 60, "{}", moments.len());
        assert_eq!(again_at(&settings, page(7), 1, at), again_at(&settings, page(7), 1, at), "nothing is drawn");
    }

    #[test]
    fn the_longest_waits_do_not_overflow() {
        let settings = Settings { attempts: u32::MAX, retry_after: TimeDelta::days(3650), ..Settings::default() };
        assert!(again_at(&settings, PageId(Uuid::max()), u32::MAX - 1, DateTime::<Utc>::MAX_UTC).is_some());
    }
}

//! Moments, in words.

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use wideawake_domain::schedule::wall;
use wideawake_runtime::pages::Frame;

use super::coverage::day;

/// A moment on the clock of `zone`, with the day and which clock it is.
pub(crate) fn moment(frame: &Frame, at: DateTime<Utc>, zone: Tz) -> String {
    let local = wall::local(at, zone);
    let month = frame.say(&format!("month-{}", local.month()));
    frame.words.with(
        "page-moment",
        &[
            ("time", local.format("%H:%M").to_string().into()),
            ("day", local.format("%-d").to_string().into()),
            ("month", month.into()),
            ("zone", zone.name().into()),
        ],
    )
}

/// A moment on the clock of `zone`, where it is said beside it whose clock that is.
pub(super) fn short(frame: &Frame, at: DateTime<Utc>, zone: Tz) -> String {
    let local = wall::local(at, zone);
    format!("{} {}", day(frame, local.date()), local.format("%H:%M"))
}

/// Every zone, to choose from.
pub(super) fn zones() -> Vec<&'static str> {
    TZ_VARIANTS.iter().map(|zone| zone.name()).collect()
}

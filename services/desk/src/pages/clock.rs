//! Moments, in words.

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;
use wideawake_domain::schedule::wall;
use wideawake_runtime::pages::Frame;

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

//! Who is scheduled when, across time zones: shifts, leave, extra hours and on-call rotations.
//!
//! Everything is a wall-clock time in somebody's zone until it is expanded over a window of instants, and half-open spans of
//! UTC after that. The rules are those of `cases/schedule/README.md`; its cases are a test of this crate. Nothing here reads a clock, and
//! nothing but [`wall`] knows what a time zone does.

pub mod coverage; // how many of whom there are in each step of a window, and where nobody is
mod hours; // one person's shifts, leave and extra hours, expanded
mod notation; // how times, dates, days and zones are written, and what is said of those that are not
pub mod preview; // a roster or a rotation as JSON in, who is on as rows out
mod rotation; // on-call duty that is handed on at a wall-clock time
mod shift; // what a person's hours are made of
mod span; // half-open spans of time
pub mod wall; // from wall-clock time to instant and back
mod week; // ISO weeks, in UTC

pub use hours::{Expansion, Hours, HoursCache, REACH, Warning};
pub use notation::Invalid;
pub use rotation::{MAX_EVERY_DAYS, MAX_MEMBERS, MAX_OVERRIDES, Override, Rotation, Turn};
pub use shift::{LocalSpan, Shift, When};
pub use span::{BadWindow, MAX_WINDOW, Span, merged, without};
pub use wall::parse_zone;
pub use week::{iso_week, week_bounds};

//! Names: those that others are told are those in the record.

use serde::Serialize;
use std::fmt::Debug;

use super::*;

fn check<T: Copy + Debug + Serialize>(all: &[T], name: fn(T) -> &'static str) {
    for one in all {
        assert_eq!(serde_json::to_value(one).unwrap(), name(*one), "{one:?}");
    }
}

#[test]
fn what_is_told_is_what_the_record_says() {
    use WithdrawReason::{Absent, Assigned, Duty, Left, NeedsChanged, Outranked, ShiftOver, Taken};
    check(&[Taken, Duty, ShiftOver, Absent, NeedsChanged, Left, Outranked, Assigned], WithdrawReason::as_str);
    check(
        &[Speaker::Member, Speaker::Volunteer, Speaker::Professional, Speaker::Supervisor, Speaker::System],
        Speaker::as_str,
    );
    check(
        &[ReleaseReason::GaveBack, ReleaseReason::Supervisor, ReleaseReason::Absent, ReleaseReason::Silent],
        ReleaseReason::as_str,
    );
    check(&[Ending::Closed, Ending::Left, Ending::Abandoned, Ending::Erased, Ending::Barred], Ending::as_str);
    check(&ErasureReason::ALL, ErasureReason::as_str);
}

//! Whom a line asks to turn elsewhere for a while, and whom it takes all the same.
//!
//! A supervisor ended a conversation for cause, for a time. Whoever brings that conversation along (its token, in a cookie or
//! as the one to go on from) is asked until then to turn elsewhere, and told where. Nothing else recognises anybody: not
//! their address, which they may share with a whole shelter. What is `urgent` or above is never turned away.

use chrono::{DateTime, Utc};

use super::state::SupportRequest;
use crate::Priority;

/// Until when somebody who is barred until `until` is turned away with something that is so urgent; `None`: they are
/// taken.
pub fn turned_away(until: Option<DateTime<Utc>>, priority: Priority, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    until.filter(|until| now < *until && priority < Priority::Urgent)
}

impl SupportRequest {
    /// Until when its member is barred at `now`, whatever they bring.
    pub fn is_barred(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.barred_until.filter(|until| now < *until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn only_below_urgent_and_only_for_so_long() {
        let now: DateTime<Utc> = DateTime::UNIX_EPOCH;
        let until = Some(now + TimeDelta::hours(1));
        for priority in Priority::ALL {
            let away = priority < Priority::Urgent;
            assert_eq!(turned_away(until, priority, now), until.filter(|_| away), "{priority}");
            assert_eq!(turned_away(until, priority, now + TimeDelta::hours(1)), None, "it is over");
            assert_eq!(turned_away(None, priority, now), None);
        }
    }
}

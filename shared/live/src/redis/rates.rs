//! Windows of use, counted by Redis.

use ::redis::Script;
use chrono::{DateTime, Utc};
use std::time::Duration;

use super::Inner;
use crate::LiveError;

/// Counts a use in the window of `KEYS[1]` that lasts `ARGV[1]` µs, at `ARGV[2]`, by the clocks of those who ask. The
/// server's own clock forgets the window after `ARGV[3]` ms, which is later.
const COUNT: &str = "
local start = tonumber(redis.call('HGET', KEYS[1], 'start') or '')
if not start or tonumber(ARGV[2]) - start >= tonumber(ARGV[1]) then
  redis.call('HSET', KEYS[1], 'start', ARGV[2], 'count', '0')
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return redis.call('HINCRBY', KEYS[1], 'count', 1)
";

/// Clocks of processes differ, and so do what they call now and when it arrives.
const SLACK: Duration = Duration::from_mins(1);

/// No window is longer.
const LONGEST: Duration = Duration::from_hours(24 * 366);

pub(super) fn script() -> Script {
    Script::new(COUNT)
}

impl Inner {
    /// Counts one more use of `key` and says the how manyeth of its window it is.
    pub(super) async fn count(&self, key: &str, within: Duration, now: DateTime<Utc>) -> Result<u64, LiveError> {
        let within = within.min(LONGEST);
        let mut count = self.rate.prepare_invoke();
        count.key(format!("wideawake:rate:{key}")).arg(within.as_micros() as u64);
        count.arg(now.timestamp_micros()).arg((within + SLACK).as_millis() as u64);
        self.link.ask(|mut redis| async move { count.invoke_async(&mut redis).await }).await
    }
}

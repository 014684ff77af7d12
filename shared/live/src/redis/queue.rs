//! Places: per pool a sorted set for each priority, of requests by the microsecond they were opened. Of equal scores Redis
//! puts the lower member first, by its bytes, which for the text of UUIDs is the order of their numbers; so a set is in the
//! order in which a tier is served, and a place is a rank.

use ::redis::Script;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use wideawake_domain::{Pool, Priority, RequestId};

use super::Inner;
use super::pace::chance;
use crate::{Ageing, LiveError, Place};

/// Puts `ARGV[1]` into `KEYS[1]` with the score `ARGV[2]`, and takes it out of the other tiers.
const PUT: &str = "
for i = 2, #KEYS do redis.call('ZREM', KEYS[i], ARGV[1]) end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
";

/// Takes `ARGV[1]` out of every tier.
const TAKE_OUT: &str = "
for i = 1, #KEYS do redis.call('ZREM', KEYS[i], ARGV[1]) end
";

/// How many are served before `ARGV[1]`, or -1 if it is not there. `KEYS` are the tiers, the lowest first. `ARGV[2]` to
/// `ARGV[5]` say of each tier before when whoever was opened has aged, or nothing if nobody does; `ARGV[6]` to `ARGV[9]`
/// as which tier they are served then.
///
/// Inside a tier the longest waiting have aged: a first part counts as one tier higher, the rest does not. Scores stay the
/// text that Redis wrote: Lua writes numbers with fewer digits. Members are compared byte by byte, as Redis does; Lua
/// compares as the server's locale does.
const AHEAD: &str = "
local id = ARGV[1]
local tier, score
for i = 1, 4 do
  score = redis.call('ZSCORE', KEYS[i], id)
  if score then tier = i break end
end
if not tier then return -1 end

local function before(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

local function older(i)
  if i == tier then return redis.call('ZRANK', KEYS[i], id) end
  local count = redis.call('ZCOUNT', KEYS[i], '-inf', '(' .. score)
  for _, other in ipairs(redis.call('ZRANGEBYSCORE', KEYS[i], score, score)) do
    if before(other, id) then count = count + 1 end
  end
  return count
end

local served = tier
local bound = ARGV[1 + tier]
if bound ~= '' and tonumber(score) < tonumber(bound) then served = tonumber(ARGV[5 + tier]) end

local ahead = 0
for i = 1, 4 do
  if i > served then
    ahead = ahead + redis.call('ZCARD', KEYS[i])
  else
    local bound, as = ARGV[1 + i], tonumber(ARGV[5 + i])
    local aged = 0
    if bound ~= '' and as > i and as >= served then aged = redis.call('ZCOUNT', KEYS[i], '-inf', '(' .. bound) end
    if i == served then
      ahead = ahead + math.max(older(i), aged)
    elseif aged > 0 then
      ahead = ahead + math.min(older(i), aged)
    end
  end
end
return ahead
";

/// Puts what was built under `KEYS[5]` to `KEYS[8]` in the place of the tiers `KEYS[1]` to `KEYS[4]` and notes that in
/// `KEYS[9]`, if all of it is there: `ARGV` says how many in each.
const SWAP: &str = "
for i = 1, 4 do
  if redis.call('ZCARD', KEYS[4 + i]) ~= tonumber(ARGV[i]) then return 0 end
end
for i = 1, 4 do
  redis.call('UNLINK', KEYS[i])
  if tonumber(ARGV[i]) > 0 then
    redis.call('RENAME', KEYS[4 + i], KEYS[i])
    redis.call('PERSIST', KEYS[i])
  end
end
redis.call('SET', KEYS[9], '1')
return 1
";

/// How many places are sent at once.
const CHUNK: usize = 1_000;

/// How long, in seconds, what is built is kept when whoever builds it does not go on.
const UNFINISHED: u32 = 60;

pub(super) struct Scripts {
    put: Script,
    take_out: Script,
    ahead: Script,
    swap: Script,
}

impl Scripts {
    pub(super) fn new() -> Self {
        let [put, take_out, ahead, swap] = [PUT, TAKE_OUT, AHEAD, SWAP].map(Script::new);
        Self { put, take_out, ahead, swap }
    }
}

/// The key that stands as long as the queue is whole.
pub(super) fn filled(pool: &Pool) -> String {
    format!("wideawake:filled:{pool}")
}

fn tier(pool: &Pool, priority: Priority) -> String {
    format!("wideawake:queue:{pool}:{priority}")
}

impl Inner {
    pub(super) async fn put(&self, pool: &Pool, place: Place) -> Result<(), LiveError> {
        let mut put = self.queue.put.prepare_invoke();
        put.key(tier(pool, place.priority));
        for other in Priority::ALL.into_iter().filter(|other| *other != place.priority) {
            put.key(tier(pool, other));
        }
        put.arg(place.request.to_string()).arg(place.opened_at.timestamp_micros());
        self.link.ask(|mut redis| async move { put.invoke_async::<()>(&mut redis).await }).await
    }

    pub(super) async fn take_out(&self, pool: &Pool, request: RequestId) -> Result<(), LiveError> {
        let mut take_out = self.queue.take_out.prepare_invoke();
        for priority in Priority::ALL {
            take_out.key(tier(pool, priority));
        }
        take_out.arg(request.to_string());
        self.link.ask(|mut redis| async move { take_out.invoke_async::<()>(&mut redis).await }).await
    }

    pub(super) async fn ahead(
        &self,
        pool: &Pool,
        request: RequestId,
        ageing: &Ageing,
        now: DateTime<Utc>,
    ) -> Result<Option<usize>, LiveError> {
        let mut ahead = self.queue.ahead.prepare_invoke();
        for priority in Priority::ALL {
            ahead.key(tier(pool, priority));
        }
        ahead.arg(request.to_string());
        for priority in Priority::ALL {
            let bound = ageing[priority.index()].and_then(|ageing| aged_before(now, ageing));
            ahead.arg(bound.map_or_else(String::new, |bound| bound.to_string()));
        }
        for priority in Priority::ALL {
            ahead.arg(priority.aged().index() + 1);
        }
        let ahead: i64 = self.link.ask(|mut redis| async move { ahead.invoke_async(&mut redis).await }).await?;
        Ok(usize::try_from(ahead).ok())
    }

    /// Builds the queue under names of its own, so that nobody sees a part of it, and a wipe while it is built is noticed.
    pub(super) async fn refill(&self, pool: &Pool, places: &[Place]) -> Result<(), LiveError> {
        let places: BTreeMap<RequestId, &Place> = places.iter().map(|place| (place.request, place)).collect();
        let mut tiers = [const { Vec::new() }; 4];
        for place in places.values() {
            tiers[place.priority.index()].push(**place);
        }
        let mark = chance();
        let building = |priority| format!("wideawake:refill:{mark:016x}:{priority}");
        for (priority, tier) in Priority::ALL.into_iter().zip(&tiers) {
            for chunk in tier.chunks(CHUNK) {
                let mut pipe = ::redis::pipe();
                let add = pipe.cmd("ZADD").arg(building(priority));
                for place in chunk {
                    add.arg(place.opened_at.timestamp_micros()).arg(place.request.to_string());
                }
                add.ignore().cmd("EXPIRE").arg(building(priority)).arg(UNFINISHED).ignore();
                self.link.ask_much(|mut redis| async move { pipe.query_async::<()>(&mut redis).await }).await?;
            }
        }
        let mut swap = self.queue.swap.prepare_invoke();
        for priority in Priority::ALL {
            swap.key(tier(pool, priority));
        }
        for priority in Priority::ALL {
            swap.key(building(priority));
        }
        swap.key(filled(pool));
        for tier in &tiers {
            swap.arg(tier.len());
        }
        let whole = self.link.ask_much(|mut redis| async move { swap.invoke_async::<bool>(&mut redis).await }).await?;
        if whole { Ok(()) } else { Err(LiveError("it was wiped while the queue was filled".to_owned())) }
    }
}

/// The first whole microsecond that has not waited longer than `ageing` by `now`; `None` when nobody ever has.
fn aged_before(now: DateTime<Utc>, ageing: chrono::TimeDelta) -> Option<i64> {
    let exact = now.checked_sub_signed(ageing)?;
    Some(exact.timestamp_micros() + i64::from(exact.timestamp_subsec_nanos() % 1_000 > 0))
}

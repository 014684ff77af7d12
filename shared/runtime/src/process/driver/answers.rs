//! What the loop makes of what it asked for.

use chrono::{DateTime, TimeDelta, Utc};
use wideawake_domain::process::{Process, Signal};
use wideawake_domain::{Recorded, StreamId};
use wideawake_ledger::{AppendError, Cursor, Lease, LedgerError};

use super::{AT_LEAST, Driver, Order, PAGE, Role, Unread, Wish};
use crate::process::order::Arrival;

impl<P: Process> Driver<P> {
    pub(super) fn lease_answered(&mut self, answer: Result<Lease, LedgerError>, now: DateTime<Utc>) {
        let ttl = TimeDelta::from_std(self.options.lease_ttl).unwrap_or(TimeDelta::MAX);
        match answer {
            Ok(Lease::Held { token }) => {
                if self.token().is_some_and(|mine| mine != token) {
                    // Somebody else led in between.
                    self.step_down(now);
                }
                // Counted from when it was asked for: the ledger counts from later.
                self.leads_until = self.lease_asked_at + ttl;
                self.lease_at = Some(now + ttl / 4);
                if self.role == Role::Standby {
                    self.take_over(token, now);
                }
            }
            Ok(Lease::HeldBy { expires_in, .. }) => {
                if self.role != Role::Standby {
                    self.step_down(now);
                }
                let soon = TimeDelta::from_std(expires_in).unwrap_or(ttl).min(self.options.standby_every);
                self.lease_at = Some(now + soon.max(AT_LEAST));
                if !self.follows {
                    self.follows = true;
                    self.follow_at = Some(now);
                }
            }
            Err(_) => self.lease_at = Some(now + ttl / 8),
        }
    }

    pub(super) fn rebuilt(
        &mut self,
        answer: Result<(Vec<Recorded>, Cursor), LedgerError>,
        signals: Vec<Signal>,
        now: DateTime<Utc>,
    ) {
        let Ok((facts, cursor)) = answer else {
            let again = Some(now + self.options.tail_every / 4);
            match &mut self.role {
                Role::Rebuilding { at, .. } => *at = again,
                Role::Standby => self.follow_at = again,
                Role::Leading { .. } => {}
            }
            return;
        };
        let token = match self.role {
            Role::Leading { .. } => return,
            Role::Rebuilding { token, .. } => Some(token),
            Role::Standby => None,
        };
        self.cursor = cursor;
        self.seen_at = Some(self.read_asked_at);
        self.absorb(facts, now);
        let Some(token) = token else {
            self.tail_at = Some(now + self.options.tail_every);
            return;
        };
        self.role = Role::Leading { token };
        self.process.took_over(now);
        for signal in signals.into_iter().chain(std::mem::take(&mut self.heard)) {
            self.process.signal(signal);
        }
        self.missed = 0;
        self.stirred = true;
        self.tail_at = Some(now);
    }

    pub(super) fn tailed(&mut self, answer: Result<(Vec<Recorded>, Cursor), LedgerError>, now: DateTime<Utc>) {
        if let Role::Rebuilding { .. } = self.role {
            return;
        }
        self.tail_at = Some(if self.tail_again { now } else { now + self.options.tail_every });
        let Ok((facts, cursor)) = answer else {
            self.tail_at = Some(now + self.options.tail_every);
            return;
        };
        if facts.len() >= PAGE {
            self.tail_at = Some(now);
        } else {
            self.seen_at = Some(self.read_asked_at);
        }
        self.cursor = cursor;
        if !self.leads() {
            return self.absorb(facts, now);
        }
        // What was recorded just now may still be on its way by the bus.
        let overdue = now - TimeDelta::milliseconds(500);
        let unseen = |fact: &&Recorded| {
            self.follows(fact) && fact.at < overdue && fact.version > self.order.version(fact.stream)
        };
        self.missed += facts.iter().filter(unseen).count() as u64;
        self.absorb(facts, now);
    }

    pub(super) fn was_read(
        &mut self,
        stream: StreamId,
        answer: Result<Vec<Recorded>, LedgerError>,
        now: DateTime<Utc>,
    ) {
        let Some(unread) = self.unread.get_mut(&stream) else { return };
        let again_at = unread.again_at.take();
        match answer {
            Ok(facts) => {
                let settles = unread.settles && again_at.is_none();
                match again_at {
                    Some(_) => unread.at = again_at,
                    None => drop(self.unread.remove(&stream)),
                }
                self.absorb(facts, now);
                if settles {
                    self.settle(stream);
                }
            }
            Err(_) => unread.at = Some(now + self.options.tail_every / 4),
        }
    }

    pub(super) fn appended(
        &mut self,
        stream: StreamId,
        answer: Result<Vec<Recorded>, AppendError>,
        now: DateTime<Utc>,
    ) {
        let Some(wish) = self.in_flight.get_mut(&stream).filter(|wish| **wish == Wish::Sent) else { return };
        *wish = Wish::Unclear;
        match answer {
            Ok(facts) => {
                self.absorb(facts, now);
                self.settle(stream);
            }
            Err(AppendError::Fenced) => self.step_down(now),
            Err(AppendError::Conflict { .. }) => self.read_again(stream, true, now),
            Err(AppendError::Busy | AppendError::Unknown(_)) => {
                self.read_again(stream, true, now + self.options.tail_every / 20);
            }
        }
    }

    fn settle(&mut self, stream: StreamId) {
        self.in_flight.remove(&stream);
        self.process.settled(stream);
        self.stirred = true;
    }

    fn read_again(&mut self, stream: StreamId, settles: bool, at: DateTime<Utc>) {
        let unread = self.unread.entry(stream).or_insert(Unread { settles, at: Some(at), again_at: None });
        if settles && !unread.settles {
            unread.settles = true;
            match &mut unread.at {
                Some(due) => *due = at,
                None => unread.again_at = Some(at),
            }
        }
    }

    fn follows(&self, fact: &Recorded) -> bool {
        fact.pool.concerns(&self.options.pool) && self.kinds.contains(&fact.stream.kind)
    }

    pub(super) fn absorb(&mut self, facts: Vec<Recorded>, now: DateTime<Utc>) {
        for fact in facts {
            if !self.follows(&fact) {
                continue;
            }
            let stream = fact.stream;
            match self.order.arrive(fact, now) {
                Arrival::Repeat => {}
                Arrival::Next(facts) => {
                    for fact in &facts {
                        self.process.observe(fact);
                    }
                    // A standby decides nothing.
                    self.stirred = self.role != Role::Standby;
                }
                Arrival::Hole => self.read_again(stream, false, now),
            }
        }
    }

    /// The lease is ours. From here on nobody appends under an earlier one, and what the one before did can be read.
    fn take_over(&mut self, token: u64, now: DateTime<Utc>) {
        self.role = Role::Rebuilding { token, at: Some(now) };
        // What is being read was asked for too early.
        self.term += 1;
        (self.follow_at, self.tail_at, self.tail_again) = (None, None, false);
        for unread in self.unread.values_mut() {
            unread.at = Some(now);
        }
    }

    pub(super) fn step_down(&mut self, now: DateTime<Utc>) {
        self.role = Role::Standby;
        self.term += 1;
        self.process = (self.make)();
        self.order = Order::default();
        self.in_flight.clear();
        self.unread.clear();
        self.wishes.clear();
        self.heard.clear();
        self.stirred = false;
        (self.tail_at, self.tail_again) = (None, false);
        (self.follows, self.follow_at, self.seen_at) = (false, None, None);
        self.leads_until = DateTime::UNIX_EPOCH;
        if self.lease_at.is_some_and(|at| at > now) {
            self.lease_at = Some(now + AT_LEAST);
        }
    }
}

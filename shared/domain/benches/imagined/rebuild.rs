//! Everything anew, from the record: what a dispatcher does when it takes over a pool.

use wideawake_domain::Pool;
use wideawake_domain::dispatch::Dispatcher;
use wideawake_domain::process::{Process, Signal};
use wideawake_domain::record::Recorded;

use super::scenes::hired;
use super::{Imagined, LANGUAGES, LONG, settings, volunteers};

/// A record of a pool with so many open requests: some are held, all others wait and could be served, and half of the
/// volunteers have free places.
pub(crate) struct Record {
    pool: Imagined,
    facts: Vec<Recorded>,
}

impl Record {
    pub(crate) fn of(open: usize) -> Self {
        let mut pool = Imagined::new();
        pool.record = Some(Vec::new());
        pool.hire(&hired());
        let busy = (open / 20).min(volunteers() / 2);
        pool.occupy(0..busy);
        pool.wait(open - 2 * busy, 0..LANGUAGES.len() - 1);
        let facts = pool.record.take().unwrap_or_default();
        Self { pool, facts }
    }

    /// Sees everything that is on record.
    pub(crate) fn observe(&self) -> Dispatcher {
        let mut dispatcher = Dispatcher::new(Pool::named("main"), settings());
        for fact in &self.facts {
            dispatcher.observe(fact);
        }
        dispatcher
    }

    /// Takes over, hears who is there, and decides for the first time; gives how many wishes that makes.
    pub(crate) fn take_over(&self, dispatcher: &mut Dispatcher) -> usize {
        dispatcher.took_over(self.pool.now);
        let at = self.pool.now + LONG;
        for (staff, _) in &self.pool.volunteers {
            dispatcher.signal(Signal::StaffSeen { staff: *staff, at });
        }
        dispatcher.decide(self.pool.now).len()
    }
}

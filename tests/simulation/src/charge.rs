//! The real processes behind one face, so that one loop of one type runs whatever an instance does.

use chrono::TimeDelta;
use wideawake_domain::escalation::Watcher;
use wideawake_domain::paging::Pager;
use wideawake_domain::process::{Errand, ErrandOutcome, Intent, Process, Signal};
use wideawake_domain::{Recorded, StreamId, StreamKind};

use crate::Time;
use crate::minded::Minded;
use crate::model::Breach;
use crate::watch::Watched;

/// What an instance does.
pub(crate) enum Charge {
    /// A dispatcher under observation.
    Dispatches(Box<Watched>),
    /// A watcher under observation.
    Minds(Box<Minded>),
    /// A pager. What it does is judged by the record.
    Pages(Box<Pager>),
}

impl Charge {
    /// What it did that an invariant does not allow.
    pub(crate) fn breach(&self) -> Option<&Breach> {
        match self {
            Self::Dispatches(watched) => watched.breach.as_ref(),
            Self::Minds(minded) => minded.breach.as_ref(),
            Self::Pages(_) => None,
        }
    }

    pub(crate) fn watched(&self) -> Option<&Watched> {
        if let Self::Dispatches(watched) = self { Some(watched) } else { None }
    }

    pub(crate) fn watcher(&self) -> Option<&Watcher> {
        if let Self::Minds(minded) = self { Some(minded.watcher()) } else { None }
    }

    /// Whether it has wished for something and does not know what became of it.
    pub(crate) fn has_wishes(&self) -> bool {
        match self {
            Self::Dispatches(watched) => watched.has_wishes(),
            Self::Minds(minded) => minded.has_wishes(),
            Self::Pages(_) => false,
        }
    }

    fn inner(&self) -> &dyn Process {
        match self {
            Self::Dispatches(watched) => &**watched,
            Self::Minds(minded) => &**minded,
            Self::Pages(pager) => &**pager,
        }
    }

    fn inner_mut(&mut self) -> &mut dyn Process {
        match self {
            Self::Dispatches(watched) => &mut **watched,
            Self::Minds(minded) => &mut **minded,
            Self::Pages(pager) => &mut **pager,
        }
    }
}

impl Process for Charge {
    fn scope(&self) -> Vec<(StreamKind, TimeDelta)> {
        self.inner().scope()
    }

    fn observe(&mut self, fact: &Recorded) {
        self.inner_mut().observe(fact);
    }

    fn took_over(&mut self, now: Time) {
        self.inner_mut().took_over(now);
    }

    fn signal(&mut self, signal: Signal) {
        self.inner_mut().signal(signal);
    }

    fn due(&self) -> Option<Time> {
        self.inner().due()
    }

    fn decide(&mut self, now: Time) -> Vec<Intent> {
        self.inner_mut().decide(now)
    }

    fn errands(&mut self, now: Time) -> Vec<Errand> {
        self.inner_mut().errands(now)
    }

    fn ran(&mut self, errand: Errand, outcome: ErrandOutcome) {
        self.inner_mut().ran(errand, outcome);
    }

    fn settled(&mut self, stream: StreamId) {
        self.inner_mut().settled(stream);
    }
}

//! What became of a night under one policy: who was served when and by whom, and who was asked.

use chrono::TimeDelta;
use wideawake_domain::wait::Wait;

use super::night::Night;
use crate::Time;

/// Who began to talk with a member, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Begun {
    pub(crate) at: Time,
    /// Which of [`Night::people`].
    pub(crate) person: usize,
}

/// When a member who still waits looks again at how long it may take.
pub(crate) const LATER: TimeDelta = TimeDelta::minutes(5);

/// What a member was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// How many were before them.
    pub(crate) ahead: usize,
    pub(crate) wait: Option<Wait>,
}

/// What became of a night.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Course {
    /// By asker.
    pub(crate) begun: Vec<Option<Begun>>,
    /// By asker; nobody is told anything where places in line are not known.
    pub(crate) told: Vec<Option<Told>>,
    /// The same for those who still waited [`LATER`].
    pub(crate) told_again: Vec<Option<Told>>,
    /// By person: how often they were asked, and how often they did not answer.
    pub(crate) asked: Vec<u32>,
    pub(crate) missed: Vec<u32>,
}

impl Course {
    pub(crate) fn new(night: &Night) -> Self {
        let (askers, people) = (night.askers.len(), night.people.len());
        Self {
            begun: vec![None; askers],
            told: vec![None; askers],
            told_again: vec![None; askers],
            asked: vec![0; people],
            missed: vec![0; people],
        }
    }

    /// How long an asker waited, if they were served at all.
    pub(crate) fn waited(&self, night: &Night, asker: usize) -> Option<TimeDelta> {
        Some(self.begun[asker]?.at - night.askers[asker].at)
    }
}

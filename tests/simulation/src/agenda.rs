//! What is going to happen, by time and, at one time, in the order in which it was put down.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::Time;

#[derive(Debug)]
pub(crate) struct Agenda<T> {
    heap: BinaryHeap<Item<T>>,
    count: u64,
}

#[derive(Debug)]
struct Item<T> {
    at: Time,
    number: u64,
    what: T,
}

impl<T> Agenda<T> {
    pub(crate) fn new() -> Self {
        Self { heap: BinaryHeap::new(), count: 0 }
    }

    pub(crate) fn add(&mut self, at: Time, what: T) {
        self.count += 1;
        self.heap.push(Item { at, number: self.count, what });
    }

    pub(crate) fn next(&mut self) -> Option<(Time, T)> {
        self.heap.pop().map(|item| (item.at, item.what))
    }
}

impl<T> PartialEq for Item<T> {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl<T> Eq for Item<T> {}

impl<T> PartialOrd for Item<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The earliest is the greatest, as the heap gives out the greatest.
impl<T> Ord for Item<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.number).cmp(&(self.at, self.number))
    }
}

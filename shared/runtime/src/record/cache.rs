//! What was used recently: bounded, and forgotten half at a time.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// At most twice `room` entries; what was not used for `room` insertions is gone.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    room: usize,
    halves: Mutex<(HashMap<K, V>, HashMap<K, V>)>,
}

impl<K: Hash + Eq + Clone, V: Clone> Recent<K, V> {
    pub(super) fn new(room: usize) -> Self {
        Self { room, halves: Mutex::default() }
    }

    pub(super) fn get(&self, key: &K) -> Option<V> {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = halves.0.get(key) {
            return Some(value.clone());
        }
        let value = halves.1.remove(key)?;
        halves.0.insert(key.clone(), value.clone());
        Some(value)
    }

    /// Remembers `value`, unless `keep` says that what is there is better.
    pub(super) fn put(&self, key: K, value: V, keep: impl Fn(&V, &V) -> bool) {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(old) = halves.0.get(&key).or_else(|| halves.1.get(&key))
            && keep(old, &value)
        {
            return;
        }
        halves.0.insert(key, value);
        if halves.0.len() >= self.room {
            halves.1 = std::mem::take(&mut halves.0);
        }
    }

    pub(super) fn remove(&self, key: &K) {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        halves.0.remove(key);
        halves.1.remove(key);
    }
}

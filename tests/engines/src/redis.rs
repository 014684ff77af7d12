//! Redis of one's own.

/// A Redis server.
#[derive(Debug)]
pub struct Redis;

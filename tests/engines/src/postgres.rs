//! PostgreSQL of one's own.

/// A PostgreSQL server.
#[derive(Debug)]
pub struct Postgres;

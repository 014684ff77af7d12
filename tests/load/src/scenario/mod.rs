//! What is measured.

pub(crate) mod backlog; // many wait, and then volunteers come
pub(crate) mod lives; // whole conversations, as many as there can be
pub(crate) mod night; // members arrive whether or not the line keeps up
pub(crate) mod rebuild; // a restart with very many open requests
pub(crate) mod start; // from nothing to listening, and what it costs to wait
pub(crate) mod streams; // very many open streams

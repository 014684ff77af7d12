//! What both doors need of HTTP: problems, bodies, tokens, streams, and the server itself.
//!
//! Everything a caller can do wrong becomes a [`Problem`]; nothing here puts what anyone wrote into an answer, a log or a
//! span.

pub mod auth;
pub mod body;
pub mod caller;
pub mod detached;
pub mod health;
pub mod layers;
pub mod openapi;
pub mod path;
pub mod problem;
pub mod query;
pub mod server;
pub mod sse;

pub use body::{Checked, Fields, JsonBody, parse};
pub use caller::Caller;
pub use detached::detached;
pub use path::Segments;
pub use problem::{Kind, Problem};
pub use query::Query;
pub use server::{Server, listen, serve};
pub use sse::Sse;

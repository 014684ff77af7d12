//! PostgreSQL, RabbitMQ, Redis and an OpenID Connect provider of one's own for tests: on private ports, in temporary folders, gone with the test.
//!
//! The programs come from the system's packages (`tests/install` names them). Nothing here touches a server that runs on
//! the machine already.

pub mod certificates; // for those that speak TLS
mod oidc; // who says who somebody is
pub mod postgres;
mod program; // one child process that ends with us
pub mod rabbitmq;
pub mod redis;

pub use oidc::OidcProvider;
pub use postgres::Postgres;
pub use program::{Program, free_port};
pub use rabbitmq::RabbitMq;
pub use redis::{Redis, Sentinels};

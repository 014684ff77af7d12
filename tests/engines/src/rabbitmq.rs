//! RabbitMQ of one's own.

/// A RabbitMQ server.
#[derive(Debug)]
pub struct RabbitMq;

//! Those whom pages go through, as real servers on this machine: a mail server that speaks SMTP, and whoever takes HTTP
//! calls, webhooks and text messages alike.

mod http;
mod smtp;

pub use http::{Http, Received};
pub use smtp::{Mail, Smtp};

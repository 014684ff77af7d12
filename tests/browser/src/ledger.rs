//! A ledger that can be cut off: PostgreSQL, behind a line.

use std::net::SocketAddr;

use wideawake_engines::Postgres;

use crate::Line;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// The line, and the keys of the configuration that lead over it.
pub async fn behind_a_line() -> (Line, String) {
    let database = Postgres::fresh_database().expect("a PostgreSQL database of one's own");
    let (before, rest) = database.split_once('@').expect("a name and a host");
    let (host, name) = rest.split_once('/').expect("a host and a database");
    let address = tokio::net::lookup_host(host).await.expect("a host").find(SocketAddr::is_ipv4);
    let line = Line::to(address.expect("an address")).await;
    let keys = format!("ledger.url = '{before}@{}/{name}'\nvault.master_keys = ['{KEY}']", line.at());
    (line, keys)
}

//! `[intake]`, `[desk]` and `[router]`: the two doors, and where a process without a door says how it is.

use std::net::{Ipv4Addr, SocketAddr};

use super::SignIn;
use super::reader::{Reader, Spot, Table};
use crate::acknowledge::inbound::Inbound;

/// The members' door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intake {
    /// Where it listens.
    pub listen: SocketAddr,
    /// How many connections may be open at once.
    pub max_connections: usize,
    /// How much one caller may ask for.
    pub limits: Limits,
}

/// How much one caller may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Whether there are any.
    pub enabled: bool,
}

/// The staff's door.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Where it listens.
    pub listen: SocketAddr,
    /// How many connections may be open at once.
    pub max_connections: usize,
    /// Who may post text messages that come in.
    pub inbound: Inbound,
    /// How staff sign in.
    pub sign_in: SignIn,
}

/// The router, where it is a process of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Router {
    /// Where it says how it is.
    pub listen: SocketAddr,
}

const CONNECTIONS: usize = 25_000;

pub(super) fn read(reader: &Reader<'_>, root: &mut Table) -> (Intake, Desk, Router) {
    let mut table = reader.table(root, "intake");
    let mut limits = reader.table(&mut table, "limits");
    let intake = Intake {
        listen: reader.get(&mut table, "listen", address).unwrap_or(local(8080)),
        max_connections: reader.get(&mut table, "max_connections", connections).unwrap_or(CONNECTIONS),
        limits: Limits { enabled: reader.get(&mut limits, "enabled", Spot::boolean).unwrap_or(true) },
    };
    reader.done(limits);
    reader.done(table);

    let mut table = reader.table(root, "desk");
    let spot = reader.spot(&mut table, "listen");
    let desk = Desk {
        listen: spot.as_ref().and_then(address).unwrap_or(local(8081)),
        max_connections: reader.get(&mut table, "max_connections", connections).unwrap_or(CONNECTIONS),
        inbound: Inbound::default(),
        sign_in: SignIn::default(),
    };
    if desk.listen == intake.listen && desk.listen.port() != 0 {
        let wanted = "the intake listens there already; write another address";
        match spot {
            Some(spot) => spot.against(wanted),
            None => reader.missing(&table, "listen", format!("{} (the default): {wanted}", desk.listen)),
        }
    }
    reader.done(table);

    let mut table = reader.table(root, "router");
    let router = Router { listen: reader.get(&mut table, "listen", address).unwrap_or(local(8082)) };
    reader.done(table);
    (intake, desk, router)
}

fn local(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

fn address(spot: &Spot<'_>) -> Option<SocketAddr> {
    spot.parsed(
        "write an IP address and a port such as \"127.0.0.1:8080\" or \"[::]:8080\"; port 0 takes any that is free",
    )
}

fn connections(spot: &Spot<'_>) -> Option<usize> {
    spot.integer(1..=1_000_000)
}

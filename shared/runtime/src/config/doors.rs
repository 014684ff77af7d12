//! `[intake]`, `[desk]` and `[router]`: the two doors, and where a process without a door says how it is.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;

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
    /// The proxies in front of it, whose word on who calls is taken.
    pub trusted_proxies: Arc<[IpNet]>,
    /// Where somebody is taken who leaves the page quickly: an address of another site, or a path of this door.
    pub leave_to: LeaveTo,
    /// How much one caller may ask for.
    pub limits: Limits,
}

/// Where somebody is taken who leaves the page quickly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaveTo {
    /// The address.
    pub url: String,
    /// Its origin, when that is another than ours.
    pub origin: Option<String>,
}

impl Default for LeaveTo {
    fn default() -> Self {
        let url = "https://www.wikipedia.org/";
        Self { url: url.to_owned(), origin: Some(url.trim_end_matches('/').to_owned()) }
    }
}

impl LeaveTo {
    /// An address that begins with `https://` or `http://`, or a path of this door.
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain =
            text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'<' | b'>' | b';' | b','));
        if !is_plain || text.len() > 500 {
            return None;
        }
        if text.starts_with('/') && !text.starts_with("//") {
            return Some(Self { url: text.to_owned(), origin: None });
        }
        let uri: axum::http::Uri = text.parse().ok()?;
        let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "https" | "http"))?;
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
        Some(Self { url: text.to_owned(), origin: Some(format!("{scheme}://{authority}")) })
    }
}

/// How much one caller may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Whether there are any.
    pub enabled: bool,
    /// How many requests are opened in a minute before only urgent ones are.
    pub requests: u32,
    /// Likewise from one address.
    pub requests_per_address: u32,
    /// How many other calls an address may make in a minute that this process cannot tell the caller of.
    pub calls_per_address: u32,
    /// How many messages of one request are taken in a minute.
    pub messages: u32,
    /// How many streams of one request may be opened in a minute.
    pub streams: u32,
    /// How many calls of one request are taken in a minute.
    pub calls: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            enabled: true,
            requests: 6_000,
            requests_per_address: 300,
            calls_per_address: 3_000,
            messages: 60,
            streams: 60,
            calls: 1_200,
        }
    }
}

/// The staff's door.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Where it listens.
    pub listen: SocketAddr,
    /// How many connections may be open at once.
    pub max_connections: usize,
    /// The proxies in front of it, whose word on who calls is taken.
    pub trusted_proxies: Arc<[IpNet]>,
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
        trusted_proxies: reader.get(&mut table, "trusted_proxies", networks).unwrap_or_default(),
        leave_to: reader.get(&mut table, "leave_to", leave_to).unwrap_or_default(),
        limits: {
            let usual = Limits::default();
            let mut most = |name, usual| reader.get(&mut limits, name, count).unwrap_or(usual);
            Limits {
                requests: most("requests", usual.requests),
                requests_per_address: most("requests_per_address", usual.requests_per_address),
                calls_per_address: most("calls_per_address", usual.calls_per_address),
                messages: most("messages", usual.messages),
                streams: most("streams", usual.streams),
                calls: most("calls", usual.calls),
                enabled: reader.get(&mut limits, "enabled", Spot::boolean).unwrap_or(usual.enabled),
            }
        },
    };
    reader.done(limits);
    reader.done(table);

    let mut table = reader.table(root, "desk");
    let spot = reader.spot(&mut table, "listen");
    let desk = Desk {
        listen: spot.as_ref().and_then(address).unwrap_or(local(8081)),
        max_connections: reader.get(&mut table, "max_connections", connections).unwrap_or(CONNECTIONS),
        trusted_proxies: reader.get(&mut table, "trusted_proxies", networks).unwrap_or_default(),
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

fn leave_to(spot: &Spot<'_>) -> Option<LeaveTo> {
    let wanted = "write an address such as \"https://www.wikipedia.org/\", or a path of this door such as \"/weather\"";
    let text = spot.text(wanted)?;
    LeaveTo::parse(&text).or_else(|| spot.wrong(wanted))
}

fn connections(spot: &Spot<'_>) -> Option<usize> {
    spot.integer(1..=1_000_000)
}

fn networks(spot: &Spot<'_>) -> Option<Arc<[IpNet]>> {
    let wanted = "write a network such as \"10.0.0.0/8\" or \"fd00::/8\", or a single address";
    let network = |spot: &Spot<'_>| {
        let text = spot.text(wanted)?;
        let network = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
        match network {
            // Everybody could say then who they are.
            Some(network) if network.prefix_len() == 0 => spot.wrong("would trust everybody; name your own proxies"),
            Some(network) => Some(network.trunc()),
            None => spot.wrong(wanted),
        }
    };
    spot.list("a list of networks such as [\"10.0.0.0/8\"]", network).map(Into::into)
}

fn count(spot: &Spot<'_>) -> Option<u32> {
    spot.integer(1..=100_000_000).and_then(|count| u32::try_from(count).ok())
}

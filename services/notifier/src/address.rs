//! Where webhooks may go. Staff choose their URLs themselves: without a check they could have this machine call whatever
//! stands beside it and is not meant for them (server-side request forgery, OWASP A10:2021).
//!
//! Names are looked up here and only good addresses are handed to the connection, so that a name cannot answer one thing
//! to the check and another to the call. Redirects are not followed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The target is an address that only this network reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address is not a public one")]
pub(crate) struct Private;

/// Looks names up, and keeps what is public.
pub(crate) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|at| is_public(at.ip())).collect();
            if public.is_empty() {
                return Err(Private.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether a URL may be called, as far as it can be told without looking its name up.
pub(crate) fn is_allowed(url: &Url) -> bool {
    // A host that is an address is not looked up.
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host.parse().map_or(true, is_public)
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// The IANA registry of special-purpose IPv4 addresses, and what is not for single hosts.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = a == 0
        || address.is_private()
        || (a == 100 && (64..=127).contains(&b))
        || address.is_loopback()
        || address.is_link_local()
        || (a, b, c) == (192, 0, 0)
        || address.is_documentation()
        || (a == 198 && (18..=19).contains(&b))
        || a >= 224;
    !is_special
}

/// Likewise for IPv6; what holds an IPv4 address is as good as that.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let embedded = |high: u16, low: u16| is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match (a, b) {
        // Unspecified, loopback, IPv4-compatible and IPv4-mapped.
        (0, 0) if (c, d, e) == (0, 0, 0) && f == 0xffff => embedded(g, h),
        (0, _) => false,
        // IPv4 translated (NAT64) and 6to4.
        (0x64, 0xff9b) => (c, d, e, f) == (0, 0, 0, 0) && embedded(g, h),
        (0x2002, _) => embedded(b, c),
        (0x100, 0) | (0x2001, 0xdb8 | 0) => false,
        // Only global unicast is left.
        _ => (0x2000..=0x3fff).contains(&a),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_whole_world_reaches_is_public() {
        for good in ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"] {
            assert!(is_public(good.parse().unwrap()), "{good}");
        }
        for bad in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
            "2001:db8::1",
            "100::1",
        ] {
            assert!(!is_public(bad.parse().unwrap()), "{bad}");
        }
    }

    #[test]
    fn an_address_in_a_url_is_looked_at_however_it_is_written() {
        for bad in ["http://127.0.0.1/", "http://127.1/", "http://0x7f000001/", "http://2130706433/", "http://[::1]:8/"]
        {
            assert!(!is_allowed(&bad.parse().unwrap()), "{bad}");
        }
        for good in ["https://hooks.example/a", "https://1.1.1.1/"] {
            assert!(is_allowed(&good.parse().unwrap()), "{good}");
        }
    }
}

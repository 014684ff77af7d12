//! Whose call it is, as far as limits go: the address it came from, seen through the proxies that are trusted.
//!
//! An address serves to count, for a minute or two. It is never logged, never recorded, and prints as `‹sealed›`.

use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// So many proxies are believed in a row; nobody has more, and a header can name thousands.
const HOPS: usize = 16;

/// How much of an IPv6 address is one caller: what a home or a phone is given, and can choose freely in.
const IPV6_PREFIX: u32 = 64;

/// Where calls come from that count as one caller: an IPv4 address, or a /64 of IPv6.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source(IpAddr);

impl Source {
    /// The source that an address belongs to.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => {
                let kept = u128::MAX << (128 - IPV6_PREFIX);
                Self(IpAddr::V6((u128::from(address) & kept).into()))
            }
            address => Self(address),
        }
    }

    /// Its bytes, to be hashed under a key before they go anywhere else.
    pub fn bytes(&self) -> Vec<u8> {
        match self.0 {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹sealed›")
    }
}

/// Who calls. Taking it never fails: what did not come over a socket has a source of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// From where.
    pub source: Source,
    /// Whether the way from the caller to the first machine of ours is encrypted, as far as is known.
    pub is_secure: bool,
}

impl Caller {
    /// Who is behind a call that came from `peer`; `tls` says whether over TLS that ends here.
    pub fn of(peer: SocketAddr, tls: bool, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let source = Source::of(behind(peer.ip(), headers, trusted));
        let is_secure = tls || is_trusted(trusted, peer.ip()) && came_over_https(headers);
        Self { source, is_secure }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let nobody = Self { source: Source(IpAddr::V4(Ipv4Addr::UNSPECIFIED)), is_secure: false };
        Ok(parts.extensions.get().copied().unwrap_or(nobody))
    }
}

/// Whether a call from this address comes from a proxy whose word is taken.
pub fn is_trusted(trusted: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    trusted.iter().any(|network| network.contains(&address))
}

/// Who called whom called whom: each proxy adds the address that called it on the right, so from the right each word is
/// worth as much as the one who said it. What stands left of the first stranger was written by that stranger.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut at = peer;
    let values = headers.get_all(FORWARDED_FOR).iter().rev();
    let said = values.flat_map(|value| value.to_str().unwrap_or_default().rsplit(','));
    for said in said.take(HOPS) {
        if !is_trusted(trusted, at) {
            break;
        }
        let Some(address) = address(said.trim()) else { break };
        at = address;
    }
    at
}

/// An address as proxies write it: bare, with a port, or in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse().ok().map(|at: SocketAddr| at.ip()))
}

/// What the last proxy says of the way to it.
fn came_over_https(headers: &HeaderMap) -> bool {
    let last = headers.get_all(FORWARDED_PROTO).iter().next_back().and_then(|value| value.to_str().ok());
    let last = last.and_then(|value| value.rsplit(',').next()).unwrap_or_default();
    last.trim().eq_ignore_ascii_case("https")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    fn trusted() -> Vec<IpNet> {
        ["10.0.0.0/8", "fd00::/8", "127.0.0.1/32"].map(|network| network.parse().expect("a network")).to_vec()
    }

    fn headers(values: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(value).expect("a value"));
        }
        headers
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn the_address_is_counted_from_the_right_through_trusted_proxies_alone() {
        for (peer, said, expected) in [
            // Nobody in between, or nobody who is trusted: what the header says is the caller's own invention.
            ("192.0.2.1", &[][..], "192.0.2.1"),
            ("192.0.2.1", &["203.0.113.9"], "192.0.2.1"),
            ("10.0.0.1", &["203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["198.51.100.1, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1", &["198.51.100.1", "203.0.113.9,10.0.0.2"], "203.0.113.9"),
            // All the way through ourselves.
            ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            ("10.0.0.1", &[], "10.0.0.1"),
            // As proxies write them.
            ("10.0.0.1", &["203.0.113.9:51000"], "203.0.113.9"),
            ("fd00::1", &["[2001:db8::7]:443"], "2001:db8::7"),
            ("fd00::1", &["[2001:db8::7]"], "2001:db8::7"),
            ("::ffff:10.0.0.1", &["2001:db8::7"], "2001:db8::7"),
            // Words that are no address end it: the one who said them is all that is known.
            ("10.0.0.1", &["203.0.113.9, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.9, "], "10.0.0.1"),
            ("10.0.0.1", &["'; drop table events; --"], "10.0.0.1"),
        ] {
            let said: Vec<&[u8]> = said.iter().map(|text| text.as_bytes()).collect();
            let found = behind(ip(peer), &headers(&said), &trusted());
            assert_eq!(found.to_canonical(), ip(expected), "{peer} says {said:?}");
        }
        assert_eq!(behind(ip("10.0.0.1"), &headers(&[b"203.0.113.9\xff"]), &trusted()), ip("10.0.0.1"));
        let many = vec!["10.0.0.2"; 5_000].join(",");
        assert_eq!(behind(ip("10.0.0.1"), &headers(&[many.as_bytes()]), &trusted()), ip("10.0.0.2"));
    }

    #[test]
    fn a_64_of_ipv6_is_one_caller_and_each_address_of_ipv4_is() {
        let same = |a: &str, b: &str| Source::of(ip(a)) == Source::of(ip(b));
        assert!(same("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff"));
        assert!(!same("2001:db8:0:1::1", "2001:db8:0:2::1"));
        assert!(same("::ffff:192.0.2.1", "192.0.2.1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
        assert_eq!(format!("{:?}", Source::of(ip("192.0.2.1"))), "‹sealed›");
    }

    #[test]
    fn only_a_trusted_proxy_says_that_the_way_is_encrypted() {
        let secure = |peer: &str, proto: &'static str, tls: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(FORWARDED_PROTO, HeaderValue::from_static(proto));
            Caller::of(SocketAddr::new(ip(peer), 1), tls, &headers, &trusted()).is_secure
        };
        assert!(secure("10.0.0.1", "https", false) && secure("10.0.0.1", "http, HTTPS", false));
        assert!(!secure("10.0.0.1", "https, http", false) && !secure("192.0.2.1", "https", false));
        assert!(secure("192.0.2.1", "http", true));
    }

    proptest! {
        #[test]
        fn whatever_a_stranger_writes_they_stay_who_they_are(values in prop::collection::vec("[ -~]{0,80}", 0..4), a: u32) {
            let peer = IpAddr::V4(a.into());
            prop_assume!(!is_trusted(&trusted(), peer));
            let values: Vec<&[u8]> = values.iter().map(String::as_bytes).collect();
            prop_assert_eq!(behind(peer, &headers(&values), &trusted()), peer);
        }

        #[test]
        fn whatever_is_written_before_the_last_proxy_the_one_it_saw_counts(before in "[ -~]{0,200}", a: u32) {
            let seen = IpAddr::V4(a.into());
            prop_assume!(!is_trusted(&trusted(), seen));
            let said = format!("{before},{seen}");
            prop_assert_eq!(behind(ip("10.0.0.1"), &headers(&[said.as_bytes()]), &trusted()), seen);
        }
    }
}

//! Where the broker is, and whom to trust on the way there.

use std::path::{Path, PathBuf};

use lapin::tcp::OwnedTLSConfig;
use lapin::uri::{AMQPScheme, AMQPUri};
use percent_encoding::percent_decode_str;

use super::NotABroker;

/// Where to, and how.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) uri: AMQPUri,
    /// The certificates that are trusted beside the system's (`cacertfile`, as in the URI query parameters of RabbitMQ).
    authorities: Option<PathBuf>,
}

impl Address {
    pub(super) fn parse(url: &str) -> Result<Self, NotABroker> {
        let uri = url.parse::<AMQPUri>().map_err(|_| NotABroker)?;
        if uri.authority.host.is_empty() || !matches!(uri.scheme, AMQPScheme::AMQP | AMQPScheme::AMQPS) {
            return Err(NotABroker);
        }
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let file = query.split('&').find_map(|pair| pair.strip_prefix("cacertfile="));
        let file = file.map(|file| percent_decode_str(file).decode_utf8().map_err(|_| NotABroker)).transpose()?;
        if file.is_some() && uri.scheme != AMQPScheme::AMQPS {
            return Err(NotABroker);
        }
        Ok(Self { uri, authorities: file.map(|file| PathBuf::from(&*file)) })
    }

    /// Read anew for each connection, so that a certificate that was replaced needs no restart.
    pub(super) fn tls(&self) -> Result<OwnedTLSConfig, String> {
        let read = |path: &Path| {
            let unreadable = |error| format!("cannot read the certificates in {}: {error}", path.display());
            std::fs::read_to_string(path).map_err(unreadable)
        };
        Ok(OwnedTLSConfig { identity: None, cert_chain: self.authorities.as_deref().map(read).transpose()? })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn whom_to_trust_is_said_behind_the_address_and_only_where_there_is_tls() {
        let file = |url: &str| Address::parse(url).map(|address| address.authorities);
        assert_eq!(file("amqps://a:b@broker/%2f"), Ok(None));
        let named = Ok(Some(PathBuf::from("/etc/our ca.pem")));
        assert_eq!(file("amqps://broker/%2f?heartbeat=2&cacertfile=%2Fetc/our%20ca.pem"), named);
        assert_eq!(file("amqp://broker/%2f?cacertfile=/etc/ca.pem"), Err(NotABroker));
        assert_eq!(file("redis://broker"), Err(NotABroker));
        let missing = Address::parse("amqps://broker/%2f?cacertfile=/nowhere/ca.pem").unwrap().tls().unwrap_err();
        assert!(missing.contains("/nowhere/ca.pem"), "{missing}");
    }
}

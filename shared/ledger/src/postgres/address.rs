//! Where the server is, how to speak with it in private, and what each connection is set to.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

use crate::LedgerError;

/// How long it may take until a connection stands.
pub(super) const CONNECT: Duration = Duration::from_secs(2);
/// After so long without a sign of the server the system gives a connection up.
const SILENCE: Duration = Duration::from_secs(5);

/// What a ledger is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Write,
    Read,
}

/// Where to, and how.
pub(super) struct Address {
    pub(super) config: Config,
    /// None: in the clear.
    pub(super) tls: Option<ClientConfig>,
}

impl Address {
    /// Errors never repeat the URL: it may hold a password.
    pub(super) fn parse(url: &str, purpose: Purpose) -> Result<Self, LedgerError> {
        let (url, ssl) = Ssl::taken_from(url)?;
        let mut config =
            Config::from_str(&url).map_err(|error| unusable(&format!("its URL cannot be read ({})", said(&error))))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(unusable("its URL names no host"));
        }
        let verified = match ssl.mode.as_deref() {
            None => !is_here(&config),
            Some("disable") => false,
            Some("require" | "verify-ca" | "verify-full") => true,
            Some(other) => {
                return Err(unusable(&format!(
                    "sslmode={other} protects against nobody; use sslmode=verify-full, or sslmode=disable in a network \
                     that you trust"
                )));
            }
        };
        config.ssl_mode(if verified { SslMode::Require } else { SslMode::Disable });
        let tls = if verified { Some(trusting(ssl.roots.as_deref())?) } else { None };
        config.connect_timeout(CONNECT);
        config.tcp_user_timeout(SILENCE);
        config.keepalives_idle(SILENCE).keepalives_interval(Duration::from_secs(2)).keepalives_retries(2);
        if config.get_application_name().is_none() {
            config.application_name("wideawake");
        }
        if purpose == Purpose::Write {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        Ok(Self { config, tls })
    }

    /// The same with settings of the server; those that the URL names count more.
    pub(super) fn with(&self, settings: &[(&str, &str)]) -> Config {
        let mut config = self.config.clone();
        let mut options = settings.iter().fold(String::new(), |mut all, (name, value)| {
            all.push_str("-c ");
            all.push_str(name);
            all.push('=');
            all.push_str(&value.replace(' ', "\\ "));
            all.push(' ');
            all
        });
        options.push_str(self.config.get_options().unwrap_or_default());
        config.options(options);
        config
    }
}

/// What the client library does not know of the parameters that every other client of PostgreSQL has.
#[derive(Default)]
struct Ssl {
    mode: Option<String>,
    roots: Option<String>,
}

impl Ssl {
    fn taken_from(url: &str) -> Result<(String, Self), LedgerError> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(unusable("its URL does not begin with postgres://"));
        }
        let mut ssl = Self::default();
        let Some((base, query)) = url.split_once('?') else { return Ok((url.to_owned(), ssl)) };
        let mut rest = Vec::new();
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some(("sslmode", mode)) => ssl.mode = Some(mode.to_owned()),
                Some(("sslrootcert", path)) => ssl.roots = Some(path.replace("%2F", "/").replace("%20", " ")),
                _ => rest.push(parameter),
            }
        }
        let url = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
        Ok((url, ssl))
    }
}

/// Whether nothing leaves this machine.
fn is_here(config: &Config) -> bool {
    let here = |host: &Host| match host {
        Host::Tcp(name) if name == "localhost" => true,
        Host::Tcp(name) => name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    config.get_hosts().iter().all(here) && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback)
}

fn trusting(roots: Option<&str>) -> Result<ClientConfig, LedgerError> {
    let mut store = RootCertStore::empty();
    if let Some(path) = roots {
        let cannot = |why: String| unusable(&format!("the certificates in {path} cannot be used ({why})"));
        let found = CertificateDer::pem_file_iter(Path::new(path)).map_err(|error| cannot(error.to_string()))?;
        for certificate in found {
            let certificate = certificate.map_err(|error| cannot(error.to_string()))?;
            store.add(certificate).map_err(|error| cannot(error.to_string()))?;
        }
        if store.is_empty() {
            return Err(cannot("there is none".to_owned()));
        }
    } else {
        // Some systems carry one or two that nothing can read.
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if store.is_empty() {
            return Err(unusable("this system trusts no certificate authority; name one with sslrootcert=…"));
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map(|builder| builder.with_root_certificates(store).with_no_client_auth())
        .map_err(|error| unusable(&format!("TLS cannot be set up ({error})")))
}

fn unusable(why: &str) -> LedgerError {
    LedgerError::Unavailable(format!("cannot use the PostgreSQL database: {why}"))
}

/// An error with what it came of.
pub(super) fn said(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn mode(url: &str) -> Result<SslMode, String> {
        Address::parse(url, Purpose::Write)
            .map(|address| address.config.get_ssl_mode())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn only_this_machine_is_spoken_with_in_the_clear_unless_somebody_says_so() {
        for here in ["postgres://a:b@localhost/x", "postgres://a@127.0.0.1:99/x", "postgresql://a@%2Ftmp/x"] {
            assert_eq!(mode(here), Ok(SslMode::Disable), "{here}");
        }
        assert_eq!(mode("postgres://a@db.example/x?sslmode=disable"), Ok(SslMode::Disable));
        let roots = tempfile::NamedTempFile::new().unwrap();
        let path = roots.path().display();
        let refused = mode(&format!("postgres://a@db.example/x?sslmode=verify-full&sslrootcert={path}")).unwrap_err();
        assert!(refused.contains("there is none"), "{refused}");
        let refused = mode("postgres://a@db.example/x?sslmode=prefer").unwrap_err();
        assert!(refused.contains("protects against nobody"), "{refused}");
    }

    #[test]
    fn no_error_repeats_a_password() {
        for bad in
            ["postgres://a:hunter2@/x", "postgres://a:hunter2@h:port/x", "postgres://a:hunter2@h/x?sslmode=allow"]
        {
            let refused = mode(bad).unwrap_err();
            assert!(!refused.contains("hunter2"), "{refused}");
        }
    }

    #[test]
    fn settings_in_the_url_come_last_and_so_win() {
        let address = Address::parse("postgres://a@localhost/x?options=-c%20jit%3Don", Purpose::Write).unwrap();
        let config = address.with(&[("jit", "off"), ("default_transaction_isolation", "read committed")]);
        assert_eq!(
            config.get_options(),
            Some("-c jit=off -c default_transaction_isolation=read\\ committed -c jit=on")
        );
    }
}

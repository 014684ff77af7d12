//! Where Redis is, as the configuration says it.

use percent_encoding::percent_decode_str;
use std::fmt;
use std::path::{Path, PathBuf};

/// The port of Redis when none is named.
const PORT: u16 = 6379;

/// The port of a Sentinel when none is named.
const SENTINEL_PORT: u16 = 26379;

/// What is accepted, for messages.
const FORMS: &str = "`redis://[user:password@]host:port/db` or \
    `redis+sentinel://[user:password@]host1:port1,host2:port2/master-name/db`, with `rediss` for TLS";

/// Where Redis is: `redis://[user:password@]host[:port][/db]`, or
/// `redis+sentinel://[user:password@]host[:port],host[:port]…/master-name[/db]` to ask Sentinels for the master;
/// `rediss://` and `rediss+sentinel://` over TLS, to the Sentinels too.
///
/// Behind a `?`, joined by `&`:
/// - `ca=/path/ca.pem`: the certificates that are trusted, instead of the system's;
/// - `sentinel_user=…`, `sentinel_password=…`: what to sign in to the Sentinels with; without, they are not signed in to.
///
/// Special characters in users, passwords, names and paths are percent-encoded. A host in brackets is an IPv6 address.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisUrl {
    pub(super) tls: bool,
    pub(super) ca: Option<PathBuf>,
    pub(super) login: Option<Login>,
    pub(super) db: u16,
    pub(super) servers: Servers,
}

/// Who to ask.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Servers {
    One(Host),
    Sentinels { hosts: Vec<Host>, master: String, login: Option<Login> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Host {
    pub(super) name: String,
    pub(super) port: u16,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Login {
    /// `None` is the server's default user.
    pub(super) user: Option<String>,
    pub(super) password: String,
}

impl RedisUrl {
    /// Reads it, or says in one sentence what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once("://").ok_or_else(|| format!("a Redis URL is {FORMS}"))?;
        let (tls, sentinel) = match scheme {
            "redis" => (false, false),
            "rediss" => (true, false),
            "redis+sentinel" => (false, true),
            "rediss+sentinel" => (true, true),
            _ => return Err(format!("`{scheme}` is no scheme of Redis; a Redis URL is {FORMS}")),
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, hosts) = match authority.rsplit_once('@') {
            Some((login, hosts)) => (Some(read_login(login)?), hosts),
            None => (None, authority),
        };
        let query = Query::parse(query, tls, sentinel)?;
        let path = path.trim_end_matches('/');
        let (servers, db) = if sentinel {
            let hosts = hosts.split(',').map(|host| read_host(host, SENTINEL_PORT)).collect::<Result<_, _>>()?;
            let (master, db) = path.split_once('/').unwrap_or((path, ""));
            let master = decode(master, "name of the master")?;
            if master.is_empty() {
                return Err("a Sentinel URL names the master behind the hosts, as in \
                    redis+sentinel://host1:26379,host2:26379/mymaster"
                    .to_owned());
            }
            (Servers::Sentinels { hosts, master, login: query.login }, db)
        } else {
            if hosts.contains(',') {
                return Err("several hosts are for Sentinels: redis+sentinel://host1,host2/master-name".to_owned());
            }
            (Servers::One(read_host(hosts, PORT)?), path)
        };
        let db = match db {
            "" => 0,
            db => db.parse().map_err(|_| format!("`{db}` is no number of a Redis database, such as 0"))?,
        };
        Ok(Self { tls, ca: query.ca, login, db, servers })
    }

    /// The same, with the path of `ca` taken as beside `folder` if it is relative.
    pub fn relative_to(mut self, folder: &Path) -> Self {
        self.ca = self.ca.map(|ca| folder.join(ca));
        self
    }

    /// The file with the certificates that are trusted, if it is named.
    pub fn ca(&self) -> Option<&Path> {
        self.ca.as_deref()
    }
}

#[derive(Default)]
struct Query {
    ca: Option<PathBuf>,
    login: Option<Login>,
}

impl Query {
    fn parse(text: &str, tls: bool, sentinel: bool) -> Result<Self, String> {
        let (mut ca, mut user, mut password) = (None, None, None);
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decode(value, key)?;
            match key {
                "ca" if !tls => return Err("`ca` is for TLS; use rediss:// instead of redis://".to_owned()),
                "ca" if value.is_empty() => {
                    return Err("`ca` names a file, as in rediss://host?ca=/etc/redis/ca.pem".to_owned());
                }
                "ca" => ca = Some(PathBuf::from(value)),
                "sentinel_user" if sentinel => user = Some(value),
                "sentinel_password" if sentinel => password = Some(value),
                "sentinel_user" | "sentinel_password" => return Err(format!("`{key}` is for redis+sentinel:// URLs")),
                _ => {
                    return Err(format!(
                        "`{key}` is no option of a Redis URL; there are `ca`, `sentinel_user` and `sentinel_password`"
                    ));
                }
            }
        }
        let login = match (user, password) {
            (Some(_), None) => return Err("`sentinel_user` needs `sentinel_password` too".to_owned()),
            (user, password) => password.map(|password| Login { user, password }),
        };
        Ok(Self { ca, login })
    }
}

fn read_login(text: &str) -> Result<Login, String> {
    let (user, password) =
        text.split_once(':').ok_or("a user of Redis needs a password: redis://user:password@host")?;
    let user = Some(decode(user, "user")?).filter(|user| !user.is_empty());
    let password = decode(password, "password")?;
    if password.is_empty() {
        return Err("the password of Redis is empty; leave `user:password@` out if there is none".to_owned());
    }
    Ok(Login { user, password })
}

fn read_host(text: &str, usual: u16) -> Result<Host, String> {
    let (name, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (name, rest) = rest.split_once(']').ok_or("the bracket around an IPv6 address is not closed")?;
            match (rest, rest.strip_prefix(':')) {
                ("", _) => (name, None),
                (_, Some(port)) => (name, Some(port)),
                _ => return Err("behind the bracket of an IPv6 address comes `:port` or nothing".to_owned()),
            }
        }
        None => text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port))),
    };
    if name.is_empty() {
        return Err(format!("a host is missing; a Redis URL is {FORMS}"));
    }
    let port = match port {
        None => usual,
        Some(port) => match port.parse() {
            Ok(port) if port != 0 => port,
            _ => return Err(format!("the port of {name} is not a number from 1 to 65535")),
        },
    };
    Ok(Host { name: decode(name, "host")?, port })
}

fn decode(text: &str, what: &str) -> Result<String, String> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(std::borrow::Cow::into_owned).map_err(|_| format!("the {what} is not UTF-8 once it is percent-decoded"))
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.contains(':') {
            write!(f, "[{}]:{}", self.name, self.port)
        } else {
            write!(f, "{}:{}", self.name, self.port)
        }
    }
}

/// Without users and passwords.
impl fmt::Display for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tls = if self.tls { "rediss" } else { "redis" };
        match &self.servers {
            Servers::One(host) => write!(f, "{tls}://{host}/{}", self.db),
            Servers::Sentinels { hosts, master, .. } => {
                let hosts: Vec<_> = hosts.iter().map(Host::to_string).collect();
                write!(f, "{tls}+sentinel://{}/{master}/{}", hosts.join(","), self.db)
            }
        }
    }
}

/// Without users and passwords.
impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    fn host(name: &str, port: u16) -> Host {
        Host { name: name.to_owned(), port }
    }

    #[test]
    fn one_server_is_named_by_host_port_and_database() {
        for (text, name, port, db) in [
            ("redis://localhost", "localhost", 6379, 0),
            ("redis://localhost/", "localhost", 6379, 0),
            ("redis://10.0.0.1:7000/3", "10.0.0.1", 7000, 3),
            ("redis://[::1]:7000", "::1", 7000, 0),
            ("redis://[fe80::1]/2", "fe80::1", 6379, 2),
        ] {
            let url = RedisUrl::parse(text).unwrap();
            assert!(url.servers == Servers::One(host(name, port)) && url.db == db && !url.tls, "{text} is {url:?}");
        }
        let url = RedisUrl::parse("rediss://user:p%40ss:w@host:1?ca=certs/ca.pem").unwrap();
        let login = url.login.clone().unwrap();
        assert_eq!((login.user.as_deref(), &*login.password), (Some("user"), "p@ss:w"));
        assert_eq!((url.tls, url.ca()), (true, Some(Path::new("certs/ca.pem"))));
        assert_eq!(url.relative_to(Path::new("/etc/w")).ca(), Some(Path::new("/etc/w/certs/ca.pem")));
        assert_eq!(RedisUrl::parse("redis://:secret@host").unwrap().login.unwrap().user, None);
    }

    #[test]
    fn sentinels_are_named_with_their_master() {
        let url = "rediss+sentinel://u:p@a,b:1,[::1]:2/night%20line/4?sentinel_user=s&sentinel_password=x%26y";
        let url = RedisUrl::parse(url).unwrap();
        let Servers::Sentinels { hosts, master, login: Some(login) } = url.servers else { panic!("{url:?}") };
        assert_eq!(hosts, [host("a", 26379), host("b", 1), host("::1", 2)]);
        assert_eq!((&*master, url.db, url.tls), ("night line", 4, true));
        assert_eq!((login.user.as_deref(), &*login.password), (Some("s"), "x&y"));
    }

    #[test]
    fn what_is_wrong_is_said_in_one_sentence() {
        for (text, part) in [
            ("localhost:6379", "a Redis URL is"),
            ("http://localhost", "no scheme"),
            ("redis://", "host is missing"),
            ("redis://user@host", "needs a password"),
            ("redis://user:@host", "empty"),
            ("redis://host:0", "port of host"),
            ("redis://host:port", "port of host"),
            ("redis://host/db", "`db` is no number"),
            ("redis://a,b/main", "for Sentinels"),
            ("redis://host?ca=/x", "rediss://"),
            ("rediss://host?ca=", "names a file"),
            ("redis://host?timeout=1", "`timeout` is no option"),
            ("redis://host?sentinel_password=1", "redis+sentinel://"),
            ("redis+sentinel://a,b", "names the master"),
            ("redis+sentinel://a,,b/m", "host is missing"),
            ("redis+sentinel://a/m?sentinel_user=u", "sentinel_password"),
            ("redis://[::1", "not closed"),
            ("redis://:%ff@host", "UTF-8"),
        ] {
            let error = RedisUrl::parse(text).unwrap_err();
            assert!(error.contains(part) && !error.contains('\n'), "{text}: {error}");
        }
    }

    #[test]
    fn passwords_are_not_shown() {
        for url in ["rediss://who:secret@host", "redis+sentinel://who:secret@a/m?sentinel_password=secret"] {
            let url = RedisUrl::parse(url).unwrap();
            assert!(!format!("{url:?} {url}").contains("secret"), "{url:?}");
        }
        let error = RedisUrl::parse("redis://who:secret@host:port").unwrap_err();
        assert!(!error.contains("secret"), "{error}");
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_or_refused(text in "(redis|rediss|redis\\+sentinel)://.{0,40}") {
            let _ = RedisUrl::parse(&text);
        }
    }
}

//! `[sign_in]`: how staff sign in, and how long a session lasts.

use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use wideawake_domain::Pool;
use wideawake_domain::staff::{Lifetimes, Role};

use super::oidc::{self, Oidc};
use super::reader::{Reader, Spot, Table};

/// How staff sign in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// How long sessions last.
    pub lifetimes: Lifetimes,
    /// How long an invitation is good.
    pub invitation: TimeDelta,
    /// The roles that need a second factor.
    pub second_factor: Vec<Role>,
    /// The folder with passwords that are known to attackers, as hash ranges.
    pub breached_passwords: Option<PathBuf>,
    /// The provider of the organisation, if staff may sign in with their accounts there.
    pub oidc: Option<Oidc>,
    /// The staff's door as people reach it, without a slash at the end.
    pub public_url: String,
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            lifetimes: Lifetimes::default(),
            invitation: TimeDelta::hours(72),
            second_factor: vec![Role::Admin, Role::Supervisor],
            breached_passwords: None,
            oidc: None,
            public_url: "http://127.0.0.1:8081".to_owned(),
        }
    }
}

impl SignIn {
    /// The page of an invitation.
    pub fn invitation_url(&self, token: &str) -> String {
        format!("{}/i/{token}", self.public_url)
    }

    /// Where the provider of the organisation sends browsers back to.
    pub fn oidc_redirect(&self) -> String {
        format!("{}/v1/session/oidc/callback", self.public_url)
    }

    /// Whether cookies go over TLS alone.
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

pub(super) fn read(reader: &Reader<'_>, root: &mut Table, base: &Path, pools: &[Pool], public_url: &str) -> SignIn {
    let usual = SignIn::default();
    let mut table = reader.table(root, "sign_in");
    let until_used = |spot: &Spot<'_>| spot.duration("a browser that was left open would stay signed in");
    let lifetimes = Lifetimes {
        idle: reader.get(&mut table, "idle", until_used).unwrap_or(usual.lifetimes.idle),
        absolute: reader.get(&mut table, "absolute", absolute).unwrap_or(usual.lifetimes.absolute),
        rotate: reader
            .get(&mut table, "rotate", |spot| spot.duration("a stolen token would be good for as long as its session"))
            .unwrap_or(usual.lifetimes.rotate),
    };
    let invitation = reader.get(&mut table, "invitation", |spot| spot.duration("nobody could use a link"));
    let second_factor = reader.get(&mut table, "second_factor", |spot| {
        spot.list("a list of roles such as [\"admin\", \"supervisor\"]", |spot| spot.one_of(&Role::NAMES))
    });
    let folder = reader.get(&mut table, "breached_passwords", |spot| spot.text("write the path of a folder"));
    let oidc = oidc::read(reader, &mut table, pools);
    reader.done(table);
    SignIn {
        lifetimes,
        invitation: invitation.unwrap_or(usual.invitation),
        second_factor: second_factor.unwrap_or(usual.second_factor),
        breached_passwords: folder.filter(|folder| !folder.is_empty()).map(|folder| base.join(folder)),
        oidc,
        public_url: public_url.to_owned(),
    }
}

fn absolute(spot: &Spot<'_>) -> Option<TimeDelta> {
    let span = spot.duration("nobody would ever have to sign in again")?;
    if span > Lifetimes::LONGEST { spot.wrong("write at most \"7d\"") } else { Some(span) }
}

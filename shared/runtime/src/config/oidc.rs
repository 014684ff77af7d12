//! `[sign_in.oidc]`: signing in with an account at one's organisation, by OpenID Connect.

use axum::http::Uri;
use chrono_tz::Tz;
use secrecy::SecretString;
use wideawake_domain::staff::{Grant, Mapping, Role};
use wideawake_domain::{Language, Pool};

use super::reader::{Reader, Spot, Table};

/// The provider of an organisation, and what it is trusted with.
#[derive(Clone, Debug)]
pub struct Oidc {
    /// Who it says it is, as its tokens name it.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// What proves to it that it is us; `None` for a client without a secret.
    pub client_secret: Option<SecretString>,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Who may come in.
    pub accounts: Accounts,
    /// The claim whose values give roles and pools: its name, or a JSON pointer to it.
    pub claim: String,
    /// What they give.
    pub mapping: Mapping,
    /// The claim with the name that members and colleagues see.
    pub alias: String,
    /// Where somebody new lives if the provider does not say.
    pub zone: Tz,
    /// What somebody new speaks if the provider does not say.
    pub languages: Vec<Language>,
    /// Whether it always asks for a second factor; otherwise a token has to say so.
    pub always_second_factor: bool,
}

/// Who may come in with an account at the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accounts {
    /// Whoever linked it by an invitation.
    Invited,
    /// Also whoever the claim gives a role.
    Automatic,
}

const ISSUER: &str = "write the provider's issuer, an https URL without query, exactly as its tokens name it; http only for \
                      one on this machine";

pub(super) fn read(reader: &Reader<'_>, parent: &mut Table, pools: &[Pool]) -> Option<Oidc> {
    let mut table = reader.table(parent, "oidc");
    let issuer = reader.get(&mut table, "issuer", issuer).unwrap_or_default();
    let text = |table: &mut Table, name, wanted: &str| reader.get(table, name, |spot| word(spot, wanted));
    let client_id =
        text(&mut table, "client_id", "write the id that the provider gave this client").unwrap_or_default();
    let client_secret = reader.get(&mut table, "client_secret", |spot| {
        word(&spot.clone().secret(), "write the secret that the provider gave this client")
    });
    let scopes =
        reader.get(&mut table, "scopes", |spot| spot.list("a list of scopes such as [\"openid\", \"profile\"]", scope));
    let words = [("invited", Accounts::Invited), ("automatic", Accounts::Automatic)];
    let accounts = reader.get(&mut table, "accounts", |spot| spot.one_of(&words)).unwrap_or(Accounts::Invited);
    let claim =
        text(&mut table, "claim", "write the name of a claim, or a JSON pointer such as \"/realm_access/roles\"");
    let grants = reader.spot(&mut table, "grants").and_then(|spot| reader.inside(&spot));
    let grants = grants.unwrap_or_default().into_iter().filter_map(|table| grant(reader, table, pools)).collect();
    let alias = text(&mut table, "alias", "write the name of a claim");
    let zone = reader.get(&mut table, "zone", |spot| spot.parsed("write an IANA time zone such as \"Europe/Lisbon\""));
    let languages: Option<Vec<Language>> = reader.get(&mut table, "languages", |spot| {
        spot.list("a list of languages such as [\"en\", \"es\"]", |spot| {
            spot.parsed("write a language tag such as \"en\"")
        })
    });
    let words = [("amr", false), ("always", true)];
    let always_second_factor = reader.get(&mut table, "second_factor", |spot| spot.one_of(&words)).unwrap_or(false);
    let oidc = Oidc {
        issuer,
        client_id,
        client_secret: client_secret.filter(|secret| !secret.is_empty()).map(SecretString::from),
        scopes: scopes.unwrap_or_else(|| vec!["openid".to_owned(), "profile".to_owned()]),
        accounts,
        claim: claim.unwrap_or_else(|| "groups".to_owned()),
        mapping: Mapping(grants),
        alias: alias.unwrap_or_else(|| "nickname".to_owned()),
        zone: zone.unwrap_or(Tz::UTC),
        languages: languages.unwrap_or_default(),
        always_second_factor,
    };
    let is_wanted = !oidc.issuer.is_empty();
    if is_wanted {
        if oidc.client_id.is_empty() {
            reader.missing(&table, "client_id", "is missing; the provider gives one to each client");
        }
        if !oidc.scopes.iter().any(|scope| scope == "openid") {
            reader.missing(&table, "scopes", "must have \"openid\" in it, or there is no token that says who it is");
        }
        if oidc.accounts == Accounts::Automatic && (oidc.mapping.0.is_empty() || oidc.languages.is_empty()) {
            let wanted = "\"automatic\" needs grants, which say what somebody new may do, and languages, for whom the provider \
                          names none";
            reader.missing(&table, "accounts", wanted);
        }
    }
    reader.done(table);
    is_wanted.then_some(oidc)
}

fn grant(reader: &Reader<'_>, mut table: Table, pools: &[Pool]) -> Option<Grant> {
    let claim = reader.get(&mut table, "claim", |spot| word(spot, "write the value of the claim that gives this"));
    if !table.has("claim") {
        reader.missing(&table, "claim", "is missing; it is the value of the claim that gives this");
    }
    let roles = reader.get(&mut table, "roles", |spot| spot.list("a list of roles such as [\"volunteer\"]", role));
    let named = reader.get(&mut table, "pools", |spot| {
        spot.list("a list of pools such as [\"main\"]", |spot| {
            let name = spot.text("write the name of a pool")?;
            match pools.iter().find(|pool| pool.as_str() == name) {
                Some(pool) => Some(pool.clone()),
                None => spot.wrong("there is no such pool; write the name of one that is configured"),
            }
        })
    });
    reader.done(table);
    Some(Grant { claim: claim?, roles: roles.unwrap_or_default(), pools: named.unwrap_or_default() })
}

fn role(spot: &Spot<'_>) -> Option<Role> {
    match spot.one_of(&Role::NAMES)? {
        Role::Admin => spot.wrong(
            "no claim makes an admin: whoever rules the provider would rule everything here; an admin \
                                   gives that role by hand",
        ),
        role => Some(role),
    }
}

fn issuer(spot: &Spot<'_>) -> Option<String> {
    let text = spot.text(ISSUER)?;
    if text.is_empty() {
        return Some(text);
    }
    let uri: Option<Uri> = text.parse().ok();
    let good = uri.is_some_and(|uri| {
        let host = uri.host().unwrap_or_default().to_owned();
        let is_here = host == "localhost"
            || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        let scheme = uri.scheme_str();
        !host.is_empty()
            && (scheme == Some("https") || (scheme == Some("http") && is_here))
            && uri.query().is_none()
            && !text.contains(['#', '@', ' '])
    });
    if good { Some(text) } else { spot.wrong(ISSUER) }
}

fn word(spot: &Spot<'_>, wanted: &str) -> Option<String> {
    let text = spot.text(wanted)?;
    if text.chars().any(char::is_control) || text.chars().count() > 1_000 { spot.wrong(wanted) } else { Some(text) }
}

/// A scope of OAuth (RFC 6749, section 3.3).
fn scope(spot: &Spot<'_>) -> Option<String> {
    let wanted = "write a scope such as \"profile\"";
    let text = spot.text(wanted)?;
    let fits = |b: u8| b.is_ascii_graphic() && b != b'"' && b != b'\\';
    if !text.is_empty() && text.bytes().all(fits) { Some(text) } else { spot.wrong(wanted) }
}

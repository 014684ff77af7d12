//! Signing in with a name and a password, sessions, and the invitations by which people get in, and back in.
//!
//! A session is a token in a cookie that no script can read, known to the record by its hash alone. What proves that it is
//! them lies sealed in the record. Nothing here says whether a name exists.

pub(crate) mod cookies; // what a browser carries
pub(crate) mod invitation; // setting up how somebody signs in
pub(crate) mod machine; // tokens for programs
pub(crate) mod oidc; // an account at one's organisation
mod pace; // how often somebody may guess
pub(crate) mod page; // the same for a browser, without script
pub(crate) mod passkey; // keys that an authenticator keeps
mod password; // which are taken, and hashing them
pub(crate) mod recovery; // codes for whoever lost their authenticator
mod secret; // what proves that it is them
pub(crate) mod session; // signing in and out
pub(crate) mod sessions; // which there are, and what somebody signs in with
mod ticket; // what a browser keeps meanwhile

use std::sync::Arc;

use chrono::{DateTime, Utc};
use wideawake_domain::staff::{Session, StaffMember, Standing};
use wideawake_runtime::config;

pub(crate) use password::Kitchen;
#[cfg(test)]
pub(crate) use secret::code_at;

/// How staff sign in here.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    /// What the organisation chose.
    pub(crate) config: Arc<config::SignIn>,
    /// Where passwords are hashed.
    pub(crate) kitchen: Arc<Kitchen>,
    /// Whoever takes a name holds it.
    names: Arc<tokio::sync::Mutex<()>>,
    /// Who says who it is, where staff sign in with an account at their organisation.
    provider: Option<Arc<oidc::Provider>>,
}

impl SignIn {
    pub(crate) fn new(config: config::SignIn) -> Self {
        let provider = config.oidc.clone().and_then(|oidc| match oidc::Provider::new(oidc) {
            Ok(provider) => Some(Arc::new(provider)),
            Err(error) => {
                tracing::error!(%error, "nobody can sign in with an account of the organisation: TLS cannot be set up");
                None
            }
        });
        Self { config: Arc::new(config), kitchen: Arc::default(), names: Arc::default(), provider }
    }

    /// Whether somebody with these roles needs a second factor.
    pub(crate) fn needs_second_factor(&self, member: &StaffMember) -> bool {
        self.config.second_factor.iter().any(|role| member.is(*role))
    }

    /// What a token is to its session; void too when its owner needs a second factor by now and it was begun without.
    pub(crate) fn standing(
        &self,
        session: &Session,
        token: &str,
        member: &StaffMember,
        now: DateTime<Utc>,
    ) -> Standing {
        if self.needs_second_factor(member) && !session.second_factor {
            return Standing::Over;
        }
        session.standing(token, member, now, &self.config.lifetimes)
    }
}

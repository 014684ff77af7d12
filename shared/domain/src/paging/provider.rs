//! Who carries a page, and whether they can be trusted with one at the moment.

use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

use super::Settings;
use crate::staff::{ContactKind, ContactMethod};

/// Who carries a page: what fails for one page of theirs is likely to fail for the next. It prints without the host.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provider {
    /// A webhook's host and port.
    Host(String),
    /// The mail server.
    Email,
    /// The provider of text messages.
    Sms,
}

impl Provider {
    pub(super) fn of(method: &ContactMethod) -> Self {
        match method.kind {
            ContactKind::Email => Self::Email,
            ContactKind::Sms => Self::Sms,
            ContactKind::Webhook => {
                let rest = method.to.split_once("://").map_or(&*method.to, |(_, rest)| rest);
                Self::Host(rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase())
            }
        }
    }

    /// Over what they carry it.
    pub const fn kind(&self) -> ContactKind {
        match self {
            Self::Host(_) => ContactKind::Webhook,
            Self::Email => ContactKind::Email,
            Self::Sms => ContactKind::Sms,
        }
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.kind())
    }
}

/// What is known of providers from the pages of late. It is not recorded: after a restart each is trusted anew.
#[derive(Debug, Default)]
pub(super) struct Circuits(BTreeMap<Provider, Circuit>);

/// Of one provider that failed last.
#[derive(Debug, Default)]
struct Circuit {
    /// Failures in a row.
    failures: u32,
    /// Left alone until then.
    open_until: Option<DateTime<Utc>>,
    /// One page tries it now.
    on_trial: bool,
}

/// Whether a page may go out through a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// It may.
    Free,
    /// It may, and by it we learn whether the provider is well again.
    Trial,
    /// The provider is left alone until then.
    Closed(DateTime<Utc>),
}

impl Circuits {
    pub(super) fn way(&self, provider: &Provider, now: DateTime<Utc>) -> Way {
        match self.0.get(provider).and_then(|circuit| Some((circuit, circuit.open_until?))) {
            None => Way::Free,
            Some((circuit, until)) if now < until || circuit.on_trial => Way::Closed(until.max(now)),
            Some(_) => Way::Trial,
        }
    }

    pub(super) fn begin_trial(&mut self, provider: &Provider) {
        if let Some(circuit) = self.0.get_mut(provider) {
            circuit.on_trial = true;
        }
    }

    /// A page through that provider failed, in a way that says nothing of the page.
    pub(super) fn failed(&mut self, provider: Provider, settings: &Settings, now: DateTime<Utc>) {
        let circuit = self.0.entry(provider).or_default();
        circuit.failures = circuit.failures.saturating_add(1);
        circuit.on_trial = false;
        if circuit.failures >= settings.breaks_after.max(1) {
            circuit.open_until = now.checked_add_signed(settings.rests);
        }
    }

    /// The provider answered.
    pub(super) fn answered(&mut self, provider: &Provider) {
        self.0.remove(provider);
    }

    /// Those that are left alone, or on trial.
    pub(super) fn open(&self) -> impl Iterator<Item = &Provider> {
        self.0.iter().filter(|(_, circuit)| circuit.open_until.is_some()).map(|(provider, _)| provider)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhooks_provider_is_its_host() {
        let of = |to: &str| Provider::of(&ContactMethod { kind: ContactKind::Webhook, to: to.to_owned(), after_s: 0 });
        assert_eq!(of("https://Hooks.example/a/b?c"), Provider::Host("hooks.example".to_owned()));
        assert_eq!(of("https://hooks.example?c"), of("http://hooks.example/d"));
        assert_ne!(of("https://hooks.example:8443/"), of("https://hooks.example/"));
    }

    #[test]
    fn a_provider_that_fails_and_fails_is_left_alone_and_then_tried_with_one_page() {
        let settings = Settings { breaks_after: 3, ..Settings::default() };
        let (mut circuits, sms, at) = (Circuits::default(), Provider::Sms, DateTime::UNIX_EPOCH);
        for _ in 0..2 {
            circuits.failed(sms.clone(), &settings, at);
            assert_eq!(circuits.way(&sms, at), Way::Free);
        }
        circuits.answered(&sms);
        for _ in 0..3 {
            assert_eq!(circuits.way(&sms, at), Way::Free, "what failed before it answered does not count");
            circuits.failed(sms.clone(), &settings, at);
        }
        let until = at + settings.rests;
        assert_eq!(circuits.way(&sms, at), Way::Closed(until));
        assert_eq!(circuits.way(&Provider::Email, at), Way::Free, "others are not to blame");
        assert_eq!(circuits.way(&sms, until), Way::Trial);
        circuits.begin_trial(&sms);
        assert_eq!(circuits.way(&sms, until), Way::Closed(until), "one at a time");
        circuits.failed(sms.clone(), &settings, until);
        assert_eq!(circuits.way(&sms, until), Way::Closed(until + settings.rests), "one more failure is enough");
        circuits.begin_trial(&sms);
        circuits.answered(&sms);
        assert_eq!(circuits.way(&sms, until), Way::Free);
        assert_eq!(circuits.open().count(), 0);
    }
}

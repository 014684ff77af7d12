//! Faults that are planted on purpose, to prove that the simulator would find them.

use std::fmt;

/// A fault on purpose. Most are wrappers in this crate; the two that can only be made inside the core and the loop are
/// compiled in with the feature `planted`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    /// A door takes an accept without looking at the offer.
    AcceptUnchecked,
    /// The dispatcher forgets the offers it has wished for until they are recorded.
    CapacityWithoutOffersInFlight,
    /// Offers that were open at a restart never run out.
    DeadlineNotRearmed,
    /// The loop goes on behind a hole in a stream as if nothing was missing.
    GapIgnored,
    /// The ledger lets anybody write who once led.
    FenceUnchecked,
    /// The dispatcher forgets who declined or missed.
    SetAsideForgotten,
    /// Waiting makes an urgent request imminent.
    AgeingReachesImminent,
    /// A withdrawal that met a conflict is written behind whatever was faster.
    WithdrawAfterAccept,
    /// An accept after `expires_at` is refused although the record holds the offer open.
    ExpiryBeatsLateAccept,
    /// A wish whose outcome is unknown is written once more, behind whatever there is.
    WishRepeated,
    /// A sweep takes rows out of the outbox before the broker has confirmed them.
    SweptUnconfirmed,
    /// What was claimed by a sweep stays claimed, whatever becomes of the sweep.
    ClaimsForEver,
    /// A dispatcher takes everybody for a volunteer of its pool.
    PoolIgnored,
    /// A stop does not give the lease back.
    LeaseKept,
    /// A watcher does not open what was raised before it took over.
    RaisedForgotten,
    /// The fallback of an escalation stops by itself.
    FallbackOnce,
    /// A watcher forgets which rules fired before it took over.
    FiredForgotten,
    /// A watcher skips a step whose pages failed, although they are tried again.
    FailureTakenForLast,
}

impl Plant {
    /// Every one.
    pub const ALL: [Self; 18] = [
        Self::AcceptUnchecked,
        Self::CapacityWithoutOffersInFlight,
        Self::DeadlineNotRearmed,
        Self::GapIgnored,
        Self::FenceUnchecked,
        Self::SetAsideForgotten,
        Self::AgeingReachesImminent,
        Self::WithdrawAfterAccept,
        Self::ExpiryBeatsLateAccept,
        Self::WishRepeated,
        Self::SweptUnconfirmed,
        Self::ClaimsForEver,
        Self::PoolIgnored,
        Self::LeaseKept,
        Self::RaisedForgotten,
        Self::FallbackOnce,
        Self::FiredForgotten,
        Self::FailureTakenForLast,
    ];

    /// Its name at the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AcceptUnchecked => "accept-unchecked",
            Self::CapacityWithoutOffersInFlight => "capacity-without-offers-in-flight",
            Self::DeadlineNotRearmed => "deadline-not-rearmed",
            Self::GapIgnored => "gap-ignored",
            Self::FenceUnchecked => "fence-unchecked",
            Self::SetAsideForgotten => "set-aside-forgotten",
            Self::AgeingReachesImminent => "ageing-reaches-imminent",
            Self::WithdrawAfterAccept => "withdraw-after-accept",
            Self::ExpiryBeatsLateAccept => "expiry-beats-late-accept",
            Self::WishRepeated => "wish-repeated",
            Self::SweptUnconfirmed => "swept-unconfirmed",
            Self::ClaimsForEver => "claims-for-ever",
            Self::PoolIgnored => "pool-ignored",
            Self::LeaseKept => "lease-kept",
            Self::RaisedForgotten => "raised-forgotten",
            Self::FallbackOnce => "fallback-once",
            Self::FiredForgotten => "fired-forgotten",
            Self::FailureTakenForLast => "failure-taken-for-last",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plant| plant.name() == name)
    }

    /// Whether it is compiled in.
    pub const fn is_compiled_in(self) -> bool {
        cfg!(feature = "planted") || !matches!(self, Self::GapIgnored | Self::AgeingReachesImminent)
    }
}

impl fmt::Display for Plant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Tells the core and the loop of this thread which fault to have, if it is one of theirs.
pub(crate) fn sow(plant: Option<Plant>) {
    #[cfg(feature = "planted")]
    wideawake_domain::planted::sow(match plant {
        Some(Plant::GapIgnored) => Some(wideawake_domain::planted::Fault::GapIgnored),
        Some(Plant::AgeingReachesImminent) => Some(wideawake_domain::planted::Fault::AgeingReachesImminent),
        _ => None,
    });
    #[cfg(not(feature = "planted"))]
    let _ = plant;
}

//! Identifiers. Those that the core makes are derived, not drawn: a repeat after a crash is the same thing, not a second one.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

use crate::record::Version;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

id!(
    /// One member asking for support, from opening to close.
    RequestId
);
id!(
    /// A person with roles: volunteer, supervisor, professional or admin.
    StaffId
);
id!(
    /// A request held out to one volunteer.
    OfferId
);

id!(
    /// Something beyond a volunteer that was asked for, and is paged until somebody takes it on.
    EscalationId
);
id!(
    /// One notification of one person over one contact method.
    PageId
);

impl EscalationId {
    /// The escalation that `policy` opens for what event `version` of `request` raised (UUIDv5, DESIGN section 4).
    pub fn derive(request: RequestId, policy: &str, version: Version) -> Self {
        Self(Uuid::new_v5(&request.0, format!("escalation/{policy}/{}", version.0).as_bytes()))
    }
}

impl PageId {
    /// The page to `staff` over their contact method number `method`, which event `call` of `escalation` asked for.
    pub fn derive(escalation: EscalationId, call: Version, staff: StaffId, method: usize) -> Self {
        Self(Uuid::new_v5(&escalation.0, format!("page/{}/{staff}/{method}", call.0).as_bytes()))
    }
}

impl OfferId {
    /// The offer that `request` makes with its event number `version` (UUIDv5, DESIGN section 4).
    pub fn derive(request: RequestId, version: Version) -> Self {
        Self(Uuid::new_v5(&request.0, format!("offer/{}", version.0).as_bytes()))
    }
}

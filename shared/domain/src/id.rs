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

impl OfferId {
    /// The offer that `request` makes with its event number `version` (UUIDv5, DESIGN section 4).
    pub fn derive(request: RequestId, version: Version) -> Self {
        Self(Uuid::new_v5(&request.0, format!("offer/{}", version.0).as_bytes()))
    }
}

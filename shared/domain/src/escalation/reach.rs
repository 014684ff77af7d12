//! Whom the policies would reach, as the record has people now: what can be known before it matters.

use std::collections::BTreeSet;
use std::fmt;

use super::policy::{Policies, Target};
use crate::rotation::NamedRotation;
use crate::staff::{Role, StaffMember};
use crate::{Pool, StaffId};

/// Somebody who should be called and could not be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unreached {
    /// The fallback of this pool would call nobody: no supervisor of it can be reached.
    Fallback(Pool),
    /// A policy names a rotation that does not exist.
    NoRotation {
        /// The policy.
        policy: String,
        /// The rotation.
        rotation: String,
    },
    /// Of everyone in a rotation that a policy names, nobody has a way to be reached.
    Rotation {
        /// The policy.
        policy: String,
        /// The rotation.
        rotation: String,
    },
    /// A policy names a person who is not there.
    NoStaff {
        /// The policy.
        policy: String,
        /// The person.
        staff: StaffId,
    },
    /// A policy names a person who has no way to be reached.
    Staff {
        /// The policy.
        policy: String,
        /// The person.
        staff: StaffId,
    },
}

impl fmt::Display for Unreached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let give = "give them contact methods";
        match self {
            Self::Fallback(pool) => write!(
                f,
                "pool {pool}: the fallback would reach nobody; give at least one supervisor of this pool a contact method"
            ),
            Self::NoRotation { policy, rotation } => {
                write!(f, "policy {policy}: there is no rotation {rotation}; make it, or name another in the policy")
            }
            Self::Rotation { policy, rotation } => {
                write!(f, "policy {policy}: nobody in the rotation {rotation} can be reached; {give}")
            }
            Self::NoStaff { policy, staff } => {
                write!(f, "policy {policy}: there is nobody with the id {staff}; name another in the policy")
            }
            Self::Staff { policy, staff } => write!(f, "policy {policy}: {staff} cannot be reached; {give}"),
        }
    }
}

/// Everybody whom the policies and the fallback of these pools would call in vain, once each and in order.
pub fn unreached(
    policies: &Policies,
    pools: &[Pool],
    staff: &[StaffMember],
    rotations: &[NamedRotation],
) -> BTreeSet<Unreached> {
    let can_be = |member: &StaffMember| !member.removed && !member.contact_methods.is_empty();
    let find = |id: StaffId| staff.iter().find(|member| member.id == id && !member.removed);
    let supervised =
        |pool: &Pool| staff.iter().any(|member| can_be(member) && member.is(Role::Supervisor) && member.serves(pool));
    let mut found: BTreeSet<Unreached> =
        pools.iter().filter(|pool| !supervised(pool)).cloned().map(Unreached::Fallback).collect();
    for policy in policies.0.values() {
        for target in policy.steps.iter().flat_map(|step| &step.page) {
            let policy = policy.name.clone();
            match target {
                // Who is on duty is known only while it runs; the fallback stands behind them.
                Target::SupervisorsOnDuty | Target::Scheduled(_) => {}
                Target::Rotation(name) => match rotations.iter().find(|rotation| rotation.name == *name) {
                    None => {
                        found.insert(Unreached::NoRotation { policy, rotation: name.clone() });
                    }
                    Some(named) => {
                        let members = named.rotation.members.iter();
                        let stand_ins = named.rotation.overrides.iter().map(|stand_in| &stand_in.with);
                        if !members.chain(stand_ins).any(|id| find(*id).is_some_and(can_be)) {
                            found.insert(Unreached::Rotation { policy, rotation: name.clone() });
                        }
                    }
                },
                Target::Staff(id) => match find(*id) {
                    None => {
                        found.insert(Unreached::NoStaff { policy, staff: *id });
                    }
                    Some(member) if !can_be(member) => {
                        found.insert(Unreached::Staff { policy, staff: *id });
                    }
                    Some(_) => {}
                },
            }
        }
    }
    found
}

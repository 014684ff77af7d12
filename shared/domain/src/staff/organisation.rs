//! Signing in with an account at one's organisation: whose it is, and what the organisation's provider may say of roles.
//!
//! Whoever wrote the mapping runs the installation, so it may grant what an admin may, but for the role admin itself: that is
//! given by hand, to somebody by name, so that whoever rules the provider does not rule everything here.

use super::{Authority, Changed, InvitationGone, OrganisationLinked, Role, StaffMember};
use crate::Pool;
use chrono::{DateTime, Utc};

/// An account at an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationAccount {
    /// See [`OrganisationLinked::account`].
    pub account: String,
    /// Whether they sign in with it. With an invitation it no longer is good, and is when it is linked by that one anew: until
    /// then it is remembered whose it was, so that nobody who was sent away comes back as somebody new.
    pub is_good: bool,
}

/// What one value of the provider's claim gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// The value, such as the name of a group.
    pub claim: String,
    /// The roles it gives, never admin.
    pub roles: Vec<Role>,
    /// The pools it gives.
    pub pools: Vec<Pool>,
}

/// What the values of the provider's claim give. A role or a pool that is named here follows the claim at each sign-in: it comes
/// with it, and goes when it is gone. What is not named here is given and taken by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping(pub Vec<Grant>);

/// What the claim makes of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mapped {
    /// They may come in; their roles and pools from now on.
    Welcome(Vec<Role>, Vec<Pool>),
    /// They may not, since nothing gives them a role, or roles and pools do not go together. The roles that they had and still
    /// have: what was withdrawn is withdrawn all the same.
    Refused(Vec<Role>),
}

impl Mapping {
    /// What somebody with these roles and pools so far has by these values of the claim.
    pub fn apply(&self, roles: &[Role], pools: &[Pool], values: &[String]) -> Mapped {
        let granted: Vec<&Grant> = self.0.iter().filter(|grant| values.contains(&grant.claim)).collect();
        let named_role = |role: &Role| self.0.iter().any(|grant| grant.roles.contains(role));
        let named_pool = |pool: &Pool| self.0.iter().any(|grant| grant.pools.contains(pool));
        let gives = |role: &Role| *role != Role::Admin && granted.iter().any(|grant| grant.roles.contains(role));
        // Those that they had stay in their order, so that nothing changes for whom nothing does.
        let mut new_roles: Vec<Role> =
            roles.iter().copied().filter(|role| !named_role(role) || *role == Role::Admin || gives(role)).collect();
        let kept = new_roles.clone();
        new_roles
            .extend(Role::NAMES.map(|(_, role)| role).into_iter().filter(|role| gives(role) && !roles.contains(role)));
        let mut new_pools: Vec<Pool> = Vec::new();
        let by_hand = pools.iter().filter(|pool| !named_pool(pool));
        for pool in by_hand.chain(granted.iter().flat_map(|grant| &grant.pools)) {
            if !new_pools.contains(pool) {
                new_pools.push(pool.clone());
            }
        }
        if new_pools.len() == pools.len() && pools.iter().all(|pool| new_pools.contains(pool)) {
            new_pools = pools.to_vec();
        }
        let fits = if new_roles.contains(&Role::Volunteer) {
            new_pools.len() == 1
        } else {
            !new_pools.is_empty() || new_roles == [Role::Admin]
        };
        if new_roles.is_empty() || !fits { Mapped::Refused(kept) } else { Mapped::Welcome(new_roles, new_pools) }
    }
}

impl StaffMember {
    /// How their profile has to change to be of these roles and pools.
    pub fn becoming(&self, roles: Vec<Role>, pools: Vec<Pool>) -> Changed {
        Changed {
            roles: (roles != self.roles).then_some(roles),
            pools: (pools != self.pools).then_some(pools),
            ..Changed::default()
        }
    }

    /// The event by which they sign in with that account from now on. An invitation is good once.
    pub fn link_organisation(
        &self,
        by: &Authority,
        account: String,
        now: DateTime<Utc>,
    ) -> Result<OrganisationLinked, InvitationGone> {
        if self.may_set(by, now) { Ok(OrganisationLinked { account }) } else { Err(InvitationGone) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Role::{Admin, Professional, Supervisor, Volunteer};

    fn mapping() -> Mapping {
        let grant = |claim: &str, roles: &[Role], pools: &[&str]| Grant {
            claim: claim.to_owned(),
            roles: roles.to_vec(),
            pools: pools.iter().map(|pool| Pool::named(pool)).collect(),
        };
        Mapping(vec![
            grant("listeners", &[Volunteer], &["main"]),
            grant("leads", &[Supervisor], &["main"]),
            grant("youth", &[], &["youth"]),
        ])
    }

    fn apply(roles: &[Role], pools: &[&str], values: &[&str]) -> Mapped {
        let pools: Vec<Pool> = pools.iter().map(|pool| Pool::named(pool)).collect();
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        mapping().apply(roles, &pools, &values)
    }

    fn welcome(roles: &[Role], pools: &[&str]) -> Mapped {
        Mapped::Welcome(roles.to_vec(), pools.iter().map(|pool| Pool::named(pool)).collect())
    }

    #[test]
    fn what_the_mapping_names_follows_the_claim_and_nothing_else_does() {
        assert_eq!(apply(&[], &[], &["listeners"]), welcome(&[Volunteer], &["main"]));
        assert_eq!(apply(&[Volunteer], &["main"], &["leads", "unknown"]), welcome(&[Supervisor], &["main"]));
        let by_hand = [Professional, Volunteer, Admin];
        assert_eq!(
            apply(&by_hand, &["far", "main"], &["leads"]),
            welcome(&[Professional, Admin, Supervisor], &["far", "main"])
        );
        assert_eq!(apply(&[Admin], &[], &[]), welcome(&[Admin], &[]));
        assert_eq!(
            apply(&[Volunteer, Supervisor], &["main"], &["leads", "listeners"]),
            welcome(&[Volunteer, Supervisor], &["main"])
        );
    }

    #[test]
    fn whoever_the_claim_gives_nothing_has_nothing_left_and_does_not_come_in() {
        assert_eq!(apply(&[], &[], &[]), Mapped::Refused(vec![]));
        assert_eq!(apply(&[Volunteer], &["main"], &["gardeners"]), Mapped::Refused(vec![]));
        // A volunteer belongs to one pool; what was withdrawn is withdrawn, and nothing new is given.
        assert_eq!(
            apply(&[Volunteer, Supervisor], &["main"], &["listeners", "youth"]),
            Mapped::Refused(vec![Volunteer])
        );
        assert_eq!(apply(&[Supervisor], &["main"], &["listeners", "youth"]), Mapped::Refused(vec![]));
        // Roles without any pool.
        assert_eq!(apply(&[Professional], &["main"], &[]), Mapped::Refused(vec![Professional]));
    }

    #[test]
    fn no_mapping_makes_an_admin_or_unmakes_one() {
        let mapping = Mapping(vec![Grant { claim: "root".to_owned(), roles: vec![Admin], pools: vec![] }]);
        assert_eq!(mapping.apply(&[], &[], &["root".to_owned()]), Mapped::Refused(vec![]));
        assert_eq!(mapping.apply(&[Admin], &[], &[]), welcome(&[Admin], &[]));
    }
}

//! Who somebody is here whom the provider knows, and what they may do by what it says of them.

use std::convert::Infallible;

use uuid::Uuid;
use wideawake_domain::record::Part;
use wideawake_domain::staff::{
    Added, Authority, Changed, Mapped, OrganisationLinked, SignedOutEverywhere, StaffEvent, StaffMember,
};
use wideawake_domain::{Actor, Language, Pool, StaffId};
use wideawake_runtime::config::{Accounts, Oidc};
use wideawake_runtime::http::{Kind, Problem};
use wideawake_runtime::{clock, tokens};

use super::id_token::Claims;
use crate::desk::Desk;
use crate::staff::profile;

/// Whoever wrote the configuration runs the installation: what it gives and takes is their word.
const ORGANISATION: Actor = Actor::System(Part::Operator);

/// The ids of those who are added when they first come in. Of two desks that add somebody at the same moment one is told so.
const ADDED: Uuid = Uuid::from_u128(0x2f6a_4c8e_93d1_4f70_8b1c_60e5_d7a3_9c11);

fn refused(detail: &'static str) -> Problem {
    Problem::new(Kind::Forbidden).detail(detail)
}

/// What an account is known by in the record.
fn account(oidc: &Oidc, claims: &Claims) -> String {
    tokens::hash_token(&format!("{}\n{}", oidc.issuer, claims.subject))
}

/// Whoever signs in with that account, with the roles that the claim gives them as of now.
pub(super) async fn arrive(
    desk: &Desk,
    oidc: &Oidc,
    claims: &Claims,
    invitation: Option<&str>,
) -> Result<StaffMember, Problem> {
    let account = account(oidc, claims);
    // Another process may have let them in a moment ago.
    desk.feed.refresh_now_and_then().await;
    let id = match invitation {
        Some(invitation) => link(desk, invitation, &account).await?,
        None => find(desk, oidc, claims, &account).await?,
    };
    let member = mapped(desk, oidc, claims, id).await?;
    let is_strong = oidc.always_second_factor || claims.is_strong();
    if desk.sign_in.needs_second_factor(&member) && !is_strong {
        return Err(refused(
            "your role needs a second factor, and your organisation did not ask you for one; ask whoever runs its sign-in",
        ));
    }
    Ok(member)
}

/// Links the account to the one whom the link with a token of that hash invites; the invitation is used up by it.
async fn link(desk: &Desk, invitation: &str, account: &str) -> Result<StaffId, Problem> {
    let gone = || Problem::new(Kind::NotFound).detail("this invitation was used, replaced by another, or has expired");
    let _one_at_a_time = desk.sign_in.names.lock().await;
    desk.feed.refresh().await;
    let id =
        desk.feed.with(|known| known.invited(invitation, clock::now()).map(|member| member.id)).ok_or_else(gone)?;
    let other = desk.feed.with(|known| {
        let holder = known.holder_of_account(account).filter(|holder| holder.id != id);
        holder.is_some_and(|holder| holder.organisation.as_ref().is_some_and(|organisation| organisation.is_good))
    });
    if other {
        let detail = "this account of your organisation is a colleague's here; sign in there as yourself, and open the link again";
        return Err(Problem::new(Kind::Conflict).detail(detail));
    }
    let by = Authority::Invitation(invitation.to_owned());
    let linked = desk.record.decide_staff(id, Actor::Staff(id), |member, now| {
        member.link_organisation(&by, account.to_owned(), now).map(|event| vec![event.into()])
    });
    let facts = linked.await?.map_err(|_| gone())?;
    desk.feed.reach(&facts).await;
    Ok(id)
}

/// Whose account it is; somebody new when the organisation says who may come in.
async fn find(desk: &Desk, oidc: &Oidc, claims: &Claims, account: &str) -> Result<StaffId, Problem> {
    let known = || {
        desk.feed.with(|known| {
            let member = known.holder_of_account(account)?;
            let is_good = member.organisation.as_ref().is_some_and(|organisation| organisation.is_good);
            Some((member.id, member.removed, is_good))
        })
    };
    let whose = |found: (StaffId, bool, bool)| match found {
        (id, false, true) => Ok(id),
        (_, true, _) => Err(refused("you are no longer one of the staff here; ask a supervisor if that is a mistake")),
        (_, false, false) => Err(refused(
            "you were invited anew, and how you signed in before no longer works; open the link of that invitation",
        )),
    };
    if let Some(found) = known() {
        return whose(found);
    }
    if oidc.accounts == Accounts::Invited {
        return Err(refused(
            "nobody here has linked this account; ask a supervisor for an invitation, and link it there",
        ));
    }
    let Mapped::Welcome(roles, pools) = oidc.mapping.apply(&[], &[], &claims.values(&oidc.claim).unwrap_or_default())
    else {
        return Err(refused(NO_ROLE));
    };
    let id = StaffId(Uuid::new_v5(&ADDED, account.as_bytes()));
    let languages: Option<Language> =
        claims.text("locale", 35).and_then(|locale| locale.replace('_', "-").parse().ok());
    let added = Added {
        alias: claims.text(&oidc.alias, 80).unwrap_or_else(|| "Colleague".to_owned()),
        roles,
        pools,
        zone: claims.text("zoneinfo", 64).and_then(|zone| zone.parse().ok()).unwrap_or(oidc.zone),
        languages: languages.map_or_else(|| oidc.languages.clone(), |language| vec![language]),
        capacity: profile::CAPACITY,
        qualifications: Vec::new(),
        // Nobody is shown it.
        token: tokens::new().hash(),
    };
    let linked = OrganisationLinked { account: account.to_owned() };
    match desk.record.add_linked_staff(id, added, linked, ORGANISATION).await? {
        Some(facts) => {
            desk.feed.reach(&facts).await;
            Ok(id)
        }
        // On another desk, a moment ago.
        None => {
            desk.feed.refresh().await;
            known().map_or_else(|| Err(Kind::Conflict.into()), whose)
        }
    }
}

const NO_ROLE: &str = "your organisation gives you no role here; ask whoever runs its sign-in";

/// Gives and takes roles and pools as the claim says. Whoever has none is out at once, wherever they were signed in.
async fn mapped(desk: &Desk, oidc: &Oidc, claims: &Claims, id: StaffId) -> Result<StaffMember, Problem> {
    let values = claims.values(&oidc.claim).unwrap_or_default();
    let by_claim = |member: &StaffMember| oidc.mapping.apply(&member.roles, &member.pools, &values);
    if !oidc.mapping.0.is_empty() {
        // A volunteer takes nothing along into another pool: that waits until it is over.
        let stays = |member: &StaffMember, pools: &[Pool]| {
            desk.feed.with(|known| profile::leaves_something(known, member, pools))
        };
        let changed = desk.record.decide_staff(id, ORGANISATION, |member, _| {
            let (is_out, changed) = match by_claim(member) {
                Mapped::Welcome(roles, pools) if stays(member, &pools) => {
                    (false, member.becoming(roles, member.pools.clone()))
                }
                Mapped::Welcome(roles, pools) => (false, member.becoming(roles, pools)),
                Mapped::Refused(roles) => (true, member.becoming(roles, member.pools.clone())),
            };
            let mut events: Vec<StaffEvent> = Vec::new();
            if changed != Changed::default() {
                events.push(changed.into());
            }
            // Once: they may try as often as they like.
            if is_out && member.sessions_since != member.version {
                events.push(SignedOutEverywhere {}.into());
            }
            Ok::<_, Infallible>(events)
        });
        let Ok(facts) = changed.await?;
        desk.feed.reach(&facts).await;
    }
    let member = desk.record.staff(id).await?.filter(|member| !member.removed).ok_or(Kind::Unauthorized)?;
    if !oidc.mapping.0.is_empty() && matches!(by_claim(&member), Mapped::Refused(_)) {
        return Err(refused(NO_ROLE));
    }
    Ok(member)
}

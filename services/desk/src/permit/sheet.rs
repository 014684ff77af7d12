//! `docs/permissions.md`: the table, for people. `UPDATE_DOCS=1 cargo nextest run -p wideawake-desk permissions` writes it anew.

use std::fmt::Write as _;

use wideawake_domain::staff::Role;

use super::relation::Verdict;
use super::table::{About, CALLS, Call};
use super::walk::{Tie, verdict};

pub(super) const ROLES: [Role; 4] = [Role::Volunteer, Role::Supervisor, Role::Professional, Role::Admin];

const HEAD: &str = "\
# Who may do what at the desk

Written from the table in `services/desk/src/permit/`; a test holds it to that table, and another makes every call of it
as everyone in it, through HTTP. After a change there: `UPDATE_DOCS=1 cargo nextest run -p wideawake-desk sheet`.

`yes`: it is done. `403`: they are told that it is not for them. `404`: for them there is no such thing. `409`: somebody
else has it. Whoever has several roles may do what any of them may. Calls that need nobody: signing in and out
(`/v1/session` and what is below it, and as pages `/sign-in`, `/sign-out`), an invitation (`/v1/invitation`, `/v1/invitation/look`), a calendar with its key, and text messages that
the provider signs.

A **program** (`POST /v1/staff/{id}/machine-tokens`) does what the one it acts for may do, and of that only the calls of
the areas that its token names; `area:read` is the `GET` calls of that area. Calls without an area are never made by a
program.

Supervisors answer for their pools alone: wherever it says `pool` they serve it. Reading a conversation that one is no
part of is recorded, under the reader's name. An admin sees no conversation.
";

fn said(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "yes",
        Verdict::Forbidden => "403",
        Verdict::NotThere => "404",
        Verdict::Taken | Verdict::Over => "409",
    }
}

fn section(out: &mut String, title: &str, intro: &str, calls: &[&Call], ties: &[Tie]) {
    let _ = write!(out, "\n## {title}\n\n{intro}\n\n| call | area | as |");
    for tie in ties {
        let _ = write!(out, " {} |", tie.name());
    }
    let _ = writeln!(out, "\n|---|---|---|{}", "---|".repeat(ties.len()));
    for call in calls {
        for role in ROLES {
            let first = role == ROLES[0];
            let name = if first { format!("`{} {}`", call.method, call.path) } else { String::new() };
            let area = if first { call.area.unwrap_or("–") } else { "" };
            let _ = write!(out, "| {name} | {area} | {role} |");
            for tie in ties {
                let _ = write!(out, " {} |", said(verdict(call, role, *tie)));
            }
            out.push('\n');
        }
    }
}

fn sheet() -> String {
    let mut out = HEAD.to_owned();
    let of = |fits: fn(About) -> bool| CALLS.iter().filter(move |call| fits(call.about)).collect::<Vec<_>>();
    section(
        &mut out,
        "Oneself",
        "What these show and change is the caller's own.",
        &of(|about| about == About::Oneself),
        Tie::of(About::Oneself),
    );
    section(
        &mut out,
        "Pools",
        "What these show and change is of the caller's pools; for an admin of every pool.",
        &of(|about| about == About::Pool),
        Tie::of(About::Pool),
    );
    section(
        &mut out,
        "Offers",
        "`offered`: it is offered to the caller. `pool`: to somebody else of the pool.",
        &of(|about| about == About::Offer),
        Tie::of(About::Offer),
    );
    section(
        &mut out,
        "Requests",
        "`holder`: the caller holds it. `joined`: they are in it beside the holder. `offered`: it is offered to them. \
         `called`: they were called over an escalation of it, or took that on. `pool`: nothing of these, and they serve its pool. \
         `elsewhere`: they serve another.",
        &of(|about| matches!(about, About::Request(_))),
        Tie::of(About::Request(super::Act::Read)),
    );
    section(
        &mut out,
        "Escalations",
        "`called`: the caller was called over it. `took it on`: they acknowledged it. `late`: they were called, and somebody \
         else acknowledged it. `pool`: they serve its pool. `elsewhere`: they serve another.",
        &of(|about| matches!(about, About::Escalation(_))),
        Tie::of(About::Escalation(super::table::Deed::See)),
    );
    section(
        &mut out,
        "Staff",
        "`themself`: the caller. `below`: a volunteer or professional whose pools are all the caller's. `peer`: a supervisor \
         or admin of a pool of theirs. `wider`: a professional who serves another pool as well. `elsewhere`: a volunteer of \
         another pool. Nobody removes themself.",
        &of(|about| matches!(about, About::Colleague(_))),
        Tie::of(About::Colleague(super::relation::Over::See)),
    );
    section(
        &mut out,
        "History",
        "`pool`: of a request of a pool that the caller serves. The others: of that colleague, as under Staff, of their \
         duty and of their sessions.",
        &of(|about| about == About::History),
        Tie::of(About::History),
    );
    out
}

#[test]
fn the_document_says_what_the_table_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/permissions.md");
    let sheet = sheet();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &sheet).expect("the document can be written");
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(written, sheet, "write it anew: UPDATE_DOCS=1 cargo nextest run -p wideawake-desk sheet");
}

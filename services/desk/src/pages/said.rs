//! What a page hands to its modules: words, and what they need to know before they ask.

use std::sync::LazyLock;

use serde::Serialize;
use serde_json::{Map, Value, json};
use wideawake_domain::StaffId;
use wideawake_domain::staff::{Role, StaffMember};
use wideawake_runtime::pages::{Arg, Frame};

use super::ASSETS;
use crate::desk::Desk;
use crate::lines::lines;
use crate::me::Me;
use crate::permit::Caller;

/// How many people an escalation can be handed over to from a page.
const ANSWERERS: usize = 500;

/// Whose keys begin so is for modules. What is put in stays as `{name}`: they put it in.
const PREFIX: &str = "say-";

const ENGLISH: &str = include_str!("../../../../config/locales/en/staff.ftl");

/// The keys for modules, each with what is put in.
static KEYS: LazyLock<Vec<(&'static str, Vec<&'static str>)>> = LazyLock::new(|| {
    let mut keys: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut is_ours = false;
    for line in ENGLISH.lines().filter(|line| !line.starts_with('#')) {
        if !line.starts_with([' ', '}', '[', '*'])
            && let Some((key, _)) = line.split_once(" =")
        {
            is_ours = key.starts_with(PREFIX);
            if is_ours {
                keys.push((key, Vec::new()));
            }
        }
        if is_ours && let Some((_, names)) = keys.last_mut() {
            let name = |rest: &'static str| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            names.extend(line.split('$').skip(1).map(name));
        }
    }
    keys
});

fn words(frame: &Frame) -> Map<String, Value> {
    let said = |(key, names): &(&'static str, Vec<&'static str>)| {
        let holes: Vec<(&'static str, String)> = names.iter().map(|name| (*name, format!("{{{name}}}"))).collect();
        let args: Vec<(&'static str, Arg<'_>)> =
            holes.iter().map(|(name, hole)| (*name, hole.as_str().into())).collect();
        ((*key).to_owned(), frame.words.with(key, &args).into())
    };
    KEYS.iter().map(said).collect()
}

/// JSON as it may stand in a script element: nothing in it ends the element.
fn in_html(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).unwrap_or_else(|_| "{}".to_owned());
    text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// What every page with modules hands to them, with `more`.
pub(super) fn handed(desk: &Desk, caller: &Caller, frame: &Frame, me: &Me, more: Value) -> String {
    let dispatch = &desk.record.settings().dispatch;
    let mut data = json!({
        "lang": frame.lang(),
        "zone": caller.member.zone.name(),
        "pulse": ASSETS.path("pulse.js"),
        "words": words(frame),
        "me": me,
        "lines": lines(desk, caller),
        "answerers": answerers(desk, caller),
        "graces": {
            "presence_grace_s": dispatch.presence_grace.num_seconds(),
            "reconnect_grace_s": dispatch.reconnect_grace.num_seconds(),
        },
    });
    if let (Value::Object(data), Value::Object(more)) = (&mut data, more) {
        data.extend(more);
    }
    in_html(&data)
}

/// Whether somebody is called, and answers, when a volunteer is not enough.
pub(super) fn answers(member: &StaffMember) -> bool {
    member.is(Role::Supervisor) || member.is(Role::Professional)
}

/// Whom somebody who answers an escalation can hand it over to: id and alias, in order of the latter.
fn answerers(desk: &Desk, caller: &Caller) -> Vec<(StaffId, String)> {
    if !answers(&caller.member) {
        return Vec::new();
    }
    desk.feed.with(|known| {
        let members = known.staff.values().map(|person| &person.member);
        let mine = members.filter(|member| {
            !member.removed
                && member.id != caller.id()
                && answers(member)
                && caller.member.pools.iter().any(|pool| member.serves(pool))
        });
        let mut all: Vec<(StaffId, String)> = mine.map(|member| (member.id, member.alias.clone())).collect();
        all.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
        all.truncate(ANSWERERS);
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use wideawake_runtime::pages::Locale;

    const MODULES: [&str; 21] = [
        include_str!("../../assets/account.js"),
        include_str!("../../assets/admit.js"),
        include_str!("../../assets/contact.js"),
        include_str!("../../assets/entries.js"),
        include_str!("../../assets/people.js"),
        include_str!("../../assets/roster.js"),
        include_str!("../../assets/rotation.js"),
        include_str!("../../assets/several.js"),
        include_str!("../../assets/week.js"),
        include_str!("../../assets/ask.js"),
        include_str!("../../assets/board.js"),
        include_str!("../../assets/called.js"),
        include_str!("../../assets/case.js"),
        include_str!("../../assets/deeds.js"),
        include_str!("../../assets/desk.js"),
        include_str!("../../assets/kit.js"),
        include_str!("../../assets/link.js"),
        include_str!("../../assets/offers.js"),
        include_str!("../../assets/person.js"),
        include_str!("../../assets/talk.js"),
        include_str!("../../assets/why.js"),
    ];

    /// The keys that modules name in full, in quotes.
    fn named() -> BTreeSet<&'static str> {
        let quoted = MODULES.iter().flat_map(|module| module.split('"'));
        let is_key = |text: &&str| {
            text.starts_with(PREFIX) && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        quoted.filter(is_key).collect()
    }

    #[test]
    fn there_are_words_for_every_key_that_a_module_names() {
        let known: BTreeSet<&str> = KEYS.iter().map(|(key, _)| *key).collect();
        let named = named();
        assert!(named.len() > 80, "{}", named.len());
        assert_eq!(named.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new());
    }

    #[test]
    fn every_code_that_has_words_in_one_place_has_them() {
        let known: BTreeSet<&str> = KEYS.iter().map(|(key, _)| *key).collect();
        for key in [
            "say-priority-standard",
            "say-priority-elevated",
            "say-priority-urgent",
            "say-priority-imminent",
            "say-out-language",
            "say-out-unqualified",
            "say-out-expired",
            "say-out-off-shift",
            "say-out-not-ready",
            "say-out-absent",
            "say-out-weekly-hours",
            "say-out-resting",
            "say-out-holds-imminent",
            "say-out-full",
            "say-out-winding-down",
            "say-out-set-aside",
            "say-gone-taken",
            "say-gone-duty",
            "say-gone-shift-over",
            "say-gone-absent",
            "say-gone-needs-changed",
            "say-gone-left",
            "say-gone-outranked",
            "say-gone-assigned",
            "say-gone-expired",
            "say-released-gave-back",
            "say-released-supervisor",
            "say-released-absent",
            "say-released-silent",
            "say-released-closed",
            "say-escalation-raised",
            "say-escalation-paging",
            "say-escalation-fallback",
            "say-escalation-acknowledged",
            "say-escalation-hand-over",
            "say-escalation-reminded",
            "say-escalation-resolved",
            "say-cause-silent",
            "say-cause-no-reply",
            "say-cause-away",
            "say-cause-beyond-holder",
            "say-cause-person",
            "say-cause-rule",
            "say-transfer-declined",
            "say-transfer-expired",
            "say-transfer-nobody",
            "say-transfer-withdrawn",
            "say-nudge-first-reply",
            "say-nudge-reply",
            "say-read-safety",
            "say-read-support",
            "say-read-complaint",
            "say-read-review",
        ] {
            assert!(known.contains(key), "{key}");
        }
        for decided in
            ["only", "named", "holds-nothing", "again", "preferences", "scarcity", "load", "waking", "last-offer", "id"]
        {
            assert!(
                known.contains(&*format!("say-why-me-{decided}"))
                    && known.contains(&*format!("say-why-them-{decided}"))
            );
        }
    }

    #[test]
    fn what_is_put_in_stays_open_in_every_language_and_nothing_ends_the_script() {
        for locale in &Locale::ALL {
            let frame = Frame::new(locale, &super::super::ASSETS);
            let words = words(&frame);
            for (key, names) in KEYS.iter() {
                let text = words[*key].as_str().expect("a text");
                assert!(
                    names.iter().all(|name| text.contains(&format!("{{{name}}}"))),
                    "{}: {key}: {text}",
                    locale.tag
                );
            }
        }
        assert_eq!(in_html(&json!({"a": "</script><!--&"})), r#"{"a":"\u003c/script\u003e\u003c!--\u0026"}"#);
    }
}

//! Who may write, what a repeat is, and who waits for an answer.

use super::*;

fn say(from: Speaker, by: Option<u128>) -> Command {
    Command::Say(Say {
        from,
        staff: by.map(staff),
        aside: false,
        text: text(),
        once: None,
        findings: Findings::default(),
    })
}

fn once(key: &str, body: &str) -> Command {
    let once = Once { key: key.to_owned(), body: body.to_owned() };
    Command::Say(Say {
        from: Speaker::Member,
        staff: None,
        aside: false,
        text: text(),
        once: Some(once),
        findings: Findings::default(),
    })
}

fn unanswered(story: &Story) -> Option<DateTime<Utc>> {
    if let Phase::Active { unanswered_since, .. } = story.state.phase { unanswered_since } else { None }
}

fn first_word(story: &Story) -> Option<DateTime<Utc>> {
    if let Phase::Active { first_word_at, .. } = story.state.phase { first_word_at } else { None }
}

#[test]
fn the_member_may_always_write_and_staff_only_in_the_conversation() {
    let mut story = Story::active();
    story.act(say(Speaker::Member, None)).unwrap();
    story.act(say(Speaker::Volunteer, Some(1))).unwrap();
    for outside in [
        say(Speaker::Volunteer, Some(2)),
        say(Speaker::Supervisor, Some(9)),
        say(Speaker::Professional, Some(9)),
        say(Speaker::Volunteer, None),
        say(Speaker::Member, Some(1)),
    ] {
        assert_eq!(story.act(outside), Err(Rejection::NotInConversation));
    }
    story.act(Command::Join(staff(9), Speaker::Supervisor, Joining::Beside)).unwrap();
    story.act(say(Speaker::Supervisor, Some(9))).unwrap();
    assert_eq!(story.act(say(Speaker::Volunteer, Some(9))), Err(Rejection::NotInConversation));
    story.act(Command::Release(ReleaseReason::GaveBack, None)).unwrap();
    assert_eq!(story.act(say(Speaker::Volunteer, Some(1))), Err(Rejection::NotInConversation));
    story.act(say(Speaker::Member, None)).unwrap();
    assert_eq!(story.state.messages, 4);
}

#[test]
fn a_key_is_remembered_for_a_day() {
    let mut story = Story::new();
    story.by(Actor::Member, once("key", "body")).unwrap();
    let version = story.state.version;
    assert_eq!(story.by(Actor::Member, once("key", "body")), Err(Rejection::Repeated(version)));
    assert_eq!(story.by(Actor::Member, once("key", "other")), Err(Rejection::KeyMismatch));
    assert_eq!(story.by(Actor::Member, once("other", "body")), Ok(vec!["message"]));
    story.wait(24 * 60 * 60 - 1);
    assert_eq!(story.by(Actor::Member, once("key", "body")), Err(Rejection::Repeated(version)));
    story.wait(1);
    assert_eq!(story.by(Actor::Member, once("key", "body")), Ok(vec!["message"]));
}

#[test]
fn whoever_lost_the_answer_hears_it_again_after_the_end() {
    let mut story = Story::active();
    story.by(Actor::Member, once("key", "body")).unwrap();
    let version = story.state.version;
    story.by(Actor::Member, Command::Leave(None)).unwrap();
    assert_eq!(story.by(Actor::Member, once("key", "body")), Err(Rejection::Repeated(version)));
    assert_eq!(story.by(Actor::Member, once("key", "other")), Err(Rejection::KeyMismatch));
    assert_eq!(story.by(Actor::Member, once("other", "body")), Err(Rejection::AlreadyClosed));
}

#[test]
fn the_oldest_keys_are_forgotten_first() {
    let mut story = Story::new();
    for n in 0..=SupportRequest::KEYS {
        story.by(Actor::Member, once(&format!("key {n}"), "body")).unwrap();
    }
    assert_eq!(story.state.keys.len(), SupportRequest::KEYS);
    assert_eq!(story.by(Actor::Member, once("key 0", "body")), Ok(vec!["message"]));
    assert!(story.by(Actor::Member, once("key 9", "body")).is_err());
}

#[test]
fn the_member_waits_from_their_first_unanswered_message_to_the_next_answer() {
    let mut story = Story::active();
    story.wait(1);
    story.act(say(Speaker::Member, None)).unwrap();
    let asked = story.now;
    story.wait(1);
    story.act(say(Speaker::Member, None)).unwrap();
    assert_eq!((unanswered(&story), first_word(&story)), (Some(asked), None));
    story.wait(1);
    story.act(say(Speaker::Volunteer, Some(1))).unwrap();
    assert_eq!((unanswered(&story), first_word(&story)), (None, Some(story.now)));
}

#[test]
fn an_aside_is_no_answer() {
    let mut story = Story::active();
    story.act(Command::Join(staff(9), Speaker::Supervisor, Joining::Beside)).unwrap();
    story.act(say(Speaker::Member, None)).unwrap();
    let aside = Say {
        from: Speaker::Supervisor,
        staff: Some(staff(9)),
        aside: true,
        text: text(),
        once: None,
        findings: Findings::default(),
    };
    story.act(Command::Say(aside)).unwrap();
    assert_eq!((unanswered(&story), first_word(&story)), (Some(start()), None));
    story.act(say(Speaker::Supervisor, Some(9))).unwrap();
    assert_eq!((unanswered(&story), first_word(&story)), (None, Some(start())));
}

#[test]
fn what_the_system_says_is_no_answer() {
    let mut story = Story::active();
    story.act(say(Speaker::Member, None)).unwrap();
    let said = Message { from: Speaker::System, staff: None, aside: false, text: text(), once: None };
    story.state.evolve(&said.into(), ROUTER, start());
    assert_eq!((unanswered(&story), first_word(&story)), (Some(start()), None));
}

#[test]
fn whoever_takes_over_owes_the_answer_that_the_other_did() {
    let mut story = Story::active();
    story.act(say(Speaker::Volunteer, Some(1))).unwrap();
    story.act(say(Speaker::Member, None)).unwrap();
    story.wait(10);
    story.act(Command::Assign(staff(2))).unwrap();
    assert_eq!((unanswered(&story), first_word(&story)), (Some(start()), None));
}

#[test]
fn what_a_rule_shows_is_shown_once() {
    let mut story = Story::new();
    let findings = |show: &[&str]| Findings {
        show: show.iter().map(|kind| (*kind).to_owned()).collect(),
        rules: vec![Fired { rule: "listen".to_owned(), version: String::new(), since: None, failed: false }],
        ..Findings::default()
    };
    let mut shown = Vec::new();
    for kinds in [&["emergency"][..], &["emergency", "crisis_line"], &["crisis_line"]] {
        story.by(RULES, Command::Triage(findings(kinds))).unwrap();
        let RequestEvent::Triaged(triaged) = story.last() else { panic!("it is recorded that the rule fired") };
        shown.push(triaged.show);
    }
    assert_eq!(shown, [vec!["emergency".to_owned()], vec!["crisis_line".to_owned()], vec![]]);
    assert_eq!(story.state.shown, ["emergency", "crisis_line"]);
}

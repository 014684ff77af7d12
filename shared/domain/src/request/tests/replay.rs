//! What a record adds up to, however it arrives.

use super::*;

/// Held, and given back once: three kinds of change that would show if they were counted twice.
fn told() -> Story {
    let mut story = Story::active();
    let say = Say {
        from: Speaker::Member,
        staff: None,
        aside: false,
        text: text(),
        once: None,
        findings: Findings::default(),
    };
    story.by(Actor::Member, Command::Say(say)).unwrap();
    story.act(Command::Release(ReleaseReason::GaveBack, None)).unwrap();
    story
}

#[test]
fn a_fact_that_comes_twice_or_too_early_changes_nothing() {
    let story = told();
    let seen = |state: &Option<SupportRequest>| format!("{state:?}");
    let mut state = None;
    for (at, fact) in story.facts.iter().enumerate() {
        for other in story.facts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| other) {
            let before = seen(&state);
            SupportRequest::apply(&mut state, other);
            assert_eq!(seen(&state), before, "{} when {} is next", other.kind, fact.kind);
        }
        SupportRequest::apply(&mut state, fact);
    }
    assert_eq!(seen(&state), seen(&Some(story.state)));
}

#[test]
fn a_record_without_its_beginning_adds_up_to_nothing() {
    let story = told();
    assert!(SupportRequest::replay(&story.facts[1..]).is_none());
    let opened_late = Recorded { version: Version(2), ..story.facts[0].clone() };
    assert!(SupportRequest::replay([&opened_late]).is_none());
}

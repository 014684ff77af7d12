//! How many of whom there are in each step of a window, and where nobody is.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use std::collections::BTreeMap;

use super::{BadWindow, Span, merged};
use crate::language::Language;

/// How many steps a window has at most.
pub const MAX_STEPS: i64 = 10_000;

/// One person: what they bring, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Available {
    /// The languages they speak.
    pub languages: Vec<Language>,
    /// The qualifications they hold.
    pub skills: Vec<String>,
    /// When they are there.
    pub spans: Vec<Span>,
}

/// What there should always be somebody for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// The languages that are asked for.
    pub languages: Vec<Language>,
    /// The qualifications that are asked for.
    pub skills: Vec<String>,
}

/// How many people there are in one step. A number is the least at any moment of the step: where one leaves as another comes
/// there is no gap, and where somebody leaves early there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// From when to when.
    #[serde(flatten)]
    pub span: Span,
    /// How many people there are.
    pub people: u32,
    /// How many serve each needed language.
    pub languages: BTreeMap<Language, u32>,
    /// How many hold each needed qualification.
    pub qualifications: BTreeMap<String, u32>,
    /// Where a number is 0.
    pub gaps: Gaps,
}

/// What there is nobody for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Gaps {
    /// Languages.
    pub languages: Vec<Language>,
    /// Qualifications.
    pub qualifications: Vec<String>,
}

/// A window that cannot be cut into steps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSteps {
    /// The window itself is no good.
    #[error(transparent)]
    Window(#[from] BadWindow),
    /// A step of no length.
    #[error("a step must be longer than nothing; ask for one such as 1h")]
    NoStep,
    /// More than [`MAX_STEPS`].
    #[error("the window has {0} steps; ask for a longer step or a shorter window, so that it has at most {MAX_STEPS}")]
    TooMany(i64),
}

/// How many people there are in each `step` from `from` to `to`; the last one may be shorter.
pub fn coverage(
    people: &[Available],
    needed: &Needed,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    step: TimeDelta,
) -> Result<Vec<Step>, BadSteps> {
    let steps = steps(from, to, step)?;
    let count = |counts: &dyn Fn(&Available) -> bool| least(&steps, people.iter().filter(|person| counts(person)));
    let all = count(&|_| true);
    let languages: Vec<_> =
        needed.languages.iter().map(|l| (l, count(&|person| l.spoken_by(&person.languages).is_some()))).collect();
    let skills: Vec<_> =
        needed.skills.iter().map(|skill| (skill, count(&|person| person.skills.contains(skill)))).collect();
    let row = |(index, span): (usize, &Span)| {
        let mut row = Step {
            span: *span,
            people: all[index],
            languages: languages.iter().map(|(language, counts)| ((*language).clone(), counts[index])).collect(),
            qualifications: skills.iter().map(|(skill, counts)| ((*skill).clone(), counts[index])).collect(),
            gaps: Gaps::default(),
        };
        row.gaps.languages =
            row.languages.iter().filter(|(_, count)| **count == 0).map(|(language, _)| language.clone()).collect();
        row.gaps.qualifications =
            row.qualifications.iter().filter(|(_, count)| **count == 0).map(|(skill, _)| skill.clone()).collect();
        row
    };
    Ok(steps.iter().enumerate().map(row).collect())
}

fn steps(from: DateTime<Utc>, to: DateTime<Utc>, step: TimeDelta) -> Result<Vec<Span>, BadSteps> {
    let window = Span::window(from, to)?;
    let (length, step_length) = (window.length().num_milliseconds(), step.num_milliseconds());
    if step_length <= 0 {
        return Err(BadSteps::NoStep);
    }
    let count = length / step_length + i64::from(length % step_length != 0);
    if count > MAX_STEPS {
        return Err(BadSteps::TooMany(count));
    }
    let mut steps = Vec::with_capacity(count as usize);
    let mut start = window.start;
    while start < window.end {
        let end = start.checked_add_signed(step).map_or(window.end, |end| end.min(window.end));
        steps.push(Span { start, end });
        start = end;
    }
    Ok(steps)
}

/// The least number of people there at any moment of each step.
fn least<'a>(steps: &[Span], people: impl Iterator<Item = &'a Available>) -> Vec<u32> {
    let mut changes: BTreeMap<DateTime<Utc>, i64> = BTreeMap::new();
    for span in people.flat_map(|person| merged(person.spans.clone())) {
        *changes.entry(span.start).or_default() += 1;
        *changes.entry(span.end).or_default() -= 1;
    }
    let mut changes = changes.into_iter().peekable();
    let mut there = 0;
    let counts = steps.iter().map(|step| {
        while let Some((_, change)) = changes.next_if(|(at, _)| *at <= step.start) {
            there += change;
        }
        let mut least = there;
        while let Some((_, change)) = changes.next_if(|(at, _)| *at < step.end) {
            there += change;
            least = least.min(there);
        }
        u32::try_from(least).unwrap_or_default()
    });
    counts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn language(tag: &str) -> Language {
        tag.parse().expect("the tests write well-formed tags")
    }

    fn person(languages: &[&str], skills: &[&str], spans: &[(i64, i64)]) -> Available {
        Available {
            languages: languages.iter().map(|tag| language(tag)).collect(),
            skills: skills.iter().map(|&skill| skill.to_owned()).collect(),
            spans: spans.iter().map(|&(start, end)| Span { start: at(start), end: at(end) }).collect(),
        }
    }

    #[test]
    fn a_handover_inside_a_step_leaves_no_gap_and_leaving_early_does() {
        let people = [person(&["pt"], &["safeguarding"], &[(0, 90)]), person(&["pt", "en"], &[], &[(90, 170)])];
        let needed =
            Needed { languages: vec![language("pt-BR"), language("en")], skills: vec!["safeguarding".to_owned()] };
        let steps = coverage(&people, &needed, at(0), at(170), TimeDelta::hours(1)).expect("three steps");
        let lines: Vec<String> = steps.iter().map(|step| serde_json::to_string(step).expect("JSON")).collect();
        insta::assert_snapshot!(lines.join("\n"), @r##"
        {"start":"1970-01-01T00:00:00Z","end":"1970-01-01T01:00:00Z","people":1,"languages":{"en":0,"pt-BR":1},"qualifications":{"safeguarding":1},"gaps":{"languages":["en"],"qualifications":[]}}
        {"start":"1970-01-01T01:00:00Z","end":"1970-01-01T02:00:00Z","people":1,"languages":{"en":0,"pt-BR":1},"qualifications":{"safeguarding":0},"gaps":{"languages":["en"],"qualifications":["safeguarding"]}}
        {"start":"1970-01-01T02:00:00Z","end":"1970-01-01T02:50:00Z","people":1,"languages":{"en":1,"pt-BR":1},"qualifications":{"safeguarding":0},"gaps":{"languages":[],"qualifications":["safeguarding"]}}
        "##);
    }

    #[test]
    fn hostile_windows_are_refused() {
        let ask = |to, step| coverage(&[], &Needed::default(), at(0), to, step);
        assert!(matches!(ask(at(0), TimeDelta::hours(1)), Err(BadSteps::Window(_))));
        assert!(matches!(ask(DateTime::<Utc>::MAX_UTC, TimeDelta::hours(1)), Err(BadSteps::Window(_))));
        assert!(matches!(ask(at(9), TimeDelta::zero()), Err(BadSteps::NoStep)));
        assert!(matches!(ask(at(9), TimeDelta::milliseconds(-1)), Err(BadSteps::NoStep)));
        assert_eq!(ask(at(10_001), TimeDelta::minutes(1)), Err(BadSteps::TooMany(10_001)));
        assert_eq!(ask(at(10_000), TimeDelta::minutes(1)).map(|steps| steps.len()), Ok(10_000));
        assert_eq!(ask(at(1), TimeDelta::MAX).map(|steps| steps.len()), Ok(1));
    }

    proptest! {
        #[test]
        fn a_number_is_the_least_of_any_minute(
            people in prop::collection::vec(prop::collection::vec((-50..150i64, 0..60i64), 0..4), 0..5),
            step in 1..40i64,
        ) {
            let people: Vec<_> = people.iter().map(|spans| {
                person(&[], &[], &spans.iter().map(|&(start, length)| (start, start + length)).collect::<Vec<_>>())
            }).collect();
            for row in coverage(&people, &Needed::default(), at(0), at(100), TimeDelta::minutes(step))? {
                let minutes = (0..100).map(at).filter(|minute| row.span.contains(*minute));
                let there = |minute| people.iter().filter(|p| p.spans.iter().any(|span| span.contains(minute))).count();
                prop_assert_eq!(Some(row.people as usize), minutes.map(there).min());
            }
        }
    }
}

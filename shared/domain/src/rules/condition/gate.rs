//! What phrases a condition cannot hold without. Most rules ask for some, and most messages have none of them: then nothing
//! else of the condition has to be worked out. This never changes what comes out, also where something could not be worked
//! out: what cannot be told with certainty has no gate.

use std::collections::BTreeSet;

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue, operators};
use cel::parser::Expression;

/// Categories.
type Categories = BTreeSet<String>;

/// Facts that are always a number.
const NUMBERS: [&str; 6] = ["priority", "STANDARD", "ELEVATED", "URGENT", "IMMINENT", "hour_utc"];
/// Parts of a request that are.
const PARTS: [&str; 3] = ["waited_s", "times_returned", "declined"];

/// The categories of which there must be a phrase: without any, the condition is worked out to be false. `None`: that
/// cannot be told.
pub(super) fn gate(expression: &Expression) -> Option<Categories> {
    match &expression.expr {
        Expr::Comprehension(comprehension) => exists(comprehension),
        Expr::Call(call) => match operands(call)? {
            (operators::LOGICAL_AND, a, b) => gate(a).or_else(|| if never_fails(a) { gate(b) } else { None }),
            (operators::LOGICAL_OR, a, b) => Some(&gate(a)? | &gate(b)?),
            _ => None,
        },
        _ => None,
    }
}

fn operands(call: &CallExpr) -> Option<(&str, &Expression, &Expression)> {
    match (&call.target, call.args.as_slice()) {
        (None, [a, b]) => Some((call.func_name.as_str(), a, b)),
        _ => None,
    }
}

fn is(expression: &Expression, name: &str) -> bool {
    matches!(&expression.expr, Expr::Ident(ident) if ident == name)
}

/// `phrases.exists(p, …)`, also behind `filter`, as the reader writes the macro out.
fn exists(comprehension: &ComprehensionExpr) -> Option<Categories> {
    let ComprehensionExpr { iter_range, iter_var, accu_var, accu_init, loop_step, result, .. } = comprehension;
    let Expr::Call(step) = &loop_step.expr else { return None };
    let starts_false = matches!(&accu_init.expr, Expr::Literal(LiteralValue::Boolean(start)) if !**start);
    match operands(step)? {
        (operators::LOGICAL_OR, so_far, asked)
            if starts_false && is(so_far, accu_var) && is(result, accu_var) && is_phrases(iter_range) =>
        {
            if asks_a_phrase(asked, iter_var) {
                of_a_phrase(asked, iter_var)
            } else {
                None
            }
        }
        _ => None,
    }
}

/// `phrases`, or some of them.
fn is_phrases(expression: &Expression) -> bool {
    let Expr::Comprehension(filter) = &expression.expr else { return is(expression, "phrases") };
    let ComprehensionExpr { iter_range, iter_var, accu_var, accu_init, loop_step, result, .. } = &**filter;
    let (Expr::List(start), Expr::Call(step)) = (&accu_init.expr, &loop_step.expr) else { return false };
    let [asked, _, others] = step.args.as_slice() else { return false };
    start.elements.is_empty()
        && step.func_name == operators::CONDITIONAL
        && is(others, accu_var)
        && is(result, accu_var)
        && is_phrases(iter_range)
        && asks_a_phrase(asked, iter_var)
}

/// What a phrase must be of for this to hold of it.
fn of_a_phrase(expression: &Expression, phrase: &str) -> Option<Categories> {
    let Expr::Call(call) = &expression.expr else { return None };
    match operands(call)? {
        (operators::LOGICAL_AND, a, b) => of_a_phrase(a, phrase).or_else(|| of_a_phrase(b, phrase)),
        (operators::LOGICAL_OR, a, b) => Some(&of_a_phrase(a, phrase)? | &of_a_phrase(b, phrase)?),
        (operators::EQUALS, a, b) if part(a, phrase) == Some("category") => Some([text(b)?.to_owned()].into()),
        (operators::EQUALS, a, b) if part(b, phrase) == Some("category") => Some([text(a)?.to_owned()].into()),
        (operators::IN, a, b) if part(a, phrase) == Some("category") => texts(b),
        _ => None,
    }
}

/// Whether this asks nothing but what can always be said of a phrase.
fn asks_a_phrase(expression: &Expression, phrase: &str) -> bool {
    let Expr::Call(call) = &expression.expr else { return part(expression, phrase) == Some("negated") };
    if let (None, operators::LOGICAL_NOT, [asked]) = (&call.target, call.func_name.as_str(), call.args.as_slice()) {
        return asks_a_phrase(asked, phrase);
    }
    let is_text = |side: &Expression| matches!(part(side, phrase), Some("category" | "phrase")) || text(side).is_some();
    match operands(call) {
        Some((operators::LOGICAL_AND | operators::LOGICAL_OR, a, b)) => {
            asks_a_phrase(a, phrase) && asks_a_phrase(b, phrase)
        }
        Some((operators::EQUALS | operators::NOT_EQUALS, a, b)) => is_text(a) && is_text(b),
        Some((operators::IN, a, b)) => is_text(a) && texts(b).is_some(),
        _ => false,
    }
}

fn part<'e>(expression: &'e Expression, of: &str) -> Option<&'e str> {
    match &expression.expr {
        Expr::Select(select) if !select.test && is(&select.operand, of) => Some(&select.field),
        _ => None,
    }
}

fn text(expression: &Expression) -> Option<&str> {
    match &expression.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text),
        _ => None,
    }
}

fn texts(expression: &Expression) -> Option<Categories> {
    let Expr::List(list) = &expression.expr else { return None };
    list.elements.iter().map(|element| text(element).map(ToOwned::to_owned)).collect()
}

/// Whether this is true or false whatever is known of a request.
fn never_fails(expression: &Expression) -> bool {
    let Expr::Call(call) = &expression.expr else { return gate(expression).is_some() };
    if let (None, operators::LOGICAL_NOT, [asked]) = (&call.target, call.func_name.as_str(), call.args.as_slice()) {
        return never_fails(asked);
    }
    match operands(call) {
        Some((operators::LOGICAL_AND | operators::LOGICAL_OR, a, b)) => never_fails(a) && never_fails(b),
        // Whatever is compared for being equal is that or not, also with what is not known.
        Some((operators::EQUALS | operators::NOT_EQUALS, a, b)) => is_plain(a) && is_plain(b),
        Some((operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS, a, b)) => {
            is_number(a) && is_number(b)
        }
        Some((operators::IN, a, b)) => text(a).is_some() && part(b, "request") == Some("topics"),
        _ => false,
    }
}

fn is_plain(expression: &Expression) -> bool {
    text(expression).is_some()
        || is_number(expression)
        || matches!(&expression.expr, Expr::Literal(LiteralValue::Null))
        || matches!(part(expression, "request"), Some("line" | "language" | "country" | "age_band" | "channel"))
}

fn is_number(expression: &Expression) -> bool {
    match &expression.expr {
        Expr::Literal(LiteralValue::Int(_)) => true,
        Expr::Ident(name) => NUMBERS.contains(&name.as_str()),
        _ => part(expression, "request").is_some_and(|part| PARTS.contains(&part)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use chrono::{DateTime, TimeDelta, Utc};
    use proptest::prelude::*;
    use uuid::Uuid;

    use crate::request::{AgeBand, Opened, SupportRequest};
    use crate::rules::{Condition, Facts, PoolFacts, Sheet, Side, Silence, Spotted};
    use crate::screening::{Level, Screening};
    use crate::{Pool, Priority, RequestId};

    fn gate_of(source: &str) -> Option<Vec<String>> {
        Condition::compile(source).unwrap_or_else(|bad| panic!("{source}: {bad}")).gate.map(|gate| gate.to_vec())
    }

    #[test]
    fn what_asks_for_a_phrase_has_a_gate_and_what_can_hold_without_has_none() {
        for (source, gate) in [
            ("phrases.exists(p, p.category == \"plan\" && !p.negated)", "plan"),
            ("phrases.exists(p, !p.negated && \"plan\" == p.category)", "plan"),
            ("request.age_band == \"under_18\" && phrases.exists(p, p.category == \"abuse\")", "abuse"),
            ("phrases.filter(p, !p.negated).exists(p, p.category in [\"means\", \"plan\"])", "means plan"),
            ("(hour_utc < 6 || \"grief\" in request.topics) && phrases.exists(p, p.category == \"plan\")", "plan"),
            ("phrases.exists(p, p.category == \"plan\") && pool.ready > 2", "plan"),
            ("phrases.exists(p, p.category == \"plan\") || phrases.exists(q, q.category == \"means\")", "means plan"),
        ] {
            assert_eq!(gate_of(source).map(|gate| gate.join(" ")).as_deref(), Some(gate), "{source}");
        }
        for source in [
            "priority >= URGENT",
            "phrases.exists(p, p.category != \"plan\")",
            "phrases.exists(p, p.negated)",
            "phrases.all(p, p.category == \"plan\")",
            "!phrases.exists(p, p.category == \"plan\")",
            "phrases.exists(p, p.category == \"plan\") || priority >= URGENT",
            // Without a number it cannot be worked out, and then whoever asks is told so.
            "pool.ready > 2 && phrases.exists(p, p.category == \"plan\")",
            "hour_member < 6 && phrases.exists(p, p.category == \"plan\")",
            "10 / (pool.ready - 3) > 2 && phrases.exists(p, p.category == \"plan\")",
            "phrases.exists(p, p.category == \"plan\" && 10 / (pool.ready - 3) > 2)",
        ] {
            assert_eq!(gate_of(source), None, "{source}");
        }
    }

    const ASKED: [&str; 16] = [
        "phrases.exists(p, p.category == \"plan\")",
        "phrases.exists(p, p.category == \"means\" && !p.negated)",
        "phrases.exists(p, p.negated && p.category in [\"plan\", \"abuse\"])",
        "phrases.exists(p, p.category == \"plan\" || p.phrase == \"x\")",
        "phrases.filter(p, !p.negated).exists(p, p.category == \"abuse\")",
        "phrases.filter(p, p.phrase == \"x\").exists(p, p.category == \"plan\" || p.category == \"means\")",
        "phrases.exists_one(p, p.category == \"plan\")",
        "phrases.all(p, p.category == \"plan\")",
        "request.country == \"ES\"",
        "request.age_band == \"under_18\"",
        "\"grief\" in request.topics",
        "priority >= URGENT",
        "hour_member < 6",
        "pool.ready > 2",
        "10 / (pool.ready - 3) > 2",
        "screening.q1",
    ];

    fn conditions() -> impl Strategy<Value = String> {
        let asked = prop::sample::select(ASKED.to_vec()).prop_map(ToOwned::to_owned);
        asked.prop_recursive(3, 8, 2, |inner| {
            prop_oneof![
                3 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
                3 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
                1 => inner.prop_map(|a| format!("!({a})")),
            ]
        })
    }

    fn request(says_much: bool) -> SupportRequest {
        let opened = Opened {
            line: "night".to_owned(),
            language: "en".parse().unwrap(),
            time_zone: says_much.then_some(chrono_tz::Tz::Europe__Madrid),
            country: says_much.then(|| "ES".to_owned()),
            alias: None,
            age_band: says_much.then_some(AgeBand::Under18),
            topics: if says_much { vec!["grief".parse().unwrap()] } else { vec![] },
            screening: None,
            token: String::new(),
            fingerprint: None,
            again: None,
        };
        let at = DateTime::<Utc>::UNIX_EPOCH;
        let request = SupportRequest::opened(RequestId(Uuid::nil()), Pool::named("main"), opened, at);
        SupportRequest { priority: if says_much { Priority::Urgent } else { Priority::Standard }, ..request }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 300 } else { 3_000 }))]

        /// Whether it holds, does not, or cannot be worked out: the same with a gate and without.
        #[test]
        fn a_gate_changes_nothing(
            source in conditions(),
            found in prop::collection::vec((0_usize..4, any::<bool>(), any::<bool>()), 0..4),
            says_much in any::<bool>(),
            known in any::<bool>(),
        ) {
            let Ok(condition) = Condition::compile(&source) else { return Ok(()) };
            let spotted = |(category, negated, x): (usize, bool, bool)| Spotted {
                category: ["plan", "means", "abuse", "medical"][category].to_owned(),
                phrase: if x { "x" } else { "y" }.to_owned(),
                negated,
            };
            let phrases: Vec<Spotted> = found.into_iter().map(spotted).collect();
            let request = request(says_much);
            let facts = Facts {
                request: &request,
                phrases: &phrases,
                screening: known.then_some((Screening::default(), Level::High)),
                pool: if known {
                    PoolFacts { on_duty: Some(1), ready: Some(3), waiting: Some(1) }
                } else {
                    PoolFacts::default()
                },
                silent: known.then_some(Silence { side: Side::Member, seconds: 9 }),
                now: request.opened_at + TimeDelta::minutes(1),
            };
            let sheet = Sheet::of(&facts);
            prop_assert_eq!(condition.holds_on(&sheet), condition.work_out(&sheet), "{}", source);
        }
    }
}

//! Whether a condition asks something that can be answered: facts that exist, words that can be, and kinds that go
//! together. What CEL would answer with a silent `false`, such as comparing a priority with a text, is a mistake here.

use std::collections::{BTreeMap, BTreeSet};

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue, SelectExpr, operators};
use cel::parser::Expression;

use super::Condition;
use super::kind::{FACTS, Kind, PHRASE, fact, nearest};

/// How deep what was read may nest; what [`super::scan`] lets through can be deeper, by unusual means.
const DEPTH: usize = 40;

/// So many mistakes are reported.
const MOST: usize = 5;

/// What may be called on something, beside the macros.
const METHODS: [&str; 4] = ["contains", "startsWith", "endsWith", "size"];
/// The macros that go over a list.
const MACROS: [&str; 5] = ["exists", "all", "exists_one", "filter", "map"];

/// What a condition that is right asks about.
#[derive(Debug)]
pub(super) struct Checked {
    /// The names that only a configuration can know, with the facts they are compared with.
    pub(super) words: Vec<(&'static str, String)>,
    /// The facts, without their parts.
    pub(super) mentions: BTreeSet<&'static str>,
}

/// Checks an expression; or says what is wrong with it.
pub(super) fn check(expression: &Expression) -> Result<Checked, Vec<String>> {
    let mut check = Check::default();
    let kind = check.kind(expression, 0);
    if !matches!(kind, Kind::Bool | Kind::Any) {
        let what = kind.name();
        check.wrong(format!(
            "is {what}, and a condition is true or false; write a comparison such as priority >= URGENT"
        ));
    }
    let Check { words, mentions, mistakes, .. } = check;
    if mistakes.is_empty() { Ok(Checked { words, mentions }) } else { Err(mistakes) }
}

#[derive(Default)]
struct Check {
    /// What the variables of the macros around stand for.
    variables: BTreeMap<String, Vec<Kind>>,
    macros: usize,
    mistakes: Vec<String>,
    words: Vec<(&'static str, String)>,
    mentions: BTreeSet<&'static str>,
}

impl Check {
    fn wrong(&mut self, mistake: String) -> Kind {
        if self.mistakes.len() < MOST && !self.mistakes.contains(&mistake) {
            self.mistakes.push(mistake);
        }
        Kind::Any
    }

    fn kind(&mut self, expression: &Expression, depth: usize) -> Kind {
        if depth > DEPTH {
            return self.wrong("nests too deep; write it flatter, or split the rule in two".to_owned());
        }
        let next = depth + 1;
        match &expression.expr {
            Expr::Literal(literal) => match literal {
                LiteralValue::Boolean(_) => Kind::Bool,
                LiteralValue::Int(_) | LiteralValue::UInt(_) => Kind::Int,
                LiteralValue::Double(_) => Kind::Float,
                LiteralValue::String(_) => Kind::Text,
                LiteralValue::Null => Kind::Null,
                LiteralValue::Bytes(_) => self.wrong("has bytes in it; write a text without b before it".to_owned()),
            },
            Expr::Ident(name) => self.name(name),
            Expr::Select(select) => self.select(select, next),
            Expr::Call(call) => self.call(call, next),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension, next),
            Expr::List(list) => {
                if list.elements.len() > Condition::LIST {
                    let (length, most) = (list.elements.len(), Condition::LIST);
                    return self.wrong(format!("has a list of {length}; write at most {most}"));
                }
                let kinds: Vec<Kind> = list.elements.iter().map(|element| self.kind(element, next)).collect();
                let texts = !kinds.is_empty() && kinds.iter().all(|kind| kind.is_text());
                if texts { Kind::Texts } else { Kind::List }
            }
            Expr::Map(_) | Expr::Struct(_) => {
                self.wrong("makes something with { }; a condition only asks about facts".to_owned())
            }
            Expr::Unspecified => self.wrong("has a part that is not there; write it out".to_owned()),
        }
    }

    fn name(&mut self, name: &str) -> Kind {
        if let Some(kind) = self.variables.get(name).and_then(|kinds| kinds.last()) {
            return *kind;
        }
        if let Some(fact) = fact(name) {
            self.mentions.insert(fact.name);
            return fact.kind;
        }
        let known = FACTS.iter().map(|fact| fact.name).filter(|name| !name.contains('.'));
        // A part of something, written alone.
        let part = FACTS.iter().map(|fact| fact.name).find(|fact| fact.split_once('.').is_some_and(|(_, p)| p == name));
        let wanted = match (part, nearest(name, known.clone())) {
            (Some(fact), _) | (None, Some(fact)) => format!("did you mean {fact}?"),
            (None, None) => format!("there are {}", known.collect::<Vec<_>>().join(", ")),
        };
        self.wrong(format!("there is no fact {}; {wanted}", shown(name)))
    }

    fn select(&mut self, select: &SelectExpr, depth: usize) -> Kind {
        let SelectExpr { operand, field, test } = select;
        if *test {
            let Expr::Ident(of) = &operand.expr else {
                return self.wrong("uses has(); every fact is there, so compare it with null".to_owned());
            };
            let name = format!("{of}.{field}");
            return self.wrong(format!("uses has(); every fact is there, so write {} != null", shown(&name)));
        }
        if let Expr::Ident(record) = &operand.expr
            && !self.variables.contains_key(record)
            && fact(record).is_some_and(|fact| fact.kind == Kind::Record)
        {
            return self.part(record, field);
        }
        match self.kind(operand, depth) {
            Kind::Phrase => match PHRASE.iter().find(|part| part.name == field) {
                Some(part) => part.kind,
                None => self.no_part("a phrase", field, PHRASE.iter().map(|part| part.name)),
            },
            Kind::Any => Kind::Any,
            Kind::Texts | Kind::Phrases | Kind::List => {
                let wanted = "a list has no parts; go over it, such as phrases.exists(p, p.category == \"plan\")";
                self.wrong(format!("asks a list for {}; {wanted}", shown(field)))
            }
            other => self.wrong(format!("asks {} for {}; it has no parts", other.name(), shown(field))),
        }
    }

    fn part(&mut self, record: &str, field: &str) -> Kind {
        let name = format!("{record}.{field}");
        if let Some(fact) = fact(&name) {
            self.mentions.extend(fact.name.split('.').next());
            return fact.kind;
        }
        let parts = FACTS.iter().filter_map(|fact| fact.name.strip_prefix(record)?.strip_prefix('.'));
        self.no_part(record, field, parts)
    }

    fn no_part<'a>(&mut self, of: &str, field: &str, parts: impl Iterator<Item = &'a str> + Clone) -> Kind {
        let wanted = match nearest(field, parts.clone()) {
            Some(part) => format!("did you mean {part}?"),
            None => format!("there are {}", parts.collect::<Vec<_>>().join(", ")),
        };
        self.wrong(format!("there is no {} in {of}; {wanted}", shown(field)))
    }

    fn call(&mut self, call: &CallExpr, depth: usize) -> Kind {
        let CallExpr { func_name, target, args } = call;
        if let Some(target) = target {
            return self.method(func_name, target, args, depth);
        }
        let kinds: Vec<Kind> = args.iter().map(|argument| self.kind(argument, depth)).collect();
        match (func_name.as_str(), kinds.as_slice()) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR, [a, b]) => {
                self.must_be_bool(*a, "beside && and ||");
                self.must_be_bool(*b, "beside && and ||");
                Kind::Bool
            }
            (operators::LOGICAL_NOT, [a]) => {
                self.must_be_bool(*a, "after !");
                Kind::Bool
            }
            // What the macros are made of.
            (operators::NOT_STRICTLY_FALSE, _) => Kind::Bool,
            (operators::CONDITIONAL, [condition, a, b]) => {
                self.must_be_bool(*condition, "before ?");
                if a == b { *a } else { Kind::Any }
            }
            (operators::EQUALS | operators::NOT_EQUALS, [a, b]) => {
                self.equal(&args[0], *a, &args[1], *b);
                Kind::Bool
            }
            (operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS, [a, b]) => {
                self.ordered(&args[0], *a, &args[1], *b);
                Kind::Bool
            }
            (operators::IN, [a, b]) => {
                self.inside(&args[0], *a, &args[1], *b);
                Kind::Bool
            }
            (operators::ADD, [a, b]) if a.element().is_some() && b.element().is_some() => {
                if *a == Kind::List {
                    *b
                } else {
                    *a
                }
            }
            (
                operators::ADD | operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::MODULO,
                [a, b],
            ) => self.reckoned(*a, *b),
            (operators::NEGATE, [a]) => self.reckoned(*a, *a),
            (operators::INDEX, _) => {
                let wanted = "use a . for a part, and in or exists for what is in a list";
                self.wrong(format!("uses [ ] to look inside; {wanted}"))
            }
            ("size", [a]) => self.size(*a),
            (name, _) => self.no_function(name),
        }
    }

    fn method(&mut self, name: &str, target: &Expression, args: &[Expression], depth: usize) -> Kind {
        // A macro that was not written as one is read as a call.
        if MACROS.contains(&name) {
            return self
                .wrong(format!("{name} takes a name and what is asked of it, such as phrases.{name}(p, p.negated)"));
        }
        let of = self.kind(target, depth);
        let kinds: Vec<Kind> = args.iter().map(|argument| self.kind(argument, depth)).collect();
        match (name, kinds.as_slice()) {
            ("size", []) => self.size(of),
            ("contains" | "startsWith" | "endsWith", [argument]) => {
                if of != Kind::Any && of.element().is_some() {
                    return self.wrong(format!(
                        "{name} is for texts; for a list write \"word\" in list, or go over it with exists"
                    ));
                }
                if !of.is_text() || !argument.is_text() {
                    return self.wrong(format!(
                        "{name} is for texts, and here is {}",
                        (if of.is_text() { *argument } else { of }).name()
                    ));
                }
                Kind::Bool
            }
            ("contains" | "startsWith" | "endsWith", _) => self.wrong(format!("{name} takes one text")),
            _ => self.no_function(name),
        }
    }

    fn no_function(&mut self, name: &str) -> Kind {
        let known = METHODS.iter().chain(&MACROS).copied();
        let wanted = match nearest(name, known.clone()) {
            Some(known) => format!("did you mean {known}?"),
            None => format!("there are {}", known.collect::<Vec<_>>().join(", ")),
        };
        self.wrong(format!("there is no function {}; {wanted}", shown(name)))
    }

    fn comprehension(&mut self, comprehension: &ComprehensionExpr, depth: usize) -> Kind {
        let ComprehensionExpr { iter_range, iter_var, accu_var, accu_init, loop_step, result, .. } = comprehension;
        self.macros += 1;
        if self.macros > Condition::MACROS {
            let most = Condition::MACROS;
            self.macros -= 1;
            return self.wrong(format!("nests exists, all and the like more than {most} deep; write it flatter"));
        }
        let range = self.kind(iter_range, depth);
        let element = range.element().unwrap_or_else(|| {
            self.wrong(format!("goes over {}; exists, all and the like go over a list", range.name()))
        });
        if fact(iter_var).is_some() {
            self.wrong(format!("calls what it goes over {}, as a fact is called; take another name", shown(iter_var)));
        }
        let init = self.kind(accu_init, depth);
        self.variables.entry(iter_var.clone()).or_default().push(element);
        self.variables.entry(accu_var.clone()).or_default().push(init);
        let step = self.kind(loop_step, depth);
        self.forget(accu_var);
        // What `map` and `filter` make is known by what they add.
        let made = if init == Kind::List { step } else { init };
        self.variables.entry(accu_var.clone()).or_default().push(made);
        let kind = self.kind(result, depth);
        self.forget(accu_var);
        self.forget(iter_var);
        self.macros -= 1;
        kind
    }

    fn forget(&mut self, variable: &str) {
        if let Some(kinds) = self.variables.get_mut(variable) {
            kinds.pop();
            if kinds.is_empty() {
                self.variables.remove(variable);
            }
        }
    }

    fn must_be_bool(&mut self, kind: Kind, at: &str) {
        if !matches!(kind, Kind::Bool | Kind::Any) {
            self.wrong(format!("has {} {at}, where true or false belongs", kind.name()));
        }
    }

    fn equal(&mut self, a: &Expression, of_a: Kind, b: &Expression, of_b: Kind) {
        if of_a == Kind::Null || of_b == Kind::Null {
            return;
        }
        if of_a == Kind::Record || of_b == Kind::Record {
            self.wrong("compares a group of facts; compare one of its parts, or the whole with null".to_owned());
            return;
        }
        if self.urgency_and_text(of_a, of_b) {
            return;
        }
        let numbers = of_a.is_number() && of_b.is_number();
        let texts = of_a.is_text() && of_b.is_text();
        let lists = of_a.element().is_some() && of_b.element().is_some();
        let any = of_a == Kind::Any || of_b == Kind::Any;
        if !(numbers || texts || lists || any || (of_a == of_b && of_a == Kind::Bool)) {
            self.wrong(format!("compares {} with {}, which are never equal", of_a.name(), of_b.name()));
            return;
        }
        self.word(a, of_a, b);
        self.word(b, of_b, a);
    }

    fn ordered(&mut self, a: &Expression, of_a: Kind, b: &Expression, of_b: Kind) {
        if self.urgency_and_text(of_a, of_b) {
            return;
        }
        if !(of_a.is_number() && of_b.is_number()) {
            let kind = if of_a.is_number() { of_b } else { of_a };
            self.wrong(format!("asks whether {} is larger or smaller; only numbers are", kind.name()));
        }
        // `hour_utc >= URGENT` is true or false, and means nothing.
        let plain = |kind, other: &Expression| kind == Kind::Int && !matches!(other.expr, Expr::Literal(_));
        if (of_a == Kind::Urgency && plain(of_b, b)) || (of_b == Kind::Urgency && plain(of_a, a)) {
            self.wrong("compares a priority with another number".to_owned());
        }
    }

    fn urgency_and_text(&mut self, a: Kind, b: Kind) -> bool {
        let both = (a == Kind::Urgency && matches!(b, Kind::Text | Kind::Word(_)))
            || (b == Kind::Urgency && matches!(a, Kind::Text | Kind::Word(_)));
        if both {
            self.wrong(
                "compares a priority with a text; write STANDARD, ELEVATED, URGENT or IMMINENT, without quotes"
                    .to_owned(),
            );
        }
        both
    }

    fn inside(&mut self, a: &Expression, of_a: Kind, b: &Expression, of_b: Kind) {
        let Some(element) = of_b.element() else {
            self.wrong(format!("looks for something in {}; in looks in a list", of_b.name()));
            return;
        };
        if element == Kind::Phrase {
            self.wrong("looks for something in phrases; write phrases.exists(p, p.category == \"plan\")".to_owned());
            return;
        }
        if let Expr::List(list) = &b.expr {
            for one in &list.elements {
                let kind = self.kind(one, DEPTH);
                self.equal(a, of_a, one, kind);
            }
        } else if element == Kind::Text && !of_a.is_text() && of_a != Kind::Null {
            self.wrong(format!("looks for {} in a list of texts", of_a.name()));
        } else {
            self.word(b, Kind::Text, a);
        }
    }

    /// Whether a word that is written out is one that the fact beside it can be.
    fn word(&mut self, side: &Expression, kind: Kind, other: &Expression) {
        let Expr::Literal(LiteralValue::String(written)) = &other.expr else { return };
        let written = written.inner();
        if let Kind::Word(words) = kind
            && !words.contains(&written)
        {
            let all = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
            let meant = nearest(written, words.iter().copied()).map(|word| format!("did you mean \"{word}\"? "));
            self.wrong(format!(
                "compares with {}, which it never is; {}it is one of {all}",
                quoted(written),
                meant.unwrap_or_default()
            ));
        }
        if let Expr::Select(SelectExpr { operand, field, .. }) = &side.expr
            && let Expr::Ident(record) = &operand.expr
            && let Some(fact) = fact(&format!("{record}.{field}"))
            && matches!(fact.kind, Kind::Text | Kind::Texts)
        {
            self.words.push((fact.name, written.to_owned()));
        }
    }

    fn reckoned(&mut self, a: Kind, b: Kind) -> Kind {
        match (a, b) {
            (Kind::Any, other) | (other, Kind::Any) if other.is_number() => other,
            (Kind::Int, Kind::Int) => Kind::Int,
            (Kind::Float, Kind::Float) => Kind::Float,
            (Kind::Int, Kind::Float) | (Kind::Float, Kind::Int) => {
                self.wrong("reckons with a number that has a point and one that has none; facts have none".to_owned())
            }
            (Kind::Urgency, _) | (_, Kind::Urgency) => {
                self.wrong("reckons with a priority; priorities are only compared".to_owned())
            }
            (a, b) => {
                let to_blame = if a.is_number() { b } else { a };
                self.wrong(format!("reckons with {}; only numbers can be", to_blame.name()))
            }
        }
    }

    fn size(&mut self, of: Kind) -> Kind {
        if of.element().is_none() && !of.is_text() {
            self.wrong(format!("asks for the size of {}; a list or a text has one", of.name()));
        }
        Kind::Int
    }
}

/// A name as it was written, on one line and not too long.
fn shown(name: &str) -> String {
    name.chars().take(40).flat_map(char::escape_debug).collect()
}

fn quoted(word: &str) -> String {
    format!("\"{}\"", shown(word))
}

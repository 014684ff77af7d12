//! Taking keys out of the tree one by one, and noting what is wrong.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use chrono::TimeDelta;
use wideawake_domain::settings;

use super::duration;
use super::error::{Mistakes, Place};
use super::source::{Entries, Node, Value};

/// Names that are more alike than this are taken for one another, and so are those that a slip or two tells apart.
const ALIKE: f64 = 0.85;
/// The sections in which secrets stand.
const SECRETS: [&str; 5] = ["vault", "sign_in.oidc", "notifier.webhook", "notifier.email", "notifier.sms"];

/// Notes mistakes, and every key that is asked for.
pub(super) struct Reader<'m> {
    mistakes: &'m Mistakes,
    keys: RefCell<BTreeSet<String>>,
}

/// A table whose keys are being taken out.
pub(super) struct Table {
    /// Where it stands.
    pub(super) place: Place,
    path: String,
    entries: Entries,
    asked: BTreeSet<&'static str>,
    found: BTreeSet<&'static str>,
}

impl Table {
    /// Whether a key that was asked for was there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.found.contains(name)
    }

    /// What it is called in messages.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Calls it something else in messages, such as `rule "imminent-words"`.
    pub(super) fn call(&mut self, path: String) {
        self.path = path;
    }

    fn key(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

/// A value being read: where it stands and what it is called, so that it can be complained of.
#[derive(Clone)]
pub(super) struct Spot<'m> {
    mistakes: &'m Mistakes,
    node: Node,
    key: String,
    secret: bool,
}

impl<'m> Reader<'m> {
    pub(super) fn new(mistakes: &'m Mistakes) -> Self {
        Self { mistakes, keys: RefCell::default() }
    }

    pub(super) fn root(&self, node: Node) -> Table {
        self.open(node, String::new())
    }

    /// Every key that was asked for, in full.
    pub(super) fn keys(&self) -> Vec<String> {
        self.keys.borrow().iter().cloned().collect()
    }

    /// Complains of something that has no value to show.
    pub(super) fn missing(&self, table: &Table, name: &str, wanted: impl Into<String>) {
        self.mistakes.add(table.place.clone(), &table.key(name), None, wanted);
    }

    /// Complains of what stands at a place.
    pub(super) fn complain(&self, place: Place, key: &str, wanted: impl Into<String>) {
        self.mistakes.add(place, key, None, wanted);
    }

    /// Takes out a value, to be looked at.
    pub(super) fn spot(&self, table: &mut Table, name: &'static str) -> Option<Spot<'m>> {
        let key = table.key(name);
        table.asked.insert(name);
        self.keys.borrow_mut().insert(key.clone());
        let (_, node) = table.entries.remove(name)?;
        table.found.insert(name);
        Some(Spot { mistakes: self.mistakes, node, key, secret: false })
    }

    /// Reads a value, if it is there and right.
    pub(super) fn get<T>(
        &self,
        table: &mut Table,
        name: &'static str,
        read: impl FnOnce(&Spot<'m>) -> Option<T>,
    ) -> Option<T> {
        read(&self.spot(table, name)?)
    }

    /// Takes out a table; one that is not there is empty.
    pub(super) fn table(&self, table: &mut Table, name: &'static str) -> Table {
        let key = table.key(name);
        table.asked.insert(name);
        match table.entries.remove(name) {
            Some((_, node)) => self.open(node, key),
            None => Table {
                place: Place::File,
                path: key,
                entries: Entries::new(),
                asked: BTreeSet::new(),
                found: BTreeSet::new(),
            },
        }
    }

    /// Takes out the tables of a list, `[[name]]`.
    pub(super) fn tables(&self, table: &mut Table, name: &'static str) -> Vec<Table> {
        let key = table.key(name);
        table.asked.insert(name);
        let Some((_, node)) = table.entries.remove(name) else { return Vec::new() };
        let node = node.typed();
        let Value::List(nodes) = node.value else {
            self.mistakes.add(node.place, &key, None, format!("write it as [[{name}]]"));
            return Vec::new();
        };
        nodes.into_iter().map(|node| self.open(node, key.clone())).collect()
    }

    /// The tables inside a list that is a value.
    pub(super) fn inside(&self, spot: &Spot<'_>) -> Option<Vec<Table>> {
        let nodes = spot.list_of_nodes("a list of tables such as [{ skill = \"grief\", for = \"60s\" }]")?;
        Some(nodes.into_iter().map(|node| self.open(node, spot.key.clone())).collect())
    }

    fn open(&self, node: Node, path: String) -> Table {
        let node = node.typed();
        let place = node.place.clone();
        let entries = if let Value::Table(entries) = node.value {
            entries
        } else {
            // Not shown: it may be meant for a secret key inside.
            self.mistakes.add(place.clone(), &path, None, "must be a table of keys");
            Entries::new()
        };
        Table { place, path, entries, asked: BTreeSet::new(), found: BTreeSet::new() }
    }

    /// Complains of every key that nobody asked for.
    pub(super) fn done(&self, table: Table) {
        for (name, (place, _)) in &table.entries {
            let slips = |known: &&&str| strsim::osa_distance(known, name);
            let near =
                |known: &&&str| slips(known) <= (name.len() / 3).max(1) || strsim::jaro_winkler(known, name) >= ALIKE;
            let near = table.asked.iter().filter(near).min_by_key(slips);
            let wanted = if let Some(known) = near {
                format!("there is no such key; did you mean {}?", table.key(known))
            } else {
                let known: Vec<_> = table.asked.iter().copied().collect();
                format!("there is no such key; known here: {}", known.join(", "))
            };
            // In a section of secrets what is no key at all may be a secret that slipped out of its list.
            let shown =
                if near.is_none() && SECRETS.contains(&&*table.path) { "…".to_owned() } else { printable(name) };
            self.mistakes.add(place.clone(), &table.key(&shown), None, wanted);
        }
    }
}

fn printable(name: &str) -> String {
    name.chars().take(64).flat_map(char::escape_debug).collect()
}

impl<'m> Spot<'m> {
    /// From here on the value is not shown.
    pub(super) fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Complains, and says what would be accepted.
    pub(super) fn wrong<T>(&self, wanted: impl Into<String>) -> Option<T> {
        let value = (!self.secret).then(|| self.node.shown());
        self.mistakes.add(self.node.place.clone(), &self.key, value, wanted);
        None
    }

    pub(super) fn text(&self, wanted: &str) -> Option<String> {
        match &self.node.value {
            Value::String(text) | Value::Raw(text) => Some(text.clone()),
            _ => self.wrong(wanted),
        }
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        match self.node.typed().value {
            Value::Boolean(value) => Some(value),
            _ => self.wrong("write true or false"),
        }
    }

    pub(super) fn integer(&self, range: RangeInclusive<usize>) -> Option<usize> {
        let number = match self.node.typed().value {
            Value::Integer(number, _) => number.and_then(|number| usize::try_from(number).ok()),
            _ => None,
        };
        match number.filter(|number| range.contains(number)) {
            Some(number) => Some(number),
            None => self.wrong(format!("write an integer from {} to {}", range.start(), range.end())),
        }
    }

    /// A duration, also of nothing.
    fn any_duration(&self) -> Option<TimeDelta> {
        let wanted = "write a duration such as \"30s\" (units ms, s, m, h, d), up to ten years";
        match duration::parse(&self.text(wanted)?) {
            Some(span) => Some(span),
            None => self.wrong(wanted),
        }
    }

    /// A duration that cannot be switched off; `why` says what would happen without it.
    pub(super) fn duration(&self, why: &str) -> Option<TimeDelta> {
        match self.any_duration()? {
            span if span.is_zero() => {
                self.wrong(format!("cannot be switched off: {why}; write a duration such as \"30s\""))
            }
            span => Some(span),
        }
    }

    /// A duration that `"0s"` switches off.
    #[expect(clippy::option_option, reason = "outside: whether it is right; inside: whether it is switched off")]
    pub(super) fn limit(&self) -> Option<Option<TimeDelta>> {
        self.any_duration().map(|span| (!span.is_zero()).then_some(span))
    }

    pub(super) fn name(&self) -> Option<String> {
        let wanted = "write a name of 1 to 64 lowercase letters, digits, - or _";
        match settings::name(&self.text(wanted)?) {
            Ok(name) => Some(name.to_owned()),
            Err(_) => self.wrong(wanted),
        }
    }

    pub(super) fn parsed<T: FromStr>(&self, wanted: &str) -> Option<T> {
        match self.text(wanted)?.parse() {
            Ok(value) => Some(value),
            Err(_) => self.wrong(wanted),
        }
    }

    fn list_of_nodes(&self, wanted: &str) -> Option<Vec<Node>> {
        match self.node.typed().value {
            Value::List(nodes) => Some(nodes),
            _ => self.wrong(format!("write {wanted}")),
        }
    }

    /// A list, each value read by itself. What is there twice is a mistake.
    pub(super) fn list<T: PartialEq>(&self, wanted: &str, read: impl Fn(&Self) -> Option<T>) -> Option<Vec<T>> {
        let nodes = self.list_of_nodes(wanted)?;
        let mut values: Vec<T> = Vec::with_capacity(nodes.len());
        let mut right = true;
        for node in nodes {
            let spot: Spot<'m> = Spot { mistakes: self.mistakes, node, key: self.key.clone(), secret: self.secret };
            match read(&spot) {
                Some(value) if values.contains(&value) => {
                    spot.wrong::<()>("is in the list already; write it once");
                    right = false;
                }
                Some(value) => values.push(value),
                None => right = false,
            }
        }
        right.then_some(values)
    }

    /// A list of configured names.
    pub(super) fn names<T: FromStr + PartialEq>(&self) -> Option<Vec<T>> {
        let wanted = "write a name of 1 to 64 lowercase letters, digits, - or _";
        self.list("a list of names such as [\"crisis-intervention\"]", |spot| spot.parsed(wanted))
    }

    /// One of a few words.
    pub(super) fn one_of<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        let all: Vec<_> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let wanted = format!("write {}", all.join(" or "));
        let text = self.text(&wanted)?;
        match words.iter().find(|(word, _)| *word == text) {
            Some((_, value)) => Some(*value),
            None => self.wrong(wanted),
        }
    }

    /// Complains of a value that is not right in the light of another.
    pub(super) fn against(&self, wanted: impl Display) {
        self.wrong::<()>(wanted.to_string());
    }
}

//! One tree out of file and environment, in which every value knows where it stands.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{Mistakes, Place};

/// What every variable begins with.
const PREFIX: &str = "WIDEAWAKE_";
/// What stands for a dot in the name of a variable.
const DOT: &str = "__";
/// The keys that are variables without a dot.
const TOP: [&str; 2] = ["pool", "line"];
/// Variables that OpenTelemetry defines, for keys that mean the same. Ours win over them, and they over the file.
const STANDARD: [(&str, &str, &str); 2] =
    [("OTEL_EXPORTER_OTLP_ENDPOINT", "telemetry", "otlp_endpoint"), ("OTEL_SERVICE_NAME", "telemetry", "service_name")];
/// A value is shown up to this many characters.
const SHOWN: usize = 60;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    String(String),
    Integer(Option<i64>, String),
    Boolean(bool),
    List(Vec<Node>),
    Table(Entries),
    /// A variable, until it is known what it should be.
    Raw(String),
    /// Something that no key takes: a float or a date.
    Other(String),
}

/// The keys of a table. Each has the place of its key beside its value.
pub(super) type Entries = BTreeMap<String, (Place, Node)>;

/// Reads the file and lays the variables over it.
pub(super) fn read(text: &str, env: impl Iterator<Item = (String, String)>, mistakes: &Mistakes) -> Node {
    let lines = Lines::of(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let place = error.span().map_or(Place::Line(1), |span| lines.place(&span));
        mistakes.add(place, "", None, format!("this is not TOML: {}", error.message().replace('\n', "; ")));
    }
    let mut root = Node { place: Place::File, value: lines.table(table.get_ref()) };
    // In the order of their names, so that ours come after the standard ones.
    let variables: BTreeMap<String, String> = env.collect();
    for (variable, text) in variables {
        let (name, text) = match named_file(&variable) {
            None => (variable.as_str(), Ok(text)),
            Some(name) => (name, std::fs::read_to_string(&text)),
        };
        if let Some(path) = path(name) {
            let place = Place::Variable(Arc::from(variable.as_str()));
            let Ok(text) = text else {
                mistakes.add(place, "", None, "names a file that cannot be read; write the path of one that can");
                continue;
            };
            // Whoever writes a file by hand ends it with a line break.
            let text = text.trim_end_matches(['\n', '\r']).to_owned();
            if !set(&mut root, &path, Node { place: place.clone(), value: Value::Raw(text) }) {
                mistakes.add(place, "", None, "part of this key is set as a whole elsewhere; write it in one place");
            }
        }
    }
    root
}

/// The variable that a file stands in for: `WIDEAWAKE_VAULT__MASTER_KEYS_FILE` names a file that holds what
/// `WIDEAWAKE_VAULT__MASTER_KEYS` would say, as secret stores hand it over.
fn named_file(variable: &str) -> Option<&str> {
    let name = variable.strip_suffix("_FILE").filter(|name| variable.starts_with(PREFIX) && !name.ends_with('_'))?;
    name.contains(DOT).then_some(name)
}

/// The path of keys that a variable means. Names without a dot are ours only if there is such a key: others, such as
/// `WIDEAWAKE_PORT`, are set by Kubernetes for a service of that name.
fn path(variable: &str) -> Option<Vec<String>> {
    if let Some((_, section, key)) = STANDARD.iter().find(|(name, ..)| *name == variable) {
        return Some(vec![(*section).to_owned(), (*key).to_owned()]);
    }
    let name = variable.strip_prefix(PREFIX)?.to_ascii_lowercase();
    let path: Vec<_> = name.split(DOT).map(ToOwned::to_owned).collect();
    (path.len() > 1 || TOP.contains(&name.as_str())).then_some(path)
}

fn set(root: &mut Node, path: &[String], node: Node) -> bool {
    let Some((last, way)) = path.split_last() else { return false };
    let mut at = root;
    for key in way {
        let Value::Table(entries) = &mut at.value else { return false };
        let empty = || Node { place: node.place.clone(), value: Value::Table(Entries::new()) };
        at = &mut entries.entry(key.clone()).or_insert_with(|| (node.place.clone(), empty())).1;
    }
    let Value::Table(entries) = &mut at.value else { return false };
    entries.insert(last.clone(), (node.place.clone(), node));
    true
}

impl Node {
    /// What a variable says as a TOML value; everything else is what it is already.
    pub(super) fn typed(&self) -> Self {
        let Value::Raw(text) = &self.value else { return self.clone() };
        let Ok(value) = DeValue::parse(text) else { return self.clone() };
        // A value across several lines still stands in one variable.
        let mut node = Lines::of("").value(&value);
        node.stands_in(&self.place);
        node
    }

    fn stands_in(&mut self, place: &Place) {
        self.place = place.clone();
        match &mut self.value {
            Value::List(nodes) => nodes.iter_mut().for_each(|node| node.stands_in(place)),
            Value::Table(entries) => {
                for entry in entries.values_mut() {
                    entry.0 = place.clone();
                    entry.1.stands_in(place);
                }
            }
            _ => {}
        }
    }

    /// The value as it might have been written, on one line, not too long, and without the password of an address.
    pub(super) fn shown(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        if text.chars().count() > SHOWN {
            text = text.chars().take(SHOWN).chain(['…']).collect();
        }
        text
    }

    fn write(&self, out: &mut String) {
        if out.len() > 4 * SHOWN {
            return;
        }
        match &self.value {
            Value::String(text) | Value::Raw(text) => {
                let _ = write!(out, "{:?}", without_password(text));
            }
            Value::Integer(_, text) | Value::Other(text) => out.push_str(text),
            Value::Boolean(value) => {
                let _ = write!(out, "{value}");
            }
            Value::List(nodes) => {
                out.push('[');
                for (index, node) in nodes.iter().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "" });
                    node.write(out);
                }
                out.push(']');
            }
            Value::Table(entries) => {
                out.push('{');
                for (index, (key, (_, node))) in entries.iter().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "" });
                    let _ = write!(out, "{key} = ");
                    node.write(out);
                }
                out.push('}');
            }
        }
    }
}

fn without_password(text: &str) -> String {
    match text.split_once("://") {
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((_, host)) => format!("{scheme}://…@{host}"),
            None => text.to_owned(),
        },
        None => text.to_owned(),
    }
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at).collect())
    }

    fn place(&self, span: &Range<usize>) -> Place {
        Place::Line(1 + self.0.partition_point(|end| *end < span.start))
    }

    fn table(&self, table: &DeTable<'_>) -> Value {
        let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            let key: &Spanned<std::borrow::Cow<'_, str>> = key;
            (key.get_ref().clone().into_owned(), (self.place(&key.span()), self.value(value)))
        };
        Value::Table(table.iter().map(entry).collect())
    }

    fn value(&self, value: &Spanned<DeValue<'_>>) -> Node {
        let place = self.place(&value.span());
        let value = match value.get_ref() {
            DeValue::String(text) => Value::String(text.clone().into_owned()),
            DeValue::Integer(number) => {
                Value::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok(), number.as_str().to_owned())
            }
            DeValue::Float(number) => Value::Other(number.as_str().to_owned()),
            DeValue::Boolean(value) => Value::Boolean(*value),
            DeValue::Datetime(at) => Value::Other(at.to_string()),
            DeValue::Array(values) => Value::List(values.iter().map(|value| self.value(value)).collect()),
            DeValue::Table(table) => self.table(table),
        };
        Node { place, value }
    }
}

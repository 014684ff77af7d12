//! What `/openapi.json` says of the calls that were made: whether they kept to it, and which of its calls nobody made.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::doors::Exchange;
use crate::{Door, Doors};

/// What every process serves, and no document of a door describes.
const PLUMBING: [&str; 3] = ["/openapi.json", "/healthz", "/readyz"];

/// The documents of both doors.
pub struct Contract {
    documents: BTreeMap<Door, Value>,
}

/// A documented call: the door, the method and the path with its variables.
pub type Operation = (Door, String, String);

impl Contract {
    pub async fn of(doors: &Doors) -> Self {
        let mut documents = BTreeMap::new();
        for door in [Door::Intake, Door::Desk] {
            let mut document = doors.call(door, "GET", "/openapi.json").send().await.is(200).json();
            assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.")), "{door:?}");
            close(&mut document);
            documents.insert(door, document);
        }
        Self { documents }
    }

    pub fn operations(&self) -> BTreeSet<Operation> {
        let mut all = BTreeSet::new();
        for (door, document) in &self.documents {
            for (path, item) in document["paths"].as_object().into_iter().flatten() {
                for method in
                    ["get", "post", "put", "patch", "delete"].iter().filter(|method| item[**method].is_object())
                {
                    all.insert((*door, method.to_uppercase(), path.clone()));
                }
            }
        }
        all
    }

    /// Which documented call this was.
    pub fn operation(&self, exchange: &Exchange) -> Option<Operation> {
        let paths = self.documents[&exchange.door]["paths"].as_object()?;
        let mut fitting: Vec<&String> = paths.keys().filter(|path| fits(path, &exchange.path)).collect();
        fitting.sort_by_key(|path| path.matches('{').count());
        let method = exchange.method.as_str().to_lowercase();
        let path = fitting.into_iter().find(|path| paths[*path][&method].is_object())?;
        Some((exchange.door, exchange.method.to_string(), path.clone()))
    }

    /// How calls and answers differ from what is documented. What is not documented at all is allowed only as an error.
    pub fn violations(&self, exchanges: &[Exchange]) -> Vec<String> {
        let mut schemas = Schemas { contract: self, known: BTreeMap::new() };
        exchanges.iter().flat_map(|exchange| schemas.judge(exchange)).collect()
    }
}

/// Whether a path is one of those that a path with variables stands for.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len() && pattern.iter().zip(path).all(|(pattern, segment)| segment_fits(pattern, segment))
}

fn segment_fits(pattern: &str, segment: &str) -> bool {
    let Some((before, rest)) = pattern.split_once('{') else { return pattern == segment };
    let after = rest.split_once('}').map_or("", |(_, after)| after);
    let Some(rest) = segment.strip_prefix(before) else { return false };
    if after.is_empty() {
        return !rest.is_empty();
    }
    rest.char_indices().skip(1).any(|(at, _)| segment_fits(after, &rest[at..]))
}

/// From now on an object has no members but those that are documented, wherever the document lists them: a schema that
/// only says what must be there would let everything through.
fn close(document: &mut Value) {
    let mut parts = BTreeSet::new();
    in_all_of(document, &mut parts);
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        for (name, schema) in schemas {
            if name != "Problem" && !parts.contains(name) {
                close_schema(schema);
            }
        }
    }
}

fn close_schema(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let lists = members.contains_key("properties") || members.contains_key("allOf");
            let open = ["additionalProperties", "unevaluatedProperties"].iter().any(|key| members.contains_key(*key));
            for (key, value) in members.iter_mut() {
                if key == "allOf" {
                    continue;
                }
                close_schema(value);
            }
            if lists && !open {
                members.insert("unevaluatedProperties".to_owned(), json!(false));
            }
        }
        Value::Array(all) => all.iter_mut().for_each(close_schema),
        _ => {}
    }
}

/// Schemas that are parts of others: alone they do not say everything.
fn in_all_of(value: &Value, parts: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for part in members.get("allOf").and_then(Value::as_array).into_iter().flatten() {
                if let Some(name) = part["$ref"].as_str().and_then(|target| target.rsplit('/').next()) {
                    parts.insert(name.to_owned());
                }
            }
            members.values().for_each(|value| in_all_of(value, parts));
        }
        Value::Array(all) => all.iter().for_each(|value| in_all_of(value, parts)),
        _ => {}
    }
}

struct Schemas<'a> {
    contract: &'a Contract,
    known: BTreeMap<(Door, String), Validator>,
}

impl Schemas<'_> {
    fn judge(&mut self, exchange: &Exchange) -> Vec<String> {
        let Exchange { answer, .. } = exchange;
        let Some((door, method, path)) = self.contract.operation(exchange) else {
            let known = answer.status >= 400 || PLUMBING.contains(&exchange.path.as_str());
            return if known { Vec::new() } else { vec![format!("not documented: {answer}")] };
        };
        let operation = self.contract.documents[&door]["paths"][&path][&method.to_lowercase()].clone();
        let mut found = Vec::new();

        if (200..300).contains(&answer.status) && !exchange.sent.is_empty() && exchange.sent.starts_with(b"{") {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let sent = serde_json::from_slice(&exchange.sent).unwrap_or(Value::Null);
            if schema.is_null() {
                found.push(format!("{method} {path} documents no body, and took {sent}"));
            } else {
                found.extend(
                    self.faults(door, schema, &sent).map(|fault| format!("{method} {path} took {sent}: {fault}")),
                );
            }
        }

        let responses = &operation["responses"];
        let exact = &responses[answer.status.to_string()];
        let response = if exact.is_null() && answer.status >= 400 { &responses["default"] } else { exact };
        if response.is_null() {
            found.push(format!("{method} {path} documents no {}", answer.status));
            return found;
        }
        let kind = answer.header("content-type").map(|kind| kind.split(';').next().unwrap_or_default().to_owned());
        match (kind, response["content"].as_object()) {
            (None, None) => {
                if !answer.body.is_empty() {
                    found.push(format!("{method} {path} documents no content: {answer}"));
                }
            }
            (Some(kind), Some(content)) if content.contains_key(&kind) => {
                if kind.ends_with("json") {
                    let schema = &content[&kind]["schema"];
                    if schema.is_null() {
                        found.push(format!("{method} {path} documents no schema for {kind}"));
                    }
                    found.extend(self.faults(door, schema, &answer.json()).map(|fault| format!("{answer}: {fault}")));
                }
            }
            (kind, content) => {
                let documented: Vec<_> = content.into_iter().flat_map(|content| content.keys()).collect();
                found.push(format!("{method} {path} documents {documented:?} for {}, not {kind:?}", answer.status));
            }
        }
        found
    }

    fn faults<'b>(&'b mut self, door: Door, schema: &Value, body: &'b Value) -> impl Iterator<Item = String> + 'b {
        let validator = self.known.entry((door, schema.to_string())).or_insert_with(|| {
            let mut whole = schema.clone();
            if let Some(members) = whole.as_object_mut() {
                members.insert("components".to_owned(), self.contract.documents[&door]["components"].clone());
            }
            let options = jsonschema::draft202012::options().should_validate_formats(true);
            options.build(&whole).unwrap_or_else(|error| panic!("{door:?} documents no schema: {error}: {schema}"))
        });
        validator.iter_errors(body).map(|error| format!("{} at {}", error, error.instance_path()))
    }
}

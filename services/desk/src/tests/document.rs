//! The document is held to what the handlers take and return in every other test.

use std::sync::OnceLock;

use axum::http::Method;
use serde_json::{Value, json};

use crate::door;

fn api() -> &'static Value {
    static API: OnceLock<Value> = OnceLock::new();
    API.get_or_init(|| serde_json::to_value(door::openapi()).expect("it is JSON"))
}

/// The operation of a call, by the most literal of the paths that match.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let path = path.split('?').next().unwrap_or_default();
    let fits = |pattern: &str| {
        let (a, b): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
        a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| a == b || a.starts_with('{'))
    };
    let paths = api()["paths"].as_object().expect("paths");
    let found =
        paths.iter().filter(|(pattern, _)| fits(pattern)).min_by_key(|(pattern, _)| pattern.matches('{').count());
    found.map(|(_, item)| &item[method.as_str().to_lowercase()])
}

fn errors(schema: &Value, instance: &Value) -> Vec<String> {
    let whole = json!({"allOf": [schema], "components": api()["components"]});
    let validator = jsonschema::validator_for(&whole).expect("a schema");
    validator.iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// An answer is as documented, and so is a body that was taken.
pub(super) fn holds(method: &Method, path: &str, body: Option<&Value>, status: u16, answer: &Value) {
    let operation = operation(method, path).filter(|operation| operation.is_object());
    let operation = operation.expect("every call of the tests is documented");
    if status >= 400 {
        let problem = &operation["responses"]["default"]["content"]["application/problem+json"]["schema"];
        assert!(problem.is_object(), "{method} {path} can fail");
        assert_eq!(errors(problem, answer), Vec::<String>::new(), "{method} {path} {status} {answer}");
        return;
    }
    let response = &operation["responses"][status.to_string()];
    assert!(response.is_object(), "{method} {path} answers {status}");
    match response["content"]["application/json"].get("schema") {
        Some(schema) => assert_eq!(errors(schema, answer), Vec::<String>::new(), "{method} {path} {answer}"),
        None => assert_eq!(answer, &Value::Null, "{method} {path} has no body"),
    }
    let asked = operation["requestBody"]["content"]["application/json"].get("schema");
    if let (Some(schema), Some(body)) = (asked, body) {
        assert_eq!(errors(schema, body), Vec::<String>::new(), "{method} {path} takes {body}");
    }
}

/// An event of a stream is as documented.
pub(super) fn describes(event: &str, data: &Value) {
    let schemas = &api()["components"]["schemas"];
    let of = |name: &str| schemas[name]["properties"].get(event);
    let schema = of("Notices").or_else(|| of("BoardNotices")).expect("the event is documented");
    assert_eq!(errors(schema, data), Vec::<String>::new(), "{event} {data}");
}

#[test]
fn every_reference_leads_somewhere_and_every_field_is_said_to_be_there_or_not() {
    fn walk(value: &Value, at: &str) {
        if let Some(target) = value.get("$ref").and_then(Value::as_str) {
            let pointer = target.strip_prefix('#').expect("a reference into the document");
            assert!(api().pointer(pointer).is_some(), "{target} at {at}");
        }
        for (name, value) in value.as_object().into_iter().flatten() {
            walk(value, &format!("{at}/{name}"));
        }
        for (n, value) in value.as_array().into_iter().flatten().enumerate() {
            walk(value, &format!("{at}/{n}"));
        }
    }
    walk(api(), "");
}

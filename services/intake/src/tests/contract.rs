//! Every answer that any test here gets is held against the document that the door serves.

use std::sync::LazyLock;

use axum::http::Method;
use serde_json::{Value, json};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(crate::openapi()).expect("it is JSON"));

/// One exchange, as a client saw it.
pub(super) struct Exchange<'a> {
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) sent: &'a Value,
    pub(super) status: u16,
    pub(super) content_type: Option<&'a str>,
    pub(super) got: &'a Value,
}

impl Exchange<'_> {
    /// Panics unless the document says that this can happen.
    pub(super) fn must_be_described(&self) {
        let path = template(self.path);
        let call = &DOCUMENT["paths"][&path][self.method.as_str().to_lowercase()];
        if call.is_null() {
            return;
        }
        let what = format!("{} {path} {}", self.method, self.status);
        if self.status < 300 && call["requestBody"].is_object() {
            valid(&call["requestBody"]["content"]["application/json"]["schema"], self.sent, &what);
        }
        let described = &call["responses"][self.status.to_string()];
        assert!(described.is_object(), "{what} is not described");
        match self.content_type {
            None => assert!(described.get("content").is_none(), "{what} should have a body"),
            Some(content) => valid(&described["content"][content]["schema"], self.got, &what),
        }
    }
}

/// Panics unless the data of an event of the stream is as described.
pub(super) fn must_be_event(event: &str, data: &Value) {
    let name = match event {
        "status" => "Request",
        "message" => "Message",
        "resources" => "ResourceList",
        "typing" => "Typing",
        "closed" => "Closed",
        other => unreachable!("an event `{other}` is not described"),
    };
    valid(&json!({"$ref": format!("#/components/schemas/{name}")}), data, event);
}

fn template(path: &str) -> String {
    let path = path.split('?').next().unwrap_or(path);
    let segment = |(n, segment): (usize, &str)| if n == 3 { "{id}".to_owned() } else { segment.to_owned() };
    path.split('/').enumerate().map(segment).collect::<Vec<_>>().join("/")
}

fn valid(schema: &Value, value: &Value, what: &str) {
    assert!(schema.is_object(), "{what} has no schema");
    let mut root = json!({"components": DOCUMENT["components"]});
    root.as_object_mut().expect("an object").extend(schema.as_object().cloned().unwrap_or_default());
    let validator = jsonschema::options().should_validate_formats(true).build(&root).expect("a schema");
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}\n{value:#}");
}

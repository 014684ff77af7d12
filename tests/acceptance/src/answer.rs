//! What a call brought, and what it must be.

use serde_json::Value;
use wideawake_runtime::http::problem;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The call, as `POST /v1/requests`.
    pub call: String,
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// The same, if it has this status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("no JSON ({error}): {self}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body of an error, which must be a documented problem with the status it stands for (RFC 9457).
    #[track_caller]
    pub fn problem(&self) -> Value {
        assert!((400..500).contains(&self.status), "not the caller's fault: {self}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self}");
        let problem = self.json();
        let kind = problem::problems().iter().find(|kind| problem["type"] == kind.urn());
        let kind = kind.unwrap_or_else(|| panic!("an undocumented type: {self}"));
        assert_eq!((u16::from(kind.status()), Some(u64::from(self.status))), (self.status, problem["status"].as_u64()));
        assert_eq!(problem["title"], kind.title(), "{self}");
        problem
    }

    /// It must be this problem.
    #[track_caller]
    pub fn refused(&self, status: u16, name: &str) -> Value {
        assert_eq!(self.status, status, "{self}");
        let problem = self.problem();
        assert_eq!(problem["type"], format!("{}{name}", problem::PREFIX), "{self}");
        problem
    }

    /// It must be 422, and point at exactly these fields.
    #[track_caller]
    pub fn offends(&self, pointers: &[&str]) {
        let problem = self.refused(422, "invalid-content");
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        let named: Vec<&str> = errors.iter().filter_map(|error| error["pointer"].as_str()).collect();
        assert_eq!(named, pointers, "{self}");
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        let body: String = body.chars().take(1_000).collect();
        write!(f, "{} answered {}: {body}", self.call, self.status)
    }
}

//! The query of a call, read with the same collector as a body.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde_json::{Map, Value};

use super::body::{Fields, Scope};
use super::{Kind, Problem};

/// The query, as a JSON object of strings. A parameter that stands there twice is [`Kind::BadRequest`]; an empty one
/// counts as absent.
///
/// ```ignore
/// async fn roster(query: Query) -> Result<…> {
///     let mut q = query.fields();
///     let from = q.required("from", parse::instant);
///     let step = q.optional("step", parse::duration);
///     let (from, step) = q.finish((from, step))?;
/// ```
#[derive(Clone, Debug, Default)]
pub struct Query(Value);

impl Query {
    /// A collector over the parameters. Numbers are read with [`super::parse::decimal`].
    pub fn fields(&self) -> Fields<'_> {
        Fields::over(&self.0, Scope::Query)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let bad = |detail| Problem::new(Kind::BadRequest).detail(detail);
        let pairs = axum::extract::Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_| bad("the query cannot be read"))?;
        let mut object = Map::new();
        for (key, value) in pairs.0 {
            if !value.is_empty() && object.insert(key, Value::String(value)).is_some() {
                return Err(bad("a query parameter stands there more than once"));
            }
        }
        Ok(Self(Value::Object(object)))
    }
}

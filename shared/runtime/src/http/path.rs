//! The variable segments of a path.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use std::str::FromStr;

use super::{Kind, Problem};

/// The variable segments of the matched path, in order, parsed. An id that cannot exist is not found: what does not
/// parse is [`Kind::NotFound`].
#[derive(Clone, Copy, Debug)]
pub struct Segments<T>(pub T);

fn not_found<E>(_: E) -> Problem {
    Kind::NotFound.into()
}

async fn segments<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Vec<String>, Problem> {
    let params = RawPathParams::from_request_parts(parts, state).await.map_err(not_found)?;
    Ok(params.iter().map(|(_, value)| value.to_owned()).collect())
}

macro_rules! segments {
    ($($t:ident),+) => {
        impl<S: Send + Sync, $($t: FromStr),+> FromRequestParts<S> for Segments<($($t,)+)> {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
                let values = segments(parts, state).await?;
                let mut values = values.iter();
                Ok(Self(($(values.next().ok_or_else(|| not_found(()))?.parse::<$t>().map_err(not_found)?,)+)))
            }
        }
    };
}

segments!(A);
segments!(A, B);
segments!(A, B, C);

//! Who is calling: a bearer token or a cookie, and whether a call by cookie comes from the door's own pages.

use std::fmt;

use axum::http::{HeaderMap, Method, Uri, header};

use super::{Kind, Problem};

/// No token of ours is longer.
const LONGEST_TOKEN: usize = 512;

/// A token as it was presented. It prints as `‹sealed›`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Token<'a>(&'a str);

impl<'a> Token<'a> {
    /// The token itself.
    pub const fn expose(self) -> &'a str {
        self.0
    }
}

impl fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹sealed›")
    }
}

/// A token, and how it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential<'a> {
    /// In the `Authorization` header.
    Bearer(Token<'a>),
    /// In a cookie, which a browser sends by itself.
    Cookie(Token<'a>),
}

impl<'a> Credential<'a> {
    /// The token itself.
    pub const fn token(self) -> Token<'a> {
        match self {
            Self::Bearer(token) | Self::Cookie(token) => token,
        }
    }
}

/// The bearer token of the `Authorization` header (RFC 6750), if there is one. A header that is there but is no bearer
/// token is [`Kind::Unauthorized`].
pub fn bearer(headers: &HeaderMap) -> Result<Option<Token<'_>>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let malformed = || Problem::new(Kind::Unauthorized).detail("write `Authorization: Bearer <token>`, once");
    if values.next().is_some() {
        return Err(malformed());
    }
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(malformed)?;
    let token = token.trim_matches(' ');
    if scheme.eq_ignore_ascii_case("bearer") && is_token(token) { Ok(Some(Token(token))) } else { Err(malformed()) }
}

/// The value of the cookie `name`, if there is exactly one that could be a token.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<Token<'a>> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value.trim_matches('"'));
    match (found.next(), found.next()) {
        (Some(token), None) if is_token(token) => Some(Token(token)),
        _ => None,
    }
}

/// Who is calling: the bearer token if there is one, or else the cookie `name`. A call by cookie that changes something
/// must come from the door's own origin; without either it is [`Kind::Unauthorized`].
pub fn credential<'a>(method: &Method, headers: &'a HeaderMap, name: &str) -> Result<Credential<'a>, Problem> {
    if let Some(token) = bearer(headers)? {
        return Ok(Credential::Bearer(token));
    }
    let token = cookie(headers, name).ok_or_else(|| Problem::new(Kind::Unauthorized))?;
    same_origin(method, headers)?;
    Ok(Credential::Cookie(token))
}

/// Refuses a call that changes something unless its `Origin` is where it was sent to. Browsers send `Origin` with all of
/// these, so its absence is refused too. The scheme is not compared: TLS may end before us.
pub fn same_origin(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    if method.is_safe() {
        return Ok(());
    }
    let host = one(headers, &header::HOST);
    let origin = one(headers, &header::ORIGIN);
    let same = match (origin.and_then(authority), host) {
        (Some((origin, port)), Some(host)) => {
            let host = host.to_ascii_lowercase();
            let bare = host.strip_suffix(port).unwrap_or(&host);
            origin.strip_suffix(port).unwrap_or(&origin) == bare
        }
        _ => false,
    };
    if same { Ok(()) } else { Err(Kind::ForbiddenOrigin.into()) }
}

/// The lowercase `host[:port]` of an origin, and what its scheme's default port would look like behind a host.
fn authority(origin: &str) -> Option<(String, &'static str)> {
    let uri: Uri = origin.parse().ok()?;
    let port = match uri.scheme_str()? {
        "http" => ":80",
        "https" => ":443",
        _ => return None,
    };
    Some((uri.authority()?.as_str().to_ascii_lowercase(), port))
}

/// The value of a header that stands there exactly once.
fn one<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// Whether the text could be a token at all (RFC 6750 `b64token`).
fn is_token(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b);
    (1..=LONGEST_TOKEN).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        list.iter().map(|(k, v)| (HeaderName::from_static(k), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn a_bearer_token_is_taken_in_any_case_and_nothing_else_is() {
        for good in ["Bearer abc-_.~+/=", "bearer abc-_.~+/=", "BEARER  abc-_.~+/= "] {
            let headers = headers(&[("authorization", good)]);
            assert_eq!(bearer(&headers).ok().flatten().map(Token::expose), Some("abc-_.~+/="), "{good}");
        }
        for bad in ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "Bearer a,b", "abc"] {
            let headers = headers(&[("authorization", bad)]);
            assert_eq!(bearer(&headers).map_err(|p| p.kind()), Err(Kind::Unauthorized), "{bad}");
        }
        assert_eq!(bearer(&HeaderMap::new()).ok(), Some(None));
        let mut twice = headers(&[("authorization", "Bearer a")]);
        twice.append(header::AUTHORIZATION, HeaderValue::from_static("Bearer b"));
        assert!(bearer(&twice).is_err());
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let headers = headers(&[("cookie", "xwa=1; wa=\"two\"; wa2=3")]);
        assert_eq!(cookie(&headers, "wa").map(Token::expose), Some("two"));
        assert_eq!(cookie(&headers, "w"), None);
    }

    #[test]
    fn a_change_by_cookie_must_come_from_the_same_origin() {
        let call = |method: Method, list: &[(&'static str, &'static str)]| {
            let mut list = list.to_vec();
            list.push(("cookie", "wa=token"));
            credential(&method, &headers(&list), "wa").map(|_| ()).map_err(|p| p.kind())
        };
        let post = |list: &[(&'static str, &'static str)]| call(Method::POST, list);
        assert_eq!(call(Method::GET, &[("host", "a")]), Ok(()));
        assert_eq!(post(&[("host", "a"), ("origin", "https://a")]), Ok(()));
        assert_eq!(post(&[("host", "A:8080"), ("origin", "http://a:8080")]), Ok(()));
        assert_eq!(post(&[("host", "a"), ("origin", "http://a:80")]), Ok(()));
        assert_eq!(post(&[("host", "a:443"), ("origin", "https://a")]), Ok(()));
        assert_eq!(post(&[("host", "a:80"), ("origin", "https://a")]), Err(Kind::ForbiddenOrigin));
        assert_eq!(post(&[("host", "a:8080"), ("origin", "http://a")]), Err(Kind::ForbiddenOrigin));
        assert_eq!(post(&[("host", "a"), ("origin", "http://b")]), Err(Kind::ForbiddenOrigin));
        assert_eq!(post(&[("host", "a"), ("origin", "null")]), Err(Kind::ForbiddenOrigin));
        assert_eq!(post(&[("host", "a")]), Err(Kind::ForbiddenOrigin));
        assert_eq!(post(&[("host", "a"), ("origin", "http://b"), ("authorization", "Bearer x")]), Ok(()));
    }
}

//! Who reads: in which language, where, and which conversation is theirs.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use wideawake_domain::Language;
use wideawake_domain::request::SupportRequest;
use wideawake_runtime::http::{Caller, Problem};
use wideawake_runtime::pages::{Frame, Locale};

use super::{ASSETS, MODULES};
use crate::member::{Claim, fits};
use crate::state::Door;

/// What every page needs of a call. Taking it never fails: what cannot be read is as if it were not there.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    /// The language that the page's address names.
    pub(super) chosen: Option<&'static Locale>,
    /// The country that the page's address names.
    named: Option<String>,
    /// That of the browser's language.
    region: Option<String>,
    /// Whether they want to write, on a page that does not refresh itself.
    pub(super) writes: bool,
    /// Whether they come from another site. Browsers keep the cookie back then.
    pub(super) from_elsewhere: bool,
    /// As the call had them.
    pub(super) headers: HeaderMap,
    /// Whether they came over an encrypted way.
    is_secure: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let query = axum::extract::Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let query = query.map(|query| query.0).unwrap_or_default();
        let asked = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let chosen = asked("lang").and_then(|tag| Locale::serving(&tag.parse().ok()?));
        let named = asked("country").map(str::to_ascii_uppercase).filter(|country| country.len() == 2);
        let site = parts.headers.get("sec-fetch-site").map(header::HeaderValue::as_bytes);
        Ok(Self {
            chosen,
            named,
            region: region(&parts.headers),
            writes: asked("write").is_some(),
            from_elsewhere: matches!(site, Some(b"cross-site" | b"same-site")),
            headers: parts.headers.clone(),
            is_secure: parts.extensions.get::<Caller>().is_some_and(|caller| caller.is_secure),
        })
    }
}

impl Reader {
    /// The frame of a page for them: in the language they chose, or else that of their conversation, or of their browser.
    pub(super) fn frame(&self, conversation: Option<&Language>) -> Frame {
        let locale = self.chosen.or_else(|| Locale::serving(conversation?));
        let locale = locale.unwrap_or_else(|| Locale::wanted(None, &self.headers));
        Frame::new(locale, &ASSETS).modules(MODULES)
    }

    /// Where they are, as far as is known: as the page's address says, or else as they `said`, or as their browser's language.
    pub(super) fn country<'r>(&'r self, said: Option<&'r str>) -> Option<&'r str> {
        self.named.as_deref().or(said).or(self.region.as_deref())
    }

    /// What stands behind the path of every link and form, so that a language that was chosen stays.
    pub(super) fn query(&self) -> String {
        self.chosen.map(|locale| format!("?lang={}", locale.tag)).unwrap_or_default()
    }

    /// The conversation that the cookie is of. Asking for it proves the member's client alive.
    pub(super) async fn conversation(&self, door: &Door) -> Result<Option<Arc<SupportRequest>>, Problem> {
        let Some((id, hash)) = Claim::by_cookie(&self.headers, self.is_secure) else { return Ok(None) };
        let request = door.record.request(id).await.map_err(|error| door.trouble(error, None))?;
        let request = request.filter(|request| fits(request, &hash));
        if let Some(request) = request.as_ref().filter(|request| !request.is_closed()) {
            door.seen(request.id);
        }
        Ok(request)
    }
}

/// The country of the first language of a browser that names one: `de-AT` → `AT`.
fn region(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let tags = text.split(',').take(8).map(|range| range.split(';').next().unwrap_or_default().trim());
    tags.flat_map(|tag| tag.split('-').skip(1))
        .find(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_alphabetic()))
        .map(str::to_ascii_uppercase)
}

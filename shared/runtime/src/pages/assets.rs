//! Style, modules and the icon: embedded, served under a path that names what is in them all.
//!
//! One hash stands for all files of a door, so that modules import each other by their plain names.

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::squeeze::{deflate, takes_gzip};
use crate::tokens::hash_token;

/// The style sheet of all pages.
const STYLE: File = File::new("style.css", include_str!("../../assets/style.css"));
const ICON: File = File::new("icon.svg", include_str!("../../assets/icon.svg"));

/// Good for a year: what changes gets another path.
const KEEP: &str = "public, max-age=31536000, immutable";

/// What a module may do that is run as a worker: call this door.
const WORKS: &str = "default-src 'none'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A file that pages load.
#[derive(Clone, Copy, Debug)]
pub struct File {
    name: &'static str,
    text: &'static str,
}

impl File {
    /// A file of this name, whose ending says what it is: `.css`, `.js` or `.svg`.
    pub const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text }
    }

    fn kind(&self) -> &'static str {
        match self.name.rsplit_once('.') {
            Some((_, "css")) => "text/css; charset=utf-8",
            Some((_, "js")) => "text/javascript; charset=utf-8",
            Some((_, "svg")) => "image/svg+xml",
            _ => "text/plain; charset=utf-8",
        }
    }
}

/// The files of a door's pages, with the style sheet and the icon that all share.
#[derive(Debug)]
pub struct Assets {
    base: String,
    files: Vec<(File, Bytes)>,
}

impl Assets {
    /// These files and the shared ones.
    pub fn new(files: &[File]) -> Self {
        let files: Vec<File> = [STYLE, ICON].into_iter().chain(files.iter().copied()).collect();
        let everything: String = files.iter().flat_map(|file| [file.name, "\0", file.text, "\0"]).collect();
        let hash: String = hash_token(&everything).chars().take(16).collect();
        let files = files.into_iter().map(|file| (file, deflate(file.text.as_bytes()).into())).collect();
        Self { base: format!("/assets/{hash}/"), files }
    }

    /// Where a file is.
    pub fn path(&self, name: &str) -> String {
        format!("{}{name}", self.base)
    }

    /// Serves the files. While one version replaces another, a page of either may ask either: then it gets what there is,
    /// and does not keep it.
    pub fn routes(&'static self) -> Router {
        let file = move |Path((hash, name)): Path<(String, String)>, headers: HeaderMap| async move {
            self.answer(&hash, &name, &headers)
        };
        Router::new().route("/assets/{hash}/{name}", get(file))
    }

    fn answer(&self, hash: &str, name: &str, headers: &HeaderMap) -> Response {
        let Some((file, gzip)) = self.files.iter().find(|(file, _)| file.name == name) else {
            return crate::http::Problem::new(crate::http::Kind::NotFound).into_response();
        };
        let is_this = self.base.split('/').nth(2) == Some(hash);
        let mut response = if takes_gzip(headers) {
            ([(header::CONTENT_ENCODING, "gzip")], gzip.clone()).into_response()
        } else {
            Bytes::from_static(file.text.as_bytes()).into_response()
        };
        *response.status_mut() = StatusCode::OK;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind()));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(if is_this { KEEP } else { "no-store" }));
        if file.kind().starts_with("text/javascript") {
            // What is run as a worker has the policy of its file, and none of the page's.
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(WORKS));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use flate2::read::GzDecoder;
    use std::io::Read;
    use std::sync::LazyLock;
    use tower::ServiceExt;

    static ASSETS: LazyLock<Assets> = LazyLock::new(|| Assets::new(&[File::new("page.js", "import './other.js';")]));

    async fn ask(path: &str, encoding: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        let request = Request::get(path).header("accept-encoding", encoding).body(Body::empty()).expect("a request");
        let response = ASSETS.routes().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, to_bytes(body, 1 << 20).await.expect("a body").to_vec())
    }

    #[tokio::test]
    async fn a_file_is_kept_under_the_hash_of_all_and_not_under_another() {
        let (status, headers, body) = ask(&ASSETS.path("page.js"), "identity").await;
        assert_eq!((status, &body[..]), (StatusCode::OK, &b"import './other.js';"[..]));
        assert_eq!(headers[header::CACHE_CONTROL], KEEP);
        assert_eq!(headers[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
        let (status, headers, _) = ask("/assets/of-another-version/page.js", "identity").await;
        assert_eq!((status, &headers[header::CACHE_CONTROL]), (StatusCode::OK, &HeaderValue::from_static("no-store")));
        assert_eq!(ask(&ASSETS.path("secret.js"), "identity").await.0, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn files_are_squeezed_for_those_who_take_it() {
        let (_, headers, body) = ask(&ASSETS.path("style.css"), "br, gzip").await;
        assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
        let mut text = String::new();
        GzDecoder::new(&body[..]).read_to_string(&mut text).expect("gzip");
        assert_eq!(text, STYLE.text);
        assert!(body.len() < 8 * 1024, "the style sheet is small: {}", body.len());
        assert!(!ask(&ASSETS.path("style.css"), "gzip;q=0").await.1.contains_key(header::CONTENT_ENCODING));
    }

    #[test]
    fn what_changes_gets_another_path() {
        let (one, other) = (Assets::new(&[File::new("a.js", "1")]), Assets::new(&[File::new("a.js", "2")]));
        assert_ne!(one.path("a.js"), other.path("a.js"));
    }
}

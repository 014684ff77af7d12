//! The languages that pages have, and which of them a reader wants.

use axum::http::{HeaderMap, header};
use wideawake_domain::Language;

use super::Words;

/// So many of a browser's languages are looked at; nobody reads more, and a header can name thousands.
const MOST: usize = 16;

/// A language that pages are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locale {
    /// Its BCP 47 tag.
    pub tag: &'static str,
    /// What it calls itself.
    pub name: &'static str,
    /// Which way it is written: `ltr` or `rtl`.
    pub dir: &'static str,
}

const fn locale(tag: &'static str, name: &'static str, dir: &'static str) -> Locale {
    Locale { tag, name, dir }
}

impl Locale {
    /// What is read by whoever reads nothing else of ours.
    pub const ENGLISH: &'static Self = &Self::ALL[0];

    /// All of them.
    pub const ALL: [Self; 6] = [
        locale("en", "English", "ltr"),
        locale("es", "Español", "ltr"),
        locale("pt", "Português", "ltr"),
        locale("fr", "Français", "ltr"),
        locale("de", "Deutsch", "ltr"),
        locale("ar", "العربية", "rtl"),
    ];

    /// The language that serves this one (RFC 4647 lookup: `pt-BR` → `pt`).
    pub fn serving(language: &Language) -> Option<&'static Self> {
        language.lookup_chain().find_map(|tag| Self::ALL.iter().find(|locale| locale.tag == tag.as_str()))
    }

    /// The language to answer in: the one that was `chosen` (as the page's address says), or else the first of the
    /// browser's that there is, or else English.
    pub fn wanted(chosen: Option<&str>, headers: &HeaderMap) -> &'static Self {
        let serving = |tag: &str| tag.parse().ok().and_then(|language| Self::serving(&language));
        chosen
            .and_then(serving)
            .or_else(|| accepted(headers).iter().find_map(|tag| serving(tag)))
            .unwrap_or(Self::ENGLISH)
    }

    /// What it says.
    pub fn words(&'static self) -> &'static Words {
        Words::of(self)
    }
}

/// The tags that a browser sends, the most wanted first.
fn accepted(headers: &HeaderMap) -> Vec<&str> {
    let values = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
    let mut tags: Vec<(&str, f32)> = values
        .flat_map(|value| value.split(','))
        .take(MOST)
        .filter_map(|range| {
            let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
            let weight = weight.trim().strip_prefix("q=").map_or(Some(1.0), |weight| weight.parse().ok())?;
            (weight > 0.0).then_some((tag.trim(), weight))
        })
        .collect();
    // Stable: of what is wanted as much, the first comes first.
    tags.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    tags.into_iter().map(|(tag, _)| tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn wanted(chosen: Option<&str>, header: &'static str) -> &'static str {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(header));
        Locale::wanted(chosen, &headers).tag
    }

    #[test]
    fn a_reader_gets_what_they_chose_and_else_what_their_browser_likes_best() {
        assert_eq!(wanted(None, "tlh, pt-BR;q=0.9, en;q=0.8"), "pt");
        assert_eq!(wanted(None, "en;q=0.2, de-CH-1996;q=0.7, fr;q=0"), "de");
        assert_eq!(wanted(Some("ar"), "de"), "ar");
        assert_eq!(wanted(Some("tlh"), "es-419"), "es", "a choice that there is not is none");
        assert_eq!(wanted(Some("';--"), "*"), "en");
        assert_eq!(wanted(None, ";;q=,,q=NaN;, de;q=NaN, fr;q=x"), "en");
        assert_eq!(Locale::wanted(None, &HeaderMap::new()).tag, "en");
    }
}

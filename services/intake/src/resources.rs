//! Whom else to call: emergency numbers, crisis lines and directories by country, built into the binary from
//! `config/resources`.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use utoipa::ToSchema;
use wideawake_domain::Language;

/// The file for everywhere else.
const INTERNATIONAL: &str = "international.toml";

/// Names the files of these countries, with their text.
macro_rules! files {
    ($($name:literal)*) => {
        [$((
            concat!($name, ".toml"),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/resources/", $name, ".toml")),
        )),*]
    };
}

const FILES: [(&str, &str); 35] = files! {
    "international" "ar" "at" "au" "be" "br" "ca" "ch" "cl" "de" "dk" "es" "fi" "fr" "gb" "gr" "ie" "il" "in" "it" "jp"
    "kr" "lb" "mx" "nl" "no" "nz" "pl" "pt" "se" "sg" "ua" "us" "uy" "za"
};

/// What a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ResourceKind)]
pub enum Kind {
    /// Sends help at once.
    Emergency,
    /// Somebody to talk with.
    CrisisLine,
    /// Knows the crisis lines of many countries.
    Directory,
}

impl Kind {
    /// As it stands in the files, and in rules.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Emergency => "emergency",
            Self::CrisisLine => "crisis_line",
            Self::Directory => "directory",
        }
    }
}

/// Somebody else to turn to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Resource {
    /// What it is called, in its own language.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// The number to call, as dialled in the country.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub phone: Option<String>,
    /// The number to write to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub sms: Option<String>,
    /// Its page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub url: Option<String>,
    /// In which languages (BCP 47).
    #[schema(value_type = Vec<String>)]
    pub languages: Vec<Language>,
    /// When; absent when it varies.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub hours: Option<String>,
}

/// Whom else to call, by country.
#[derive(Clone, Debug)]
pub struct Resources {
    countries: BTreeMap<String, Arc<[Resource]>>,
    elsewhere: Arc<[Resource]>,
}

/// Something that is wrong in a file of resources.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Mistake {
    /// The name of the file.
    pub file: String,
    /// The line in it, from 1.
    pub line: usize,
    /// What is wrong, and what would be accepted.
    pub detail: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.detail)
    }
}

impl Resources {
    /// Those that are built in.
    pub fn built_in() -> Self {
        Self::parse(FILES).expect("the files that are built in were read by a test")
    }

    /// Reads files, given by name and text; or says everything that is wrong with them.
    pub fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut countries = BTreeMap::new();
        let mut elsewhere = None;
        for (name, text) in files {
            let found = read(name, text, &mut mistakes);
            if name == INTERNATIONAL {
                elsewhere = Some(found);
            } else if let Some(country) = name.strip_suffix(".toml") {
                countries.insert(country.to_ascii_uppercase(), found);
            }
        }
        let Some(elsewhere) = elsewhere else {
            let detail = "is missing: it is what everyone gets whose country has no file".to_owned();
            mistakes.push(Mistake { file: INTERNATIONAL.to_owned(), line: 1, detail });
            return Err(mistakes);
        };
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let directories: Vec<Resource> = elsewhere.iter().filter(|one| one.kind == Kind::Directory).cloned().collect();
        let close = |(country, mut list): (String, Vec<Resource>)| {
            list.extend_from_slice(&directories);
            (country, list.into())
        };
        Ok(Self { countries: countries.into_iter().map(close).collect(), elsewhere: elsewhere.into() })
    }

    /// Whom to call in a country (ISO 3166-1 alpha-2, upper case), or wherever the member may be.
    pub fn of(&self, country: Option<&str>) -> Arc<[Resource]> {
        country.and_then(|country| self.countries.get(country)).unwrap_or(&self.elsewhere).clone()
    }

    /// The countries there are files of, as ISO 3166-1 alpha-2 has them.
    pub fn countries(&self) -> impl Iterator<Item = &str> {
        self.countries.keys().map(String::as_str)
    }

    /// The same, with those of these kinds first, in their order. A kind that nobody knows moves nothing.
    pub fn first(&self, kinds: &[String], country: Option<&str>) -> Arc<[Resource]> {
        let list = self.of(country);
        if kinds.is_empty() {
            return list;
        }
        let mut sorted = list.to_vec();
        sorted.sort_by_key(|one| kinds.iter().position(|kind| kind == one.kind.as_str()).unwrap_or(kinds.len()));
        sorted.into()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    country: Option<Spanned<String>>,
    #[serde(default)]
    resource: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Spanned<String>,
    kind: Kind,
    phone: Option<Spanned<String>>,
    sms: Option<Spanned<String>>,
    url: Option<Spanned<String>>,
    languages: Spanned<Vec<Spanned<String>>>,
    hours: Option<Spanned<String>>,
}

fn read(name: &str, text: &str, mistakes: &mut Vec<Mistake>) -> Vec<Resource> {
    let line = |span: &Range<usize>| text.get(..span.start).unwrap_or(text).matches('\n').count() + 1;
    let mut wrong = |span: Range<usize>, detail: &str| {
        mistakes.push(Mistake { file: name.to_owned(), line: line(&span), detail: detail.to_owned() });
    };
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            wrong(error.span().unwrap_or(0..0), error.message());
            return Vec::new();
        }
    };
    let stem = name.strip_suffix(".toml").unwrap_or(name);
    let letters = stem.len() == 2 && stem.bytes().all(|b| b.is_ascii_lowercase());
    match file.country {
        _ if name == INTERNATIONAL => {}
        Some(country) if letters && *country.get_ref() == stem.to_ascii_uppercase() => {}
        Some(country) => wrong(country.span(), "`country` must be the two capital letters by which the file is called"),
        None => wrong(0..0, "`country` is missing; write the two letters by which the file is called, in capitals"),
    }
    if file.resource.is_empty() {
        wrong(0..0, "there is nobody to call; write at least one [[resource]]");
    }
    file.resource.into_iter().map(|entry| check(entry, &mut wrong)).collect()
}

/// The resource as it stands, with everything that is wrong in it told to `wrong`.
fn check(entry: Spanned<Entry>, wrong: &mut impl FnMut(Range<usize>, &str)) -> Resource {
    let span = entry.span();
    let Entry { name, kind, phone, sms, url, languages, hours } = entry.into_inner();
    let mut text = |value: Spanned<String>, fits: &dyn Fn(&str) -> bool, detail: &str| {
        if !fits(value.get_ref()) {
            wrong(value.span(), detail);
        }
        value.into_inner()
    };
    let plain = |text: &str| (1..=120).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    let number = |text: &str| {
        (2..=24).contains(&text.len())
            && text.bytes().any(|b| b.is_ascii_digit())
            && text.bytes().all(|b| b.is_ascii_digit() || b" +*#-()".contains(&b))
    };
    let page = |text: &str| text.starts_with("https://") && text.len() > 10 && !text.contains(char::is_whitespace);
    let name = text(name, &plain, "`name` must have 1 to 120 characters on one line");
    let number_wanted = "a number must have 2 to 24 digits, spaces and + * # - ( )";
    let phone = phone.map(|phone| text(phone, &number, number_wanted));
    let sms = sms.map(|sms| text(sms, &number, number_wanted));
    let url = url.map(|url| text(url, &page, "`url` must begin with https://"));
    let hours = hours.map(|hours| text(hours, &plain, "`hours` must have 1 to 120 characters on one line"));
    if phone.is_none() && sms.is_none() && url.is_none() {
        wrong(span, "write at least one of `phone`, `sms` and `url`");
    }
    if languages.get_ref().is_empty() {
        wrong(languages.span(), "write at least one language such as [\"en\"]");
    }
    let mut spoken = Vec::new();
    for tag in languages.into_inner() {
        match tag.get_ref().parse() {
            Ok(language) => spoken.push(language),
            Err(_) => wrong(tag.span(), "write a language tag such as \"en\" or \"pt-BR\""),
        }
    }
    Resource { name, kind, phone, sms, url, languages: spoken, hours }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_is_built_in_can_be_read_and_every_file_is_built_in() {
        let mistakes = Resources::parse(FILES)
            .map(|_| ())
            .map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
        assert_eq!(mistakes, Ok(()));
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/resources");
        let mut there: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder is there")
            .filter_map(|file| file.ok()?.file_name().into_string().ok())
            .filter(|name| name != "README.md")
            .collect();
        let mut known = FILES.map(|(name, _)| name.to_owned()).to_vec();
        there.sort();
        known.sort();
        assert_eq!(there, known);
    }

    #[test]
    fn every_country_has_an_emergency_number_and_somebody_to_talk_with() {
        let resources = Resources::built_in();
        for (country, list) in &resources.countries {
            for kind in [Kind::Emergency, Kind::CrisisLine, Kind::Directory] {
                assert!(list.iter().any(|one| one.kind == kind), "{country}: {kind:?}");
            }
        }
        let phone = |country: Option<&str>| resources.of(country).iter().find_map(|one| one.phone.clone());
        assert_eq!(phone(Some("US")).as_deref(), Some("911"));
        assert_eq!(phone(Some("ZZ")), phone(None));
        assert_eq!(phone(None).as_deref(), Some("112"));
    }

    #[test]
    fn what_is_to_be_shown_comes_first_and_nothing_is_left_out() {
        let resources = Resources::built_in();
        let kinds = |shown: &[&str]| -> Vec<Kind> {
            let shown: Vec<String> = shown.iter().map(|kind| (*kind).to_owned()).collect();
            resources.first(&shown, Some("ES")).iter().map(|one| one.kind).collect()
        };
        let usual = kinds(&[]);
        assert_eq!(kinds(&["directory", "crisis_line"]).first(), Some(&Kind::Directory));
        assert_eq!(kinds(&["directory", "crisis_line"]).last(), Some(&Kind::Emergency));
        assert_eq!(kinds(&["directory"]).len(), usual.len());
        assert_eq!(kinds(&["no such kind"]), usual);
    }

    #[test]
    fn mistakes_are_all_named_with_file_and_line() {
        let bad = "country = \"SE\"\n\n[[resource]]\nname = \"\"\nkind = \"crisis_line\"\nphone = \"call me\"\nlanguages = [\"en\",\n\"no such tongue\"]\n[[resource]]\nname = \"x\"\nkind = \"directory\"\nlanguages = []\n";
        let worse = "country = \"NO\"\n[[resource]]\nname = \"x\"\nkind = \"magic\"\n";
        let found =
            Resources::parse([("es.toml", bad), ("no.toml", worse), ("xyz.toml", "")]).err().unwrap_or_default();
        let found: Vec<(&str, usize)> = found.iter().map(|mistake| (mistake.file.as_str(), mistake.line)).collect();
        assert_eq!(
            found,
            [
                ("es.toml", 1),
                ("es.toml", 4),
                ("es.toml", 6),
                ("es.toml", 8),
                ("es.toml", 9),
                ("es.toml", 12),
                ("no.toml", 4),
                ("xyz.toml", 1),
                ("xyz.toml", 1),
                ("international.toml", 1),
            ]
        );
    }
}

//! What languages and countries call themselves, for the pages without script; with it, the browser knows them in the
//! reader's language.

/// Languages by tag.
const LANGUAGES: [(&str, &str); 44] = [
    ("am", "አማርኛ"),
    ("ar", "العربية"),
    ("bg", "Български"),
    ("bn", "বাংলা"),
    ("ca", "Català"),
    ("cs", "Čeština"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("es", "Español"),
    ("et", "Eesti"),
    ("eu", "Euskara"),
    ("fa", "فارسی"),
    ("fi", "Suomi"),
    ("fr", "Français"),
    ("ga", "Gaeilge"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("hr", "Hrvatski"),
    ("hu", "Magyar"),
    ("id", "Bahasa Indonesia"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("lt", "Lietuvių"),
    ("lv", "Latviešu"),
    ("mi", "Māori"),
    ("nl", "Nederlands"),
    ("no", "Norsk"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ro", "Română"),
    ("ru", "Русский"),
    ("sk", "Slovenčina"),
    ("so", "Soomaali"),
    ("sv", "Svenska"),
    ("sw", "Kiswahili"),
    ("ti", "ትግርኛ"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("ur", "اردو"),
    ("vi", "Tiếng Việt"),
    ("zh", "中文"),
];

/// Countries by code.
const COUNTRIES: [(&str, &str); 34] = [
    ("AR", "Argentina"),
    ("AT", "Österreich"),
    ("AU", "Australia"),
    ("BE", "België / Belgique"),
    ("BR", "Brasil"),
    ("CA", "Canada"),
    ("CH", "Schweiz / Suisse"),
    ("CL", "Chile"),
    ("DE", "Deutschland"),
    ("DK", "Danmark"),
    ("ES", "España"),
    ("FI", "Suomi"),
    ("FR", "France"),
    ("GB", "United Kingdom"),
    ("GR", "Ελλάδα"),
    ("IE", "Ireland"),
    ("IL", "ישראל"),
    ("IN", "India"),
    ("IT", "Italia"),
    ("JP", "日本"),
    ("KR", "대한민국"),
    ("LB", "لبنان"),
    ("MX", "México"),
    ("NL", "Nederland"),
    ("NO", "Norge"),
    ("NZ", "New Zealand"),
    ("PL", "Polska"),
    ("PT", "Portugal"),
    ("SE", "Sverige"),
    ("SG", "Singapore"),
    ("UA", "Україна"),
    ("US", "United States"),
    ("UY", "Uruguay"),
    ("ZA", "South Africa"),
];

/// What a language calls itself; its tag, where that is not known.
pub(super) fn language(tag: &str) -> String {
    let find = |wanted: &str| LANGUAGES.iter().find(|(tag, _)| *tag == wanted).map(|(_, name)| *name);
    match (find(tag), tag.split_once('-')) {
        (Some(name), _) => name.to_owned(),
        (None, Some((general, rest))) => find(general).map_or(tag.to_owned(), |name| format!("{name} ({rest})")),
        (None, None) => tag.to_owned(),
    }
}

/// What a country calls itself; its code, where that is not known.
pub(super) fn country(code: &str) -> &str {
    COUNTRIES.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name)
}

/// A configured name as it is read: `self-harm` → `Self harm`.
pub(super) fn readable(name: &str) -> String {
    let mut letters = name.replace(['-', '_'], " ").chars().collect::<Vec<_>>();
    if let Some(first) = letters.first_mut() {
        *first = first.to_ascii_uppercase();
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::Resources;

    #[test]
    fn whatever_is_built_in_has_a_name() {
        let resources = Resources::built_in();
        let unnamed: Vec<&str> = resources.countries().filter(|code| country(code) == *code).collect();
        assert!(unnamed.is_empty(), "{unnamed:?}");
    }

    #[test]
    fn what_has_no_name_is_shown_as_it_is_written() {
        assert_eq!(language("pt"), "Português");
        assert_eq!(language("pt-BR"), "Português (BR)");
        assert_eq!(language("tlh"), "tlh");
        assert_eq!(readable("self-harm"), "Self harm");
        assert_eq!(readable(""), "");
    }
}

//! Letters as they are compared: without case, marks and the many ways of writing one of them.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How much of a text is looked at, in characters. A message has at most 4,000.
const MOST: usize = 16_000;

/// What is particular to a language.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ways {
    /// `ae`, `oe` and `ue` are umlauts.
    pub(super) umlauts: bool,
    /// An apostrophe stands between two words, as in French `d'adieu`; elsewhere within one.
    pub(super) elides: bool,
}

impl Ways {
    /// Those of the language of that tag.
    pub(super) fn of(tag: &str) -> Self {
        let language = tag.split('-').next().unwrap_or_default();
        Self { umlauts: language == "de", elides: matches!(language, "fr" | "it" | "ca" | "oc") }
    }

    /// The word as it is compared, when its letters have been folded.
    pub(super) fn word<'w>(self, word: impl Into<Cow<'w, str>>) -> Cow<'w, str> {
        let word = word.into();
        if !self.umlauts || !word.contains('e') {
            return word;
        }
        let mut out = String::with_capacity(word.len());
        let mut before = ['\0'; 2];
        for c in word.chars() {
            // "neue" and "Quelle" have none.
            let umlaut = c == 'e'
                && match before[1] {
                    'a' | 'o' => true,
                    'u' => !matches!(before[0], 'a' | 'e' | 'q'),
                    _ => false,
                };
            if !umlaut {
                out.push(c);
            }
            before = [before[1], c];
        }
        Cow::Owned(out)
    }
}

/// The text with its letters folded: NFKD, lower case, no accents, vowel signs, joiners and fillers; signs stay.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for c in text.nfkd().take(MOST).flat_map(char::to_lowercase) {
        match c {
            // Already small and bare.
            ' '..='~' | '\n' => out.push(c),
            _ if is_dropped(c) => {}
            'ß' => out.push_str("ss"),
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            'ø' => out.push('o'),
            'ı' => out.push('i'),
            'ł' => out.push('l'),
            'đ' => out.push('d'),
            'ς' => out.push('σ'),
            'ٱ' => out.push('ا'),
            'ى' | 'ی' => out.push('ي'),
            'ة' | 'ہ' | 'ھ' => out.push('ه'),
            'ک' | 'ڪ' | 'گ' => out.push('ك'),
            'چ' => out.push('ج'),
            'پ' => out.push('ب'),
            'ڤ' => out.push('ف'),
            '٠'..='٩' => out.push(digit(c, '٠')),
            '۰'..='۹' => out.push(digit(c, '۰')),
            _ => out.push(c),
        }
    }
    out
}

fn digit(c: char, zero: char) -> char {
    u8::try_from(u32::from(c) - u32::from(zero)).map_or(c, |value| char::from(b'0' + value))
}

/// What means nothing to a search: marks over and under letters of the scripts that can do without, the hamza on its own,
/// the tatweel, and what no one sees.
fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{621}'
            | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6ed}' | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}'
            | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e01ef}'
    )
}

/// Whether it is part of a word.
pub(super) fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && is_combining_mark(c))
}

/// Whether it is a word of its own: a pictograph, or a letter of a script that does not separate words.
pub(super) fn is_alone(c: char) -> bool {
    matches!(
        u32::from(c),
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x2600..=0x27bf | 0x3040..=0x30ff | 0x3400..=0x9fff
            | 0xf900..=0xfaff | 0x1f300..=0x1faff | 0x20000..=0x3ffff
    )
}

/// An apostrophe, however it is typed.
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '´')
}

/// The Latin letter that it looks like, among the letters of other alphabets.
pub(super) fn latin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'е' | 'ε' => 'e',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'с' => 'c',
        'у' | 'υ' => 'y',
        'х' | 'χ' => 'x',
        'і' | 'ι' => 'i',
        'ѕ' => 's',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'т' | 'τ' => 't',
        'в' | 'β' => 'b',
        'н' | 'η' => 'n',
        'ԁ' => 'd',
        'ν' => 'v',
        _ => c,
    }
}

/// What a digit or a sign stands for among letters: the first and the second guess.
pub(super) fn guess(c: char, arabic: bool, second: bool) -> char {
    match (c, arabic) {
        ('3', true) => 'ع',
        ('7', true) => 'ح',
        ('2', true) => 'ا',
        ('5', true) => 'خ',
        ('6', true) => 'ط',
        ('9', true) => {
            if second {
                'ق'
            } else {
                'ص'
            }
        }
        ('8', true) => 'غ',
        ('0', false) => 'o',
        ('1' | '!' | '|', false) => {
            if second {
                'l'
            } else {
                'i'
            }
        }
        ('3' | '€', false) => 'e',
        ('4' | '@', false) => 'a',
        ('5' | '$', false) => 's',
        ('7' | '+', false) => 't',
        ('8', false) => 'b',
        ('9' | '6', false) => 'g',
        ('2', false) => 'z',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_width_and_what_no_one_sees_make_no_difference() {
        assert_eq!(fold("SuÏ\u{200b}cidé ｋｉｌｌ Straße"), "suicide kill strasse");
        assert_eq!(fold("أَنْتَحِـــر إنتحار آه نفسى ةٌ"), "انتحر انتحار اه نفسي ه");
        assert_eq!(fold("ﻣﻮﺕ ٣"), "موت 3");
    }

    #[test]
    fn umlauts_are_the_same_written_as_one_letter_as_two_or_without_dots() {
        let german = Ways::of("de-AT");
        for word in ["töten", "toeten", "toten"] {
            assert_eq!(german.word(fold(word)), "toten");
        }
        assert_eq!(german.word("neue"), "neue");
        assert_eq!(german.word("quelle"), "quelle");
        assert_eq!(Ways::of("en").word("suede"), "suede");
    }
}

//! How a phrase may stand in a file.

use base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use base64::engine::{Engine as _, GeneralPurpose, general_purpose::NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Write as _;

/// Fewer characters of base64 stand somewhere by chance.
const FEWEST: usize = 8;

/// What stands in a URL as it is, beside letters and digits.
const REST: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Every form of a phrase, with its name.
pub(super) fn of(phrase: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut forms = vec![("as it was typed", phrase.as_bytes().to_vec())];
    let mut add = |name, form: Vec<u8>| {
        if forms.iter().all(|(_, known)| *known != form) {
            forms.push((name, form));
        }
    };
    add("as UTF-16", phrase.encode_utf16().flat_map(u16::to_le_bytes).collect());
    add("as UTF-16", phrase.encode_utf16().flat_map(u16::to_be_bytes).collect());
    add("as JSON", json(phrase, None).into_bytes());
    add("as JSON", json(phrase, Some(|unit| format!("\\u{unit:04x}"))).into_bytes());
    add("as JSON", json(phrase, Some(|unit| format!("\\u{unit:04X}"))).into_bytes());
    let hex = hex(phrase.as_bytes());
    add("in hexadecimal", hex.to_ascii_uppercase().into_bytes());
    add("in hexadecimal", hex.into_bytes());
    for alphabet in [&STANDARD, &URL_SAFE] {
        for before in 0..3 {
            if let Some(inside) = base64(phrase.as_bytes(), before, alphabet) {
                add("in base64", inside);
            }
        }
    }
    for spaces in ["%20", "+"] {
        let words: Vec<_> = phrase.split(' ').map(|word| utf8_percent_encode(word, REST).to_string()).collect();
        add("in a URL", words.join(spaces).into_bytes());
    }
    forms
}

/// As it stands between the quotes of a JSON string; whatever is not ASCII as `escape` writes it, if it does.
fn json(phrase: &str, escape: Option<fn(u16) -> String>) -> String {
    let quoted = serde_json::Value::from(phrase).to_string();
    let inside = &quoted[1..quoted.len() - 1];
    let Some(escape) = escape else { return inside.to_owned() };
    let written = |unit| match u8::try_from(unit) {
        Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
        _ => escape(unit),
    };
    inside.encode_utf16().map(written).collect()
}

/// What of the base64 of a longer text is of the phrase alone, when `before` bytes beyond a multiple of three stand before
/// it.
fn base64(phrase: &[u8], before: usize, alphabet: &Alphabet) -> Option<Vec<u8>> {
    let padded = [&[0; 3][..before], phrase].concat();
    let encoded = GeneralPurpose::new(alphabet, NO_PAD).encode(&padded);
    let inside = encoded.as_bytes().get((before * 8).div_ceil(6)..padded.len() * 8 / 6)?;
    (inside.len() >= FEWEST).then(|| inside.to_vec())
}

/// In lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes all that is written to it");
        text
    })
}

/// What hexadecimal digits of either case stand for.
pub(super) fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    let byte = |pair: &[u8]| Some((value(pair[0])? << 4 | value(pair[1])?) as u8);
    digits.chunks_exact(2).map(byte).collect()
}

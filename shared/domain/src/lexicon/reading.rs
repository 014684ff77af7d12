//! A text as the words of a lexicon, with what people do to a word so that no filter sees it undone.

use std::borrow::Cow;

use super::fold::{Ways, is_alone, is_apostrophe, is_letter, latin};
use super::vocabulary::{Entry, Id, UNKNOWN, Vocabulary, readings};

/// Letters apart from one another are joined up to so many pieces.
const SPELLED: usize = 24;

/// What stands between a word and the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pause {
    #[default]
    None,
    /// A comma, a dash.
    Short,
    /// The end of a sentence or a line.
    Long,
}

/// One word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub(super) id: Id,
    /// What stands before it.
    pub(super) pause: Pause,
    /// Whether it stands between quotation marks.
    pub(super) quoted: bool,
}

/// A text, read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) words: Vec<Word>,
    /// The words, each with a space before it, and one at the end.
    pub(super) line: String,
    /// Where in the line each word begins.
    pub(super) starts: Vec<u32>,
}

impl Reading {
    /// Reads a text whose letters have been [folded](super::fold::fold).
    pub(super) fn of(folded: &str, vocabulary: &Vocabulary) -> Self {
        let mut tokens = Tokens { vocabulary, all: Vec::new(), pause: Pause::None, quoted: false, marks: 0 };
        tokens.read(folded);
        let tokens = tokens.joined();
        let mut reading = Self {
            words: Vec::with_capacity(tokens.len()),
            line: String::with_capacity(folded.len() + 16),
            starts: Vec::with_capacity(tokens.len()),
        };
        let mut sound = String::new();
        for token in &tokens {
            reading.settle(token, vocabulary, &mut sound);
        }
        reading.line.push(' ');
        reading
    }

    /// The word at an index, as text.
    pub(super) fn text(&self, at: usize) -> &str {
        let start = self.starts[at] as usize;
        let end = self.starts.get(at + 1).map_or(self.line.len(), |next| *next as usize) - 1;
        &self.line[start..end]
    }

    /// Takes a word for the one that was meant. `sound` is room to work in.
    fn settle(&mut self, token: &Token<'_, '_>, vocabulary: &Vocabulary, sound: &mut String) {
        let written = &*token.text;
        if token.known || vocabulary.is_ordinary(written) || written.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.push_as(token, written, token.entry, vocabulary);
        }
        if written.contains(|c: char| c.is_ascii_digit())
            && let Some(read) = readings(written).find(|read| vocabulary.has(read))
        {
            return self.push(token, &read, vocabulary);
        }
        if written.chars().zip(written.chars().skip(1)).any(|(a, b)| a == b)
            && let Some(short) =
                [2, 1].into_iter().map(|most| shortened(written, most)).find(|word| vocabulary.has(word))
        {
            return self.push(token, &short, vocabulary);
        }
        if let Some(bare) = vocabulary.bare(written) {
            return self.push(token, bare, vocabulary);
        }
        let plain = if written.contains(|c: char| c.is_ascii_digit()) { readings(written).next() } else { None };
        let meant =
            plain.and_then(|plain| vocabulary.meant(&plain, sound)).or_else(|| vocabulary.meant(written, sound));
        match meant {
            Some(meant) => self.push(token, meant, vocabulary),
            None => self.push_as(token, written, None, vocabulary),
        }
    }

    fn push(&mut self, token: &Token<'_, '_>, word: &str, vocabulary: &Vocabulary) {
        self.push_as(token, word, vocabulary.find(word), vocabulary);
    }

    /// What is known of the word is looked up already.
    fn push_as(&mut self, token: &Token<'_, '_>, word: &str, entry: Option<&Entry>, vocabulary: &Vocabulary) {
        match entry.and_then(|entry| entry.same.as_deref()) {
            None => self.push_word(token, token.pause, word, entry.map_or(UNKNOWN, |entry| entry.id)),
            Some(words) => {
                let pauses = std::iter::once(token.pause).chain(std::iter::repeat(Pause::None));
                for (word, pause) in words.iter().zip(pauses) {
                    self.push_word(token, pause, word, vocabulary.id(word));
                }
            }
        }
    }

    fn push_word(&mut self, token: &Token<'_, '_>, pause: Pause, word: &str, id: Id) {
        self.line.push(' ');
        self.starts.push(self.line.len() as u32);
        self.line.push_str(word);
        self.words.push(Word { id, pause, quoted: token.quoted });
    }
}

/// The word with no letter more than `most` times in a row.
fn shortened(word: &str, most: usize) -> String {
    let (mut out, mut last, mut times) = (String::with_capacity(word.len()), '\0', 0);
    for c in word.chars() {
        times = if c == last { times + 1 } else { 1 };
        last = c;
        if times <= most {
            out.push(c);
        }
    }
    out
}

#[derive(Clone, Debug)]
struct Token<'v, 't> {
    text: Cow<'t, str>,
    /// Whether the vocabulary has it.
    known: bool,
    /// As what, if it has it in full.
    entry: Option<&'v Entry>,
    pause: Pause,
    quoted: bool,
}

struct Tokens<'v, 't> {
    vocabulary: &'v Vocabulary,
    all: Vec<Token<'v, 't>>,
    pause: Pause,
    quoted: bool,
    /// How many straight quotation marks are still to come that have a partner.
    marks: usize,
}

impl<'v, 't> Tokens<'v, 't> {
    fn read(&mut self, text: &'t str) {
        self.marks = text.matches('"').count() / 2 * 2;
        for line in text.split('\n') {
            self.pause = Pause::Long;
            for chunk in line.split_whitespace() {
                let mut from = 0;
                for (at, c) in chunk.char_indices().filter(|(_, c)| is_alone(*c)) {
                    self.chunk(&chunk[from..at]);
                    self.push(chunk[at..at + c.len_utf8()].into());
                    from = at + c.len_utf8();
                }
                self.chunk(&chunk[from..]);
            }
        }
    }

    /// What stands between two spaces.
    fn chunk(&mut self, chunk: &'t str) {
        let starts = |c: char| is_letter(c) || matches!(c, '$' | '@');
        let Some(first) = chunk.find(starts).filter(|_| chunk.contains(is_letter)) else {
            self.signs(chunk);
            if !chunk.is_empty() && chunk.chars().all(|c| matches!(c, '-' | '–' | '—')) {
                self.pause = self.pause.max(Pause::Short);
            }
            return;
        };
        let end = chunk.char_indices().rev().find(|(_, c)| starts(*c)).map_or(0, |(at, c)| at + c.len_utf8());
        self.signs(&chunk[..first]);
        self.core(&chunk[first..end]);
        self.signs(&chunk[end..]);
    }

    fn signs(&mut self, signs: &str) {
        for c in signs.chars() {
            match c {
                '.' | '!' | '?' | ';' | '…' | '؟' | '؛' | '。' | '！' | '？' => self.pause = Pause::Long,
                ',' | ':' | '،' | '(' | ')' => self.pause = self.pause.max(Pause::Short),
                '"' if self.marks > 0 => {
                    self.marks -= 1;
                    self.quoted = !self.quoted;
                }
                '“' if self.quoted => self.quoted = false,
                '“' | '„' | '«' => self.quoted = true,
                '”' | '»' => self.quoted = false,
                _ => {}
            }
        }
    }

    fn push(&mut self, word: Cow<'t, str>) {
        let text = self.vocabulary.ways.word(word);
        if !text.is_empty() {
            let pause = std::mem::take(&mut self.pause);
            let token = self.token(text, pause, self.quoted);
            self.all.push(token);
        }
    }

    fn token(&self, text: Cow<'t, str>, pause: Pause, quoted: bool) -> Token<'v, 't> {
        let entry = self.vocabulary.find(&text);
        Token { known: entry.is_some() || self.vocabulary.is_open(&text), text, entry, pause, quoted }
    }

    fn core(&mut self, core: &'t str) {
        let mut core = Cow::Borrowed(core);
        if !self.vocabulary.ways.elides && core.contains(is_apostrophe) {
            core = core.chars().filter(|c| !is_apostrophe(*c)).collect();
        }
        let foreign = |c: char| ('\u{370}'..='\u{52f}').contains(&c);
        if core.contains(foreign) && core.contains(|c: char| c.is_ascii_alphabetic()) {
            core = core.chars().map(latin).collect();
        }
        if core.chars().all(is_letter) {
            return self.push(core);
        }
        match core {
            Cow::Borrowed(core) => self.pieces(core, Cow::Borrowed),
            Cow::Owned(core) => self.pieces(&core, |piece| Cow::Owned(piece.to_owned())),
        }
    }

    /// Letters with signs among them.
    fn pieces<'c>(&mut self, core: &'c str, text: impl Fn(&'c str) -> Cow<'t, str>) {
        let pieces: Vec<&str> = core.split(|c| !is_letter(c)).filter(|piece| !piece.is_empty()).collect();
        if let Some(word) = self.disguised(core, &pieces, self.vocabulary.ways) {
            return self.push(word.into());
        }
        let mut rest = core;
        for piece in pieces {
            let at = rest.find(piece).unwrap_or(0);
            self.signs(&rest[..at]);
            self.push(text(piece));
            rest = &rest[at + piece.len()..];
        }
    }

    /// The word that the signs in it hide: `k*ll`, `su!cide`, `s.u.i.c.i.d.e`, `sui-cide`.
    fn disguised(&self, core: &str, pieces: &[&str], ways: Ways) -> Option<String> {
        let known = |word: &str| self.vocabulary.has(&ways.word(word));
        let joined: String = pieces.concat();
        if core.contains(['@', '$', '!', '|', '€', '+']) {
            let whole: String = core.chars().filter(|c| is_letter(*c) || "@$!|€+".contains(*c)).collect();
            if let Some(word) = readings(&whole).find(|word| known(word)) {
                return Some(word);
            }
        }
        let singles = pieces.iter().filter(|piece| piece.chars().nth(1).is_none()).count();
        if pieces.len() >= 3 && singles + 1 >= pieces.len() {
            return Some(joined);
        }
        if joined.chars().count() >= 4 && self.vocabulary.is(&ways.word(&*joined)) {
            return Some(joined);
        }
        if pieces.iter().all(|piece| known(piece)) {
            return None;
        }
        if joined.chars().count() >= 4 && known(&joined) {
            return Some(joined);
        }
        let mask = |c: char| (!is_letter(c)).then_some(()).map_or(Some(c), |()| None);
        let letters: Vec<Option<char>> = core.chars().map(mask).collect();
        let hidden = letters.iter().filter(|letter| letter.is_none()).count();
        let plain = core.contains(['.', '-', '/', ',', ':', '\'', '’']);
        (hidden <= 2 && letters.len() >= hidden + 2 + usize::from(plain))
            .then(|| self.vocabulary.unmasked(&letters).map(ToOwned::to_owned))
            .flatten()
    }

    /// The tokens, with those joined that are one word.
    fn joined(mut self) -> Vec<Token<'v, 't>> {
        let mut all = std::mem::take(&mut self.all);
        let mut out: Vec<Token<'v, 't>> = Vec::with_capacity(all.len());
        let mut at = 0;
        while at < all.len() {
            let joined = self.spelled(&all[at..]).or_else(|| self.torn(&all[at..]));
            let token = &mut all[at];
            match joined {
                Some((text, length)) => {
                    out.push(self.token(text.into(), token.pause, token.quoted));
                    at += length;
                }
                None => {
                    out.push(Token { text: std::mem::take(&mut token.text), ..*token });
                    at += 1;
                }
            }
        }
        out
    }

    /// A word whose letters stand apart, and how many tokens it takes.
    fn spelled(&self, tokens: &[Token<'_, '_>]) -> Option<(String, usize)> {
        let letters = |token: &Token| token.text.chars().take(4).count();
        let singles = tokens.iter().skip(1).take(SPELLED).take_while(|token| letters(token) == 1).count();
        if singles < 2 || letters(&tokens[0]) > 3 {
            return None;
        }
        let mut most = singles + 1;
        if tokens.get(most).is_some_and(|token| letters(token) <= 3) {
            most += 1;
        }
        let word = |length: usize| -> String {
            let word: String = tokens[..length].iter().map(|token| &*token.text).collect();
            self.vocabulary.ways.word(word).into_owned()
        };
        let lengths = || (3..=most).rev().map(|length| (word(length), length));
        let exact = lengths().find(|(word, _)| self.vocabulary.is(word));
        if exact.is_some() || (letters(&tokens[0]) > 1 && tokens[0].known) {
            return exact;
        }
        lengths()
            .find_map(|(word, length)| Some((self.vocabulary.bare(&word)?.to_owned(), length)))
            .or_else(|| lengths().find(|(word, _)| self.vocabulary.has(word)))
            .or_else(|| {
                let (mut long, mut sound) = (lengths().filter(|(_, length)| *length >= 6), String::new());
                long.find_map(|(word, length)| Some((self.vocabulary.meant(&word, &mut sound)?.to_owned(), length)))
            })
    }

    /// A word with a space in it.
    fn torn(&self, tokens: &[Token<'_, '_>]) -> Option<(String, usize)> {
        let [first, second, ..] = tokens else { return None };
        if first.known || second.known || second.pause != Pause::None {
            return None;
        }
        let word = [&*first.text, &*second.text].concat();
        (word.chars().nth(3).is_some() && self.vocabulary.has(&word)).then_some((word, 2))
    }
}

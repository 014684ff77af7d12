//! What the layout of every page needs to know.

use super::{Assets, Locale, Words};

/// What `layout.html` is filled with: a template that extends it has one as its field `frame`.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// The language of the page.
    pub locale: &'static Locale,
    /// What it says.
    pub words: &'static Words,
    /// The files it loads.
    pub assets: &'static Assets,
    /// Its modules: the first is started, the others are those that it imports, fetched at the same time.
    pub modules: &'static [&'static str],
}

impl Frame {
    /// A frame in this language, without script.
    pub fn new(locale: &'static Locale, assets: &'static Assets) -> Self {
        Self { locale, words: locale.words(), assets, modules: &[] }
    }

    /// The same with modules.
    pub const fn modules(self, modules: &'static [&'static str]) -> Self {
        Self { modules, ..self }
    }

    /// What it says under this key.
    pub fn say(&self, key: &str) -> std::borrow::Cow<'static, str> {
        self.words.say(key)
    }

    /// The language's tag.
    pub const fn lang(&self) -> &'static str {
        self.locale.tag
    }

    /// Which way it is written.
    pub const fn dir(&self) -> &'static str {
        self.locale.dir
    }
}

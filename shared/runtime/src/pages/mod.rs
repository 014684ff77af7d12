//! What all pages share: one style sheet, modules under paths that name their content, words in the reader's language, and
//! the headers of a page.
//!
//! A page loads nothing from elsewhere and runs nothing that stands in it. Its text is there before any script is. To make
//! one: a template that extends `layout.html` (`shared/runtime/templates`), with a [`Frame`] as its field `frame`, answered
//! with [`Page`].
//!
//! Pages carry no referrer, so that an address with a token in it goes nowhere. Forms of such a page carry no origin either
//! (`Origin: null`): one that a cookie stands for writes `<meta name="referrer" content="same-origin">` into its block
//! `head`, and has no secret in its address.

mod assets; // style, modules, the icon: embedded, and kept by browsers for as long as they stay the same
mod frame; // what the layout needs to know
mod locale; // languages, and which of them a reader wants
mod page; // a template as an answer
mod squeeze; // gzip
mod words; // what is said, from config/locales

pub use assets::{Assets, File};
pub use frame::Frame;
pub use locale::Locale;
pub use page::Page;
pub use squeeze::squeeze;
pub use words::{Arg, Words};

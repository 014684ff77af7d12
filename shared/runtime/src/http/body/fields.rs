//! A collector of mistakes: every field is looked at, and only when all of them are right are there values.

use std::borrow::Cow;
use std::fmt::Write;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::parse::Refusal;
use crate::http::Kind;
use crate::http::problem::{Offence, Problem};

/// More mistakes than this are not listed.
const MOST: usize = 50;

/// A field that was looked at: its value, if it was right. [`Fields::finish`] turns many into plain values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "hand it to `finish`, or the value is lost"]
pub struct Checked<T>(Option<T>);

impl<T> Checked<T> {
    /// A value that needs no looking at.
    pub const fn of(value: T) -> Self {
        Self(Some(value))
    }

    /// Changes the value, if there is one.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Checked<U> {
        Checked(self.0.map(change))
    }

    /// The value, if it was right.
    pub const fn value(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T> Checked<Option<T>> {
    /// The value, or another if the field was absent.
    pub fn or(self, otherwise: T) -> Checked<T> {
        self.map(|value| value.unwrap_or(otherwise))
    }
}

/// Where the fields stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Body,
    Query,
}

/// The fields of one JSON object. Unknown ones are ignored; `null` counts as absent.
///
/// ```
/// # use wideawake_runtime::http::{Fields, Problem, parse};
/// # fn example(value: serde_json::Value) -> Result<(), Problem> {
/// let mut f = Fields::of(&value);
/// let zone = f.required("zone", parse::zone);
/// let alias = f.optional("alias", parse::line(1..=40));
/// let languages = f.each("languages", 1..=20, parse::language);
/// let skills = f.objects("qualifications", 0..=50, |item| {
///     let skill = item.required("skill", parse::name);
///     let until = item.required("valid_until", parse::instant);
///     (skill, until)
/// });
/// let (zone, alias, languages, skills) = f.finish((zone, alias, languages, skills))?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Fields<'a> {
    object: Option<&'a Map<String, Value>>,
    at: String,
    scope: Scope,
    errors: Vec<Offence>,
}

impl<'a> Fields<'a> {
    /// The fields of a body, which must be an object.
    pub fn of(value: &'a Value) -> Self {
        Self::over(value, Scope::Body)
    }

    pub(crate) fn over(value: &'a Value, scope: Scope) -> Self {
        Self::at(value, String::new(), scope)
    }

    fn at(value: &'a Value, at: String, scope: Scope) -> Self {
        let mut fields = Self { object: value.as_object(), at, scope, errors: Vec::new() };
        if fields.object.is_none() {
            let pointer = fields.at.clone();
            fields.offends(pointer, "must be an object");
        }
        fields
    }

    fn offends(&mut self, pointer: String, detail: impl Into<Cow<'static, str>>) {
        if self.errors.len() < MOST {
            self.errors.push(Offence { pointer: Some(pointer), parameter: None, detail: detail.into() });
        }
    }

    fn pointer(&self, name: &str) -> String {
        format!("{}/{}", self.at, name.replace('~', "~0").replace('/', "~1"))
    }

    fn present(&self, name: &str) -> Option<&'a Value> {
        self.object?.get(name).filter(|value| !value.is_null())
    }

    /// Refuses a field for a reason that only several fields together show.
    pub fn refuse(&mut self, name: &'static str, detail: impl Into<Cow<'static, str>>) {
        match self.scope {
            Scope::Body => {
                let pointer = self.pointer(name);
                self.offends(pointer, detail);
            }
            Scope::Query => {
                self.errors.push(Offence { pointer: None, parameter: Some(name), detail: detail.into() });
            }
        }
    }

    /// A field that must be there.
    pub fn required<T>(&mut self, name: &'static str, parse: impl Fn(&Value) -> Result<T, Refusal>) -> Checked<T> {
        let value = self.optional(name, parse);
        self.there(name, value)
    }

    /// A field that may be absent or `null`.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&Value) -> Result<T, Refusal>,
    ) -> Checked<Option<T>> {
        let Some(value) = self.present(name) else { return Checked(Some(None)) };
        match parse(value) {
            Ok(value) => Checked(Some(Some(value))),
            Err(Refusal(detail)) => {
                self.refuse(name, detail);
                Checked(None)
            }
        }
    }

    /// A list of values that must be there.
    pub fn each<T>(
        &mut self,
        name: &'static str,
        count: RangeInclusive<usize>,
        parse: impl Fn(&Value) -> Result<T, Refusal>,
    ) -> Checked<Vec<T>> {
        let list = self.optional_each(name, count, parse);
        self.there(name, list)
    }

    /// A list of values that may be absent or `null`.
    pub fn optional_each<T>(
        &mut self,
        name: &'static str,
        count: RangeInclusive<usize>,
        parse: impl Fn(&Value) -> Result<T, Refusal>,
    ) -> Checked<Option<Vec<T>>> {
        self.list(name, count, |fields, value, pointer| match parse(value) {
            Ok(value) => Checked(Some(value)),
            Err(Refusal(detail)) => {
                fields.offends(pointer, detail);
                Checked(None)
            }
        })
    }

    /// A list of objects that must be there.
    pub fn objects<C: Together>(
        &mut self,
        name: &'static str,
        count: RangeInclusive<usize>,
        read: impl Fn(&mut Fields<'a>) -> C,
    ) -> Checked<Vec<C::Values>> {
        let list = self.optional_objects(name, count, read);
        self.there(name, list)
    }

    /// A list of objects that may be absent or `null`.
    pub fn optional_objects<C: Together>(
        &mut self,
        name: &'static str,
        count: RangeInclusive<usize>,
        read: impl Fn(&mut Fields<'a>) -> C,
    ) -> Checked<Option<Vec<C::Values>>> {
        self.list(name, count, |fields, value, pointer| fields.nested(value, pointer, &read))
    }

    /// An object that may be absent or `null`.
    pub fn object<C: Together>(
        &mut self,
        name: &'static str,
        read: impl Fn(&mut Fields<'a>) -> C,
    ) -> Checked<Option<C::Values>> {
        let Some(value) = self.present(name) else { return Checked(Some(None)) };
        let pointer = self.pointer(name);
        self.nested(value, pointer, &read).map(Some)
    }

    /// All the values, if nothing offends; else [`Kind::InvalidContent`] with everything that does.
    pub fn finish<C: Together>(self, fields: C) -> Result<C::Values, Problem> {
        if !self.errors.is_empty() {
            return Err(Problem::invalid(self.errors));
        }
        fields.together().0.ok_or_else(|| Kind::InvalidContent.into())
    }

    fn there<T>(&mut self, name: &'static str, value: Checked<Option<T>>) -> Checked<T> {
        match value.0 {
            Some(Some(value)) => Checked(Some(value)),
            Some(None) => {
                // What is no object has been complained of already.
                if self.object.is_some() {
                    self.refuse(name, "is required");
                }
                Checked(None)
            }
            None => Checked(None),
        }
    }

    fn nested<C: Together>(
        &mut self,
        value: &'a Value,
        pointer: String,
        read: &impl Fn(&mut Fields<'a>) -> C,
    ) -> Checked<C::Values> {
        let mut inner = Fields::at(value, pointer, Scope::Body);
        let values = read(&mut inner).together();
        let right = inner.errors.is_empty();
        self.errors.extend(inner.errors.into_iter().take(MOST.saturating_sub(self.errors.len())));
        if right { values } else { Checked(None) }
    }

    fn list<T>(
        &mut self,
        name: &'static str,
        count: RangeInclusive<usize>,
        mut read: impl FnMut(&mut Self, &'a Value, String) -> Checked<T>,
    ) -> Checked<Option<Vec<T>>> {
        let Some(value) = self.present(name) else { return Checked(Some(None)) };
        let Some(items) = value.as_array().filter(|items| count.contains(&items.len())) else {
            self.refuse(name, format!("must be a list of {} to {} items", count.start(), count.end()));
            return Checked(None);
        };
        let mut pointer = self.pointer(name);
        let stem = pointer.len();
        let mut all = Some(Vec::with_capacity(items.len()));
        for (index, item) in items.iter().enumerate() {
            pointer.truncate(stem);
            // Writing to a string cannot fail.
            let _ = write!(pointer, "/{index}");
            match (read(self, item, pointer.clone()).0, &mut all) {
                (Some(value), Some(all)) => all.push(value),
                _ => all = None,
            }
        }
        Checked(all.map(Some))
    }
}

/// Several checked fields that are right together or not at all: a [`Checked`], or a tuple of up to sixteen.
pub trait Together {
    /// The plain values.
    type Values;

    /// The values, if all were right.
    fn together(self) -> Checked<Self::Values>;
}

impl<T> Together for Checked<T> {
    type Values = T;

    fn together(self) -> Self {
        self
    }
}

macro_rules! together {
    ($($t:ident),+) => {
        impl<$($t),+> Together for ($(Checked<$t>,)+) {
            type Values = ($($t,)+);

            #[allow(non_snake_case, reason = "the names of the types serve as those of the values")]
            fn together(self) -> Checked<Self::Values> {
                let ($($t,)+) = self;
                match ($($t.0,)+) {
                    ($(Some($t),)+) => Checked(Some(($($t,)+))),
                    _ => Checked(None),
                }
            }
        }
    };
}

together!(A);
together!(A, B);
together!(A, B, C);
together!(A, B, C, D);
together!(A, B, C, D, E);
together!(A, B, C, D, E, F);
together!(A, B, C, D, E, F, G);
together!(A, B, C, D, E, F, G, H);
together!(A, B, C, D, E, F, G, H, I);
together!(A, B, C, D, E, F, G, H, I, J);
together!(A, B, C, D, E, F, G, H, I, J, K);
together!(A, B, C, D, E, F, G, H, I, J, K, L);
together!(A, B, C, D, E, F, G, H, I, J, K, L, M);
together!(A, B, C, D, E, F, G, H, I, J, K, L, M, N);
together!(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O);
together!(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P);

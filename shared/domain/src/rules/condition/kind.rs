//! What facts there are, and what they can be. `docs/rules.md` lists them for people, and a test compares the two.

use crate::Priority;

/// What a fact, or a part of a condition, can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// A number with a point.
    Float,
    /// How urgent, as a number to be compared with `STANDARD` … `IMMINENT`.
    Urgency,
    /// Any text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Something with parts, such as `request`.
    Record,
    /// One phrase of `phrases`, with the parts of [`PHRASE`].
    Phrase,
    /// A list of texts.
    Texts,
    /// A list of phrases.
    Phrases,
    /// A list of whatever a condition makes.
    List,
    /// `null`.
    Null,
    /// Not known.
    Any,
}

impl Kind {
    /// As a message calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Int | Self::Float => "a number",
            Self::Urgency => "a priority",
            Self::Text | Self::Word(_) => "a text",
            Self::Record => "a group of facts",
            Self::Phrase => "a phrase",
            Self::Texts | Self::Phrases | Self::List => "a list",
            Self::Null => "null",
            Self::Any => "something",
        }
    }

    pub(super) const fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Float | Self::Urgency | Self::Any)
    }

    pub(super) const fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Word(_) | Self::Any)
    }

    /// What the elements of a list are; `None` if it is no list.
    pub(super) const fn element(self) -> Option<Self> {
        match self {
            Self::Texts => Some(Self::Text),
            Self::Phrases => Some(Self::Phrase),
            Self::List | Self::Any => Some(Self::Any),
            _ => None,
        }
    }
}

/// Something that a condition may ask about.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    /// Its name, with a dot for a part of something.
    pub name: &'static str,
    /// What it can be.
    pub kind: Kind,
    /// Whether it may be `null`.
    pub absent: bool,
}

const fn always(name: &'static str, kind: Kind) -> Fact {
    Fact { name, kind, absent: false }
}

const fn perhaps(name: &'static str, kind: Kind) -> Fact {
    Fact { name, kind, absent: true }
}

const AGES: &[&str] = &["under_18", "18_25", "over_25"];
const CHANNELS: &[&str] = &["web"];
const LEVELS: &[&str] = &["none", "low", "moderate", "high"];
const SIDES: &[&str] = &["member", "volunteer"];

/// The categories of phrases (DESIGN section 8).
pub const CATEGORIES: &[&str] = &["imminent", "plan", "means", "self_harm", "abuse", "medical", "third_party"];

/// Every fact.
pub const FACTS: &[Fact] = &[
    always("request", Kind::Record),
    always("request.line", Kind::Text),
    always("request.language", Kind::Text),
    perhaps("request.country", Kind::Text),
    perhaps("request.age_band", Kind::Word(AGES)),
    always("request.topics", Kind::Texts),
    always("request.channel", Kind::Word(CHANNELS)),
    always("request.priority", Kind::Urgency),
    always("request.waited_s", Kind::Int),
    always("request.times_returned", Kind::Int),
    always("request.declined", Kind::Int),
    always("priority", Kind::Urgency),
    always("phrases", Kind::Phrases),
    perhaps("screening", Kind::Record),
    perhaps("screening.q1", Kind::Bool),
    perhaps("screening.q2", Kind::Bool),
    perhaps("screening.q3", Kind::Bool),
    perhaps("screening.q4", Kind::Bool),
    perhaps("screening.q5", Kind::Bool),
    perhaps("screening.q6", Kind::Bool),
    perhaps("screening.q6_recent", Kind::Bool),
    perhaps("screening.intent_now", Kind::Bool),
    perhaps("screening.level", Kind::Word(LEVELS)),
    perhaps("pool", Kind::Record),
    perhaps("pool.on_duty", Kind::Int),
    perhaps("pool.ready", Kind::Int),
    perhaps("pool.waiting", Kind::Int),
    perhaps("silent", Kind::Record),
    perhaps("silent.side", Kind::Word(SIDES)),
    perhaps("silent.seconds", Kind::Int),
    always("hour_utc", Kind::Int),
    perhaps("hour_member", Kind::Int),
    always("STANDARD", Kind::Urgency),
    always("ELEVATED", Kind::Urgency),
    always("URGENT", Kind::Urgency),
    always("IMMINENT", Kind::Urgency),
];

/// The parts of a phrase.
pub const PHRASE: &[Fact] =
    &[always("category", Kind::Word(CATEGORIES)), always("phrase", Kind::Text), always("negated", Kind::Bool)];

/// The fact of that name.
pub(super) fn fact(name: &str) -> Option<&'static Fact> {
    FACTS.iter().find(|fact| fact.name == name)
}

/// What `STANDARD` and the others stand for.
pub(super) const fn urgency(priority: Priority) -> i64 {
    priority.index() as i64
}

/// Of `known`, the name that is most likely meant, if one is near.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let slips = |known: &str| strsim::osa_distance(&known.to_lowercase(), &lower);
    let near = |known: &&str| slips(known) <= (name.len() / 3).max(1) || strsim::jaro_winkler(known, name) >= 0.85;
    known.filter(near).min_by_key(|known| slips(known))
}

//! The facts, as CEL sees them. Nothing is made before a condition asks for it, and lists are made once for all conditions
//! that are worked out on the same sheet.

use std::sync::{Arc, LazyLock, OnceLock};

use cel::common::traits::Indexer;
use cel::common::types::{CelBool, CelInt, CelList, CelNull, CelString, MAP_TYPE, Type};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use cel::{Context, Env, ExecutionError};
use chrono_tz::Tz;

use super::kind::urgency;
use crate::Priority;
use crate::request::{AgeBand, Phase};
use crate::rules::{Facts, Side, Spotted};
use crate::schedule::wall;
use crate::screening::Level;

/// What conditions may call: `size`, `contains` and the like.
static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

static NULL: CelNull = CelNull;
static TRUE: LazyLock<CelBool> = LazyLock::new(|| true.into());
static FALSE: LazyLock<CelBool> = LazyLock::new(|| false.into());

/// Facts that conditions are worked out on.
#[derive(Debug)]
pub struct Sheet<'a> {
    facts: &'a Facts<'a>,
    topics: OnceLock<CelList<'a>>,
    phrases: OnceLock<CelList<'a>>,
}

impl<'a> Sheet<'a> {
    /// A sheet of these.
    pub fn of(facts: &'a Facts<'a>) -> Self {
        Self { facts, topics: OnceLock::new(), phrases: OnceLock::new() }
    }

    pub(super) fn context(&self) -> Context<'_, '_> {
        let mut context = Context::with_env(ENVIRONMENT.clone());
        context.set_variable_resolver(self);
        context
    }

    /// Whether a phrase of one of these categories was found.
    pub(super) fn has_phrase_of(&self, categories: &[String]) -> bool {
        self.facts.phrases.iter().any(|phrase| categories.contains(&phrase.category))
    }

    fn topics(&self) -> &CelList<'a> {
        self.topics.get_or_init(|| {
            let topics = self.facts.request.topics.iter();
            let topics = topics.map(|topic| Box::new(CelString::from(topic.as_str())) as Box<dyn Val + 'a>);
            topics.collect::<Vec<_>>().into()
        })
    }

    fn phrases(&self) -> &CelList<'a> {
        self.phrases.get_or_init(|| {
            let phrases = self.facts.phrases.iter().map(|phrase| Box::new(Phrase(phrase)) as Box<dyn Val + 'a>);
            phrases.collect::<Vec<_>>().into()
        })
    }

    fn request(&self, part: &str) -> Option<CowVal<'_, '_>> {
        let request = self.facts.request;
        Some(match part {
            "line" => text(&request.line),
            "language" => text(request.language.as_str()),
            "country" => or_null(request.country.as_deref(), text),
            "age_band" => or_null(request.age_band.and_then(age), text),
            "topics" => CowVal::Borrowed(self.topics()),
            "channel" => text("web"),
            "priority" => int(urgency(request.priority)),
            "waited_s" => int(match request.phase {
                Phase::Waiting { since } => (self.facts.now - since).num_seconds().max(0),
                Phase::Active { .. } | Phase::Closed { .. } => 0,
            }),
            "times_returned" => int(i64::from(request.times_returned)),
            "declined" => int(request.asked.values().filter(|asked| asked.declined_at.is_some()).count() as i64),
            _ => return None,
        })
    }

    fn screening(&self, part: &str) -> Option<CowVal<'_, '_>> {
        let Some((said, level)) = self.facts.screening else { return Some(CowVal::Borrowed(&NULL)) };
        Some(boolean(match part {
            "q1" => said.q1,
            "q2" => said.q2,
            "q3" => said.q3,
            "q4" => said.q4,
            "q5" => said.q5,
            "q6" => said.q6,
            "q6_recent" => said.q6_recent,
            "intent_now" => said.intent_now,
            "level" => {
                return Some(text(match level {
                    Level::None => "none",
                    Level::Low => "low",
                    Level::Moderate => "moderate",
                    Level::High => "high",
                }));
            }
            _ => return None,
        }))
    }

    fn pool(&self, part: &str) -> Option<CowVal<'_, '_>> {
        let pool = self.facts.pool;
        let number = match part {
            "on_duty" => pool.on_duty,
            "ready" => pool.ready,
            "waiting" => pool.waiting,
            _ => return None,
        };
        Some(or_null(number, |number| int(i64::from(number))))
    }

    fn silent(&self, part: &str) -> Option<CowVal<'_, '_>> {
        let Some(silence) = self.facts.silent else { return Some(CowVal::Borrowed(&NULL)) };
        Some(match (part, silence.side) {
            ("side", Side::Member) => text("member"),
            ("side", Side::Volunteer) => text("volunteer"),
            ("seconds", _) => int(i64::try_from(silence.seconds).unwrap_or(i64::MAX)),
            _ => return None,
        })
    }
}

impl VariableResolver for Sheet<'_> {
    /// A fact by its full name. The part of something that is absent is absent too.
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        let facts = self.facts;
        if let Some((record, part)) = name.split_once('.') {
            return match record {
                "request" => self.request(part),
                "screening" => self.screening(part),
                "pool" => self.pool(part),
                "silent" => self.silent(part),
                _ => None,
            };
        }
        let pool = facts.pool;
        Some(match name {
            "priority" => int(urgency(facts.request.priority)),
            "phrases" => CowVal::Borrowed(self.phrases()),
            "hour_utc" => int(i64::from(wall::hour(facts.now, Tz::UTC))),
            "hour_member" => or_null(facts.request.time_zone, |zone| int(i64::from(wall::hour(facts.now, zone)))),
            "STANDARD" => int(urgency(Priority::Standard)),
            "ELEVATED" => int(urgency(Priority::Elevated)),
            "URGENT" => int(urgency(Priority::Urgent)),
            "IMMINENT" => int(urgency(Priority::Imminent)),
            "request" => CowVal::owned(Present),
            "screening" => present(facts.screening.is_some()),
            "pool" => present(pool.on_duty.or(pool.ready).or(pool.waiting).is_some()),
            "silent" => present(facts.silent.is_some()),
            _ => return None,
        })
    }
}

fn text<'b>(text: &'b str) -> CowVal<'b, 'b> {
    CowVal::owned(CelString::from(text))
}

fn int<'b>(number: i64) -> CowVal<'b, 'b> {
    CowVal::owned(CelInt::from(number))
}

fn boolean<'b>(value: bool) -> CowVal<'b, 'b> {
    CowVal::Borrowed(if value { &*TRUE } else { &*FALSE })
}

fn or_null<'b, T>(value: Option<T>, read: impl FnOnce(T) -> CowVal<'b, 'b>) -> CowVal<'b, 'b> {
    value.map_or(CowVal::Borrowed(&NULL), read)
}

fn present<'b>(there: bool) -> CowVal<'b, 'b> {
    if there { CowVal::owned(Present) } else { CowVal::Borrowed(&NULL) }
}

fn age(band: AgeBand) -> Option<&'static str> {
    AgeBand::NAMES.iter().find(|(_, known)| *known == band).map(|(name, _)| *name)
}

/// Something with parts that is there: all that can be asked of it itself is that it is not `null`.
#[derive(Debug)]
struct Present;

impl Val for Present {
    fn get_type(&self) -> &Type {
        &MAP_TYPE
    }

    fn cel_type() -> &'static Type {
        &MAP_TYPE
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(Self)
    }
}

/// One phrase that was found.
#[derive(Debug)]
struct Phrase<'a>(&'a Spotted);

impl<'a> Phrase<'a> {
    fn part<'v>(&self, part: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        'a: 'v,
    {
        let spotted = self.0;
        match part.downcast_ref::<CelString<'_>>().map(CelString::inner) {
            Some("category") => Ok(Box::new(CelString::from(spotted.category.as_str()))),
            Some("phrase") => Ok(Box::new(CelString::from(spotted.phrase.as_str()))),
            Some("negated") => Ok(Box::new(CelBool::from(spotted.negated))),
            _ => Err(ExecutionError::no_such_key("a phrase has a category, a phrase and negated")),
        }
    }
}

impl Val for Phrase<'_> {
    fn get_type(&self) -> &Type {
        &MAP_TYPE
    }

    fn cel_type() -> &'static Type {
        &MAP_TYPE
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn into_indexer<'v>(self: Box<Self>) -> Option<Box<dyn Indexer + 'v>>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(Self(self.0))
    }
}

impl Indexer for Phrase<'_> {
    fn get<'b, 'v>(&'b self, part: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.part(part).map(CowVal::Owned)
    }

    fn steal<'v>(self: Box<Self>, part: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.part(part)
    }
}

//! The facts that a file gives, as conditions know them.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use serde::Deserialize;
use uuid::Uuid;
use wideawake_domain::request::{AgeBand, Asked, Opened, Phase, SupportRequest};
use wideawake_domain::rules::{CATEGORIES, PoolFacts, Side, Silence, Spotted, Trigger};
use wideawake_domain::screening::Screening;
use wideawake_domain::settings::{Settings, Skill};
use wideawake_domain::{Language, Pool, Priority, RequestId, StaffId};
use wideawake_runtime::clock;

/// More declines than this nobody needs to try a rule.
const MOST_DECLINED: u32 = 1_000;

/// What a file gives.
pub(super) struct Given {
    /// Only the rules on this; `None`: all.
    pub(super) on: Option<Trigger>,
    /// Something that the member writes.
    pub(super) message: Option<String>,
    pub(super) request: SupportRequest,
    pub(super) phrases: Vec<Spotted>,
    pub(super) screening: Option<Screening>,
    pub(super) pool: PoolFacts,
    pub(super) silent: Option<Silence>,
    pub(super) now: DateTime<Utc>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    on: Option<String>,
    message: Option<String>,
    #[serde(default)]
    request: Request,
    priority: Option<Priority>,
    #[serde(default)]
    phrases: Vec<Phrase>,
    screening: Option<Answers>,
    pool: Option<PoolFile>,
    silent: Option<SilentFile>,
    hour_utc: Option<u32>,
    hour_member: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Request {
    line: Option<String>,
    language: Option<Language>,
    country: Option<String>,
    age_band: Option<AgeBand>,
    topics: Vec<Skill>,
    channel: Option<String>,
    priority: Option<Priority>,
    waited_s: u32,
    times_returned: u32,
    declined: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrase {
    category: String,
    #[serde(default)]
    phrase: String,
    #[serde(default)]
    negated: bool,
}

/// The level follows from the answers, and need not be given.
#[derive(Deserialize)]
struct Answers {
    #[serde(flatten)]
    screening: Screening,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PoolFile {
    on_duty: Option<u32>,
    ready: Option<u32>,
    waiting: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SilentFile {
    side: SideFile,
    seconds: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SideFile {
    Member,
    Volunteer,
}

impl Given {
    /// Reads a file, or says what is wrong with it.
    pub(super) fn parse(text: &str, settings: &Settings) -> Result<Self, String> {
        let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let on = file.on.as_deref().map(trigger).transpose()?;
        let now = at(file.hour_utc)?;
        let zone = file.hour_member.map(|hour| zone(now, hour)).transpose()?;
        let request = request(file.request, file.priority, zone, now, settings)?;
        let phrases = file.phrases.into_iter().map(phrase).collect::<Result<_, String>>()?;
        let pool = file.pool.map(|pool| PoolFacts { on_duty: pool.on_duty, ready: pool.ready, waiting: pool.waiting });
        let silent = file.silent.map(|silent| {
            let side = match silent.side {
                SideFile::Member => Side::Member,
                SideFile::Volunteer => Side::Volunteer,
            };
            Silence { side, seconds: silent.seconds }
        });
        Ok(Self {
            on,
            message: file.message,
            request,
            phrases,
            screening: file.screening.map(|answers| answers.screening),
            pool: pool.unwrap_or_default(),
            silent,
            now,
        })
    }
}

fn trigger(name: &str) -> Result<Trigger, String> {
    let found = Trigger::NAMES.iter().find(|(known, _)| *known == name).map(|(_, trigger)| *trigger);
    let all = || Trigger::NAMES.map(|(name, _)| name).join(", ");
    found.ok_or_else(|| format!("`on` is {name:?}; write one of {}, or leave it out for all", all()))
}

fn phrase(phrase: Phrase) -> Result<Spotted, String> {
    let Phrase { category, phrase, negated } = phrase;
    if CATEGORIES.contains(&category.as_str()) {
        return Ok(Spotted { category, phrase, negated });
    }
    Err(format!("a phrase has the category {category:?}; write one of {}", CATEGORIES.join(", ")))
}

/// Today at that hour, or now.
fn at(hour: Option<u32>) -> Result<DateTime<Utc>, String> {
    let now = clock::now();
    let Some(hour) = hour else { return Ok(now) };
    let at = now.date_naive().and_hms_opt(hour, 30, 0).map(|at| at.and_utc());
    at.ok_or_else(|| format!("`hour_utc` is {hour}; write 0 to 23"))
}

/// A zone in which it is that hour.
fn zone(now: DateTime<Utc>, hour: u32) -> Result<Tz, String> {
    let wrong = || format!("`hour_member` is {hour}; write 0 to 23");
    if hour > 23 {
        return Err(wrong());
    }
    // From twelve hours behind to eleven ahead; the names of these zones count the other way.
    let ahead = (i64::from(hour) - i64::from(now.hour()) + 36) % 24 - 12;
    let name = if ahead == 0 { "Etc/GMT".to_owned() } else { format!("Etc/GMT{:+}", -ahead) };
    name.parse().map_err(|_| wrong())
}

fn request(
    given: Request,
    priority: Option<Priority>,
    time_zone: Option<Tz>,
    now: DateTime<Utc>,
    settings: &Settings,
) -> Result<SupportRequest, String> {
    if let Some(channel) = given.channel.filter(|channel| channel != "web") {
        return Err(format!("`request.channel` is {channel:?}; write \"web\""));
    }
    if given.declined > MOST_DECLINED {
        return Err(format!("`request.declined` is {}; write at most {MOST_DECLINED}", given.declined));
    }
    let names = || settings.lines.iter().map(|line| line.name.as_str()).collect::<Vec<_>>().join(", ");
    let line = match &given.line {
        Some(name) => {
            settings.line(Some(name)).ok_or_else(|| format!("there is no line {name:?}; there are {}", names()))
        }
        None => settings.line(None).ok_or_else(|| format!("`request.line` is missing; there are {}", names())),
    }?;
    let language = match given.language {
        Some(language) => language,
        None => line.languages.first().cloned().ok_or("`request.language` is missing")?,
    };
    let opened = Opened {
        line: line.name.clone(),
        language,
        time_zone,
        country: given.country,
        alias: None,
        age_band: given.age_band,
        topics: given.topics,
        screening: None,
        token: String::new(),
        fingerprint: None,
        again: None,
    };
    let since = now - TimeDelta::seconds(i64::from(given.waited_s));
    let declined = |n| {
        let asked = Asked { declined_at: Some(now), ..Asked::default() };
        (StaffId(Uuid::from_u128(u128::from(n))), asked)
    };
    let request = SupportRequest::opened(RequestId(Uuid::nil()), Pool::clone(&line.pool), opened, since);
    Ok(SupportRequest {
        priority: priority.or(given.priority).unwrap_or_default(),
        times_returned: given.times_returned,
        asked: (0..given.declined).map(declined).collect::<BTreeMap<_, _>>(),
        phase: Phase::Waiting { since },
        ..request
    })
}

//! What a member says when asking for support, read field by field.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::request::{Again, AgeBand, Findings, Open};
use wideawake_domain::screening::Screening;
use wideawake_domain::settings::{Line, Settings, Skill};
use wideawake_domain::{Pool, RequestId, Text};
use wideawake_runtime::http::{Checked, Fields, JsonBody, Problem, parse};
use wideawake_runtime::tokens::hash_token;

use crate::member::fits;
use crate::once;
use crate::state::Door;

/// More topics than this nobody can mean.
const MOST_TOPICS: usize = 50;

/// The questions of the screening, in the order of [`Screening`].
const QUESTIONS: [&str; 8] = ["q1", "q2", "q3", "q4", "q5", "q6", "q6_recent", "intent_now"];

/// What a member says when asking for support. Only the language must be there.
#[derive(ToSchema)]
#[schema(as = OpenRequest)]
#[allow(dead_code, reason = "it describes what is read field by field")]
pub(crate) struct Body {
    /// The name of a line; without it, the default line.
    line: Option<String>,
    /// The language to talk in, as a BCP 47 tag. One that nobody serves is taken as well.
    #[schema(max_length = 35, example = "pt-BR")]
    language: String,
    /// An IANA time zone.
    #[schema(example = "Europe/Madrid")]
    time_zone: Option<String>,
    /// The two letters of a country (ISO 3166-1).
    #[schema(pattern = "^[A-Za-z]{2}$", example = "ES")]
    country: Option<String>,
    /// The name to go by.
    #[schema(min_length = 1, max_length = 40)]
    alias: Option<String>,
    /// How old they are.
    #[schema(value_type = Option<Age>)]
    age_band: Option<Age>,
    /// From the list of the line.
    #[schema(max_items = 50)]
    topics: Option<Vec<String>>,
    /// The first message.
    #[schema(min_length = 1, max_length = 4000)]
    message: Option<String>,
    /// The answers to the screening; what is left out counts as no.
    screening: Option<Answers>,
    /// An earlier request to go on from: who held it then is asked first.
    again: Option<Earlier>,
}

/// How old a member is.
#[derive(ToSchema)]
#[schema(as = AgeBand)]
#[allow(dead_code, reason = "it describes how `AgeBand` is written")]
pub(crate) enum Age {
    #[schema(rename = "under_18")]
    Under18,
    #[schema(rename = "18_25")]
    From18To25,
    #[schema(rename = "over_25")]
    Over25,
}

/// The six questions of the C-SSRS screener.
#[derive(ToSchema)]
#[schema(as = ScreeningAnswers)]
#[allow(dead_code, reason = "it describes what is read field by field")]
pub(crate) struct Answers {
    q1: Option<bool>,
    q2: Option<bool>,
    q3: Option<bool>,
    q4: Option<bool>,
    q5: Option<bool>,
    q6: Option<bool>,
    /// Whether what question 6 asks for was in the past three months.
    q6_recent: Option<bool>,
    /// Whether they intend to act now.
    intent_now: Option<bool>,
}

/// An earlier request, with its token.
#[derive(ToSchema)]
#[schema(as = EarlierRequest)]
#[allow(dead_code, reason = "it describes what is read field by field")]
pub(crate) struct Earlier {
    id: Uuid,
    token: String,
}

/// What the body asks for, or everything that is wrong with it.
///
/// The last is until when whoever goes on from an earlier request is barred, if they are.
pub(crate) async fn read(
    door: &Door,
    body: &JsonBody,
    opening: &once::Opening,
) -> Result<(Pool, Open, Option<DateTime<Utc>>), Problem> {
    let settings = door.record.settings();
    let mut f = body.fields();
    let line = line(&mut f, settings);
    let language = f.required("language", parse::language);
    let time_zone = f.optional("time_zone", parse::zone);
    let country = f.optional("country", parse::country);
    let alias = f.optional("alias", parse::line(1..=40));
    let age_band = f.optional("age_band", parse::one_of(&AgeBand::NAMES, |(name, _)| name));
    let topics = topics(&mut f, line.value().copied().flatten());
    let message = f.optional("message", parse::text(1..=4_000));
    let screening = screening(&mut f);
    let again =
        f.object("again", |f| (f.required("id", parse::id::<RequestId>), f.required("token", parse::line(1..=512))));
    let (mut goes_on, mut barred) = (None, None);
    if let Some(Some((id, token))) = again.value() {
        let earlier = door.record.request(*id).await;
        let earlier = earlier.map_err(|error| door.trouble(error, country.value().and_then(|c| c.as_deref())))?;
        match earlier.filter(|request| fits(request, &hash_token(token))) {
            // Whoever held a conversation that was ended for cause is not asked first.
            Some(request) if request.barred_until.is_some() => barred = request.barred_until,
            Some(request) => {
                goes_on = request.last_holder().map(|volunteer| Again { request: request.id, volunteer });
            }
            None => f.refuse("again", "must be the id and the token of an earlier request"),
        }
    }
    let fields = (line, language, time_zone, country, alias, age_band, topics, message, screening);
    let (line, language, time_zone, country, alias, age_band, topics, message, screening) = f.finish(fields)?;
    let line = line.ok_or_else(|| Problem::field("/line", "is required, since no line is the default"))?;
    let (screening, answers) = screening.unzip();
    let open = Open {
        line: line.name.clone(),
        language,
        time_zone,
        country,
        alias: alias.map(Text::Open),
        age_band: age_band.map(|(_, band)| band),
        topics,
        message: message.map(Text::Open),
        screening,
        answers: answers.map(Text::Open),
        token: hash_token(&opening.token),
        fingerprint: opening.fingerprint.clone(),
        again: goes_on,
        findings: Findings::default(),
    };
    Ok((line.pool.clone(), open, barred))
}

/// The line that is meant; `None` only if there is no default line.
fn line<'a>(f: &mut Fields<'_>, settings: &'a Settings) -> Checked<Option<&'a Line>> {
    let unknown = "must be the name of a line; GET /v1/lines lists them";
    let named = |value: &Value| value.as_str().and_then(|name| settings.line(Some(name))).ok_or(unknown.into());
    f.optional("line", named).map(|line| line.or_else(|| settings.line(None)))
}

/// What the member chose, each once. Where the line is not known, any name will do: the line is complained of.
fn topics(f: &mut Fields<'_>, line: Option<&Line>) -> Checked<Vec<Skill>> {
    let chosen = f.optional_each("topics", 0..=MOST_TOPICS, |value| {
        let topic: Option<Skill> = value.as_str().and_then(|name| name.parse().ok());
        let listed = |topic: &Skill| line.is_none_or(|line| line.topics.contains(topic));
        topic.filter(listed).ok_or("must be a topic of the line; GET /v1/lines lists them".into())
    });
    chosen.map(|topics| {
        let mut once = Vec::new();
        for topic in topics.unwrap_or_default() {
            if !once.contains(&topic) {
                once.push(topic);
            }
        }
        once
    })
}

/// The answers as they are weighed, and as they are recorded: only what was answered.
fn screening(f: &mut Fields<'_>) -> Checked<Option<(Screening, String)>> {
    let answers = f.object("screening", |f| {
        let [q1, q2, q3, q4, q5, q6, recent, now] = QUESTIONS.map(|question| f.optional(question, parse::boolean));
        (q1, q2, q3, q4, q5, q6, recent, now)
    });
    answers.map(|answers| {
        answers.map(|(q1, q2, q3, q4, q5, q6, q6_recent, intent_now)| {
            let given = [q1, q2, q3, q4, q5, q6, q6_recent, intent_now];
            let said: BTreeMap<_, _> = QUESTIONS.iter().zip(given).filter_map(|(q, a)| Some((*q, a?))).collect();
            let yes = |answer: Option<bool>| answer.unwrap_or(false);
            let screening = Screening {
                q1: yes(q1),
                q2: yes(q2),
                q3: yes(q3),
                q4: yes(q4),
                q5: yes(q5),
                q6: yes(q6),
                q6_recent: yes(q6_recent),
                intent_now: yes(intent_now),
            };
            (screening, serde_json::to_string(&said).unwrap_or_default())
        })
    })
}

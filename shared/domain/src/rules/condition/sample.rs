//! Requests to try a condition on when it is read: whether it can be worked out at all, and what it cannot do without.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::{BadCondition, Condition};
use crate::request::{AgeBand, Opened, SupportRequest};
use crate::rules::{Facts, PoolFacts, Side, Silence, Spotted};
use crate::screening::{Level, Screening};
use crate::settings::Skill;
use crate::{Language, Pool, Priority, RequestId};

/// Tries `condition` out. One that cannot be worked out on any request is refused; otherwise gives the facts it cannot do
/// without.
pub(super) fn try_out(condition: &Condition) -> Result<Vec<&'static str>, BadCondition> {
    let Some(full) = request() else { return Ok(Vec::new()) };
    let urgent = SupportRequest { priority: Priority::Imminent, ..full.clone() };
    let phrases = super::CATEGORIES.iter().flat_map(|category| {
        [false, true].map(|negated| Spotted {
            category: (*category).to_owned(),
            phrase: "a phrase".to_owned(),
            negated,
        })
    });
    let phrases: Vec<_> = phrases.collect();
    let facts = |request, phrases| Facts {
        request,
        phrases,
        screening: Some((Screening::default(), Level::High)),
        pool: PoolFacts { on_duty: Some(3), ready: Some(2), waiting: Some(5) },
        silent: Some(Silence { side: Side::Member, seconds: 90 }),
        now: full.opened_at + TimeDelta::minutes(3),
    };
    let whole = [condition.holds(&facts(&full, &[])), condition.holds(&facts(&urgent, &phrases))];
    if let [Err(why), Err(_)] = &whole {
        return Err(BadCondition(format!("can never be worked out: {why}")));
    }
    if let [Err(why), _] | [_, Err(why)] = &whole {
        return Err(BadCondition(format!(
            "cannot be worked out on every request, although every fact is known: {why}"
        )));
    }
    let without: [(&'static str, SupportRequest, Facts<'_>); 7] = [
        ("hour_member", SupportRequest { time_zone: None, ..full.clone() }, facts(&full, &phrases)),
        ("request.country", SupportRequest { country: None, ..full.clone() }, facts(&full, &phrases)),
        ("request.age_band", SupportRequest { age_band: None, ..full.clone() }, facts(&full, &phrases)),
        ("screening", full.clone(), Facts { screening: None, ..facts(&full, &phrases) }),
        ("pool", full.clone(), Facts { pool: PoolFacts::default(), ..facts(&full, &phrases) }),
        ("silent", full.clone(), Facts { silent: None, ..facts(&full, &phrases) }),
        ("request.topics", SupportRequest { topics: Vec::new(), ..full.clone() }, facts(&full, &phrases)),
    ];
    let mut unclear = Vec::new();
    for (fact, request, facts) in &without {
        let at = |priority| {
            let request = SupportRequest { priority, ..request.clone() };
            condition.holds(&Facts { request: &request, ..facts.clone() }).is_err()
        };
        if at(Priority::Standard) || at(Priority::Imminent) {
            unclear.push(*fact);
        }
    }
    Ok(unclear)
}

fn request() -> Option<SupportRequest> {
    let opened = Opened {
        line: "night".to_owned(),
        language: "en".parse::<Language>().ok()?,
        time_zone: Some(Tz::Europe__Madrid),
        country: Some("ES".to_owned()),
        alias: None,
        age_band: Some(AgeBand::Under18),
        topics: vec!["grief".parse::<Skill>().ok()?],
        screening: None,
        token: String::new(),
        fingerprint: None,
        again: None,
    };
    let pool = Pool::named("main");
    Some(SupportRequest::opened(RequestId(Uuid::nil()), pool, opened, DateTime::<Utc>::UNIX_EPOCH))
}

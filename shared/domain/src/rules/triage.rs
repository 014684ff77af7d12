//! What the rules make of a request at the door, before anything of it is written.

use chrono::{DateTime, Utc};

use super::{Facts, PoolFacts, RuleSet, Spotted, Trigger};
use crate::request::{Findings, Open, Opened, SupportRequest};
use crate::{Pool, RequestId};

use super::condition::Unclear;
use super::rule::Rule;

/// What the rules make of an opening: those on `opened` and, when something was said with it, those on `message`. They see
/// the request as it will be, with what the screening makes of it; `phrases` are those of what was said. `unclear` is told of
/// the rules that could not be worked out.
pub fn opening(
    rules: &RuleSet,
    (id, pool): (RequestId, Pool),
    open: &Open,
    phrases: &[Spotted],
    now: DateTime<Utc>,
    mut unclear: impl FnMut(&Rule, &Unclear),
) -> Findings {
    let opened = Opened {
        line: open.line.clone(),
        language: open.language.clone(),
        time_zone: open.time_zone,
        country: open.country.clone(),
        alias: None,
        age_band: open.age_band,
        topics: open.topics.clone(),
        screening: None,
        token: String::new(),
        fingerprint: None,
        again: open.again,
    };
    let mut request = SupportRequest::opened(id, pool, opened, now);
    let screening = open.screening.map(|screening| (screening, screening.level()));
    request.priority = open.screening.map(|screening| screening.priority()).unwrap_or_default();
    let mut findings = Findings::default();
    for trigger in [Trigger::Opened, Trigger::Message] {
        if trigger == Trigger::Message && open.message.is_none() {
            break;
        }
        let facts = Facts { request: &request, phrases, screening, pool: PoolFacts::default(), silent: None, now };
        rules.fire_noting(trigger, &facts, &mut findings, &mut unclear);
        request.priority = request.priority.max(findings.priority);
    }
    findings
}

/// What the rules on `message` make of something that the member writes in a request that exists.
pub fn message(
    rules: &RuleSet,
    request: &SupportRequest,
    phrases: &[Spotted],
    now: DateTime<Utc>,
    unclear: impl FnMut(&Rule, &Unclear),
) -> Findings {
    let facts = Facts { request, phrases, screening: None, pool: PoolFacts::default(), silent: None, now };
    let mut findings = Findings::default();
    rules.fire_noting(Trigger::Message, &facts, &mut findings, unclear);
    findings
}

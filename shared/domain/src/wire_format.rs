//! The shapes of events in the record, pinned: what is written today is read for as long as a ledger is kept. A shape
//! may gain optional fields, and nothing else.

#![allow(clippy::unwrap_used)]

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use crate::dispatch::{Criterion, Ineligible, Why};
use crate::escalation::*;
use crate::request::*;
use crate::rotation::{OverrideAdded, OverrideRemoved, RotationEvent, RotationSet};
use crate::screening::Level;
use crate::settings::Skill;
use crate::staff::*;
use crate::{EscalationId, Event, OfferId, PageId, Pool, Priority, RequestId, StaffId, StreamKind, Text, Version};

fn staff(n: u128) -> StaffId {
    StaffId(Uuid::from_u128(n))
}

fn request() -> RequestId {
    RequestId(Uuid::from_u128(0x0198_c0de))
}

fn at() -> DateTime<Utc> {
    "2026-03-02T12:00:00.123456Z".parse().unwrap()
}

fn open() -> Text {
    Text::Open("what somebody typed".to_owned())
}

fn skill(name: &str) -> Skill {
    name.parse().unwrap()
}

fn fired() -> Fired {
    Fired {
        rule: "waited-too-long".to_owned(),
        version: "0123456789abcdef".to_owned(),
        since: Some(at()),
        failed: true,
    }
}

/// One of each kind, with everything in it that there can be.
fn requests() -> Vec<RequestEvent> {
    let (offer, volunteer) = (OfferId::derive(request(), Version(3)), staff(1));
    let once = Once { key: "key".to_owned(), body: "body".to_owned() };
    let why = Why {
        considered: 7,
        out: BTreeMap::from([(Ineligible::Language, 2), (Ineligible::NotReady, 1), (Ineligible::SetAside, 1)]),
        runner_up: Some(staff(2)),
        decided_by: Criterion::Scarcity,
        present_at: Some(at()),
    };
    vec![
        Opened {
            line: "night".to_owned(),
            language: "pt-BR".parse().unwrap(),
            time_zone: Some(chrono_tz::Tz::America__Sao_Paulo),
            country: Some("BR".to_owned()),
            alias: Some(open()),
            age_band: Some(AgeBand::From18To25),
            topics: vec![skill("grief")],
            screening: Some(open()),
            token: "hash".to_owned(),
            fingerprint: Some("body".to_owned()),
            again: Some(Again { request: request(), volunteer }),
        }
        .into(),
        Triaged {
            level: Some(Level::Moderate),
            priority: Priority::Elevated,
            needs: vec![skill("crisis")],
            show: vec!["emergency".to_owned()],
            tags: vec!["self-harm".to_owned()],
            rules: vec![fired()],
        }
        .into(),
        PriorityChanged { from: Priority::Elevated, to: Priority::Imminent, reason: Some(open()) }.into(),
        Offered { offer, volunteer, expires_at: at() + TimeDelta::seconds(30), handover: true, why }.into(),
        OfferDeclined { offer, volunteer, reason: Some(open()) }.into(),
        OfferExpired { offer, volunteer }.into(),
        OfferWithdrawn { offer, volunteer, reason: WithdrawReason::NeedsChanged }.into(),
        Exhausted {}.into(),
        Accepted { offer, volunteer }.into(),
        Assigned { staff: staff(2), from: Some(volunteer) }.into(),
        Message { from: Speaker::Supervisor, staff: Some(staff(3)), aside: true, text: open(), once: Some(once) }
            .into(),
        MemberAway { since: at() }.into(),
        MemberBack {}.into(),
        TransferAsked { to: Some(staff(2)), note: Some(open()) }.into(),
        Transferred { offer, from: volunteer, to: staff(2) }.into(),
        TransferFailed { reason: TransferFailure::Nobody }.into(),
        Joined { staff: staff(3), speaker: Speaker::Professional, holder: true }.into(),
        Released { volunteer, reason: ReleaseReason::GaveBack, note: Some(open()) }.into(),
        EscalationRaised {
            policy: "clinician".to_owned(),
            cause: Cause::BeyondHolder,
            reason: Some(open()),
            rule: Some(fired()),
        }
        .into(),
        Barred { until: at(), reason: open() }.into(),
        Closed {
            ending: Ending::Closed,
            outcome: Some("supported".to_owned()),
            risk_assessed: true,
            note: Some(open()),
            erase_at: Some(at()),
        }
        .into(),
        ErasureAsked { due: at(), reason: Some(ErasureReason::MemberAsked) }.into(),
        Erased { reason: Some(ErasureReason::Required) }.into(),
    ]
}

fn profiles() -> Vec<StaffEvent> {
    let languages = || vec!["pt".parse().unwrap(), "en-GB".parse().unwrap()];
    let qualifications = || vec![Qualification { skill: skill("crisis"), valid_until: Some(at()) }];
    let shift = |value| serde_json::from_value(value).unwrap();
    let span = json!({"zone": "Europe/Lisbon", "start": "2026-03-02T09:00", "end": "2026-03-06T17:00"});
    let entry = || Entry { id: Uuid::from_u128(9), span: serde_json::from_value(span.clone()).unwrap() };
    let pools = || vec![Pool::named("main")];
    vec![
        Added {
            alias: "Ana".to_owned(),
            roles: vec![Role::Volunteer, Role::Supervisor],
            pools: pools(),
            zone: chrono_tz::Tz::Europe__Lisbon,
            languages: languages(),
            capacity: 2,
            qualifications: qualifications(),
            token: "hash".to_owned(),
        }
        .into(),
        Changed {
            alias: Some("Bea".to_owned()),
            roles: Some(vec![Role::Professional, Role::Admin]),
            pools: Some(pools()),
            zone: Some(chrono_tz::Tz::Asia__Kathmandu),
            languages: Some(languages()),
            capacity: Some(3),
        }
        .into(),
        TokenIssued { token: "hash".to_owned() }.into(),
        QualificationsSet { qualifications: qualifications() }.into(),
        ShiftsSet {
            shifts: vec![
                shift(json!({"zone": "Europe/Lisbon", "days": ["mon", "sun"], "start": "22:00", "end": "06:00", "from": "2026-01-01", "until": "2026-12-31"})),
                shift(json!({"zone": "Etc/UTC", "date": "2026-03-02", "start": "09:00", "end": "17:00"})),
            ],
        }
        .into(),
        LeaveAdded { entry: entry() }.into(),
        LeaveRemoved { id: Uuid::from_u128(9) }.into(),
        ExtraAdded { entry: entry() }.into(),
        ExtraRemoved { id: Uuid::from_u128(9) }.into(),
        ContactMethodsSet {
            methods: vec![ContactMethod { kind: ContactKind::Sms, to: "+15550100".to_owned(), after_s: 60 }],
        }
        .into(),
        ConversationRead { request: request(), reason: Some(ReadReason::Support) }.into(),
        Invited { token: "hash".to_owned(), until: at() }.into(),
        SignInSet { name: "ana".parse().unwrap(), secret: Text::Sealed("c2VhbGVk".to_owned()), code: Some(59) }.into(),
        SignedOutEverywhere {}.into(),
        MachineTokenIssued {
            id: Uuid::from_u128(9),
            name: "crm".to_owned(),
            token: "hash".to_owned(),
            scopes: vec!["board:read".to_owned()],
            until: at(),
        }
        .into(),
        MachineTokenRevoked { id: Uuid::from_u128(9) }.into(),
        OrganisationLinked { account: "hash".to_owned() }.into(),
        RecoveryCodesSet { codes: vec!["hash".to_owned(), "another".to_owned()], code: Some(60) }.into(),
        RecoveryCodeUsed { code: "hash".to_owned() }.into(),
        PasskeyAdded {
            id: Uuid::from_u128(9),
            name: "telephone".to_owned(),
            credential: "Y3JlZA".to_owned(),
            key: "a2V5".to_owned(),
            algorithm: -7,
            counter: 1,
        }
        .into(),
        PasskeyUsed { id: Uuid::from_u128(9), counter: 2 }.into(),
        PasskeyRemoved { id: Uuid::from_u128(9) }.into(),
        Removed {}.into(),
    ]
}

fn rotations() -> Vec<RotationEvent> {
    let rotation = json!({"zone": "Europe/Lisbon", "starts": "2026-03-02", "handoff": "09:00", "every_days": 7, "members": [staff(1), staff(2)], "overrides": []});
    let stand_in = json!({"with": staff(2), "start": "2026-03-03T09:00", "end": "2026-03-04T09:00"});
    vec![
        RotationSet { name: "clinicians".to_owned(), rotation: serde_json::from_value(rotation).unwrap() }.into(),
        OverrideAdded { id: Uuid::from_u128(9), stand_in: serde_json::from_value(stand_in).unwrap() }.into(),
        OverrideRemoved { id: Uuid::from_u128(9) }.into(),
    ]
}

fn escalations() -> Vec<EscalationEvent> {
    let (request, by, line) = (request(), staff(1), "night".to_owned());
    let (raised, cause, rule, priority) = (Version(3), Cause::Rule, Some(fired()), Priority::Imminent);
    let escalation = EscalationId::derive(request, "clinician", raised);
    let steps = vec![Step { page: vec![Target::SupervisorsOnDuty, Target::Staff(by)], wait: TimeDelta::minutes(1) }];
    let (resolve_within, fallback_every) = (Some(TimeDelta::minutes(30)), TimeDelta::minutes(5));
    let policy = Policy { name: "clinician".to_owned(), steps, repeat: 1, resolve_within, fallback_every };
    let page = PageId::derive(escalation, Version(2), by, 0);
    let (call, kind, until) = (Version(2), ContactKind::Sms, at());
    let failed = PageOutcome::Failed { why: "status_503".to_owned(), again_at: Some(at()) };
    let tried = |outcome| PageAttempted { page, call, staff: by, method: 1, kind, attempt: 2, outcome };
    vec![
        EscalationOpened { request, line, priority, policy, raised, cause, rule: rule.clone() }.into(),
        TriggerAdded { raised, cause, rule, priority }.into(),
        StepReached { round: 1, step: 2, staff: vec![by], until }.into(),
        StepSkipped { round: 1, step: 2, why: Skip::Unreachable }.into(),
        FallbackReached { count: 1, staff: vec![by], until }.into(),
        tried(failed).into(),
        tried(PageOutcome::Delivered).into(),
        Acknowledged { by, via: Via::Link, page: Some(page) }.into(),
        HandOverAsked { by, to: staff(2), note: Some(open()) }.into(),
        Reminded { count: 1, staff: vec![by], until }.into(),
        Resolved { by, outcome: "emergency_services".to_owned(), confirmed_by: Some(open()), note: Some(open()) }
            .into(),
    ]
}

fn duties() -> Vec<DutyEvent> {
    let reason = Some(NOT_RESPONDING.to_owned());
    vec![DutySet { staff: staff(1), duty: Duty::Break, reason }.into()]
}

fn sessions() -> Vec<SessionEvent> {
    let (staff, session, token) = (staff(1), Uuid::from_u128(9), "hash".to_owned());
    let started = SessionStarted {
        staff,
        session,
        token: token.clone(),
        since: Version(3),
        code: Some(59),
        by: Means::Password,
        second_factor: false,
        ends_at: at(),
    };
    let other = SessionStarted { code: None, by: Means::Organisation, second_factor: true, ..started.clone() };
    vec![
        started.into(),
        other.into(),
        SessionRotated { staff, session, token }.into(),
        SessionEnded { staff, session }.into(),
    ]
}

/// One of each, as it stands in the record.
fn everything() -> Vec<(StreamKind, Event)> {
    let sealed = |mut event: RequestEvent| {
        event.texts_mut().into_iter().for_each(|text| *text = Text::Sealed("c2VhbGVk".to_owned()));
        (StreamKind::Request, Event::Request(event))
    };
    let requests = requests().into_iter().map(sealed);
    let profiles = profiles().into_iter().map(|event| (StreamKind::Staff, Event::Staff(event)));
    let duties = duties().into_iter().map(|event| (StreamKind::Duty, Event::Duty(event)));
    let rotations = rotations().into_iter().map(|event| (StreamKind::Rotation, Event::Rotation(event)));
    let sealed = |mut event: EscalationEvent| {
        event.texts_mut().into_iter().for_each(|text| *text = Text::Sealed("c2VhbGVk".to_owned()));
        (StreamKind::Escalation, Event::Escalation(event))
    };
    let escalations = escalations().into_iter().map(sealed);
    let sessions = sessions().into_iter().map(|event| (StreamKind::Session, Event::Session(event)));
    requests.chain(profiles).chain(duties).chain(rotations).chain(escalations).chain(sessions).collect()
}

#[test]
fn every_event_is_written_as_it_always_was() {
    let line = |(stream, event): (StreamKind, Event)| {
        format!("{} {} {}", stream.as_str(), event.kind(), event.encode().unwrap())
    };
    insta::assert_snapshot!("events", everything().into_iter().map(line).collect::<Vec<_>>().join("\n"));
}

#[test]
fn there_is_an_example_of_every_event() {
    let kinds = |stream| -> BTreeSet<&str> {
        everything().iter().filter(|(of, _)| *of == stream).map(|(_, event)| event.kind()).collect()
    };
    for (stream, all) in [
        (StreamKind::Request, RequestEvent::KINDS),
        (StreamKind::Staff, StaffEvent::KINDS),
        (StreamKind::Duty, DutyEvent::KINDS),
        (StreamKind::Rotation, RotationEvent::KINDS),
        (StreamKind::Escalation, EscalationEvent::KINDS),
        (StreamKind::Session, SessionEvent::KINDS),
    ] {
        assert_eq!(kinds(stream), all.iter().copied().collect());
    }
}

#[test]
fn what_was_written_reads_back() {
    for (stream, event) in everything() {
        let data = event.encode().unwrap();
        let read = Event::decode(stream, event.kind(), &data).unwrap();
        assert_eq!(read, event);
        assert_eq!(read.encode().unwrap(), data);
    }
}

#[test]
fn an_event_of_a_later_version_is_unknown_and_a_field_of_one_is_passed_over() {
    assert_eq!(Event::decode(StreamKind::Request, "hugged", "{}").unwrap(), Event::Unknown);
    assert_eq!(Event::decode(StreamKind::Escalation, "escalation_hugged", "{}").unwrap(), Event::Unknown);
    let read = Event::decode(StreamKind::Request, "exhausted", r#"{"by":"everyone"}"#).unwrap();
    assert_eq!(read, Event::Request(Exhausted {}.into()));
    assert!(Event::decode(StreamKind::Request, "accepted", "{}").is_err());
}

#[test]
fn how_somebody_signs_in_cannot_be_written_in_the_clear() {
    let set = SignInSet { name: "ana".parse().unwrap(), secret: open(), code: None };
    assert!(Event::Staff(set.into()).encode().is_err());
}

#[test]
fn open_text_cannot_be_written_and_texts_mut_finds_all_of_it() {
    let mut with_text = 0;
    for mut event in requests() {
        let texts = event.texts_mut().len();
        let written = Event::Request(event.clone()).encode();
        assert_eq!(written.is_err(), texts > 0, "{}", event.kind());
        if let Err(error) = written {
            assert!(!format!("{error} {error:?}").contains("typed"));
            with_text += 1;
        }
        assert!(!format!("{event:?}").contains("somebody typed"));
        // Leaving any one of them open is enough to refuse it.
        for left_open in 0..texts {
            let mut event = event.clone();
            let texts = event.texts_mut().into_iter().enumerate();
            texts.filter(|(n, _)| *n != left_open).for_each(|(_, text)| *text = Text::Sealed("x".to_owned()));
            assert!(Event::Request(event).encode().is_err());
        }
        event.texts_mut().into_iter().for_each(|text| *text = Text::Sealed("x".to_owned()));
        assert!(Event::Request(event).encode().is_ok());
    }
    assert_eq!(with_text, 9);
}

//! `docs/asyncapi.yaml` says what is sent, no more and no less.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;
use wideawake_bus::{decode, encode, message_id, routing_key};
use wideawake_domain::escalation::EscalationEvent;
use wideawake_domain::record::Part;
use wideawake_domain::request::RequestEvent;
use wideawake_domain::rotation::RotationEvent;
use wideawake_domain::staff::{DutyEvent, SessionEvent, StaffEvent};
use wideawake_domain::{Actor, Pool, Position, Recorded, StaffId, StreamId, StreamKind, Version};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn document() -> Value {
    let text = std::fs::read_to_string(workspace().join("docs/asyncapi.yaml")).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

fn recorded(kind: StreamKind, name: &str, data: &str) -> Recorded {
    Recorded {
        stream: StreamId { kind, id: Uuid::from_u128(0x0198_c0de) },
        version: Version(3),
        position: Position(4_711),
        pool: Pool::named(if kind == StreamKind::Request { "main" } else { "all" }),
        kind: name.into(),
        at: "2026-03-02T12:00:00.123456Z".parse::<DateTime<Utc>>().unwrap(),
        actor: Actor::Staff(StaffId(Uuid::from_u128(1))),
        trace: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into(),
        data: data.into(),
        hash: [0x5f; 32],
    }
}

/// One of each event, with everything in it that there can be: the core pins these.
fn samples() -> Vec<Recorded> {
    let pinned = "shared/domain/src/snapshots/wideawake_domain__wire_format__events.snap";
    let text = std::fs::read_to_string(workspace().join(pinned)).unwrap();
    let lines = text.lines().filter_map(|line| {
        let (kind, rest) = line.split_once(' ')?;
        let (name, data) = rest.split_once(' ')?;
        data.starts_with('{').then(|| recorded(kind.parse().unwrap(), name, data))
    });
    // The ledger writes these, and the core knows nothing of them.
    let head = json!({"stream": "request:00000000-0000-0000-0000-000000000001", "version": 3, "hash": "00"});
    let checkpoint = json!({"until": "17", "heads": [head]}).to_string();
    lines.chain([recorded(StreamKind::Checkpoint, "checkpoint", &checkpoint)]).collect()
}

fn name(event: &Recorded) -> String {
    format!("{}.{}", event.stream.kind.as_str(), event.kind)
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

/// Where `{"$ref": "#/…"}` leads.
fn at<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => document.pointer(reference.strip_prefix('#').unwrap()).expect(reference),
        None => value,
    }
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                found.push(reference.clone());
            }
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn every_event_has_its_channel_and_every_channel_its_event() {
    let document = document();
    let kinds: [(StreamKind, &[&str]); 7] = [
        (StreamKind::Request, RequestEvent::KINDS),
        (StreamKind::Staff, StaffEvent::KINDS),
        (StreamKind::Duty, DutyEvent::KINDS),
        (StreamKind::Escalation, EscalationEvent::KINDS),
        (StreamKind::Rotation, RotationEvent::KINDS),
        (StreamKind::Checkpoint, &["checkpoint"]),
        (StreamKind::Session, SessionEvent::KINDS),
    ];
    let known: BTreeSet<String> =
        kinds.iter().flat_map(|(kind, names)| names.iter().map(|name| format!("{}.{name}", kind.as_str()))).collect();
    assert_eq!(samples().iter().map(name).collect::<BTreeSet<_>>(), known);
    assert_eq!(keys(&document["channels"]), known);
    assert_eq!(keys(&document["operations"]), known);
    assert_eq!(keys(&document["components"]["messages"]), known);
    for event in samples() {
        let name = name(&event);
        let channel = &document["channels"][&name];
        let address = channel["address"].as_str().unwrap().replace("{pool}", event.pool.as_str());
        assert_eq!(address, routing_key(&event));
        let exchange = &at(&document, &channel["bindings"])["amqp"]["exchange"];
        assert_eq!((&exchange["name"], &exchange["type"]), (&json!("wideawake.events"), &json!("topic")));
        assert_eq!(channel["messages"]["event"]["$ref"], json!(format!("#/components/messages/{name}")));
        let operation = &document["operations"][&name];
        assert_eq!(operation["channel"]["$ref"], json!(format!("#/channels/{name}")));
        assert_eq!(operation["action"], "send");
    }
}

#[test]
fn it_is_whole() {
    let document = document();
    assert_eq!(document["asyncapi"], "3.0.0");
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 100);
    for reference in found {
        assert!(document.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference}");
    }
}

#[test]
fn what_is_sent_is_as_the_document_says() {
    let document = document();
    for event in samples() {
        let sent: Value = serde_json::from_slice(&encode(&event).unwrap()).unwrap();
        let message = &document["components"]["messages"][name(&event)];
        let mut schema = message["payload"].clone();
        schema["components"] = document["components"].clone();
        let schema = jsonschema::validator_for(&schema).unwrap();
        let wrong: Vec<_> = schema.iter_errors(&sent).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", name(&event));
        let particulars = &message["payload"]["allOf"][1]["properties"]["data"]["properties"];
        let documented = if particulars.is_null() { BTreeSet::new() } else { keys(particulars) };
        // Some events come in several shapes: together they have everything that is documented.
        let alike = samples().into_iter().filter(|other| name(other) == name(&event));
        let data = |event: Recorded| keys(&serde_json::from_str(&event.data).unwrap());
        assert_eq!(alike.flat_map(data).collect::<BTreeSet<_>>(), documented, "{}", name(&event));

        // And it notices what is not so.
        for (field, other) in
            [("version", json!(3)), ("type", json!("wideawake.request.hugged")), ("subject", json!("pool:1"))]
        {
            let mut other_than_sent = sent.clone();
            other_than_sent[field] = other;
            assert!(!schema.is_valid(&other_than_sent), "{field}");
        }
    }
    let envelope = document["components"]["schemas"]["envelope"]["properties"].clone();
    let mut all = keys(&serde_json::from_slice(&encode(&samples()[0]).unwrap()).unwrap());
    all.insert("data_base64".to_owned());
    assert_eq!(keys(&envelope), all);
    let example = &document["components"]["messages"]["request.opened"]["examples"][0]["payload"];
    let event = decode(example.to_string().as_bytes()).unwrap();
    assert_eq!(example["id"], json!(message_id(&event)));
    assert_eq!(example["data"], serde_json::from_str::<Value>(&samples()[0].data).unwrap());
}

#[test]
fn an_envelope_is_written_as_it_always_was() {
    let events = [
        recorded(StreamKind::Request, "accepted", r#"{"offer": "1",  "volunteer":"2"}"#),
        Recorded { trace: "".into(), actor: Actor::Member, ..recorded(StreamKind::Request, "odd", " {}\n") },
        Recorded { actor: Actor::System(Part::Router), ..recorded(StreamKind::Duty, "a.b", "no json") },
    ];
    let written: Vec<_> = events.iter().map(|event| String::from_utf8(encode(event).unwrap()).unwrap()).collect();
    insta::assert_snapshot!(written.join("\n"));
    for event in events {
        assert_eq!(decode(&encode(&event).unwrap()).unwrap(), event);
    }
}

#[test]
fn whatever_is_recorded_comes_back_to_the_byte() {
    for data in ["null", "{}", "[1.0, 1e5, 1.00]", "\"\\u0041\"", "", "{\"a\":1,\"a\":2}", "\u{0}", "\u{1f319}", "1 2"]
    {
        let event = recorded(StreamKind::Staff, "ü \"quoted\"\n", data);
        assert_eq!(decode(&encode(&event).unwrap()).unwrap(), event, "{data}");
    }
    let nested = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let event = recorded(StreamKind::Staff, "deep", &nested);
    assert_eq!(decode(&encode(&event).unwrap()).unwrap(), event);
    let extremes = Recorded {
        version: Version(u64::MAX),
        position: Position(u64::MAX),
        pool: Pool::named(""),
        ..recorded(StreamKind::Rotation, "", "{}")
    };
    assert_eq!(decode(&encode(&extremes).unwrap()).unwrap(), extremes);
}

#[test]
fn what_is_no_envelope_is_said_to_be_none() {
    let good: Value = serde_json::from_slice(&encode(&samples()[0]).unwrap()).unwrap();
    assert!(decode(good.to_string().as_bytes()).is_ok());
    let mut bad: BTreeMap<String, Value> = BTreeMap::new();
    for field in keys(&good).into_iter().filter(|field| field != "traceparent") {
        let mut without = good.clone();
        without.as_object_mut().unwrap().remove(&field);
        bad.insert(format!("no {field}"), without);
        if field != "data" {
            for odd in [json!(7), json!(null), json!({}), json!("\u{1f319}")] {
                let mut with = good.clone();
                with[&field] = odd.clone();
                // Text may be any text in these, and is what it was called in the ledger.
                if !(odd.is_string() && ["id", "source", "pool", "datacontenttype"].contains(&&*field)) {
                    bad.insert(format!("{field} {odd}"), with);
                }
            }
        }
    }
    for (what, value) in bad {
        assert!(decode(value.to_string().as_bytes()).is_err(), "{what}");
    }
    for bytes in [&b""[..], b"{", b"\xff", b"[]", b"{}", &vec![b'['; 100_000], &vec![b' '; 3 << 20]] {
        assert!(decode(bytes).is_err());
    }
}

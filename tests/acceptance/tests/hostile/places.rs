//! Paths and methods that are not there, queries and headers with anything in them.

use serde_json::json;
use wideawake_acceptance::{Door, Server};

use crate::night::{Night, taken_or_a_problem};

#[tokio::test(flavor = "multi_thread")]
async fn paths_and_methods_that_are_not_there_are_problems() {
    let server = Server::start("").await;
    for door in [Door::Intake, Door::Desk] {
        for path in [
            "/v1",
            "/v1/",
            "/v2/requests",
            "/v1/nothing",
            "/favicon.ico",
            "/v1/requests/x/y/z",
            "//",
            "/v1/requests//messages",
        ] {
            let answer = server.call(door, "GET", path).send().await;
            assert!([401, 404, 405].contains(&answer.status), "{answer}");
            answer.problem();
        }
        let answer = server.call(door, "DELETE", "/openapi.json").send().await;
        answer.refused(405, "method-not-allowed");
        assert!(answer.header("allow").is_some(), "{:?}", answer.headers);
    }
    server.intake("DELETE", "/v1/lines").send().await.refused(405, "method-not-allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_and_headers_with_anything_are_taken_or_refused() {
    let night = Night::falls().await;
    let strange = [
        "",
        "x",
        "-1",
        "0",
        "1e9",
        "99999999999999999999",
        "%00",
        "%ff",
        "2026-13-01T00:00:00Z",
        "[]",
        "null",
        "%F0%9F%92%99",
        "2026-01-01T00:00:00Z",
    ];
    for a in strange {
        for b in strange {
            for path in [
                format!("/v1/roster?from={a}&to={b}"),
                format!("/v1/coverage?from={a}&to={b}&step={a}"),
                format!("/v1/coverage?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&step={b}"),
                format!("/v1/roster?from={a}&from={b}"),
            ] {
                taken_or_a_problem(&night.server.supervisor.call("GET", &path).send().await, &path);
            }
        }
        for path in [format!("/v1/requests/{}/messages?after={a}", night.sky.id), format!("/v1/requests/{a}/messages")]
        {
            taken_or_a_problem(&night.robin.call("GET", &path).send().await, &path);
        }
        for path in [
            format!("/v1/audit/{a}"),
            format!("/v1/audit/request:{a}"),
            format!("/v1/audit/{a}:{}", night.sky.id),
            format!("/v1/audit/escalation:{a}"),
            format!("/v1/escalations/{a}"),
            format!("/v1/rotations/{a}"),
            format!("/v1/staff/{a}"),
        ] {
            taken_or_a_problem(&night.server.supervisor.call("GET", &path).send().await, &path);
        }
        let calendar = format!("/v1/staff/{}/calendar.ics?key={a}", night.robin.id);
        let answer = night.server.desk("GET", &calendar).send().await;
        assert!((400..500).contains(&answer.status), "{answer}");
        answer.problem();
        let country = format!("/v1/resources?country={a}");
        taken_or_a_problem(&night.server.intake("GET", &country).send().await, &country);
        let key =
            night.server.intake("POST", "/v1/requests").header("idempotency-key", a).json(&json!({ "language": "en" }));
        taken_or_a_problem(&key.send().await, a);
    }
    // A range of ages is not computed to its end.
    let ages = "/v1/coverage?from=0001-01-01T00:00:00Z&to=9999-01-01T00:00:00Z&step=1s";
    taken_or_a_problem(&night.server.supervisor.call("GET", ages).send().await, ages);
    let ages = "/v1/roster?from=0001-01-01T00:00:00Z&to=9999-01-01T00:00:00Z";
    taken_or_a_problem(&night.server.supervisor.call("GET", ages).send().await, ages);
    night.still_works().await;
}

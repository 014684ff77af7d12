//! A night under way, to be attacked, and what an answer to an attack must be.

use serde_json::{Value, json};
use wideawake_acceptance::doors::Call;
use wideawake_acceptance::{Answer, Door, Member, Server, Staff};

/// A night under way: a conversation, an offer, and everybody there is.
pub(crate) struct Night {
    pub(crate) server: Server,
    pub(crate) sky: Member,
    pub(crate) waiting: Member,
    /// Somebody who is turned away.
    unwanted: Member,
    pub(crate) offer: String,
    pub(crate) robin: Staff,
    pub(crate) kim: Staff,
    pub(crate) professional: Staff,
    /// A supervisor and a volunteer of another pool.
    pub(crate) elsewhere: (Staff, Staff),
}

impl Night {
    pub(crate) async fn falls() -> Self {
        let keys = "pool = [{ name = 'main' }, { name = 'other' }]\n\
                    line = [{ name = 'night', pool = 'main', languages = ['en'], topics = ['grief'] }]\n\
                    dispatch.standard.offer_timeout = '10m'\n\
                    dispatch.presence_grace = '10m'\ndispatch.reconnect_grace = '10m'";
        let server = Server::start(keys).await;
        let robin = server.on_duty(json!({ "alias": "Robin" })).await;
        let sky = Member::opens(&server, &json!({ "language": "en", "alias": "Sky", "message": "hello" })).await;
        robin.takes(&sky.id).await;
        let waiting = Member::asks(&server).await;
        let offer = robin.offered(&waiting.id).await["offer"].as_str().unwrap().to_owned();
        let unwanted = Member::asks(&server).await;
        let kim = server.volunteer(json!({ "alias": "Kim" })).await;
        let professional = server.adds(json!({ "alias": "Ana", "roles": ["professional"] })).await;
        let other = |role: &str| json!({ "alias": "Bo", "roles": [role], "pools": ["other"] });
        let elsewhere = (server.adds(other("supervisor")).await, server.adds(other("volunteer")).await);
        let rotation = json!({ "zone": "UTC", "starts": "2026-03-06", "handoff": "02:30", "every_days": 1,
            "members": [server.supervisor.id] });
        server.supervisor.put("/v1/rotations/clinicians", &rotation).await.is(200);
        Self { server, sky, waiting, unwanted, offer, robin, kim, professional, elsewhere }
    }

    pub(crate) async fn still_works(&self) {
        assert_eq!(self.sky.state().await["status"], "active");
        assert_eq!(self.waiting.state().await["status"], "waiting");
        self.sky.says("still here").await;
        for door in [Door::Intake, Door::Desk] {
            self.server.call(door, "GET", "/healthz").send().await.is(200);
            self.server.call(door, "GET", "/readyz").send().await.is(200);
        }
    }

    /// Every call with a body, with one that is taken.
    pub(crate) fn bodies(&self) -> Vec<(Call, Value)> {
        let request = format!("/v1/requests/{}", self.sky.id);
        let staff = format!("/v1/staff/{}", self.kim.id);
        let full = json!({
            "line": "night", "language": "en", "time_zone": "Europe/Lisbon", "country": "PT", "alias": "Sky",
            "age_band": "over_25", "topics": ["grief"], "message": "hello", "screening": { "q1": true },
            "again": { "id": self.sky.id, "token": self.sky.token },
        });
        let person = json!({ "alias": "Lee", "roles": ["volunteer"], "pools": ["main"], "zone": "Asia/Tokyo",
            "languages": ["en"], "capacity": 2,
            "qualifications": [{ "skill": "grief", "valid_until": "2099-01-01T00:00:00Z" }] });
        let shifts = json!({ "shifts": [{ "zone": "UTC", "days": ["mon"], "start": "10:00", "end": "12:00",
            "from": "2026-01-01", "until": "2027-01-01" }, { "zone": "UTC", "date": "2026-10-29", "start": "23:00", "end": "07:00" }] });
        let span = json!({ "zone": "UTC", "start": "2030-03-08T02:30", "end": "2030-03-08T04:00" });
        let rotation = json!({ "zone": "UTC", "starts": "2026-03-06", "handoff": "02:30", "every_days": 1,
            "members": [self.server.supervisor.id],
            "overrides": [{ "with": self.server.supervisor.id, "start": "2026-03-07T08:30", "end": "2026-03-07T08:45" }] });
        let supervisor = |method: &str, path: String| self.server.supervisor.call(method, path);
        vec![
            (self.server.intake("POST", "/v1/requests"), full),
            (self.sky.call("POST", "/messages"), json!({ "text": "hello" })),
            (self.robin.call("PUT", "/v1/me/duty"), json!({ "duty": "ready", "reason": "back" })),
            (self.robin.call("POST", format!("{request}/messages")), json!({ "text": "hello" })),
            (
                supervisor("POST", format!("{request}/priority")),
                json!({ "priority": "elevated", "reason": "her sister called" }),
            ),
            (
                self.robin.call("POST", format!("{request}/escalate")),
                json!({ "policy": "clinician", "reason": "he has a plan" }),
            ),
            (supervisor("POST", format!("{request}/join")), json!({ "as": "beside" })),
            (
                supervisor("POST", format!("/v1/requests/{}/bar", self.unwanted.id)),
                json!({ "reason": "threats", "for": "24h" }),
            ),
            (supervisor("POST", "/v1/staff".to_owned()), person),
            (supervisor("PATCH", staff.clone()), json!({ "alias": "Kim", "capacity": 3 })),
            (supervisor("PUT", format!("{staff}/shifts")), shifts),
            (supervisor("POST", format!("{staff}/extra")), span.clone()),
            (supervisor("POST", format!("{staff}/leave")), span),
            (
                supervisor("PUT", format!("{staff}/qualifications")),
                json!({ "qualifications": [{ "skill": "grief", "valid_until": "2099-01-01T00:00:00Z" }] }),
            ),
            (
                self.kim.call("PUT", format!("{staff}/contact-methods")),
                json!({ "contact_methods": [{ "kind": "email", "to": "kim@example.org" }, { "kind": "sms", "to": "+351900000000", "after": "2m" }] }),
            ),
            (supervisor("PUT", "/v1/rotations/clinicians".to_owned()), rotation),
            (
                supervisor("POST", "/v1/rotations/clinicians/overrides".to_owned()),
                json!({ "with": self.server.supervisor.id, "start": "2026-03-07T08:30", "end": "2026-03-07T08:45" }),
            ),
        ]
    }
}

/// Either it was taken, or it is the caller's problem, said in full.
#[track_caller]
pub(crate) fn taken_or_a_problem(answer: &Answer, sent: &str) {
    let sent: String = sent.chars().take(300).collect();
    assert!(answer.status < 500, "{sent}: {answer}");
    if answer.status >= 400 {
        let problem = answer.problem();
        if answer.status == 422 {
            let errors = problem["errors"].as_array().cloned().unwrap_or_default();
            let named = errors.iter().all(|error| error["pointer"].is_string() || error["parameter"].is_string());
            assert!(named && !errors.is_empty(), "{sent}: each offending field is named: {answer}");
        }
    }
}

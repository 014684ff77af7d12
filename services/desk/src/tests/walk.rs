//! Every call of the table, as every role, for everything that a caller can be to what it is about: through HTTP.

use wideawake_domain::escalation;
use wideawake_domain::request::Joining;
use wideawake_domain::staff::{Change, Entry, Lifetimes, MachineToken, Means, PasskeyAdded, StaffMember};
use wideawake_runtime::record::NewSession;

use super::*;
use crate::permit::walk::{About, Tie, Verdict, verdict};
use crate::permit::{AREAS, CALLS, Call};

const EVERY: [Role; 4] = [Role::Volunteer, Role::Supervisor, Role::Professional, Role::Admin];

/// Who and what is there, whatever is called.
struct House {
    bench: Bench,
    holder: StaffId,
    professional: StaffId,
    supervisor: StaffId,
    stand_in: String,
}

impl House {
    async fn new() -> Self {
        let bench = Bench::new().await;
        let holder = bench.staff(&[Role::Volunteer], &["main"]).await;
        let professional = bench.staff(&[Role::Professional], &["main"]).await;
        let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
        bench.staff(&[Role::Admin], &[]).await;
        let path = "/v1/rotations/primary";
        let rotation = any_body(path, holder);
        assert_eq!(bench.call(supervisor, Method::PUT, path, Some(rotation)).await.0, 200);
        Self { bench, holder, professional, supervisor, stand_in: String::new() }
    }

    /// One more who stands in: each can be removed once.
    async fn one_more_stands_in(&mut self, day: usize) {
        let day = chrono::NaiveDate::from_ymd_opt(2030, 1, 1).expect("a date") + chrono::Days::new(day as u64 * 2);
        let body = json!({"with": self.holder, "start": format!("{day}T00:00"), "end": format!("{day}T12:00")});
        let (status, made) = self.bench.post(self.supervisor, "/v1/rotations/primary/overrides", body).await;
        assert_eq!(status, 201, "{made}");
        self.stand_in = made["id"].as_str().expect("an id").to_owned();
    }

    /// A caller with that role who is that to the thing that the call is about, and the path.
    async fn stage(&self, call: &Call, role: Role, tie: Tie) -> (StaffId, String) {
        let bench = &self.bench;
        let elsewhere = tie == Tie::Elsewhere && matches!(call.about, About::Request(_) | About::Escalation(_));
        let caller = bench.staff(&[role], &[if elsewhere { "other" } else { "main" }]).await;
        let path = match call.about {
            About::Oneself if call.path.contains("{passkey}") => {
                let (id, of) = (clock::new_id(), "telephone".to_owned());
                let (credential, key) = (id.to_string(), String::new());
                let key = PasskeyAdded { id, name: of, credential, key, algorithm: -7, counter: 0 };
                let added = |_: &StaffMember, _| Ok::<_, ()>(vec![key.clone().into()]);
                let facts = bench.desk.record.decide_staff(caller, Actor::Staff(caller), added).await;
                bench.desk.feed.reach(&facts.expect("a record").expect("it is added")).await;
                call.path.replace("{passkey}", &id.to_string())
            }
            About::Oneself if call.path.contains("{session}") => {
                let (member, id) = (bench.desk.member(caller).expect("they are there"), clock::new_id());
                let (token, once) = (id.to_string(), Some(id));
                let new = NewSession { token, by: Means::Password, code: None, second_factor: true, once };
                let facts = bench.desk.record.start_session(&member, new, &Lifetimes::default()).await;
                bench.desk.feed.reach(&facts.expect("a record").expect("it begins")).await;
                call.path.replace("{session}", &id.to_string())
            }
            About::Oneself | About::Pool => call.path.replace("{id}", &self.stand_in),
            About::Offer => {
                let to = if tie == Tie::Offered { caller } else { self.holder };
                let id = bench.open().await;
                call.path.replace("{id}", &bench.offer(id, to).await.to_string())
            }
            About::Request(_) => {
                let id = match tie {
                    Tie::Holder => bench.held(caller).await,
                    Tie::Offered => {
                        let id = bench.open().await;
                        bench.offer(id, caller).await;
                        id
                    }
                    _ => bench.held(self.holder).await,
                };
                if tie == Tie::Joined {
                    let join = Command::Join(caller, Speaker::Professional, Joining::Beside);
                    bench.command(id, Actor::Staff(caller), join).await;
                }
                if tie == Tie::Called {
                    let raised = bench.escalation(id).await;
                    bench.calls(raised, 0, &[caller]).await;
                }
                call.path.replace("{id}", &id.to_string())
            }
            About::Escalation(_) => {
                let request = bench.held(self.holder).await;
                let id = bench.escalation(request).await;
                let called = matches!(tie, Tie::Called | Tie::TookOn | Tie::Late);
                let mut staff = vec![self.professional];
                staff.extend(called.then_some(caller));
                bench.calls(id, 0, &staff).await;
                let by = match tie {
                    Tie::TookOn => Some(caller),
                    Tie::Late => Some(self.professional),
                    _ => None,
                };
                if let Some(by) = by {
                    let take = |_: &_| {
                        Ok::<_, escalation::Rejection>(escalation::Command::Acknowledge(
                            by,
                            escalation::Via::Desk,
                            None,
                        ))
                    };
                    let done = bench.desk.record.change_escalation(id, Actor::Staff(by), take).await;
                    let facts = done.expect("a record").expect("it is there").expect("it is taken on");
                    bench.desk.feed.reach(&facts).await;
                }
                call.path.replace("{id}", &id.to_string())
            }
            About::Colleague(_) => {
                let other = self.colleague(caller, tie).await;
                let id = clock::new_id();
                let span = json!({"zone": "Europe/Madrid", "start": "2026-12-01T00:00", "end": "2026-12-02T00:00"});
                let entry = || Entry { id, span: serde_json::from_value(span.clone()).expect("a span") };
                let until = clock::now() + TimeDelta::days(1);
                let (name, token, scopes) = ("x".to_owned(), id.to_string(), vec!["board".to_owned()]);
                let change = match call.path {
                    path if path.ends_with("/leave/{entry}") => Some(Change::AddLeave(entry())),
                    path if path.ends_with("/extra/{entry}") => Some(Change::AddExtra(entry())),
                    path if path.ends_with("/{token}") => {
                        Some(Change::AddMachineToken(MachineToken { id, name, token, scopes, until }))
                    }
                    _ => None,
                };
                if let Some(change) = change {
                    let facts = bench.desk.record.change_staff(other, change, Actor::Staff(other)).await;
                    bench.desk.feed.reach(&facts.expect("it is written")).await;
                }
                let path = call.path.replace("{id}", &other.to_string());
                path.replace("{entry}", &id.to_string()).replace("{token}", &id.to_string())
            }
            About::History if tie == Tie::Pool => {
                let id = bench.held(self.holder).await;
                call.path.replace("{stream}", &format!("request:{id}"))
            }
            About::History => {
                let other = self.colleague(caller, tie).await;
                call.path.replace("{stream}", &format!("staff:{other}"))
            }
        };
        (caller, path.replace("{name}", "primary"))
    }

    async fn colleague(&self, caller: StaffId, tie: Tie) -> StaffId {
        match tie {
            Tie::Themself => caller,
            Tie::Peer => self.bench.staff(&[Role::Supervisor], &["main"]).await,
            Tie::Wider => self.bench.staff(&[Role::Professional], &["main", "other"]).await,
            Tie::Elsewhere => self.bench.staff(&[Role::Volunteer], &["other"]).await,
            _ => self.bench.staff(&[Role::Volunteer], &["main"]).await,
        }
    }
}

#[tokio::test]
async fn every_call_answers_every_role_in_every_relation_as_the_table_says() {
    let mut house = House::new().await;
    let (mut wrong, mut cells) = (Vec::new(), 0);
    for call in CALLS {
        for (role, tie) in EVERY.into_iter().flat_map(|role| Tie::of(call.about).iter().map(move |tie| (role, *tie))) {
            if call.path.ends_with("/overrides/{id}") {
                house.one_more_stands_in(cells).await;
            }
            let (caller, path) = house.stage(call, role, tie).await;
            let last = path.rsplit('/').next().unwrap_or_default();
            let to = if matches!(last, "hand-over") { house.supervisor } else { house.holder };
            let body = (!matches!(call.method, Method::GET | Method::DELETE)).then(|| any_body(&path, to));
            let answer = house.bench.send(house.bench.request(Some(caller), &call.method, &path, body.as_ref())).await;
            let status = answer.status().as_u16();
            let problem = if status < 400 {
                Value::Null
            } else {
                let bytes = axum::body::to_bytes(answer.into_body(), 100_000).await.expect("a body");
                serde_json::from_slice(&bytes).expect("a problem")
            };
            let is_taken = kind(&problem) == "acknowledged-by-other";
            let expected = verdict(call, role, tie);
            let holds = match expected {
                Verdict::Allowed => (status < 400 || matches!(status, 409 | 422)) && !is_taken,
                Verdict::Forbidden => status == 403,
                Verdict::NotThere => status == 404,
                Verdict::Over => status == 409,
                Verdict::Taken => is_taken,
            };
            cells += 1;
            if !holds {
                let (method, name) = (&call.method, tie.name());
                wrong.push(format!("{method} {} as {role}, {name}: {status} {problem}, not {expected:?}", call.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {cells}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cells > 700, "{cells}");
}

#[tokio::test]
async fn a_program_makes_the_calls_that_its_token_is_for_and_no_others() {
    let house = House::new().await;
    let bench = &house.bench;
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let everyone = bench.staff(&EVERY, &["main"]).await;
    let token = async |scopes: Vec<String>| {
        let body = json!({"name": "crm", "scopes": scopes, "expires_at": clock::now() + TimeDelta::days(30)});
        let (status, made) = bench.post(admin, &format!("/v1/staff/{everyone}/machine-tokens"), body).await;
        assert_eq!(status, 201, "{made}");
        made
    };
    let call = async |token: &Value, call: &Call| {
        let path = call.path.replace("{id}", &Uuid::nil().to_string()).replace("{name}", "primary");
        let path = path.replace("{entry}", &Uuid::nil().to_string()).replace("{token}", &Uuid::nil().to_string());
        let path = path.replace("{stream}", &format!("request:{}", Uuid::nil()));
        let path = path.replace("{passkey}", &Uuid::nil().to_string()).replace("{session}", &Uuid::nil().to_string());
        let body = any_body(&path, house.holder);
        let mut request = bench.request(None, &call.method, &path, Some(&body));
        let value = format!("Bearer {}", token["token"].as_str().expect("a token"));
        request.headers_mut().insert(header::AUTHORIZATION, value.parse().expect("a header"));
        bench.send(request).await.status().as_u16()
    };
    let all = token(AREAS.iter().map(|area| (*area).to_owned()).collect()).await;
    for one in CALLS.iter().filter(|call| call.area.is_none()) {
        assert_eq!(call(&all, one).await, 403, "{} {}", one.method, one.path);
    }
    for area in AREAS {
        let others = AREAS.iter().filter(|other| **other != area).map(|other| (*other).to_owned());
        let (mine, read, others) = (
            token(vec![area.to_owned()]).await,
            token(vec![format!("{area}:read")]).await,
            token(others.collect()).await,
        );
        for one in CALLS.iter().filter(|call| call.area == Some(area)) {
            let what = format!("{} {}", one.method, one.path);
            assert_eq!(call(&others, one).await, 403, "{what}");
            assert_ne!(call(&mine, one).await, 403, "{what}");
            assert_eq!(call(&read, one).await == 403, one.method != Method::GET, "{what}");
        }
    }
    // It proves nothing of the person.
    bench.desk.record.ledger().ping().await.expect("a ledger");
    let seen = bench.desk.record.live().staff_since(clock::now() - TimeDelta::hours(1)).await.expect("live");
    assert!(seen.iter().all(|(staff, _)| *staff != everyone), "a program is nobody's presence");
}

#[tokio::test]
async fn a_machine_token_is_an_admins_to_give_expires_and_can_be_taken_away() {
    let bench = Bench::new().await;
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let path = format!("/v1/staff/{supervisor}/machine-tokens");
    let body = |scope: &str, until| json!({"name": "crm", "scopes": [scope], "expires_at": until});
    let day = clock::now() + TimeDelta::days(1);
    assert_eq!(bench.post(supervisor, &path, body("board", day)).await.0, 403);
    for wrong in [
        body("everything", day),
        body("board:write", day),
        body("board", clock::now()),
        body("board", day + TimeDelta::days(400)),
    ] {
        assert_eq!(bench.post(admin, &path, wrong).await.0, 422);
    }
    let (_, kept) = bench.post(admin, &path, body("board:read", day)).await;
    // Refused while the machine is so slow that the time is over before it is looked at.
    let mut ahead = TimeDelta::milliseconds(400);
    let short = loop {
        let (status, short) = bench.post(admin, &path, body("board:read", clock::now() + ahead)).await;
        if status == 201 {
            break short;
        }
        ahead = ahead * 2;
    };
    let as_program = async |token: &Value| {
        let mut request = bench.request(None, &Method::GET, "/v1/board", None);
        let value = format!("Bearer {}", token["token"].as_str().expect("a token"));
        request.headers_mut().insert(header::AUTHORIZATION, value.parse().expect("a header"));
        bench.send(request).await.status().as_u16()
    };
    assert_eq!(as_program(&kept).await, 200);
    let expired = async {
        while as_program(&short).await != 401 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONG, expired).await.expect("it expires");
    let (_, list) = bench.get(admin, &path).await;
    assert_eq!(list["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(list["items"][0]["scopes"], json!(["board:read"]));
    assert!(list["items"][0].get("token").is_none());
    let one = format!("{path}/{}", kept["id"].as_str().expect("an id"));
    assert_eq!(bench.call(supervisor, Method::DELETE, &one, None).await.0, 403);
    assert_eq!(bench.call(admin, Method::DELETE, &one, None).await.0, 204);
    assert_eq!(bench.call(admin, Method::DELETE, &one, None).await.0, 404);
    assert_eq!(as_program(&kept).await, 401);
}

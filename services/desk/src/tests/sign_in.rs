//! Signing in, staying signed in, and what those try who should not.

use std::net::SocketAddr;

use axum::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use wideawake_domain::staff::Lifetimes;
use wideawake_runtime::http::Caller;

use super::*;
use crate::sign_in::code_at;

const PASSWORD: &str = "seven wet herons";

/// Somebody's browser: it keeps cookies, and says where it is.
#[derive(Clone, Default)]
struct Browser {
    cookies: BTreeMap<String, String>,
    address: Option<SocketAddr>,
}

impl Browser {
    fn at(address: &str) -> Self {
        Self { cookies: BTreeMap::new(), address: address.parse().ok() }
    }

    fn session(&self) -> &str {
        self.cookies.get("wideawake_staff").map_or("", String::as_str)
    }

    fn request(&self, method: &Method, path: &str, body: Option<&Value>) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "desk.example.org");
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !jar.is_empty() {
            request = request.header(header::COOKIE, jar.join("; "));
        }
        if *method != Method::GET {
            request = request.header(header::ORIGIN, "https://desk.example.org");
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let mut request =
            request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).expect("fine");
        if let Some(address) = self.address {
            request.extensions_mut().insert(Caller::of(address, false, &HeaderMap::new(), &[]));
        }
        request
    }

    fn keep(&mut self, answer: &Response) {
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("text");
            assert!(cookie.contains("; HttpOnly; SameSite=Strict; Path=/"), "no script and no other site has it");
            let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    async fn call(&mut self, bench: &Bench, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let answer = bench.send(self.request(&method, path, body.as_ref())).await;
        self.keep(&answer);
        let status = answer.status().as_u16();
        let bytes = axum::body::to_bytes(answer.into_body(), 1_000_000).await.expect("a body");
        let answer = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        document::holds(&method, path, body.as_ref(), status, &answer);
        (status, answer)
    }

    async fn signs_in(&mut self, bench: &Bench, name: &str, password: &str, code: Option<String>) -> (u16, Value) {
        let mut body = json!({"name": name, "password": password});
        if let Some(code) = code {
            body["code"] = code.into();
        }
        self.call(bench, Method::POST, "/v1/session", Some(body)).await
    }

    async fn me(&mut self, bench: &Bench) -> u16 {
        self.call(bench, Method::GET, "/v1/me", None).await.0
    }
}

impl Bench {
    async fn signing_in_as(change: impl FnOnce(&mut config::SignIn)) -> Self {
        let mut sign_in = config::SignIn::default();
        change(&mut sign_in);
        let folder = Arc::new(TempDir::new().expect("a temporary folder"));
        Self::signing_in(folder, settings(), BTreeMap::new(), sign_in).await
    }

    async fn invites(&self, by: StaffId, whom: StaffId) -> (u16, Value) {
        self.call(by, Method::POST, &format!("/v1/staff/{whom}/invitation"), None).await
    }

    /// Somebody who signs in with `name` and [`PASSWORD`], and a code if `second`; the key of the codes.
    async fn sets_up(&self, by: StaffId, whom: StaffId, name: &str, second: bool) -> Vec<u8> {
        let (status, invitation) = self.invites(by, whom).await;
        assert_eq!(status, 201, "{invitation}");
        let mut body = json!({"token": invitation["token"], "name": name, "password": PASSWORD});
        let (_, view) = self.post(by, "/v1/invitation/look", json!({"token": invitation["token"]})).await;
        let key = key_of(&view);
        if second {
            body["code"] = code_at(&key, clock::now().timestamp() - 30).into();
        }
        let (status, answer) = Browser::default().call(self, Method::POST, "/v1/invitation", Some(body)).await;
        assert_eq!(status, 204, "{answer}");
        key
    }

    async fn sessions(&self) -> usize {
        let facts = self.desk.record.ledger().tail(None, 100_000).await.expect("a record").0;
        facts.iter().filter(|fact| &*fact.kind == "session_started").count()
    }
}

fn key_of(view: &Value) -> Vec<u8> {
    let text: String = view["key"].as_str().expect("a key").split(' ').collect();
    let mut bits = String::new();
    for c in text.chars() {
        let n = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).expect("base32");
        bits.extend((0..5).rev().map(|bit| if n >> bit & 1 == 1 { '1' } else { '0' }));
    }
    let byte = |n: usize| u8::from_str_radix(&bits[n * 8..n * 8 + 8], 2).expect("bits");
    (0..bits.len() / 8).map(byte).collect()
}

#[tokio::test]
async fn an_invitation_is_good_once_and_lets_somebody_sign_in() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    let (status, invitation) = bench.invites(supervisor, robin).await;
    assert_eq!(status, 201);
    let token = invitation["token"].as_str().expect("a token");
    assert_eq!(invitation["url"], format!("http://127.0.0.1:8081/i/{token}"));
    let mut browser = Browser::default();
    let (status, view) = browser.call(&bench, Method::POST, "/v1/invitation/look", Some(json!({"token": token}))).await;
    assert_eq!((status, &view["second_factor_required"]), (200, &json!(false)));

    let accept = |name: &str, password: &str| json!({"token": token, "name": name, "password": password});
    for (body, field) in [
        (accept("robin@example.org", PASSWORD), "/name"),
        (accept("robin", "too short"), "/password"),
        (accept("robin", "robin robin"), "/password"),
        (accept("robin", "aaaaaaaaaaaa"), "/password"),
    ] {
        let (status, problem) = browser.call(&bench, Method::POST, "/v1/invitation", Some(body)).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!(field)), "{problem}");
    }
    let again = accept("Robin.K", PASSWORD);
    assert_eq!(browser.call(&bench, Method::POST, "/v1/invitation", Some(again.clone())).await.0, 204);
    assert_eq!(browser.call(&bench, Method::POST, "/v1/invitation", Some(again)).await.0, 404, "it is used up");
    assert_eq!(browser.call(&bench, Method::POST, "/v1/invitation/look", Some(json!({"token": token}))).await.0, 404);

    assert_eq!(browser.me(&bench).await, 401, "an invitation signs nobody in");
    let (status, unknown) = Browser::at("192.0.2.7:1").signs_in(&bench, "nobody", PASSWORD, None).await;
    let (wrong, known) = Browser::at("192.0.2.8:1").signs_in(&bench, "robin.k", "seven dry herons", None).await;
    assert_eq!((status, wrong, &unknown), (401, 401, &known), "nothing tells whether there is such a name");
    assert_eq!(browser.signs_in(&bench, "ROBIN.K", PASSWORD, None).await.0, 204);
    assert_eq!(browser.me(&bench).await, 200);
    let bearer = bench.request(None, &Method::GET, "/v1/me", None);
    let mut bearer = bearer;
    let value = HeaderValue::try_from(format!("Bearer {}", browser.session())).expect("a header");
    bearer.headers_mut().insert(header::AUTHORIZATION, value);
    assert_eq!(bench.send(bearer).await.status(), 401, "the token of a session is good in its cookie alone");
}

#[tokio::test]
async fn a_name_belongs_to_one_person() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let (one, two) =
        (bench.staff(&[Role::Volunteer], &["main"]).await, bench.staff(&[Role::Volunteer], &["main"]).await);
    bench.sets_up(supervisor, one, "robin", false).await;
    let (_, invitation) = bench.invites(supervisor, two).await;
    let body = |name: &str| Some(json!({"token": invitation["token"], "name": name, "password": PASSWORD}));
    let (status, problem) = Browser::default().call(&bench, Method::POST, "/v1/invitation", body("ROBIN")).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/name")));
    assert_eq!(Browser::default().call(&bench, Method::POST, "/v1/invitation", body("robin2")).await.0, 204);
}

#[tokio::test]
async fn an_invitation_that_was_replaced_or_has_expired_is_void() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    let (_, first) = bench.invites(supervisor, robin).await;
    let (_, second) = bench.invites(supervisor, robin).await;
    let look = async |bench: &Bench, invitation: &Value| {
        let body = json!({"token": invitation["token"]});
        Browser::default().call(bench, Method::POST, "/v1/invitation/look", Some(body)).await.0
    };
    assert_eq!((look(&bench, &first).await, look(&bench, &second).await), (404, 200));
    // Whoever could invite a volunteer could otherwise be the supervisor that they become.
    let admin = bench.staff(&[Role::Admin], &["main"]).await;
    let roles = json!({"roles": ["volunteer", "supervisor"]});
    assert_eq!(bench.call(admin, Method::PATCH, &format!("/v1/staff/{robin}"), Some(roles)).await.0, 200);
    assert_eq!(look(&bench, &second).await, 404);
    let hasty = Bench::signing_in_as(|sign_in| sign_in.invitation = TimeDelta::microseconds(1)).await;
    let supervisor = hasty.staff(&[Role::Supervisor], &["main"]).await;
    let robin = hasty.staff(&[Role::Volunteer], &["main"]).await;
    let (_, invitation) = hasty.invites(supervisor, robin).await;
    assert_eq!(look(&hasty, &invitation).await, 404);
}

#[tokio::test]
async fn only_who_manages_somebody_invites_them_and_it_is_on_record() {
    let bench = Bench::new().await;
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let colleague = bench.staff(&[Role::Supervisor], &["main"]).await;
    let far = bench.staff(&[Role::Volunteer], &["other"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    let kim = bench.staff(&[Role::Volunteer], &["main"]).await;
    for (by, whom, expected) in [
        (robin, robin, 403),
        (kim, robin, 403),
        (kim, supervisor, 403),
        (supervisor, colleague, 403),
        (supervisor, supervisor, 403),
        (supervisor, admin, 404),
        (supervisor, far, 404),
        (supervisor, robin, 201),
        (admin, supervisor, 201),
    ] {
        assert_eq!(bench.invites(by, whom).await.0, expected);
    }
    let (_, history) = bench.get(supervisor, &format!("/v1/audit/staff:{robin}")).await;
    let invited = history["items"].as_array().and_then(|items| items.last()).expect("a history");
    assert_eq!((&invited["type"], &invited["actor"]), (&json!("invited"), &json!(format!("staff:{supervisor}"))));
    assert_eq!(invited["data"]["token"], "‹sealed›");
}

#[tokio::test]
async fn a_new_invitation_ends_every_session_and_the_old_password() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    let mut browser = Browser::default();
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    assert_eq!(bench.invites(supervisor, robin).await.0, 201);
    assert_eq!(browser.me(&bench).await, 401);
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 401);
    bench.sets_up(supervisor, robin, "robin", false).await;
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
}

#[tokio::test]
async fn a_session_cookie_from_before_is_never_taken_over() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    let planted = tokens::new().expose().to_owned();
    let mut browser = Browser::default();
    browser.cookies.insert("wideawake_staff".to_owned(), planted.clone());
    assert_eq!(browser.me(&bench).await, 401);
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    assert_ne!(browser.session(), planted);
    let mut attacker = Browser::default();
    attacker.cookies.insert("wideawake_staff".to_owned(), planted);
    assert_eq!(attacker.me(&bench).await, 401);
    let first = browser.session().to_owned();
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    assert_ne!(browser.session(), first, "each time it is a new one");
}

#[tokio::test]
async fn another_site_can_neither_call_nor_sign_somebody_in() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    let mut browser = Browser::default();
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    let foreign = HeaderValue::from_static("https://evil.example");
    for (method, path, body) in [
        (Method::POST, "/v1/me/heartbeat", None),
        (Method::PUT, "/v1/me/duty", Some(json!({"duty": "off"}))),
        (Method::DELETE, "/v1/session", None),
        (Method::DELETE, "/v1/me/sessions", None),
        (Method::POST, "/v1/session", Some(json!({"name": "robin", "password": PASSWORD}))),
    ] {
        for origin in [Some(&foreign), Some(&HeaderValue::from_static("null")), None] {
            let mut request = browser.request(&method, path, body.as_ref());
            request.headers_mut().remove(header::ORIGIN);
            request.headers_mut().extend(origin.map(|origin| (header::ORIGIN, origin.clone())));
            assert_eq!(bench.send(request).await.status(), 403, "{method} {path} from {origin:?}");
        }
    }
    let body = json!({"name": "robin", "password": PASSWORD});
    let mut request = Browser::default().request(&Method::POST, "/v1/session", Some(&body));
    request.headers_mut().insert(header::ORIGIN, foreign);
    assert_eq!(bench.send(request).await.status(), 403, "nobody is signed in as somebody else without knowing");
    assert_eq!(browser.me(&bench).await, 200);
    // A HEAD is a GET: it changes nothing, and needs the session all the same.
    assert_eq!(bench.send(browser.request(&Method::HEAD, "/v1/me", None)).await.status(), 200);
    assert_eq!(bench.send(Browser::default().request(&Method::HEAD, "/v1/me", None)).await.status(), 401);
}

#[tokio::test]
async fn a_token_in_use_is_replaced_and_two_tabs_do_not_sign_each_other_out() {
    let rotate = TimeDelta::microseconds(1);
    let bench = Bench::signing_in_as(|sign_in| sign_in.lifetimes.rotate = rotate).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    let mut browser = Browser::default();
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    let mut seen = vec![browser.session().to_owned()];
    // Three tabs that send the same cookie at the same moment.
    for _ in 0..5 {
        let mut tabs = [browser.clone(), browser.clone(), browser.clone()];
        let [a, b, c] = &mut tabs;
        assert_eq!(tokio::join!(a.me(&bench), b.me(&bench), c.me(&bench)), (200, 200, 200));
        let newest = bench.desk.feed.with(|known| {
            let session = tabs.iter().find_map(|tab| known.sessions.by_token(&tokens::hash_token(tab.session())));
            session.map(|session| session.token.clone())
        });
        let tab = tabs.iter().find(|tab| Some(tokens::hash_token(tab.session())) == newest);
        browser = tab.expect("one of them has the newest").clone();
        assert!(!seen.contains(&browser.session().to_owned()), "it was replaced");
        seen.push(browser.session().to_owned());
    }
    assert_eq!(bench.sessions().await, 1);
    // An answer that got lost: the same call again gets the same new token.
    let lost = browser.clone();
    let (mut once, mut twice) = (lost.clone(), lost);
    assert_eq!((once.me(&bench).await, twice.me(&bench).await), (200, 200));
    assert_eq!(once.session(), twice.session());
    // Two tokens later it is over.
    let mut oldest = Browser::default();
    oldest.cookies.insert("wideawake_staff".to_owned(), seen[0].clone());
    assert_eq!(oldest.me(&bench).await, 401);
}

#[tokio::test]
async fn a_session_ends_unused_and_however_much_it_is_used() {
    for lifetimes in [
        Lifetimes { idle: TimeDelta::milliseconds(1), rotate: TimeDelta::milliseconds(1), ..Lifetimes::default() },
        Lifetimes { absolute: TimeDelta::milliseconds(300), ..Lifetimes::default() },
    ] {
        let bench = Bench::signing_in_as(|sign_in| sign_in.lifetimes = lifetimes).await;
        let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
        let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
        bench.sets_up(supervisor, robin, "robin", false).await;
        let mut browser = Browser::default();
        assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
        let ended = async {
            let kept = browser.session().to_owned();
            assert!(!kept.is_empty());
            loop {
                tokio::task::yield_now().await;
                let mut other = Browser::default();
                other.cookies.insert("wideawake_staff".to_owned(), kept.clone());
                if other.me(&bench).await == 401 {
                    return;
                }
            }
        };
        tokio::time::timeout(LONG, ended).await.expect("it ends");
    }
}

#[tokio::test]
async fn signing_out_ends_one_session_and_signing_out_everywhere_all_of_them_in_every_process() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    let beside = bench.beside().await;
    let [mut one, mut two, mut three] = [Browser::default(), Browser::default(), Browser::default()];
    for browser in [&mut one, &mut two, &mut three] {
        assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
        assert_eq!(browser.me(&beside).await, 200, "another process knows it at once");
    }
    let gone = async |browser: &mut Browser| {
        let out = async {
            while browser.me(&beside).await != 401 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LONG, out).await.expect("the other process hears of it");
    };
    let mut left = one.clone();
    let (status, _) = one.call(&bench, Method::DELETE, "/v1/session", None).await;
    assert_eq!((status, one.session()), (204, ""), "the cookie is taken away");
    assert_eq!((left.me(&bench).await, two.me(&bench).await), (401, 200));
    gone(&mut left).await;
    assert_eq!(left.call(&bench, Method::DELETE, "/v1/session", None).await.0, 204, "again is no mistake");
    let mut left = two.clone();
    assert_eq!(two.call(&bench, Method::DELETE, "/v1/me/sessions", None).await.0, 204);
    assert_eq!((left.me(&bench).await, three.me(&bench).await), (401, 401));
    gone(&mut left).await;
    // Whoever manages them can do the same, and nobody else.
    assert_eq!(one.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    let path = format!("/v1/staff/{robin}/sessions");
    assert_eq!(bench.call(robin, Method::DELETE, &path, None).await.0, 403);
    assert_eq!(one.me(&bench).await, 200);
    assert_eq!(bench.call(supervisor, Method::DELETE, &path, None).await.0, 204);
    assert_eq!(one.me(&bench).await, 401);
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    let mut browser = Browser::default();
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    let answer = bench.send(browser.request(&Method::GET, "/v1/me/stream", None)).await;
    let mut stream = Listener { body: answer.into_body().into_data_stream().boxed(), text: String::new() };
    stream.expect("snapshot").await;
    assert_eq!(browser.call(&bench, Method::DELETE, "/v1/session", None).await.0, 204);
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn a_new_password_ends_every_other_session_and_who_leaves_has_none() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    let (mut here, mut there) = (Browser::default(), Browser::default());
    for browser in [&mut here, &mut there] {
        assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    }
    let change = |old: &str, new: &str| Some(json!({"password": old, "new": new}));
    let next = "nine dry herons";
    let path = "/v1/me/password";
    assert_eq!(here.call(&bench, Method::PUT, path, change("seven old herons", next)).await.0, 401);
    assert_eq!(here.call(&bench, Method::PUT, path, change(PASSWORD, "short")).await.0, 422);
    assert_eq!(here.call(&bench, Method::PUT, path, change(PASSWORD, next)).await.0, 204);
    assert_eq!((here.me(&bench).await, there.me(&bench).await), (200, 401));
    assert_eq!(there.signs_in(&bench, "robin", PASSWORD, None).await.0, 401);
    assert_eq!(there.signs_in(&bench, "robin", next, None).await.0, 204);
    assert_eq!(bench.call(supervisor, Method::DELETE, &format!("/v1/staff/{robin}"), None).await.0, 204);
    assert_eq!((here.me(&bench).await, there.me(&bench).await), (401, 401));
    assert_eq!(there.signs_in(&bench, "robin", next, None).await.0, 401);
    assert_eq!(bench.desk.record.ledger().key(StreamId::staff(robin)).await.expect("a ledger"), None);
}

#[tokio::test]
async fn who_needs_a_second_factor_has_one_and_a_code_is_good_once() {
    let bench = Bench::new().await;
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let kim = bench.staff(&[Role::Supervisor], &["main"]).await;
    let (_, invitation) = bench.invites(admin, kim).await;
    let (_, view) = bench.post(admin, "/v1/invitation/look", json!({"token": invitation["token"]})).await;
    assert_eq!(view["second_factor_required"], true);
    let mut body = json!({"token": invitation["token"], "name": "kim", "password": PASSWORD});
    let (status, problem) = bench.post(admin, "/v1/invitation", body.clone()).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/code")));
    body["code"] = "000000".into();
    let (status, _) = bench.post(admin, "/v1/invitation", body).await;
    assert_eq!(status, 422);
    let key = bench.sets_up(admin, kim, "kim", true).await;

    // The step of the code that proved that the authenticator has the key.
    let sign_in = bench.desk.member(kim).expect("they are there").sign_in.expect("they sign in");
    let step = sign_in.code.expect("with a code") as i64 * 30;
    let mut browser = Browser::default();
    let (status, problem) = browser.signs_in(&bench, "kim", PASSWORD, None).await;
    assert_eq!((status, kind(&problem)), (401, "second-factor-needed"));
    let (status, problem) = browser.signs_in(&bench, "kim", "seven dry herons", None).await;
    assert_eq!((status, kind(&problem)), (401, "unauthorized"), "nothing is said of codes without the password");
    assert_eq!(browser.signs_in(&bench, "kim", PASSWORD, Some(code_at(&key, step))).await.0, 401);
    let code = code_at(&key, step + 30);
    assert_eq!(browser.signs_in(&bench, "kim", PASSWORD, Some(code.clone())).await.0, 204);
    assert_eq!(browser.me(&bench).await, 200);
    let beside = bench.beside().await;
    for desk in [&bench, &beside] {
        let mut shoulder = Browser::at("192.0.2.9:1");
        assert_eq!(shoulder.signs_in(desk, "kim", PASSWORD, Some(code.clone())).await.0, 401, "it was used");
    }
    assert_eq!(browser.signs_in(&bench, "kim", PASSWORD, Some(code_at(&key, step + 60))).await.0, 204);
}

#[tokio::test]
async fn a_session_without_a_second_factor_ends_when_its_role_needs_one() {
    let bench = Bench::new().await;
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(admin, robin, "robin", false).await;
    let mut browser = Browser::default();
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    let roles = json!({"roles": ["volunteer", "supervisor"]});
    assert_eq!(bench.call(admin, Method::PATCH, &format!("/v1/staff/{robin}"), Some(roles)).await.0, 200);
    assert_eq!(browser.me(&bench).await, 401);
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 403, "and says what to do");
}

#[tokio::test]
async fn a_stranger_who_guesses_is_slowed_down_and_keeps_nobody_out() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    let mut known = Browser::at("198.51.100.1:1");
    assert_eq!(known.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    // Even from the same house.
    let mut stranger = Browser::at("198.51.100.1:2");
    let mut slowed = 0;
    for _ in 0..15 {
        match stranger.signs_in(&bench, "robin", "seven dry herons", None).await {
            (401, _) => {}
            (429, problem) => {
                assert!(problem["retry_after_s"].as_u64() > Some(60));
                slowed += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(slowed, 6, "ten tries, of which one was Robin's own");
    let right = stranger.signs_in(&bench, "robin", PASSWORD, None).await.0;
    assert_eq!(right, 429, "whether the next guess is right is not told either");
    let mut forged = stranger.clone();
    let mark = known.cookies["wideawake_device"].replace('.', ".A");
    forged.cookies.insert("wideawake_device".to_owned(), mark);
    assert_eq!(forged.signs_in(&bench, "robin", PASSWORD, None).await.0, 429);
    assert_eq!(known.signs_in(&bench, "robin", PASSWORD, None).await.0, 204, "who was here before comes in");
    assert_eq!(
        Browser::at("203.0.113.5:1").signs_in(&bench, "robin", PASSWORD, None).await.0,
        204,
        "so does a new phone"
    );
    // One customer has a whole /64 of IPv6.
    let mut codes = Vec::new();
    for n in 0..12 {
        let mut stranger = Browser::at(&format!("[2001:db8:1:2::{n}]:1"));
        codes.push(stranger.signs_in(&bench, "robin", "seven dry herons", None).await.0);
    }
    assert_eq!(codes.iter().filter(|code| **code == 429).count(), 2);
}

#[tokio::test]
async fn nothing_that_lets_anybody_in_stands_in_the_record() {
    let bench = Bench::new().await;
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let kim = bench.staff(&[Role::Supervisor], &["main"]).await;
    let key = bench.sets_up(admin, kim, "kim", true).await;
    let mut browser = Browser::default();
    let code = code_at(&key, clock::now().timestamp());
    assert_eq!(browser.signs_in(&bench, "kim", PASSWORD, Some(code)).await.0, 204);
    let (_, invitation) = bench.invites(admin, kim).await;
    let facts = bench.desk.record.ledger().tail(None, 10_000).await.expect("a record").0;
    let list: Vec<String> = key.iter().map(ToString::to_string).collect();
    for fact in &facts {
        for secret in [
            PASSWORD,
            "argon2",
            browser.session(),
            invitation["token"].as_str().expect("a token"),
            &STANDARD.encode(&key),
            &list.join(","),
        ] {
            assert!(!fact.data.contains(secret), "{} has {secret}", fact.kind);
        }
    }
    assert!(facts.iter().any(|fact| &*fact.kind == "sign_in_set"));
    let (_, history) = bench.get(admin, &format!("/v1/audit/staff:{kim}")).await;
    let set = history["items"].as_array().and_then(|items| items.iter().find(|item| item["type"] == "sign_in_set"));
    assert_eq!(set.expect("it is there")["data"]["secret"], "‹sealed›");
}

#[tokio::test]
async fn the_page_of_an_invitation_needs_no_script_and_takes_its_own_form_alone() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    let (_, invitation) = bench.invites(supervisor, robin).await;
    let path = format!("/i/{}", invitation["token"].as_str().expect("a token"));
    let read = async |request: Request<Body>| {
        let answer = bench.send(request).await;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = axum::body::to_bytes(answer.into_body(), 1_000_000).await.expect("a body");
        (status, headers, String::from_utf8(bytes.to_vec()).expect("text"))
    };
    let (status, headers, html) = read(Browser::default().request(&Method::GET, &path, None)).await;
    assert!(
        status == 200 && html.contains("<form ") && html.contains("method=\"post\"") && !html.contains("<script"),
        "{html}"
    );
    assert!(headers["content-security-policy"].to_str().expect("text").starts_with("default-src 'none'"));
    let send = |form: &str, site: &'static str| {
        let mut request = Browser::default().request(&Method::POST, &path, None);
        request.headers_mut().insert("sec-fetch-site", HeaderValue::from_static(site));
        *request.body_mut() = Body::from(form.to_owned());
        request
    };
    let form = "name=Robin&password=seven+wet+herons&again=seven+wet+herons&code=";
    assert_eq!(read(send(form, "cross-site")).await.0, 403);
    let (status, _, html) = read(send("name=<b>&password=seven+wet+herons&again=other", "same-origin")).await;
    assert!(status == 422 && html.contains("not the same") && !html.contains("<b>"), "{html}");
    assert_eq!(read(send(form, "same-origin")).await.0, 200);
    assert_eq!(read(send(form, "same-origin")).await.0, 404, "it is used up");
    assert_eq!(read(Browser::default().request(&Method::GET, &path, None)).await.0, 404);
    assert_eq!(Browser::default().signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
}

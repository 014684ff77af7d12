//! Passkeys, with an authenticator of the test's own.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

const ORIGIN: &str = "https://desk.example.org";
const RP: &str = "desk.example.org";
const ADD: &str = "/v1/me/passkeys";
const SIGN_IN: &str = "/v1/session/passkey";

/// Somebody is there (0x01), and it was seen that it is them (0x04); 0x40: a key is described.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x05;

struct Authenticator {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    /// Whose key it is, once it was made.
    handle: Vec<u8>,
}

/// What an authenticator is asked, and what it says; a good one unless told otherwise.
#[derive(Clone)]
struct Says {
    challenge: String,
    origin: &'static str,
    rp: &'static str,
    flags: u8,
    counter: u32,
    kind: &'static str,
    more: Value,
}

type Spoil = fn(&mut Says);

impl Says {
    fn to(asked: &Value, kind: &'static str) -> Self {
        let challenge = asked["publicKey"]["challenge"].as_str().expect("a challenge").to_owned();
        Self { challenge, origin: ORIGIN, rp: RP, flags: VERIFIED, counter: 0, kind, more: Value::Null }
    }

    fn client_data(&self) -> Vec<u8> {
        let mut data =
            json!({"type": self.kind, "challenge": self.challenge, "origin": self.origin, "crossOrigin": false});
        for (name, value) in self.more.as_object().into_iter().flatten() {
            data[name] = value.clone();
        }
        data.to_string().into_bytes()
    }

    fn head(&self, flags: u8) -> Vec<u8> {
        let mut head = digest(&SHA256, self.rp.as_bytes()).as_ref().to_vec();
        head.push(flags);
        head.extend(self.counter.to_be_bytes());
        head
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Authenticator {
    fn new() -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        Self { key, id: tokens::random::<16>().to_vec(), handle: Vec::new() }
    }

    fn creates(&mut self, asked: &Value, says: &Says) -> Value {
        let handle = asked["publicKey"]["user"]["id"].as_str().expect("a handle");
        self.handle = URL_SAFE_NO_PAD.decode(handle).expect("base64url");
        let mut data = says.head(says.flags | 0x40);
        data.extend([0; 16]);
        data.extend((self.id.len() as u16).to_be_bytes());
        data.extend(&self.id);
        // {1: 2, 3: -7, -1: 1, -2: x, -3: y} in CBOR: a key on P-256 for ES256.
        let point = self.key.public_key().as_ref();
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..]);
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(data.len() as u8);
        object.extend(data);
        json!({"id": encode(&self.id), "rawId": encode(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {"clientDataJSON": encode(&says.client_data()), "attestationObject": encode(&object), "transports": ["internal"]}})
    }

    fn signs(&self, says: &Says) -> Value {
        let (client, data) = (says.client_data(), says.head(says.flags));
        let mut signed = data.clone();
        signed.extend(digest(&SHA256, &client).as_ref());
        let signature = self.key.sign(&SystemRandom::new(), &signed).expect("a signature");
        json!({"id": encode(&self.id), "rawId": encode(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {"clientDataJSON": encode(&client), "authenticatorData": encode(&data),
                "signature": encode(signature.as_ref()), "userHandle": encode(&self.handle)}})
    }
}

async fn bench() -> Bench {
    Bench::signing_in_as(|sign_in| sign_in.public_url = ORIGIN.to_owned()).await
}

impl Browser {
    async fn asked(&mut self, bench: &Bench, path: &str) -> Value {
        let (status, asked) = self.call(bench, Method::POST, &format!("{path}/challenge"), None).await;
        assert_eq!(status, 200, "{asked}");
        asked
    }

    /// Adds a passkey that counts from `counter` on.
    async fn adds(&mut self, bench: &Bench, key: &mut Authenticator, counter: u32) -> (u16, Value) {
        let asked = self.asked(bench, ADD).await;
        let credential = key.creates(&asked, &Says { counter, ..Says::to(&asked, "webauthn.create") });
        self.call(bench, Method::POST, ADD, Some(json!({"name": "telephone", "credential": credential}))).await
    }

    async fn shows(&mut self, bench: &Bench, credential: &Value) -> u16 {
        self.call(bench, Method::POST, SIGN_IN, Some(json!({"credential": credential}))).await.0
    }
}

/// Somebody with a passkey, in the browser in which they added it.
async fn kim(bench: &Bench, counter: u32) -> (StaffId, Browser, Authenticator) {
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let kim = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, kim, "kim", false).await;
    let (mut browser, mut key) = (Browser::default(), Authenticator::new());
    assert_eq!(browser.signs_in(bench, "kim", PASSWORD, None).await.0, 204);
    let (status, made) = browser.adds(bench, &mut key, counter).await;
    assert_eq!(status, 201, "{made}");
    (kim, browser, key)
}

#[tokio::test]
async fn somebody_signs_in_with_a_passkey_alone_and_it_is_worth_both_factors() {
    let bench = bench().await;
    let (kim, mut browser, key) = kim(&bench, 0).await;
    // As somebody whose role needs a second factor, which their password has not.
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let roles = json!({"roles": ["supervisor"]});
    assert_eq!(bench.call(admin, Method::PATCH, &format!("/v1/staff/{kim}"), Some(roles)).await.0, 200);
    assert_eq!(browser.me(&bench).await, 401);
    let mut other = Browser::default();
    let asked = other.asked(&bench, SIGN_IN).await;
    assert_eq!(
        (&asked["publicKey"]["rpId"], &asked["publicKey"]["userVerification"]),
        (&json!(RP), &json!("required"))
    );
    let answer = key.signs(&Says::to(&asked, "webauthn.get"));
    let before = other.clone();
    assert_eq!(other.shows(&bench, &answer).await, 204);
    assert_eq!(other.me(&bench).await, 200);
    let (_, sessions) = other.call(&bench, Method::GET, "/v1/me/sessions", None).await;
    assert!(sessions["items"].to_string().contains("\"by\":\"passkey\""), "{sessions}");
    // The same answer again, with all that the browser had, on this desk and on another. This authenticator does not count.
    let beside =
        Bench::signing_in(bench.folder.clone(), settings(), BTreeMap::new(), (*bench.desk.sign_in.config).clone())
            .await;
    for desk in [&bench, &beside] {
        let mut replayed = before.clone();
        assert_eq!((replayed.shows(desk, &answer).await, replayed.me(desk).await), (401, 401));
    }
    assert_eq!(Browser::default().shows(&bench, &answer).await, 401, "without the ticket it is no answer at all");
    // They remove it, and it lets nobody in any more.
    let (_, list) = other.call(&bench, Method::GET, ADD, None).await;
    let one = format!("{ADD}/{}", list["items"][0]["id"].as_str().expect("an id"));
    assert_eq!(list["items"][0]["name"], "telephone");
    assert_eq!(other.call(&bench, Method::DELETE, &one, None).await.0, 204);
    assert_eq!(other.call(&bench, Method::DELETE, &one, None).await.0, 404);
    let asked = other.asked(&bench, SIGN_IN).await;
    assert_eq!(other.shows(&bench, &key.signs(&Says::to(&asked, "webauthn.get"))).await, 401);
}

#[tokio::test]
async fn an_answer_that_is_not_to_this_question_on_this_page_lets_nobody_in() {
    let bench = bench().await;
    let (_, _, key) = kim(&bench, 0).await;
    let spoils: [(&str, Spoil); 10] = [
        ("another page", |says| says.origin = "https://desk.example.org.evil.example"),
        ("in the clear", |says| says.origin = "http://desk.example.org"),
        ("another port", |says| says.origin = "https://desk.example.org:8443"),
        ("a page below", |says| says.origin = "https://evil.desk.example.org"),
        ("a frame of another page", |says| {
            says.more = json!({"crossOrigin": true, "topOrigin": "https://evil.example"})
        }),
        ("another challenge", |says| says.challenge = encode(&[7; 32])),
        ("no challenge", |says| says.challenge = String::new()),
        ("another party", |says| says.rp = "example.org"),
        ("nobody verified", |says| says.flags = PRESENT),
        ("the answer to another kind of question", |says| says.kind = "webauthn.create"),
    ];
    for (what, spoil) in spoils {
        let mut browser = Browser::default();
        let asked = browser.asked(&bench, SIGN_IN).await;
        let mut says = Says::to(&asked, "webauthn.get");
        let before = browser.clone();
        spoil(&mut says);
        assert_eq!(browser.shows(&bench, &key.signs(&says)).await, 401, "{what}");
        let mut good = before;
        assert_eq!(
            good.shows(&bench, &key.signs(&Says::to(&asked, "webauthn.get"))).await,
            204,
            "{what}: a good one is good"
        );
    }
    let mut browser = Browser::default();
    let asked = browser.asked(&bench, SIGN_IN).await;
    let says = Says::to(&asked, "webauthn.get");
    let good = key.signs(&says);
    // Another key, another name, another person, nothing at all.
    let mut forger = Authenticator::new();
    (forger.id, forger.handle) = (key.id.clone(), key.handle.clone());
    let other = bench.staff(&[Role::Admin], &[]).await;
    let changed = |field: &str, value: Value| {
        let mut answer = good.clone();
        match field {
            "rawId" => answer["rawId"] = value,
            field => answer["response"][field] = value,
        }
        answer
    };
    for (answer, status) in [
        (forger.signs(&says), 401),
        (changed("userHandle", encode(other.0.as_bytes()).into()), 401),
        (changed("userHandle", Value::Null), 401),
        (changed("userHandle", "AAAA".into()), 401),
        (changed("rawId", encode(b"another").into()), 401),
        (changed("signature", "AAAA".into()), 401),
        (changed("authenticatorData", "AAAA".into()), 401),
        (changed("clientDataJSON", "!".into()), 401),
        (json!({}), 422),
        (Value::Null, 422),
    ] {
        assert_eq!(browser.clone().shows(&bench, &answer).await, status, "{answer}");
    }
    // The ticket of somebody who adds a passkey is none to sign in with.
    assert_eq!(browser.shows(&bench, &good).await, 204);
}

#[tokio::test]
async fn an_authenticator_that_counts_counts_on() {
    let bench = bench().await;
    let (_, _, key) = kim(&bench, 5).await;
    let shows = async |counter: u32| {
        let mut browser = Browser::default();
        let asked = browser.asked(&bench, SIGN_IN).await;
        browser.shows(&bench, &key.signs(&Says { counter, ..Says::to(&asked, "webauthn.get") })).await
    };
    for (counter, status) in [(0, 401), (5, 401), (6, 204), (6, 401), (3, 401), (90, 204), (7, 401)] {
        assert_eq!(shows(counter).await, status, "{counter}");
    }
}

#[tokio::test]
async fn a_passkey_is_added_by_whoever_signed_in_just_now_and_by_a_good_answer() {
    let bench = bench().await;
    let (kim, mut browser, mut key) = kim(&bench, 0).await;
    // A bearer token is no browser in which they signed in.
    assert_eq!(bench.call(kim, Method::POST, &format!("{ADD}/challenge"), None).await.0, 409);
    let asked = browser.asked(&bench, ADD).await;
    assert_eq!(asked["publicKey"]["excludeCredentials"][0]["id"], encode(&key.id));
    assert_eq!(browser.adds(&bench, &mut key, 0).await.0, 409, "it is there already");
    let spoils: [(&str, Spoil); 5] = [
        ("another page", |says| says.origin = "https://evil.example"),
        ("another party", |says| says.rp = "evil.example"),
        ("another challenge", |says| says.challenge = encode(&[7; 32])),
        ("nobody verified", |says| says.flags = PRESENT),
        ("an answer of signing in", |says| says.kind = "webauthn.get"),
    ];
    for (what, spoil) in spoils {
        let asked = browser.asked(&bench, ADD).await;
        let mut says = Says::to(&asked, "webauthn.create");
        spoil(&mut says);
        let credential = Authenticator::new().creates(&asked, &says);
        let body = json!({"name": "x", "credential": credential});
        assert_eq!(browser.call(&bench, Method::POST, ADD, Some(body)).await.0, 422, "{what}");
    }
    // The question was somebody else's.
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    let mut robins = Browser::default();
    assert_eq!(robins.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    let asked = robins.asked(&bench, ADD).await;
    let credential = Authenticator::new().creates(&asked, &Says::to(&asked, "webauthn.create"));
    browser
        .cookies
        .insert("__Host-wideawake_challenge".to_owned(), robins.cookies["__Host-wideawake_challenge"].clone());
    let body = Some(json!({"name": "x", "credential": credential}));
    assert_eq!(browser.call(&bench, Method::POST, ADD, body).await.0, 422);
    for _ in 1..10 {
        assert_eq!(browser.adds(&bench, &mut Authenticator::new(), 0).await.0, 201);
    }
    assert_eq!(browser.adds(&bench, &mut Authenticator::new(), 0).await.0, 409, "that is enough");
    // With a new invitation they are all gone.
    assert_eq!(bench.invites(supervisor, kim).await.0, 201);
    let mut stranger = Browser::default();
    let asked = stranger.asked(&bench, SIGN_IN).await;
    assert_eq!(stranger.shows(&bench, &key.signs(&Says::to(&asked, "webauthn.get"))).await, 401);
}

#[tokio::test]
async fn a_desk_that_is_reached_by_digits_says_that_it_has_no_passkeys() {
    let bench = Bench::new().await;
    let (status, problem) = Browser::default().call(&bench, Method::POST, &format!("{SIGN_IN}/challenge"), None).await;
    assert_eq!((status, kind(&problem)), (409, "conflict"));
}

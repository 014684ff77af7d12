//! With a provider of the test's own, which says what a good one never would.

use std::sync::Mutex;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RsaKeyPair};
use aws_lc_rs::{hmac, rand::SystemRandom};
use axum::Json;
use axum::extract::State;
use axum::routing::{get, post};
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

/// What it says, and how often it was asked.
#[derive(Clone, Default)]
struct Says {
    metadata: Value,
    keys: Value,
    id_token: String,
    userinfo: Value,
    asked: [usize; 3],
}

type Shared = State<Arc<Mutex<Says>>>;
type Spoil = fn(&mut Says);

struct Hostile {
    issuer: String,
    says: Arc<Mutex<Says>>,
    key: EcdsaKeyPair,
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The public half of a key as a provider shows it.
fn jwk(key: &EcdsaKeyPair, kid: &str) -> Value {
    let point = key.public_key().as_ref();
    json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid, "x": encode(&point[1..33]), "y": encode(&point[33..])})
}

fn new_key() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key")
}

fn token(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let text = format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
    let signature = sign(text.as_bytes());
    format!("{text}.{}", encode(&signature))
}

fn signed(key: &EcdsaKeyPair, header: &Value, claims: &Value) -> String {
    token(header, claims, |text| key.sign(&SystemRandom::new(), text).expect("a signature").as_ref().to_vec())
}

impl Hostile {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let key = new_key();
        let metadata = json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"), "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"), "userinfo_endpoint": format!("{issuer}/me"),
        });
        let says = Says { metadata, keys: json!({"keys": [jwk(&key, "one")]}), ..Says::default() };
        let says = Arc::new(Mutex::new(says));
        let counted = |says: &Mutex<Says>, n: usize| {
            let mut says = says.lock().expect("no panic");
            says.asked[n] += 1;
            says.clone()
        };
        let router = axum::Router::new()
            .route(
                "/.well-known/openid-configuration",
                get(move |State(says): Shared| async move { Json(counted(&says, 0).metadata) }),
            )
            .route("/keys", get(move |State(says): Shared| async move { Json(counted(&says, 1).keys) }))
            .route(
                "/token",
                post(move |State(says): Shared| async move {
                    Json(json!({"id_token": counted(&says, 2).id_token, "access_token": "a", "token_type": "Bearer"}))
                }),
            )
            .route(
                "/me",
                get(|State(says): Shared| async move { Json(says.lock().expect("no panic").userinfo.clone()) }),
            )
            .with_state(says.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { issuer, says, key }
    }

    fn says<T>(&self, change: impl FnOnce(&mut Says) -> T) -> T {
        change(&mut self.says.lock().expect("no panic"))
    }

    /// What a good token says.
    fn claims(&self, nonce: &str) -> Value {
        let now = clock::now().timestamp();
        json!({
            "iss": self.issuer, "sub": "robin-1", "aud": "desk", "exp": now + 300, "iat": now, "nonce": nonce,
            "groups": ["listeners"], "nickname": "Robin",
        })
    }

    fn signed(&self, claims: &Value) -> String {
        signed(&self.key, &json!({"alg": "ES256", "kid": "one", "typ": "JWT"}), claims)
    }

    /// Signs in with the token that `make` makes for a nonce.
    async fn tries(&self, bench: &Bench, make: impl FnOnce(&str) -> String) -> (u16, String) {
        let mut browser = Browser::default();
        let question = browser.asks(bench, BEGIN).await;
        let token = make(&question.get("nonce"));
        self.says(|says| says.id_token = token);
        let (status, text) = browser.returns(bench, &format!("code=c&state={}", question.get("state"))).await;
        let came_in = browser.me(bench).await == 200;
        assert_eq!(came_in, status == 200, "{text}");
        (status, text)
    }
}

#[tokio::test]
async fn a_token_that_is_not_what_it_must_be_lets_nobody_in() {
    let hostile = Hostile::start().await;
    let bench = bench(client(&hostile.issuer)).await;
    assert_eq!(
        hostile.tries(&bench, |nonce| hostile.signed(&hostile.claims(nonce))).await.0,
        200,
        "a good one is good"
    );
    let now = clock::now().timestamp();
    for (what, change) in [
        ("foreign audience", json!({"aud": "another client"})),
        ("one audience too many", json!({"aud": ["desk", "another client"]})),
        ("no audience", json!({"aud": []})),
        ("another party", json!({"azp": "another client"})),
        ("wrong nonce", json!({"nonce": "of another question"})),
        ("no nonce", json!({"nonce": null})),
        ("wrong issuer", json!({"iss": "https://evil.example"})),
        ("expired", json!({"exp": now - 200})),
        ("never expires", json!({"exp": null})),
        ("expires in words", json!({"exp": "tomorrow"})),
        ("from before the question", json!({"iat": now - 3_600})),
        ("from tomorrow", json!({"iat": now + 86_400})),
        ("not yet", json!({"nbf": now + 86_400})),
        ("nobody", json!({"sub": ""})),
        ("somebody with a long name", json!({"sub": "x".repeat(256)})),
        ("a number", json!({"sub": 1})),
    ] {
        let forged = |nonce: &str| {
            let mut claims = hostile.claims(nonce);
            for (name, value) in change.as_object().expect("an object") {
                claims[name] = value.clone();
            }
            hostile.signed(&claims)
        };
        let (status, text) = hostile.tries(&bench, forged).await;
        assert!(status == 401 && text.contains("is not valid"), "{what}: {status} {text}");
    }
}

#[tokio::test]
async fn a_signature_by_another_algorithm_or_key_lets_nobody_in() {
    let hostile = Hostile::start().await;
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let parts = PublicKeyComponents::<Vec<u8>>::from(rsa.public_key());
    let rsa_key = json!({"kty": "RSA", "use": "sig", "kid": "rsa", "n": encode(&parts.n), "e": encode(&parts.e)});
    let odd = json!({"kty": "invented", "kid": "odd"});
    let shared = json!({"kty": "oct", "kid": "shared", "k": encode(b"a secret that everybody knows!!!")});
    let for_secrets = {
        let mut key = jwk(&hostile.key, "enc");
        key["use"] = "enc".into();
        key
    };
    hostile.says(|says| says.keys = json!({"keys": [odd, jwk(&hostile.key, "one"), rsa_key, shared, for_secrets]}));
    let bench = bench(client(&hostile.issuer)).await;
    let good = |nonce: &str| hostile.claims(nonce);
    let rsa_signed = |nonce: &str| {
        token(&json!({"alg": "RS256", "kid": "rsa"}), &good(nonce), |text| {
            let mut signature = vec![0; rsa.public_modulus_len()];
            let padding = &aws_lc_rs::signature::RSA_PKCS1_SHA256;
            rsa.sign(padding, &SystemRandom::new(), text, &mut signature).expect("a signature");
            signature
        })
    };
    assert_eq!(hostile.tries(&bench, rsa_signed).await.0, 200, "RS256 is good");
    let der = rsa.public_key().as_der().expect("DER").as_ref().to_vec();
    let pem = {
        let text = base64::engine::general_purpose::STANDARD.encode(&der);
        let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
    };
    let by_secret = |secret: &[u8], kid: &str, nonce: &str| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        token(&json!({"alg": "HS256", "kid": kid}), &good(nonce), |text| hmac::sign(&key, text).as_ref().to_vec())
    };
    let tries = async |what: &str, make: &dyn Fn(&str) -> String| {
        let (status, text) = hostile.tries(&bench, make).await;
        assert_eq!(status, 401, "{what}: {text}");
    };
    tries("none", &|nonce| token(&json!({"alg": "none"}), &good(nonce), |_| Vec::new())).await;
    tries("None, with a signature", &|nonce| {
        token(&json!({"alg": "None", "kid": "one"}), &good(nonce), |_| vec![1; 64])
    })
    .await;
    tries("HS256 with the public key in PEM", &|nonce| by_secret(pem.as_bytes(), "rsa", nonce)).await;
    tries("HS256 with the public key in DER", &|nonce| by_secret(&der, "rsa", nonce)).await;
    tries("HS256 with the modulus", &|nonce| by_secret(&parts.n, "rsa", nonce)).await;
    tries("HS256 with the client's secret", &|nonce| {
        by_secret(b"a secret: of + tests % only, and long enough", "one", nonce)
    })
    .await;
    tries("HS256 with a key that it shows", &|nonce| by_secret(b"a secret that everybody knows!!!", "shared", nonce))
        .await;
    let other = new_key();
    let header = |kid: &str| json!({"alg": "ES256", "kid": kid});
    tries("another key under its name", &|nonce| signed(&other, &header("one"), &good(nonce))).await;
    tries("the name of a key of another kind", &|nonce| signed(&hostile.key, &header("rsa"), &good(nonce))).await;
    tries("a key for something else", &|nonce| signed(&hostile.key, &header("enc"), &good(nonce))).await;
    tries("a key of the token's own", &|nonce| {
        signed(&other, &json!({"alg": "ES256", "kid": "one", "jwk": jwk(&other, "one")}), &good(nonce))
    })
    .await;
    tries("another kind of token", &|nonce| {
        signed(&hostile.key, &json!({"alg": "ES256", "kid": "one", "typ": "logout+jwt"}), &good(nonce))
    })
    .await;
    tries("changed afterwards", &|nonce| {
        let token = hostile.signed(&good(nonce));
        let mut parts: Vec<_> = token.split('.').map(ToOwned::to_owned).collect();
        let mut claims = good(nonce);
        claims["groups"] = json!(["leads"]);
        parts[1] = encode(claims.to_string().as_bytes());
        parts.join(".")
    })
    .await;
    for garbage in ["", "a.b", "a.b.c", "..", "ey.ey.ey.ey"] {
        tries(garbage, &|_| garbage.to_owned()).await;
    }
}

#[tokio::test]
async fn a_code_comes_back_once_to_whoever_asked_and_only_from_whom_it_should() {
    let hostile = Hostile::start().await;
    hostile.says(|says| says.metadata["authorization_response_iss_parameter_supported"] = true.into());
    let bench = bench(client(&hostile.issuer)).await;
    let mut browser = Browser::default();
    let question = browser.asks(&bench, BEGIN).await;
    let (state, nonce) = (question.get("state"), question.get("nonce"));
    hostile.says(|says| says.id_token = hostile.signed(&hostile.claims(&nonce)));
    let issuer = &hostile.issuer;
    let before = browser.clone();
    for (query, status) in [
        (format!("code=c&state={state}"), 401),
        (format!("code=c&state={state}&iss=https://evil.example"), 401),
        (format!("code=c&iss={issuer}"), 422),
        (format!("code=c&state=x{state}&iss={issuer}"), 401),
        (format!("code=c&state={state}&state={state}&iss={issuer}"), 400),
        (format!("error=access_denied&state={state}&iss={issuer}"), 401),
        (format!("code=c&error=access_denied&state={state}&iss={issuer}"), 401),
        (format!("state={state}&iss={issuer}"), 401),
        (format!("code={}&state={state}&iss={issuer}", "c".repeat(5_000)), 422),
    ] {
        let mut browser = before.clone();
        assert_eq!(browser.returns(&bench, &query).await.0, status, "{query}");
        assert_eq!(browser.cookies.get("wideawake_oidc"), None, "the ticket is torn, whatever came");
    }
    assert_eq!(hostile.says(|says| says.asked[2]), 0, "nothing of that was worth a call");
    // A ticket whose end was put off, or whose errand was changed, is another one.
    let ticket = before.cookies["wideawake_oidc"].clone();
    let good = format!("code=c&state={state}&iss={issuer}");
    for forged in [ticket.replace(".in", ".i-abc"), format!("x{ticket}"), "a.b.c".to_owned(), String::new()] {
        let mut browser = before.clone();
        browser.cookies.insert("wideawake_oidc".to_owned(), forged);
        assert_eq!(browser.returns(&bench, &good).await.0, 401);
    }
    assert_eq!(browser.returns(&bench, &good).await.0, 200);
    // This provider takes its code again and again; we take its answer once.
    let beside = bench.beside_with_provider(issuer).await;
    for desk in [&bench, &beside] {
        let mut replayed = before.clone();
        assert_eq!((replayed.returns(desk, &good).await.0, replayed.me(desk).await), (401, 401));
    }
    assert_eq!(bench.sessions().await, 1);
}

#[tokio::test]
async fn keys_are_fetched_anew_when_they_change_and_no_oftener_than_it_makes_sense() {
    let hostile = Hostile::start().await;
    let bench = bench(client(&hostile.issuer)).await;
    let (fresh, unknown) = (new_key(), new_key());
    let header = |kid: &str| json!({"alg": "ES256", "kid": kid});
    hostile.says(|says| says.keys = json!({"keys": [jwk(&fresh, "two")]}));
    assert_eq!(hostile.tries(&bench, |nonce| signed(&fresh, &header("two"), &hostile.claims(nonce))).await.0, 200);
    for _ in 0..5 {
        let (status, _) =
            hostile.tries(&bench, |nonce| signed(&unknown, &header("three"), &hostile.claims(nonce))).await;
        assert_eq!(status, 401);
    }
    let [metadata, keys, _] = hostile.says(|says| says.asked);
    assert!(metadata == 1 && keys <= 2, "{metadata} {keys}: nobody has us ask again and again");
}

#[tokio::test]
async fn a_provider_that_is_not_the_one_or_answers_too_much_is_not_listened_to() {
    let spoils: [(&str, Spoil); 5] = [
        ("another issuer", |says| says.metadata["issuer"] = "https://evil.example".into()),
        ("an address that is none", |says| says.metadata["token_endpoint"] = "file:///etc/passwd".into()),
        ("an address on another machine, in the clear", |says| {
            says.metadata["jwks_uri"] = "http://169.254.169.254/latest".into();
        }),
        ("too long an answer", |says| says.metadata["padding"] = "x".repeat(300_000).into()),
        ("no answer", |says| says.metadata = Value::Null),
    ];
    for (what, spoil) in spoils {
        let hostile = Hostile::start().await;
        hostile.says(spoil);
        let bench = bench(client(&hostile.issuer)).await;
        for _ in 0..3 {
            let (status, _, text) = Browser::default().opens(&bench, BEGIN).await;
            assert!(status == 503 && text.contains("cannot be used just now"), "{what}: {text}");
        }
        assert_eq!(hostile.says(|says| says.asked[0]), 1, "{what}: it is left alone for a while");
    }
}

#[tokio::test]
async fn a_role_that_needs_a_second_factor_needs_it_of_the_provider_too() {
    let hostile = Hostile::start().await;
    let bench = bench(client(&hostile.issuer)).await;
    let with = |nonce: &str, methods: Value| {
        let mut claims = hostile.claims(nonce);
        claims["groups"] = json!(["leads"]);
        claims["amr"] = methods;
        hostile.signed(&claims)
    };
    let (status, text) = hostile.tries(&bench, |nonce| with(nonce, json!(["pwd"]))).await;
    assert!(status == 403 && text.contains("needs a second factor"), "{text}");
    assert_eq!(hostile.tries(&bench, |nonce| with(nonce, json!(["pwd", "otp"]))).await.0, 200);
    assert_eq!(hostile.tries(&bench, |nonce| with(nonce, json!(["mfa"]))).await.0, 200);
    // What it says elsewhere is of the same person, or nothing.
    let bare = |nonce: &str| {
        let mut claims = hostile.claims(nonce);
        claims.as_object_mut().expect("an object").remove("groups");
        hostile.signed(&claims)
    };
    hostile.says(|says| says.userinfo = json!({"sub": "robin-2", "groups": ["listeners"]}));
    assert_eq!(hostile.tries(&bench, bare).await.0, 503);
    hostile.says(|says| says.userinfo = json!({"sub": "robin-1", "groups": ["listeners"]}));
    assert_eq!(hostile.tries(&bench, bare).await.0, 200);
}

//! What makes an ID token one that says who signs in here, now, in answer to this very question (OpenID Connect Core 1.0,
//! section 3.1.3.7). Whatever is not as it must be is refused.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::{Map, Value};
use wideawake_runtime::tokens;

/// How far the provider's clock may be from ours.
const LEEWAY: TimeDelta = TimeDelta::minutes(2);

/// The longest subject (section 2).
const LONGEST_SUBJECT: usize = 255;

/// What a token must be.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    /// When the sign-in began: no token is older.
    pub(super) began_at: DateTime<Utc>,
    pub(super) now: DateTime<Utc>,
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// None of the keys is the one that it names: there may be newer ones.
    Key,
    /// It is no good.
    Token(&'static str),
}

/// Who signs in, as the provider says.
#[derive(Debug)]
pub(super) struct Claims {
    /// Who, among all that the provider knows.
    pub(super) subject: String,
    /// How they proved it (RFC 8176).
    pub(super) methods: Vec<String>,
    /// Everything that it says.
    pub(super) all: Map<String, Value>,
}

/// What has to be there.
#[derive(Deserialize)]
struct Needed {
    iss: String,
    sub: String,
    aud: OneOrMany,
    exp: f64,
    iat: f64,
    nonce: String,
    nbf: Option<f64>,
    azp: Option<String>,
    #[serde(default)]
    amr: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// Whether a key is for signatures of that kind. There is none for a secret that both sides share, nor for no signature.
fn is_for(key: &Jwk, algorithm: Algorithm) -> bool {
    let (wanted, kind) = match algorithm {
        Algorithm::RS256 => (KeyAlgorithm::RS256, None),
        Algorithm::RS384 => (KeyAlgorithm::RS384, None),
        Algorithm::RS512 => (KeyAlgorithm::RS512, None),
        Algorithm::PS256 => (KeyAlgorithm::PS256, None),
        Algorithm::PS384 => (KeyAlgorithm::PS384, None),
        Algorithm::PS512 => (KeyAlgorithm::PS512, None),
        Algorithm::ES256 => (KeyAlgorithm::ES256, Some(EllipticCurve::P256)),
        Algorithm::ES384 => (KeyAlgorithm::ES384, Some(EllipticCurve::P384)),
        Algorithm::EdDSA => (KeyAlgorithm::EdDSA, Some(EllipticCurve::Ed25519)),
        _ => return false,
    };
    let fits = match (&key.algorithm, kind) {
        (AlgorithmParameters::RSA(_), None) => true,
        (AlgorithmParameters::EllipticCurve(key), Some(curve)) => key.curve == curve,
        (AlgorithmParameters::OctetKeyPair(key), Some(curve)) => key.curve == curve,
        _ => false,
    };
    let common = &key.common;
    fits && common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature)
        && common.key_algorithm.is_none_or(|algorithm| algorithm == wanted)
}

/// Who signs in, if the token is good.
pub(super) fn check(token: &str, keys: &[Jwk], expected: &Expected<'_>) -> Result<Claims, Wrong> {
    // `none` and whatever else nobody knows is no algorithm.
    let header = decode_header(token).map_err(|_| Wrong::Token("its header cannot be read"))?;
    if header.typ.as_deref().is_some_and(|kind| !kind.eq_ignore_ascii_case("jwt")) {
        return Err(Wrong::Token("it is of another kind"));
    }
    let algorithm = header.alg;
    if matches!(algorithm, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512) {
        return Err(Wrong::Token("it is signed with a shared secret"));
    }
    let named = |key: &&Jwk| header.kid.is_none() || key.common.key_id == header.kid;
    let mut fitting = keys.iter().filter(named).filter(|key| is_for(key, algorithm));
    let key = match (fitting.next(), fitting.next()) {
        (Some(key), None) => key,
        // Without a name there must be no choice.
        (Some(_), Some(_)) => return Err(Wrong::Token("it does not say by which key it is signed")),
        (None, _) => return Err(Wrong::Key),
    };
    let key = DecodingKey::from_jwk(key).map_err(|_| Wrong::Token("its key cannot be read"))?;
    // The signature is looked at here, and everything else below, by our own clock.
    let mut signature = Validation::new(algorithm);
    signature.required_spec_claims.clear();
    (signature.validate_exp, signature.validate_aud) = (false, false);
    let read = decode::<Map<String, Value>>(token, &key, &signature);
    let all = read.map_err(|_| Wrong::Token("its signature is not the provider's"))?.claims;
    let needed: Needed = serde_json::from_value(Value::Object(all.clone()))
        .map_err(|_| Wrong::Token("something that has to be in it is missing"))?;
    about(&needed, expected).map_err(Wrong::Token)?;
    Ok(Claims { subject: needed.sub, methods: needed.amr, all })
}

fn about(token: &Needed, expected: &Expected<'_>) -> Result<(), &'static str> {
    let is_ours = |audience: &String| audience == expected.client_id;
    let only_ours = match &token.aud {
        OneOrMany::One(one) => is_ours(one),
        OneOrMany::Many(many) => !many.is_empty() && many.iter().all(is_ours),
    };
    let (now, leeway) = (expected.now.timestamp() as f64, LEEWAY.num_seconds() as f64);
    if token.iss != expected.issuer {
        Err("it is another provider's")
    } else if !only_ours || token.azp.as_ref().is_some_and(|party| !is_ours(party)) {
        Err("it is for somebody else")
    } else if !tokens::same(token.nonce.as_bytes(), expected.nonce.as_bytes()) {
        Err("it answers another question")
    } else if token.exp.is_nan() || token.exp <= now - leeway {
        Err("it has expired")
    } else if token.iat.is_nan() || token.iat < expected.began_at.timestamp() as f64 - leeway {
        Err("it is older than the question")
    } else if token.iat > now + leeway || token.nbf.is_some_and(|from| from.is_nan() || from > now + leeway) {
        Err("it is not valid yet")
    } else if !(1..=LONGEST_SUBJECT).contains(&token.sub.len()) {
        Err("it names nobody")
    } else {
        Ok(())
    }
}

impl Claims {
    /// The values of a claim: a name, or a JSON pointer. `None` when there is no such claim.
    pub(super) fn values(&self, claim: &str) -> Option<Vec<String>> {
        let all = Value::Object(self.all.clone());
        let value = if claim.starts_with('/') { all.pointer(claim) } else { all.get(claim) };
        Some(match value? {
            Value::String(one) => vec![one.clone()],
            Value::Array(many) => many.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
            _ => Vec::new(),
        })
    }

    /// A claim that is text, on one line, and not too long.
    pub(super) fn text(&self, claim: &str, most: usize) -> Option<String> {
        let text = self.values(claim)?.into_iter().next()?.trim().to_owned();
        let is_good = !text.is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control);
        is_good.then_some(text)
    }

    /// Takes what the provider says of them elsewhere, if it is of the same person. What was signed counts first.
    pub(super) fn add(&mut self, said: Value) -> Result<(), &'static str> {
        let Value::Object(said) = said else { return Err("what it says of them is not what it should be") };
        if said.get("sub").and_then(Value::as_str) != Some(&self.subject) {
            return Err("what it says is of somebody else");
        }
        for (claim, value) in said {
            self.all.entry(claim).or_insert(value);
        }
        Ok(())
    }

    /// Whether they proved it with more than one factor (RFC 8176: `mfa`, or a hardware- or software-secured key that was
    /// unlocked, or a one-time code beside a password).
    pub(super) fn is_strong(&self) -> bool {
        let used = |method: &str| self.methods.iter().any(|known| known == method);
        used("mfa") || (used("pwd") && (used("otp") || used("hwk") || used("swk") || used("sms")))
    }
}

//! Recovery codes: ten, each good once in place of a code of the authenticator, for whoever lost it.

use axum::Json;
use axum::extract::State;
use axum::http::request::Parts;
use serde::Serialize;
use utoipa::ToSchema;
use wideawake_domain::staff::Used;
use wideawake_runtime::http::{JsonBody, Kind, Problem, detached, parse};
use wideawake_runtime::tokens;
use zeroize::Zeroizing;

use super::password;
use super::session::{self, Second};
use crate::desk::Desk;
use crate::permit::Caller;

/// How many there are.
const MANY: usize = 10;

/// The letters and digits that nobody takes for one another (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// How many of them a code has: 80 bits, which nobody guesses, not even with the hash before them.
const LENGTH: usize = 16;

/// Who asks for new ones.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `renew` reads")]
pub(crate) struct ProofBody {
    #[schema(max_length = 200)]
    password: String,
    /// Six digits of the authenticator, or a recovery code.
    #[schema(max_length = 40)]
    code: String,
}

/// Codes that are shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodes {
    /// Each is good once in place of a code of the authenticator.
    pub(super) recovery_codes: Vec<String>,
}

/// New codes.
pub(super) struct Drawn {
    pub(super) codes: Vec<String>,
    pub(super) hashes: Vec<String>,
}

pub(super) fn draw() -> Drawn {
    let code = || {
        let bytes = Zeroizing::new(tokens::random::<LENGTH>());
        // 256 is a multiple of 32: each letter is as likely as any other.
        let letters: Vec<char> = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
        letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    };
    let codes: Vec<String> = (0..MANY).map(|_| code()).collect();
    let hashes = codes.iter().filter_map(|code| hash(code)).collect();
    Drawn { codes, hashes }
}

/// What is kept of a code, however it is typed; `None` when it can be none.
pub(super) fn hash(code: &str) -> Option<String> {
    let read = |c: char| match c.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        c => c,
    };
    let code: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').map(read).collect();
    let fits = code.len() == LENGTH && code.bytes().all(|b| LETTERS.contains(&b));
    fits.then(|| tokens::hash_token(&code))
}

/// New recovery codes, for whoever has a second factor. Those before are void.
#[utoipa::path(
    post, path = "/v1/me/recovery-codes",
    request_body = ProofBody,
    responses((status = 200, body = RecoveryCodes), Problem)
)]
pub(crate) async fn renew(
    State(desk): State<Desk>,
    caller: Caller,
    parts: Parts,
    body: JsonBody,
) -> Result<Json<RecoveryCodes>, Problem> {
    let mut f = body.fields();
    let password = f.required("password", password::presented);
    let code = f.required("code", parse::line(1..=40));
    let (password, code) = f.finish((password, code))?;
    let Some(sign_in) = caller.member.sign_in.clone().filter(|sign_in| sign_in.code.is_some()) else {
        return Err(
            Problem::new(Kind::Conflict).detail("you have no second factor; ask for an invitation to set one up")
        );
    };
    detached(async move {
        let who = (Some(caller.id()), sign_in.name.as_str());
        let proven = session::prove(&desk, &parts, who, password, Some(&code)).await?;
        // Another process may have let them in with that code.
        desk.feed.refresh_now_and_then().await;
        session::spend(&desk, &proven).await?;
        let Drawn { codes, hashes } = draw();
        let step = match proven.second {
            Second::Code(step) => Some(step),
            _ => None,
        };
        let set = desk.record.decide_staff(caller.id(), caller.actor(), |member, _| {
            // Whatever they proved themself against is still what counts.
            let same = member.sign_in.as_ref().is_some_and(|now| now.version == sign_in.version);
            if !same {
                return Err(Used::Answer);
            }
            member.set_recovery_codes(hashes.clone(), step).map(|event| vec![event.into()])
        });
        let facts = set.await?.map_err(session::used)?;
        desk.feed.reach(&facts).await;
        Ok(Json(RecoveryCodes { recovery_codes: codes }))
    })
    .await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed_and_no_two_are_alike() {
        let Drawn { codes, hashes } = draw();
        assert_eq!((codes.len(), hashes.len()), (MANY, MANY));
        for (code, kept) in codes.iter().zip(&hashes) {
            assert_eq!(code.len(), LENGTH + 3);
            let typed = format!(" {} ", code.to_uppercase().replace('-', " ").replace('0', "O").replace('1', "l"));
            assert_eq!(hash(&typed).as_ref(), Some(kept), "{code}");
        }
        let different: std::collections::BTreeSet<_> = hashes.iter().collect();
        assert_eq!(different.len(), MANY);
        for other in
            ["", "123456", "0000-0000-0000-000", "0000-0000-0000-00000", "0000-0000-0000-000u", "٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠"]
        {
            assert_eq!(hash(other), None, "{other}");
        }
    }
}

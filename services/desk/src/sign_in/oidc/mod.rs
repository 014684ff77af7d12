//! Signing in with an account at one's organisation: OpenID Connect, the authorization code flow with PKCE.
//!
//! Between the two halves nothing is kept here but a ticket in the browser that began. The answer leads nowhere but to this
//! door's own pages. Whatever goes wrong with a provider is told in a sentence, and keeps nobody from signing in otherwise.

mod arrival; // who it is here
mod id_token; // what a token must be
mod provider; // who says who it is

use askama::Template;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use wideawake_domain::staff::Means;
use wideawake_runtime::http::{Kind, Problem, Query, Segments, detached, parse};
use wideawake_runtime::pages::{Frame, Page};
use wideawake_runtime::{clock, tokens};

use self::id_token::{Claims, Expected, Wrong};
pub(crate) use self::provider::Provider;
use self::provider::{Trouble, form};
use super::cookies::Site;
use super::ticket::{self, Ticket};
use super::{invitation, pace, session};
use crate::answer::is_own;
use crate::desk::Desk;
use crate::pages::frame;

/// The cookie of a sign-in that is under way.
const UNDER_WAY: &str = "wideawake_oidc";

/// What follows from a ticket.
const PURPOSE: &str = "oidc";

/// Signing in, and linking an account by an invitation: what a ticket is for.
const SIGN_IN: &str = "in";
const INVITATION: &str = "i-";

/// The page that says how it went.
#[derive(Template)]
#[template(path = "said.html")]
struct Html {
    frame: Frame,
    /// What went wrong, in English, as a program is told; `None` when it went well.
    wrong: Option<String>,
}

/// Leads to the organisation's provider, to sign in there.
#[utoipa::path(
    get, path = "/v1/session/oidc",
    responses((status = 303, description = "To the provider", headers(("Location" = String), ("Set-Cookie" = String))), Problem),
    security(())
)]
pub(crate) async fn begin(State(desk): State<Desk>, parts: Parts) -> Response {
    told(&parts.headers, lead(&desk, &parts, SIGN_IN).await)
}

/// The same from the page of an invitation, so that the account is linked.
pub(crate) async fn begin_invited(
    State(desk): State<Desk>,
    token: Result<Segments<(String,)>, Problem>,
    parts: Parts,
) -> Response {
    let led = async {
        let Segments((token,)) = token?;
        // Whoever has the link could have somebody else link their account by it.
        if !is_own(&parts.headers) {
            return Err(Problem::new(Kind::ForbiddenOrigin)
                .detail("open the link of the invitation itself, and go on from there"));
        }
        invitation::view(&desk, &token, None).await?;
        lead(&desk, &parts, &format!("{INVITATION}{}", tokens::hash_token(&token))).await
    };
    told(&parts.headers, led.await)
}

fn not_here() -> Problem {
    Problem::new(Kind::NotFound).detail("nobody signs in here with an account of an organisation")
}

async fn lead(desk: &Desk, parts: &Parts, errand: &str) -> Result<Response, Problem> {
    let provider = desk.sign_in.provider.as_ref().ok_or_else(not_here)?;
    pace::may_come_and_go(desk, &pace::address(parts)).await?;
    let metadata = provider.metadata().await.map_err(|trouble| in_words(provider, trouble))?;
    let ticket = Ticket::new(errand);
    let Some(follows) = Follows::all(desk, &ticket).into_iter().next() else { return Err(Kind::Internal.into()) };
    let config = &provider.config;
    let scope = config.scopes.join(" ");
    let redirect = desk.sign_in.config.oidc_redirect();
    let question = form(&[
        ("response_type", "code"),
        ("client_id", &config.client_id),
        ("redirect_uri", &redirect),
        ("scope", &scope),
        ("state", &follows.state),
        ("nonce", &follows.nonce),
        // RFC 7636, S256: the hash in base64url.
        ("code_challenge", &tokens::hash_token(&follows.verifier)),
        ("code_challenge_method", "S256"),
    ]);
    let endpoint = &metadata.authorization_endpoint;
    let joint = if endpoint.contains('?') { '&' } else { '?' };
    let headers = [
        (header::LOCATION, format!("{endpoint}{joint}{question}").parse().ok()),
        (header::SET_COOKIE, ticket.cookie(desk, UNDER_WAY, Site::Lax)),
    ];
    let headers: HeaderMap = headers.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

/// What follows from a ticket for this flow.
struct Follows {
    state: String,
    nonce: String,
    verifier: String,
}

impl Follows {
    /// Under each key of the vault, newest first.
    fn all(desk: &Desk, ticket: &Ticket) -> Vec<Self> {
        let of = |part| ticket.secrets(desk, PURPOSE, part).into_iter().map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        of("state")
            .zip(of("nonce"))
            .zip(of("verifier"))
            .map(|((state, nonce), verifier)| Self { state, nonce, verifier })
            .collect()
    }
}

/// Where the provider sends the browser back to. It answers with a page: the cookie of the session goes to this site's own
/// pages alone, so the browser sends it once it goes on from here.
#[utoipa::path(
    get, path = "/v1/session/oidc/callback",
    params(
        ("state" = String, Query), ("code" = Option<String>, Query), ("iss" = Option<String>, Query),
        ("error" = Option<String>, Query)
    ),
    responses(
        (status = 200, description = "Signed in: a page that leads to the desk", content_type = "text/html", headers(("Set-Cookie" = String))),
        Problem
    ),
    security(())
)]
pub(crate) async fn callback(State(desk): State<Desk>, parts: Parts, query: Result<Query, Problem>) -> Response {
    let headers = parts.headers.clone();
    let come_back = async {
        let query = query?;
        let mut f = query.fields();
        let state = f.required("state", parse::line(1..=200));
        let code = f.optional("code", parse::line(1..=4_000));
        let issuer = f.optional("iss", parse::line(1..=2_000));
        let error = f.optional("error", parse::line(1..=200));
        let (state, code, issuer, error) = f.finish((state, code, issuer, error))?;
        pace::may_come_and_go(&desk, &pace::address(&parts)).await?;
        let came = Came { state, code, issuer, is_refused: error.is_some() };
        let desk = desk.clone();
        detached(async move { finish(&desk, &parts.headers, came).await }).await
    };
    let mut response = told(&headers, come_back.await);
    // Good once, also when it was no good.
    if let Some(torn) = ticket::torn(&desk, UNDER_WAY, Site::Lax) {
        response.headers_mut().append(header::SET_COOKIE, torn);
    }
    response
}

/// What the browser came back with.
struct Came {
    state: String,
    code: Option<String>,
    issuer: Option<String>,
    is_refused: bool,
}

async fn finish(desk: &Desk, headers: &HeaderMap, came: Came) -> Result<Response, Problem> {
    let unauthorized = |detail: &'static str| Problem::new(Kind::Unauthorized).detail(detail);
    let provider = desk.sign_in.provider.as_ref().ok_or_else(not_here)?;
    let not_begun = || unauthorized("this browser did not begin that sign-in, or it took too long; begin again");
    let ticket = Ticket::of(desk, headers, UNDER_WAY).ok_or_else(not_begun)?;
    let of_ticket = |follows: &Follows| tokens::same(follows.state.as_bytes(), came.state.as_bytes());
    let follows = Follows::all(desk, &ticket).into_iter().find(of_ticket).ok_or_else(not_begun)?;
    let broken = |trouble| in_words(provider, trouble);
    let metadata = provider.metadata().await.map_err(broken)?;
    // RFC 9207: whose answer it is.
    let is_theirs = match &came.issuer {
        Some(issuer) => *issuer == provider.config.issuer,
        None => !metadata.authorization_response_iss_parameter_supported,
    };
    if !is_theirs {
        return Err(unauthorized("that answer is another provider's; begin again"));
    }
    let code = match came.code {
        Some(code) if !came.is_refused => code,
        _ => return Err(unauthorized("your organisation did not sign you in; begin again")),
    };
    let redirect = desk.sign_in.config.oidc_redirect();
    let given = provider.exchange(&code, &follows.verifier, &redirect).await.map_err(broken)?;
    let mut claims = checked(provider, &given.id_token, &follows, &ticket).await?;
    if !provider.config.mapping.0.is_empty() && claims.values(&provider.config.claim).is_none() {
        let said = provider.userinfo(&given).await.map_err(broken)?;
        said.map_or(Ok(()), |said| claims.add(said)).map_err(|why| broken(Trouble::Wrong(why)))?;
    }
    let invitation = ticket.errand().strip_prefix(INVITATION);
    let member = arrival::arrive(desk, &provider.config, &claims, invitation).await?;
    let new = session::Begin {
        by: Means::Organisation,
        code: None,
        second_factor: provider.config.always_second_factor || claims.is_strong(),
        once: Some(ticket.session()),
    };
    let cookies = session::begin(desk, &member, new).await?;
    let html = Html { frame: frame(headers), wrong: None };
    let mut response = Page::new(StatusCode::OK, &html).into_response();
    cookies.into_iter().for_each(|cookie| {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    });
    Ok(response)
}

/// What the token says, if it is good. A key that is not known may be a newer one.
async fn checked(provider: &Provider, token: &str, follows: &Follows, ticket: &Ticket) -> Result<Claims, Problem> {
    let expected = Expected {
        issuer: &provider.config.issuer,
        client_id: &provider.config.client_id,
        nonce: &follows.nonce,
        began_at: ticket.began_at(),
        now: clock::now(),
    };
    let keys = provider.keys(None).await.map_err(|trouble| in_words(provider, trouble))?;
    let mut read = id_token::check(token, &keys, &expected);
    if matches!(read, Err(Wrong::Key)) {
        let newer = provider.keys(Some(&keys)).await.map_err(|trouble| in_words(provider, trouble))?;
        read = id_token::check(token, &newer, &expected);
    }
    read.map_err(|wrong| {
        let why = match wrong {
            Wrong::Key => "it is signed with a key that the provider does not have",
            Wrong::Token(why) => why,
        };
        tracing::warn!(why, "an ID token of the organisation's provider was refused");
        Problem::new(Kind::Unauthorized).detail("your organisation's answer is not valid; begin again")
    })
}

fn in_words(provider: &Provider, trouble: Trouble) -> Problem {
    match trouble {
        Trouble::Code => {
            Problem::new(Kind::Unauthorized).detail("that sign-in was used already, or took too long; begin again")
        }
        Trouble::Down(_) | Trouble::Wrong(_) => {
            let issuer = &provider.config.issuer;
            tracing::warn!(%issuer, %trouble, "the organisation's provider is of no help");
            let detail = "your organisation's sign-in cannot be used just now; try again in a moment, or sign in with a password";
            Problem::new(Kind::Unavailable).detail(detail)
        }
    }
}

/// The answer; what went wrong as a page for a browser that shows pages.
fn told(headers: &HeaderMap, answer: Result<Response, Problem>) -> Response {
    let problem = match answer {
        Ok(response) => return response,
        Err(problem) => problem,
    };
    let accepts = headers.get(header::ACCEPT).and_then(|accepts| accepts.to_str().ok()).unwrap_or_default();
    if !accepts.contains("text/html") {
        return problem.into_response();
    }
    let text = problem.said().unwrap_or(problem.kind().title());
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let html = Html { frame: frame(headers), wrong: Some(format!("{first}{}.", letters.as_str())) };
    Page::new(problem.kind().status(), &html).into_response()
}

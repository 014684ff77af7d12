//! How somebody can be paged.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wideawake_domain::StaffId;
use wideawake_domain::staff::{Change, ContactKind, ContactMethod};
use wideawake_runtime::http::parse::Refusal;
use wideawake_runtime::http::{JsonBody, Problem, Segments, detached, parse};

use crate::desk::Desk;
use crate::permit::Caller;

/// The most methods that one person has.
const MOST: usize = 10;

/// The longest wait before a method.
const LONGEST_S: i64 = 24 * 3600;

/// One way to page somebody.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ContactMethodView {
    /// `webhook`, `email` or `sms`.
    kind: &'static str,
    /// A URL, an e-mail address or a phone number.
    to: String,
    /// How long after the method before it.
    #[schema(example = "90s")]
    after: String,
}

impl std::fmt::Debug for ContactMethodView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to ‹sealed›", self.kind)
    }
}

/// How somebody can be paged, as JSON.
pub(crate) fn methods(list: &[ContactMethod]) -> Vec<ContactMethodView> {
    let view = |method: &ContactMethod| ContactMethodView {
        kind: name(method.kind),
        to: method.to.clone(),
        after: format!("{}s", method.after_s),
    };
    list.iter().map(view).collect()
}

fn name(kind: ContactKind) -> &'static str {
    ContactKind::NAMES.iter().find(|(_, one)| *one == kind).map_or("", |(name, _)| name)
}

/// How somebody can be paged.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ContactMethods {
    contact_methods: Vec<ContactMethodView>,
}

/// How somebody can be paged, in the order in which it is tried.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `put_contact_methods` reads")]
pub(crate) struct ContactMethodsBody {
    #[schema(max_items = 10)]
    contact_methods: Vec<ContactMethodBody>,
}

/// One way to page somebody.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `put_contact_methods` reads")]
pub(crate) struct ContactMethodBody {
    #[schema(pattern = "^(webhook|email|sms)$")]
    kind: String,
    /// An http or https URL, an e-mail address, or a phone number such as `+34600000000`.
    to: String,
    /// How long after the method before it, at most a day; at once unless told otherwise.
    #[schema(example = "90s")]
    after: Option<String>,
}

/// Sets how somebody can be paged. Who manages them may do it, and they themself.
#[utoipa::path(
    put, path = "/v1/staff/{id}/contact-methods",
    params(("id" = Uuid, Path)),
    request_body = ContactMethodsBody,
    responses((status = 200, body = ContactMethods), Problem)
)]
pub(crate) async fn put_contact_methods(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(StaffId,)>,
    body: JsonBody,
) -> Result<Json<ContactMethods>, Problem> {
    caller.toward(&desk.known_member(id).await?).must_manage_or_be()?;
    let mut f = body.fields();
    let list = f.objects("contact_methods", 0..=MOST, |method| {
        let kind =
            method.required("kind", parse::one_of(&[ContactKind::Webhook, ContactKind::Email, ContactKind::Sms], name));
        let reachable = kind.value().copied();
        let to = method.required("to", |value| address(reachable, value));
        let after = method.optional("after", wait).or(0);
        (kind, to, after)
    });
    let list = f.finish(list)?.into_iter().map(|(kind, to, after_s)| ContactMethod { kind, to, after_s });
    let list: Vec<ContactMethod> = list.collect();
    detached(async move {
        let answer = ContactMethods { contact_methods: methods(&list) };
        desk.change_staff(id, Change::ContactMethods(list), &caller).await?;
        Ok(Json(answer))
    })
    .await
}

fn wait(value: &Value) -> Result<u32, Refusal> {
    if value.as_str().is_some_and(|text| text == "0s") {
        return Ok(0);
    }
    let seconds = parse::duration(value)?.num_seconds();
    if (1..=LONGEST_S).contains(&seconds) { Ok(seconds as u32) } else { Err("must be \"1s\" to \"24h\"".into()) }
}

fn address(kind: Option<ContactKind>, value: &Value) -> Result<String, Refusal> {
    let text = parse::line(1..=2000)(value)?;
    let (fits, refusal) = match kind {
        None => (true, ""),
        Some(ContactKind::Webhook) => (is_url(&text), "must be an http or https URL"),
        Some(ContactKind::Email) => (is_email(&text), "must be an e-mail address"),
        Some(ContactKind::Sms) => (is_number(&text), "must be a phone number such as \"+34600000000\" (E.164)"),
    };
    if fits { Ok(text) } else { Err(refusal.into()) }
}

fn is_url(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else { return false };
    let web = matches!(uri.scheme_str(), Some("http" | "https"));
    // A password in a URL ends up in logs; webhooks are signed instead.
    web && uri.authority().is_some_and(|at| !at.host().is_empty() && !at.as_str().contains('@'))
}

/// Near enough to RFC 5321: the proof of an address is that a page arrives.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let label = |label: &str| {
        let inner = |c: char| c.is_alphanumeric() || c == '-';
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let plain = |c: char| c.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
    let dots = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
    (1..=64).contains(&local.len())
        && text.len() <= 254
        && local.chars().all(plain)
        && dots
        && domain.contains('.')
        && domain.split('.').all(label)
}

fn is_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_what_its_kind_says() {
        for good in ["https://a.example/hook?x=1", "http://127.0.0.1:9/"] {
            assert!(is_url(good), "{good}");
        }
        for bad in
            ["ftp://a.example/", "//a", "a.example", "https://", "https://u:p@a.example/", "javascript:1", "/hook"]
        {
            assert!(!is_url(bad), "{bad}");
        }
        for good in ["a@b.example", "a.b+c@sub.b.example"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b.example",
            "a@",
            "a@b",
            "a b@c.example",
            ".a@b.example",
            "a@-b.example",
            "a@b..example",
            "a@b@c.example",
            "a<b@c.example",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
        assert!(is_number("+34600000000"));
        for bad in ["34600000000", "+0123456789", "+34 600", "+", "+1234567890123456"] {
            assert!(!is_number(bad), "{bad}");
        }
    }
}

//! Answers to pages from outside the desk: the token in a page's link, and the code that a text message is answered with.
//!
//! Both follow from the master keys and the page, so that nothing about them is stored and a page that is sent again
//! says the same. Neither acts by itself: whoever serves them makes it an `Acknowledge` with the page's id, and the state
//! of the escalation is what uses a page up (`Rejection::PageUsed`). A token names one page to one person; whoever holds
//! it may say that this person takes the escalation on, and nothing else.

pub mod inbound;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;
use wideawake_domain::escalation::{Call, Escalation};
use wideawake_domain::staff::{ContactKind, ContactMethod, StaffMember};
use wideawake_domain::{EscalationId, PageId, StaffId, Version};
use wideawake_vault::{Vault, same};

use crate::record::{Record, RecordError};

/// The path under the desk's public address at which a link is answered; the token follows.
pub const PATH: &str = "/a/";

/// How many bytes of the proof are kept: 96 bits, which nobody guesses over a network.
const PROOF: usize = 12;

/// Escalation, person, call, method.
const BODY: usize = 16 + 16 + 4 + 1;

const LINK: &str = "page link";
const CODE: &str = "page code";

/// A page, as its link or code names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Of which escalation.
    pub escalation: EscalationId,
    /// To whom.
    pub staff: StaffId,
    /// The event that asked for it.
    pub call: Version,
    /// Over which of their contact methods, from 0.
    pub method: u32,
}

impl Page {
    /// Its id, which stands in `acknowledged`.
    pub fn id(&self) -> PageId {
        PageId::derive(self.escalation, self.call, self.staff, self.method as usize)
    }
}

/// What a page carries so that it can be answered. It prints as `‹sealed›`.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    token: String,
    code: String,
}

impl Answer {
    /// The link below the desk's public address, such as `https://desk.example.org`.
    pub fn url(&self, public_url: &str) -> String {
        format!("{}{PATH}{}", public_url.trim_end_matches('/'), self.token)
    }

    /// The last part of the link.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Six digits, to be sent back as `ACK 123456` from the phone that was called.
    pub fn code(&self) -> &str {
        &self.code
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("‹sealed›")
    }
}

/// What the page carries; the same each time.
pub fn mint(record: &Record, page: &Page) -> Answer {
    mint_with(record.vault(), page)
}

fn mint_with(vault: &Vault, page: &Page) -> Answer {
    let body = body(page);
    let proof = vault.keyed(LINK, &[&body]);
    let mut bytes = body.to_vec();
    bytes.extend_from_slice(&proof[..PROOF]);
    let code = code(&vault.keyed(CODE, &[&code_body(page.escalation, page.staff, page.call)]));
    Answer { token: URL_SAFE_NO_PAD.encode(bytes), code }
}

/// The page that a link names; `None` when the link is not one of ours. Whether the person is still there, was called by
/// that event, and whether the page was answered already is for whoever looks at the escalation.
pub fn verify(record: &Record, token: &str) -> Option<Page> {
    verify_with(record.vault(), token)
}

fn verify_with(vault: &Vault, token: &str) -> Option<Page> {
    // Longer than any of ours is not even decoded.
    if token.len() > 2 * (BODY + PROOF) {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == BODY + PROOF)?;
    let (body, proof) = bytes.split_at(BODY);
    // All of them are compared, so that the time does not tell which fits.
    let fits = vault.keyed_all(LINK, &[body]).iter().fold(false, |fits, own| fits | same(&own[..PROOF], proof));
    let number = |at: usize| -> Option<Uuid> { Uuid::from_slice(&body[at..at + 16]).ok() };
    let call = u32::from_be_bytes(body[32..36].try_into().ok()?);
    let page = Page {
        escalation: EscalationId(number(0)?),
        staff: StaffId(number(16)?),
        call: Version(call.into()),
        method: body[36].into(),
    };
    fits.then_some(page)
}

/// The page that was called for over a text message to `from` and that `code` answers, the newest if there are several;
/// `None` when no escalation that runs has one. `code` is looked for as six digits wherever they stand in what was sent.
pub async fn by_code(record: &Record, from: &str, sent: &str) -> Result<Option<Page>, RecordError> {
    let (Some(from), Some(sent)) = (digits_of(from), code_in(sent)) else { return Ok(None) };
    let reachable: Vec<(StaffMember, u32)> = record
        .all_staff()
        .await?
        .into_iter()
        .filter(|member| !member.removed)
        .filter_map(|member| {
            let at = member.contact_methods.iter().position(|method| is_phone(method, &from))?;
            Some((member, at as u32))
        })
        .collect();
    if reachable.is_empty() {
        return Ok(None);
    }
    let mut newest: Option<(chrono::DateTime<chrono::Utc>, Page)> = None;
    for pool in &record.settings().pools {
        for escalation in record.open_escalations(pool).await? {
            for (member, method) in &reachable {
                for call in escalation.calls.iter().filter(|call| call.staff.contains(&member.id)) {
                    if !answers(record.vault(), &escalation, call, member.id, &sent) {
                        continue;
                    }
                    if newest.is_none_or(|(at, _)| at < call.at) {
                        let (staff, call_version) = (member.id, call.version);
                        let page = Page { escalation: escalation.id, staff, call: call_version, method: *method };
                        newest = Some((call.at, page));
                    }
                }
            }
        }
    }
    Ok(newest.map(|(_, page)| page))
}

fn answers(vault: &Vault, escalation: &Escalation, call: &Call, staff: StaffId, sent: &str) -> bool {
    let keyed = vault.keyed_all(CODE, &[&code_body(escalation.id, staff, call.version)]);
    keyed.iter().fold(false, |fits, own| fits | same(code(own).as_bytes(), sent.as_bytes()))
}

fn body(page: &Page) -> [u8; BODY] {
    let mut body = [0; BODY];
    body[..16].copy_from_slice(page.escalation.0.as_bytes());
    body[16..32].copy_from_slice(page.staff.0.as_bytes());
    // An escalation has some hundred events, and a person ten contact methods; beyond that the link is void, not wrong.
    body[32..36].copy_from_slice(&u32::try_from(page.call.0).unwrap_or(u32::MAX).to_be_bytes());
    body[36] = u8::try_from(page.method).unwrap_or(u8::MAX);
    body
}

fn code_body(escalation: EscalationId, staff: StaffId, call: Version) -> [u8; 40] {
    let mut body = [0; 40];
    body[..16].copy_from_slice(escalation.0.as_bytes());
    body[16..32].copy_from_slice(staff.0.as_bytes());
    body[32..].copy_from_slice(&call.0.to_be_bytes());
    body
}

/// Six digits.
fn code(keyed: &[u8; 32]) -> String {
    let mut number = [0; 8];
    number.copy_from_slice(&keyed[..8]);
    format!("{:06}", u64::from_be_bytes(number) % 1_000_000)
}

/// The only six digits in a row in what somebody wrote.
fn code_in(text: &str) -> Option<String> {
    let mut codes = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 6);
    let code = codes.next()?;
    codes.next().is_none().then(|| code.to_owned())
}

/// A phone number as its digits alone: providers write it with and without `+`, `00` and spaces.
fn digits_of(number: &str) -> Option<String> {
    let digits: String = number.chars().filter(char::is_ascii_digit).take(24).collect();
    let digits = if number.trim_start().starts_with('+') { &digits } else { digits.trim_start_matches("00") };
    (7..=15).contains(&digits.len()).then(|| digits.to_owned())
}

fn is_phone(method: &ContactMethod, digits: &str) -> bool {
    method.kind == ContactKind::Sms && digits_of(&method.to).is_some_and(|own| own == digits)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use wideawake_vault::MasterKeys;

    fn vault(keys: &[u8]) -> Vault {
        use base64::prelude::BASE64_STANDARD;
        let keys: Vec<String> = keys.iter().map(|byte| BASE64_STANDARD.encode([*byte; 32])).collect();
        Vault::new(MasterKeys::from_base64(&keys).unwrap())
    }

    fn page() -> Page {
        let (escalation, staff) = (EscalationId(Uuid::from_u128(1)), StaffId(Uuid::from_u128(2)));
        Page { escalation, staff, call: Version(3), method: 1 }
    }

    #[test]
    fn a_link_names_its_page_and_one_that_was_changed_names_none() {
        let vault = vault(&[1]);
        let answer = mint_with(&vault, &page());
        assert_eq!(verify_with(&vault, answer.token()), Some(page()));
        assert_eq!(answer.token().len(), 66, "a text message has room for it");
        for at in 0..answer.token().len() {
            let mut other: Vec<u8> = answer.token().bytes().collect();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            let other = String::from_utf8(other).unwrap();
            assert_eq!(verify_with(&vault, &other), None, "{at}");
        }
        for other in ["", "a", &answer.token()[..65], &"A".repeat(66), &"A".repeat(10_000), "ü"] {
            assert_eq!(verify_with(&vault, other), None, "{other}");
        }
        let elsewhere = self::vault(&[2]);
        assert_eq!(verify_with(&elsewhere, answer.token()), None, "without the key nobody makes one");
    }

    #[test]
    fn links_and_codes_outlive_a_change_of_the_master_key() {
        let answer = mint_with(&vault(&[1]), &page());
        assert_eq!(verify_with(&vault(&[2, 1]), answer.token()), Some(page()));
        assert_eq!(verify_with(&vault(&[2]), answer.token()), None);
    }

    #[test]
    fn a_page_that_is_sent_again_says_the_same_and_every_other_says_something_else() {
        let vault = vault(&[1]);
        let answer = mint_with(&vault, &page());
        assert_eq!(mint_with(&vault, &page()), answer);
        let later = mint_with(&vault, &Page { call: Version(4), ..page() });
        assert!(later.code() != answer.code() && later.token() != answer.token());
        let other = mint_with(&vault, &Page { staff: StaffId(Uuid::from_u128(9)), ..page() });
        assert!(other.code() != answer.code() && other.token() != answer.token());
        let method = mint_with(&vault, &Page { method: 2, ..page() });
        assert_eq!(method.code(), answer.code(), "a code is a person's, whichever of their phones it reached");
    }

    #[test]
    fn a_code_is_found_in_what_a_person_writes() {
        for text in ["ACK 012345", "ack012345", " Ack: 012345.\n", "012345", "ok 012345 on my way in 10"] {
            assert_eq!(code_in(text).as_deref(), Some("012345"), "{text}");
        }
        for text in ["", "ACK", "ACK 12345", "ACK 1234567", "ACK 012345 654321", "ACK ٠١٢٣٤٥"] {
            assert_eq!(code_in(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_is_the_same_however_a_provider_writes_it() {
        for number in ["+34600000000", "0034600000000", "34600000000", "+34 600 000 000", "+34-600-000-000"] {
            assert_eq!(digits_of(number).as_deref(), Some("34600000000"), "{number}");
        }
        for number in ["", "WIDEAWAKE", "12345", "+1234567890123456"] {
            assert_eq!(digits_of(number), None, "{number}");
        }
    }

    mod in_the_record {
        use super::*;
        use crate::clock;
        use crate::record::tests::House;
        use chrono::TimeDelta;
        use std::time::Duration;
        use wideawake_domain::escalation::{EscalationOpened, Policy, StepReached};
        use wideawake_domain::process::Intent;
        use wideawake_domain::record::Part;
        use wideawake_domain::request::Cause;
        use wideawake_domain::staff::{Added, Change, Role};
        use wideawake_domain::{Actor, Event, Pool, Priority, RequestId, StreamId};
        use wideawake_ledger::{Fence, Lease};

        const PHONE: &str = "+34600000000";

        async fn person(house: &House, n: u128, phone: &str) -> StaffId {
            let id = StaffId(Uuid::from_u128(n));
            let added = Added {
                alias: "Ada".to_owned(),
                roles: vec![Role::Professional],
                pools: vec![Pool::named("main")],
                zone: chrono_tz::UTC,
                languages: vec!["en".parse().unwrap()],
                capacity: 1,
                qualifications: Vec::new(),
                token: "hash".to_owned(),
            };
            let by = Actor::System(Part::Operator);
            house.record.add_staff(id, added, by).await.unwrap();
            let methods = [(ContactKind::Email, "ada@example.org"), (ContactKind::Sms, phone)];
            let methods = methods.map(|(kind, to)| ContactMethod { kind, to: to.to_owned(), after_s: 0 });
            house.record.change_staff(id, Change::ContactMethods(methods.to_vec()), by).await.unwrap();
            id
        }

        /// An escalation whose first step calls them: its second event.
        async fn called(house: &House, n: u128, staff: &[StaffId]) -> EscalationId {
            let ledger = house.record.ledger();
            let lease = ledger.lease("escalation.main", "here", Duration::from_mins(1)).await.unwrap();
            let Lease::Held { token, .. } = lease else { panic!("{lease:?}") };
            let (request, policy) = (RequestId(Uuid::from_u128(n)), Policy::supervisors("clinician"));
            let id = EscalationId::derive(request, &policy.name, Version(1));
            let (line, raised, cause) = ("night".to_owned(), Version(1), Cause::Person);
            let opened =
                EscalationOpened { request, line, priority: Priority::Urgent, policy, raised, cause, rule: None };
            let until = clock::now() + TimeDelta::minutes(1);
            let step = StepReached { round: 0, step: 0, staff: staff.to_vec(), until };
            let intent = Intent {
                stream: StreamId::escalation(id),
                pool: Pool::named("main"),
                expected: Version::NONE,
                actor: Actor::System(Part::Escalation),
                events: vec![Event::Escalation(opened.into()), Event::Escalation(step.into())],
            };
            let fence = Fence { lease: "escalation.main".into(), token };
            house.record.carry_out(intent, fence).await.unwrap();
            id
        }

        #[tokio::test]
        async fn a_code_counts_from_the_phone_that_was_called_while_the_escalation_runs() {
            let house = House::new();
            let (ada, ben) = (person(&house, 1, PHONE).await, person(&house, 2, "+34611111111").await);
            let id = called(&house, 7, &[ada]).await;
            let page = Page { escalation: id, staff: ada, call: Version(2), method: 1 };
            let text = format!("Ack {}", mint(&house.record, &page).code());
            let by = async |from: &str, text: &str| by_code(&house.record, from, text).await.unwrap();
            assert_eq!(by(PHONE, &text).await, Some(page));
            assert_eq!(by("0034 600 000 000", &text).await, Some(page), "however the provider writes the number");
            assert_eq!(by("+34611111111", &text).await, None, "a phone that was not called");
            assert_eq!(by("+34622222222", &text).await, None, "a phone of nobody");
            assert_eq!(by(PHONE, "ACK 000000").await, None);
            let bens = mint(&house.record, &Page { staff: ben, ..page });
            assert_eq!(by("+34611111111", bens.code()).await, None, "somebody who was not called");
            house.record.change_staff(ada, Change::Remove, Actor::System(Part::Operator)).await.unwrap();
            assert_eq!(by(PHONE, &text).await, None, "somebody who left");
        }
    }

    #[test]
    fn an_answer_does_not_print() {
        assert_eq!(format!("{:?}", mint_with(&vault(&[1]), &page())), "‹sealed›");
    }
}

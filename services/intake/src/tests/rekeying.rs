//! Master keys are changed one step at a time, while members talk at doors that have taken the step and doors that have not.

use axum::http::Method;
use serde_json::{Value, json};
use wideawake_domain::StreamId;
use wideawake_runtime::rekey::{Rekeyed, rekey, tally};

use super::house::{House, KEYS, Member};

/// Whether a member who talks at one door is understood at the other.
async fn understand(one: &House, other: &House) -> Member {
    let key = uuid::Uuid::from_u128(u128::from_ne_bytes(wideawake_vault::random())).to_string();
    let headers = [("idempotency-key", key.as_str())];
    let asked = json!({"language": "en", "message": "said at one door"});
    let answer = one.call(Method::POST, "/v1/requests", &headers, &asked).await;
    assert_eq!(answer.status, 201, "{}", answer.json);
    let member = answer.member();
    let again = other.call(Method::POST, "/v1/requests", &headers, &asked).await;
    assert_eq!((again.status.as_u16(), again.member()), (200, member.clone()), "the other takes the repeat for one");
    say(other, &member, "and at the other").await;
    for house in [one, other] {
        assert_eq!(heard(house, &member).await, ["said at one door", "and at the other"]);
    }
    member
}

async fn say(house: &House, member: &Member, text: &str) {
    let token = member.bearer();
    let headers = [("authorization", token.as_str())];
    assert_eq!(house.call(Method::POST, &member.path("/messages"), &headers, &json!({"text": text})).await.status, 202);
}

async fn heard(house: &House, member: &Member) -> Vec<Value> {
    let mut open = house.follow(member, None).await;
    [open.until("message").await, open.until("message").await].map(|seen| seen.data["text"].clone()).into()
}

#[tokio::test]
async fn a_new_master_key_comes_in_and_the_old_one_goes_while_doors_are_changed_one_by_one() {
    let [new, old] = KEYS;
    let before = House::with(&[old]);
    // First it is known everywhere and used nowhere; then it is first everywhere; then the old one is not needed any more.
    let (known, used) = (before.beside(&[old, new]), before.beside(&[new, old]));
    let mut members = Vec::new();
    for (one, other) in [(&before, &known), (&known, &before), (&known, &used), (&used, &known)] {
        members.push(understand(one, other).await);
    }
    // In one step it would not do: this is why it takes two.
    let member = used.open(&json!({"language": "en", "message": "hello"})).await;
    let token = member.bearer();
    let headers = [("authorization", token.as_str())];
    let lost = before.call(Method::POST, &member.path("/messages"), &headers, &json!({"text": "x"})).await;
    assert_eq!(lost.status, 500);

    let (ledger, vault) = (used.record.ledger(), used.record.vault());
    let [newest, oldest] = vault.master_ids()[..] else { panic!("two master keys") };
    let counted = tally(ledger, vault).await.expect("a ledger");
    assert_eq!((counted.under[&newest], counted.under[&oldest], counted.damaged), (2, 3, 0));
    assert!(!counted.all_under(newest));
    let wrapped = ledger.key(StreamId::request(members[0].id())).await.expect("a ledger").expect("a key");
    let mut heard_of = 0;
    let done = rekey(ledger, vault, |keys| heard_of = keys).await.expect("a ledger");
    assert_eq!((done, heard_of), (Rekeyed { keys: 3, forgotten: true }, 3));
    assert_eq!(rekey(ledger, vault, |_| ()).await.expect("a ledger").keys, 0, "again is nothing to do");
    let counted = tally(ledger, vault).await.expect("a ledger");
    assert!(counted.all_under(newest) && counted.under[&newest] == 5, "{counted:?}");
    assert!(!used.holds_bytes(&wrapped), "the old form is gone");

    let after = before.beside(&[new]);
    for member in &members {
        assert_eq!(heard(&after, member).await, ["said at one door", "and at the other"]);
        say(&known, member, "nobody who knows both has noticed").await;
    }
    understand(&used, &after).await;
}

#[tokio::test]
async fn what_cannot_be_opened_is_counted_and_left_as_it_is() {
    let [new, old] = KEYS;
    let house = House::with(&[old]);
    let member = house.open(&json!({"language": "en", "message": "hello"})).await;
    let stranger = house.beside(&[new]);
    let (ledger, vault) = (stranger.record.ledger(), stranger.record.vault());
    let wrapped = ledger.key(StreamId::request(member.id())).await.expect("a ledger");
    assert_eq!(rekey(ledger, vault, |_| ()).await.expect("a ledger").keys, 0);
    assert_eq!(ledger.key(StreamId::request(member.id())).await.expect("a ledger"), wrapped);
    let counted = tally(ledger, vault).await.expect("a ledger");
    let theirs = house.record.vault().master_ids()[0];
    assert!(counted.under.get(&theirs) == Some(&1) && !counted.all_under(vault.master_ids()[0]));
}

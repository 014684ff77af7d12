//! Who is there in the demo: a sample roster around the world.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use chrono_tz::Tz;
use tokio::task::JoinHandle;
use wideawake_domain::record::Part;
use wideawake_domain::settings::Skill;
use wideawake_domain::staff::{Added, Change, ContactKind, ContactMethod, Duty, Qualification, Role};
use wideawake_domain::{Actor, Language, Pool, StaffId};
use wideawake_runtime::{Record, clock, tokens};

const OPERATOR: Actor = Actor::System(Part::Operator);

/// Alias, zone, languages and qualifications.
type Sample = (&'static str, Tz, &'static [&'static str], &'static [&'static str]);

const VOLUNTEERS: [Sample; 10] = [
    ("Aroha", Tz::Pacific__Auckland, &["en"], &["crisis-intervention", "safeguarding", "grief"]),
    ("Kenji", Tz::Asia__Tokyo, &["en", "fr"], &["crisis-intervention", "anxiety"]),
    ("Priya", Tz::Asia__Kolkata, &["en"], &["crisis-intervention", "relationships"]),
    ("Layla", Tz::Africa__Cairo, &["ar", "en"], &["crisis-intervention", "safeguarding"]),
    ("Marta", Tz::Europe__Madrid, &["es", "en"], &["crisis-intervention", "grief"]),
    ("Jonas", Tz::Europe__Berlin, &["de", "en"], &["crisis-intervention", "loneliness"]),
    ("Rui", Tz::Europe__Lisbon, &["pt", "es"], &["crisis-intervention", "anxiety"]),
    ("Clarice", Tz::America__Sao_Paulo, &["pt"], &["crisis-intervention", "safeguarding"]),
    ("Dana", Tz::America__Chicago, &["en", "es"], &["crisis-intervention", "safeguarding", "anxiety"]),
    ("Theo", Tz::America__Vancouver, &["en", "fr"], &["crisis-intervention", "loneliness"]),
];

/// Somebody, and how they come in.
pub(super) struct Person {
    pub(super) id: StaffId,
    pub(super) token: String,
}

/// Everybody in the demo.
pub(super) struct People {
    pub(super) you: Person,
    pub(super) supervisor: Person,
    pub(super) admin: Person,
    pub(super) volunteers: Vec<Person>,
}

impl People {
    /// Adds everyone, with shifts that leave no hour without somebody, and sets you ready. The supervisor is called over the
    /// webhook at `pages`.
    pub(super) async fn arrive(record: &Record, pages: String) -> Result<Self> {
        let you: Sample = ("Robin", Tz::UTC, &["en", "es"], &["crisis-intervention", "safeguarding"]);
        let you = add(record, you, Role::Volunteer).await?;
        let supervisor = add(record, ("Noor", Tz::Europe__Paris, &["en", "fr"], &[]), Role::Supervisor).await?;
        always_on(record, supervisor.id, Tz::Europe__Paris).await?;
        let called = ContactMethod { kind: ContactKind::Webhook, to: pages, after_s: 0 };
        record.change_staff(supervisor.id, Change::ContactMethods(vec![called]), OPERATOR).await?;
        let admin = add(record, ("Ines", Tz::Europe__Lisbon, &["en", "pt"], &[]), Role::Admin).await?;
        always_on(record, you.id, Tz::UTC).await?;
        record.set_duty(you.id, Duty::Ready, None, OPERATOR).await?;
        let mut volunteers = Vec::new();
        for sample in VOLUNTEERS {
            let person = add(record, sample, Role::Volunteer).await?;
            daytime(record, person.id, sample.1).await?;
            volunteers.push(person);
        }
        Ok(Self { you, supervisor, admin, volunteers })
    }

    /// Links by which you and the supervisor choose how to sign in.
    pub(super) async fn invited(&self, desk: SocketAddr) -> Result<(String, String)> {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build();
        let client = client.context("cannot make an HTTP client")?;
        let link = async |person: &Person| -> Result<String> {
            let url = format!("http://{desk}/v1/staff/{}/invitation", person.id);
            let answer = client.post(url).bearer_auth(&self.admin.token).send().await;
            let answer = answer.and_then(reqwest::Response::error_for_status).context("cannot invite anybody")?;
            let invited: serde_json::Value = answer.json().await.context("an invitation that cannot be read")?;
            Ok(format!("http://{desk}/i/{}", invited["token"].as_str().unwrap_or_default()))
        };
        Ok((link(&self.you).await?, link(&self.supervisor).await?))
    }

    /// Proves every few seconds that your client is alive, as a desk page would.
    pub(super) fn keep_you_present(&self, desk: SocketAddr) -> Result<JoinHandle<()>> {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build();
        let client = client.context("cannot make an HTTP client")?;
        let (url, token) = (format!("http://{desk}/v1/me/heartbeat"), self.you.token.clone());
        Ok(tokio::spawn(async move {
            loop {
                // A beat that fails is followed by the next.
                let _ = client.post(&url).bearer_auth(&token).send().await;
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        }))
    }
}

async fn add(record: &Record, (alias, zone, languages, skills): Sample, role: Role) -> Result<Person> {
    let token = tokens::new();
    let languages: Vec<Language> = languages.iter().filter_map(|tag| tag.parse().ok()).collect();
    let skills = skills.iter().filter_map(|skill| skill.parse::<Skill>().ok());
    let added = Added {
        alias: alias.to_owned(),
        roles: vec![role],
        pools: vec![Pool::named("main")],
        zone,
        languages,
        capacity: 2,
        qualifications: skills.map(|skill| Qualification { skill, valid_until: None }).collect(),
        token: token.hash(),
    };
    let id = StaffId(clock::new_id());
    record.add_staff(id, added, OPERATOR).await?;
    Ok(Person { id, token: token.expose().to_owned() })
}

/// Daytime shifts: eight in the morning until ten at night, where they live.
async fn daytime(record: &Record, id: StaffId, zone: Tz) -> Result<()> {
    shift(record, id, zone, "08:00", "22:00").await
}

async fn always_on(record: &Record, id: StaffId, zone: Tz) -> Result<()> {
    shift(record, id, zone, "00:00", "00:00").await
}

async fn shift(record: &Record, id: StaffId, zone: Tz, start: &str, end: &str) -> Result<()> {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let shift = serde_json::json!({ "zone": zone.name(), "days": days, "start": start, "end": end });
    let shift = serde_json::from_value(shift).context("the sample shift cannot be read")?;
    record.change_staff(id, Change::Shifts(vec![shift]), OPERATOR).await?;
    Ok(())
}

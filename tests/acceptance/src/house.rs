//! The staff of a server: an admin, a supervisor whom the admin added, and the volunteers whom the supervisor adds.

use std::ops::Deref;
use std::time::Duration;

use serde_json::{Value, json};

use crate::{Doors, Staff, eventually};

pub struct House {
    pub doors: Doors,
    pub admin: Staff,
    pub supervisor: Staff,
    beat: Duration,
}

impl House {
    /// The admin, who came in by the command line, brings a supervisor.
    pub async fn of(doors: &Doors, id: &str, token: &str, beat: Duration) -> Self {
        let admin = Staff::new(doors, id, token, beat);
        // What did not come through the door is seen there within a second.
        eventually("the new admin is let in", || async {
            (admin.call("GET", "/v1/me").send().await.status == 200).then_some(())
        })
        .await;
        let supervisor = add(&admin, &json!({ "alias": "Noor", "roles": ["supervisor"] }), beat).await;
        Self { doors: doors.clone(), admin, supervisor, beat }
    }

    /// Adds somebody, ready for nothing yet: with the shifts of `person`, or else on shift always.
    pub async fn volunteer(&self, person: Value) -> Staff {
        let mut person = person;
        let shifts = person.as_object_mut().and_then(|fields| fields.remove("shifts"));
        let staff = add(&self.supervisor, &person, self.beat).await;
        let shifts = json!({ "shifts": shifts.unwrap_or_else(always) });
        let set = self.supervisor.put(format!("/v1/staff/{}/shifts", staff.id), &shifts).await.is(200).json();
        assert_eq!(set["warnings"], json!([]), "{set}");
        staff
    }

    /// A volunteer who is ready and there.
    pub async fn on_duty(&self, person: Value) -> Staff {
        let staff = self.volunteer(person).await;
        staff.ready().await;
        staff
    }

    /// Somebody whom the admin adds.
    pub async fn adds(&self, person: Value) -> Staff {
        add(&self.admin, &person, self.beat).await
    }

    /// Every decision about a request, as the supervisor sees them.
    pub async fn decisions(&self, request: &str) -> Vec<Value> {
        let all = self.supervisor.get(format!("/v1/requests/{request}/decisions")).await;
        all["items"].as_array().unwrap_or_else(|| panic!("no items in {all}")).clone()
    }

    /// The history of a request, oldest first.
    pub async fn history(&self, request: &str) -> Vec<Value> {
        let all = self.supervisor.get(format!("/v1/audit/request:{request}")).await;
        all["items"].as_array().unwrap_or_else(|| panic!("no items in {all}")).clone()
    }
}

async fn add(by: &Staff, person: &Value, beat: Duration) -> Staff {
    let mut body = json!({
        "alias": "Robin", "roles": ["volunteer"], "pools": ["main"], "zone": "UTC", "languages": ["en"],
    });
    for (key, value) in person.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    let added = by.post("/v1/staff", &body).await.is(201).json();
    Staff::of(&by.doors, &added, beat)
}

/// Shifts that never end.
pub fn always() -> Value {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    json!([{ "zone": "UTC", "days": days, "start": "00:00", "end": "00:00" }])
}

impl Deref for House {
    type Target = Doors;
    fn deref(&self) -> &Doors {
        &self.doors
    }
}

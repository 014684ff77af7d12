//! Who is there: told to the live state, and to the bus for those whom the live state does not reach. Either may fail;
//! whoever is there says so again.

use chrono::{DateTime, Utc};
use wideawake_domain::process::Signal;
use wideawake_domain::{RequestId, StaffId};

use super::Record;

impl Record {
    /// A staff member's client proved itself alive.
    pub async fn staff_seen(&self, staff: StaffId, at: DateTime<Utc>) {
        // First the bus, which keeps nobody waiting; the live state may, before it fails.
        let _ = self.bus.seen(Signal::StaffSeen { staff, at }).await;
        let _ = self.live.staff_seen(staff, at).await;
    }

    /// A member's client proved itself alive.
    pub async fn member_seen(&self, request: RequestId, at: DateTime<Utc>) {
        let _ = self.bus.seen(Signal::MemberSeen { request, at }).await;
        let _ = self.live.member_seen(request, at).await;
    }
}

//! What there is to see in the imaginary pool.

use super::*;

impl World {
    pub(super) fn request(&self, id: RequestId) -> SupportRequest {
        self.truth.requests[&id].clone()
    }

    pub(super) fn offer(&self, request: RequestId, staff: StaffId) -> OfferId {
        self.request(request).offer_to(staff).unwrap_or_else(|| panic!("{staff} was not offered {request}")).id
    }

    /// To whom it is held out now.
    pub(super) fn asked(&self, request: RequestId) -> Vec<StaffId> {
        self.request(request).offers.iter().map(|offer| offer.volunteer).collect()
    }

    pub(super) fn holder(&self, request: RequestId) -> Option<StaffId> {
        self.request(request).holder()
    }

    pub(super) fn events(&self, request: RequestId) -> Vec<RequestEvent> {
        self.truth.events[&request].iter().map(|(event, ..)| event.clone()).collect()
    }

    pub(super) fn kinds(&self, request: RequestId) -> Vec<&'static str> {
        self.truth.events[&request].iter().map(|(event, ..)| event.kind()).collect()
    }

    pub(super) fn count(&self, request: RequestId, kind: &str) -> usize {
        self.kinds(request).into_iter().filter(|k| *k == kind).count()
    }

    /// Everybody it was ever held out to, in order.
    pub(super) fn offers(&self, request: RequestId) -> Vec<StaffId> {
        let offered = |event| if let RequestEvent::Offered(e) = event { Some(e.volunteer) } else { None };
        self.events(request).into_iter().filter_map(offered).collect()
    }

    /// Why the newest offer was made.
    pub(super) fn why(&self, request: RequestId) -> Why {
        let why = |event| if let RequestEvent::Offered(e) = event { Some(e.why) } else { None };
        self.events(request).into_iter().filter_map(why).next_back().unwrap()
    }

    pub(super) fn withdrawn(&self, request: RequestId) -> Vec<(StaffId, WithdrawReason)> {
        let withdrawn =
            |event| if let RequestEvent::OfferWithdrawn(e) = event { Some((e.volunteer, e.reason)) } else { None };
        self.events(request).into_iter().filter_map(withdrawn).collect()
    }
}

//! `[dispatch]`: how requests find volunteers (DESIGN section 6).

use wideawake_domain::Priority;
use wideawake_domain::settings::{Dispatch, Tier};

use super::reader::{Reader, Spot, Table};

/// An offer goes to at most so many volunteers at once.
const WIDEST: usize = 1_000;

pub(super) fn read(reader: &Reader<'_>, root: &mut Table) -> Dispatch {
    let mut table = reader.table(root, "dispatch");
    let default = Dispatch::default();
    let [standard, elevated, urgent, imminent] = default.tiers;
    let presence = reader.spot(&mut table, "presence_grace");
    let reconnect = reader.spot(&mut table, "reconnect_grace");
    let gone = "nobody would ever count as gone";
    let dispatch = Dispatch {
        presence_grace: presence.as_ref().and_then(|spot| spot.duration(gone)).unwrap_or(default.presence_grace),
        reconnect_grace: reconnect.as_ref().and_then(|spot| spot.duration(gone)).unwrap_or(default.reconnect_grace),
        wind_down: reader.get(&mut table, "wind_down", Spot::limit).unwrap_or(default.wind_down),
        rest_after_urgent: reader
            .get(&mut table, "rest_after_urgent", Spot::limit)
            .unwrap_or(default.rest_after_urgent),
        max_weekly_hours: reader.get(&mut table, "max_weekly_hours", Spot::limit).unwrap_or(default.max_weekly_hours),
        first_reply: reader.get(&mut table, "first_reply", Spot::limit).unwrap_or(default.first_reply),
        reply: reader.get(&mut table, "reply", Spot::limit).unwrap_or(default.reply),
        away_after: reader.get(&mut table, "away_after", |spot| spot.duration(gone)).unwrap_or(default.away_after),
        abandon_after: reader.get(&mut table, "abandon_after", Spot::limit).unwrap_or(default.abandon_after),
        prefer_topics_for: reader
            .get(&mut table, "prefer_topics_for", Spot::limit)
            .unwrap_or(default.prefer_topics_for),
        tiers: [
            tier(reader, &mut table, Priority::Standard, standard),
            tier(reader, &mut table, Priority::Elevated, elevated),
            tier(reader, &mut table, Priority::Urgent, urgent),
            tier(reader, &mut table, Priority::Imminent, imminent),
        ],
    };
    if dispatch.presence_grace > dispatch.reconnect_grace {
        let wanted = "presence_grace must not be longer than reconnect_grace: offers are withdrawn before conversations are released";
        match presence.or(reconnect) {
            Some(spot) => spot.against(wanted),
            None => reader.missing(&table, "presence_grace", wanted),
        }
    }
    reader.done(table);
    dispatch
}

fn tier(reader: &Reader<'_>, table: &mut Table, priority: Priority, default: Tier) -> Tier {
    let mut table = reader.table(table, priority.as_str());
    let endless = "an offer must end, and a missed one must come again";
    let tier = Tier {
        offer_timeout: reader
            .get(&mut table, "offer_timeout", |spot| spot.duration(endless))
            .unwrap_or(default.offer_timeout),
        fanout: reader.get(&mut table, "fanout", |spot| spot.integer(1..=WIDEST)).unwrap_or(default.fanout),
        ageing: reader.get(&mut table, "ageing", Spot::limit).unwrap_or(default.ageing),
        reoffer_after: reader
            .get(&mut table, "reoffer_after", |spot| spot.duration(endless))
            .unwrap_or(default.reoffer_after),
        needs: reader.get(&mut table, "needs", Spot::names).unwrap_or(default.needs),
    };
    reader.done(table);
    tier
}

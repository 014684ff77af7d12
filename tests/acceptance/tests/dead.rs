//! Dead letters, as an operator sees them.
#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::json;
use wideawake_acceptance::{Cluster, Doors, Engines, House, Member, eventually};
use wideawake_engines::{Postgres, RabbitMq, Redis};

/// What nobody can take is laid aside, listed without what is in it, and given back; and the line goes on.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_event_is_laid_aside_and_holds_nobody_up() {
    let (rabbit, redis) = (RabbitMq::start().unwrap(), Redis::start().unwrap());
    let engines =
        Engines { ledger: Postgres::fresh_database().unwrap(), bus: rabbit.fresh_vhost().unwrap(), live: redis.url() };
    let cluster = Cluster::new("", engines);
    let (id, token) = cluster.admin();
    let services = ["intake", "desk", "router"].map(|name| cluster.run(name, &[name]));
    let doors = Doors::new(services[0].at(), services[1].at());
    let house = House::of(&doors, &id, &token, std::time::Duration::from_secs(3)).await;
    assert_eq!(cluster.tool(&["dead", "list"]).ok(), "There are no dead letters.\n");

    rabbit
        .publish(&cluster.engines().bus, "wideawake.events", "main.request.opened", "{\"secret\":\"in here\"}")
        .unwrap();
    let robin = house.on_duty(json!({})).await;
    let member = Member::asks(&doors).await;
    robin.takes(&member.id).await;

    // What was looked at is back in its queue a moment later.
    let list = async |words: &[&str]| {
        let listed = cluster.tool(words).ok();
        listed.contains("rejected").then_some(listed)
    };
    let listed = eventually("one is dead", || list(&["dead", "list"])).await;
    assert!(listed.contains("wideawake.router.main") && listed.contains("rejected"), "{listed}");
    assert!(!listed.contains("in here"), "{listed}");
    let one = eventually("it is still there", || list(&["dead", "list", "--json"])).await;
    let one: serde_json::Value = serde_json::from_str(&one).unwrap();
    assert_eq!((&one["routing_key"], &one["size"]), (&json!("main.request.opened"), &json!(20)));
    let replay = async || (cluster.tool(&["dead", "replay"]).ok() == "Gave back 1.\n").then_some(());
    eventually("it is given back", replay).await;
    let said = cluster.tool(&["dead", "list", "--leader", "router.nowhere"]).fails(1);
    assert!(said.contains("nobody leads as `router.nowhere`; there are: router.main"), "{said}");
}

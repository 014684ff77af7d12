//! Who hears what.

use std::sync::Arc;
use wideawake_bus::Follower;
use wideawake_domain::record::Part;
use wideawake_domain::{Actor, Pool, StaffId, StreamId, StreamKind};

use super::{Hub, Uuid, event, hear, pool};

/// To the byte, whatever is in them.
pub async fn events_arrive_as_they_were_recorded(hub: &dyn Hub) {
    let mut follower = hub.connect().await.subscribe(Follower::Door).await.unwrap();
    let main = pool("main");
    let mut events = Vec::new();
    let actors = [Actor::Member, Actor::Staff(StaffId(Uuid::from_u128(7))), Actor::System(Part::Keeper)];
    for (n, kind) in StreamKind::ALL.into_iter().enumerate() {
        let mut odd = event(&main, n as u64);
        odd.stream = StreamId { kind, id: Uuid::from_u128(u128::MAX - n as u128) };
        odd.actor = actors[n % actors.len()];
        odd.trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into();
        odd.data = "{ \"a\" :\t1.0, \"a\":2, \"ü\\u00fc\":\"🌙\\u0000\" }\n".into();
        odd.hash = [0xff; 32];
        events.push(odd);
    }
    hub.connect().await.publish(&events).await.unwrap();
    assert_eq!(hear(&mut follower, &events).await, []);
}

/// Also when one call tells of several pools.
pub async fn a_follower_hears_its_pool_and_what_concerns_all_and_nothing_else(hub: &dyn Hub) {
    let bus = hub.connect().await;
    let (main, youth) = (pool("main"), pool("youth"));
    let mut of_main = bus.subscribe(Follower::Leader { name: "router.main", pool: &main }).await.unwrap();
    let mut of_youth = bus.subscribe(Follower::Leader { name: "router.youth", pool: &youth }).await.unwrap();
    let events = [event(&youth, 1), event(&main, 2), event(&Pool::all(), 3), event(&youth, 4)];
    bus.publish(&events).await.unwrap();
    bus.publish(&[event(&main, 5)]).await.unwrap();
    bus.publish(&[event(&Pool::all(), 6)]).await.unwrap();
    let all = [event(&Pool::all(), 3), event(&Pool::all(), 6)];
    let main = [&[event(&main, 2), event(&main, 5)], &all[..]].concat();
    let youth = [&[event(&youth, 1), event(&youth, 4)], &all[..]].concat();
    assert_eq!(hear(&mut of_main, &main).await, []);
    assert_eq!(hear(&mut of_youth, &youth).await, []);
}

/// And so does a follower of the pool `all`, of what concerns all.
pub async fn whoever_follows_no_pool_hears_of_all(hub: &dyn Hub) {
    let bus = hub.connect().await;
    let mut of_everything = bus.subscribe(Follower::Door).await.unwrap();
    let mut of_all = bus.subscribe(Follower::Leader { name: "staff", pool: &Pool::all() }).await.unwrap();
    let events = [event(&pool("main"), 1), event(&Pool::all(), 2), event(&pool("youth"), 3)];
    bus.publish(&events).await.unwrap();
    assert_eq!(hear(&mut of_everything, &events).await, []);
    assert_eq!(hear(&mut of_all, &events[1..2]).await, []);
}

/// Whatever process it is in; subscriptions of one name may share it among them.
pub async fn each_name_hears_of_everything(hub: &dyn Hub) {
    let (here, there) = (hub.connect().await, hub.connect().await);
    let main = pool("main");
    let mut followers = Vec::new();
    for (bus, name) in [(&here, "one"), (&here, "two"), (&there, "three")] {
        followers.push(bus.subscribe(Follower::Leader { name, pool: &main }).await.unwrap());
    }
    let events: Vec<_> = (0..100).map(|n| event(&main, n)).collect();
    for (n, event) in events.iter().enumerate() {
        [&here, &there][n % 2].publish(std::slice::from_ref(event)).await.unwrap();
    }
    for follower in &mut followers {
        assert_eq!(hear(follower, &events).await, []);
    }

    let mut mine = here.subscribe(Follower::Leader { name: "shared", pool: &main }).await.unwrap();
    let mut theirs = there.subscribe(Follower::Leader { name: "shared", pool: &main }).await.unwrap();
    let events: Vec<_> = (100..200).map(|n| event(&main, n)).collect();
    here.publish(&events).await.unwrap();
    let mut missing: Vec<_> = events.iter().map(|event| event.stream).collect();
    while !missing.is_empty() {
        let heard = tokio::select! { heard = mine.next() => heard, heard = theirs.next() => heard }.unwrap();
        missing.retain(|stream| heard.iter().all(|event| event.stream != *stream));
    }
}

/// Nor does somebody who never asks for the next.
pub async fn whoever_is_gone_holds_up_nobody(hub: &dyn Hub) {
    let bus = hub.connect().await;
    let main = pool("main");
    let gone = bus.subscribe(Follower::Leader { name: "gone", pool: &main }).await.unwrap();
    let mut idle = bus.subscribe(Follower::Leader { name: "idle", pool: &main }).await.unwrap();
    let mut follower = bus.subscribe(Follower::Leader { name: "there", pool: &main }).await.unwrap();
    bus.publish(&[event(&main, 0)]).await.unwrap();
    drop(gone);
    let events: Vec<_> = (0..1_000).map(|n| event(&main, n)).collect();
    for events in events.chunks(10) {
        bus.publish(events).await.unwrap();
    }
    assert_eq!(hear(&mut follower, &events).await, []);
    assert_eq!(hear(&mut idle, &events).await, []);
}

/// Whoever comes later may hear of it or not.
pub async fn nobody_need_listen(hub: &dyn Hub) {
    let bus = hub.connect().await;
    let main = pool("main");
    bus.publish(&[event(&main, 1)]).await.unwrap();
    let mut late = bus.subscribe(Follower::Leader { name: "late", pool: &main }).await.unwrap();
    bus.publish(&[event(&main, 2)]).await.unwrap();
    for other in hear(&mut late, &[event(&main, 2)]).await {
        assert_eq!(other, event(&main, 1));
    }
}

/// No follower is woken for nothing.
pub async fn publishing_nothing_tells_nothing(hub: &dyn Hub) {
    let bus = hub.connect().await;
    let main = pool("main");
    let mut follower = bus.subscribe(Follower::Leader { name: "test", pool: &main }).await.unwrap();
    bus.publish(&[]).await.unwrap();
    bus.publish(&[event(&pool("youth"), 1)]).await.unwrap();
    bus.publish(&[event(&main, 2)]).await.unwrap();
    assert_eq!(hear(&mut follower, &[event(&main, 2)]).await, []);
}

/// While it is being listened to.
pub async fn many_publish_at_once_and_everything_arrives(hub: &dyn Hub) {
    let main = pool("main");
    let mut follower = hub.connect().await.subscribe(Follower::Leader { name: "test", pool: &main }).await.unwrap();
    let events: Vec<_> = (0..800).map(|n| event(&main, n)).collect();
    let mut publishers = Vec::new();
    for part in events.chunks(100) {
        let (bus, part): (Arc<_>, _) = (hub.connect().await, part.to_vec());
        publishers.push(tokio::spawn(async move {
            for events in part.chunks(3) {
                bus.publish(events).await.unwrap();
            }
        }));
    }
    assert_eq!(hear(&mut follower, &events).await, []);
    for publisher in publishers {
        publisher.await.unwrap();
    }
}

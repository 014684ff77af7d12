//! From one process to another: what outlives the one that was to hear it, and who is seen.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use wideawake_bus::{Bus, Follower, Sightings};
use wideawake_domain::process::Signal;
use wideawake_domain::{RequestId, StaffId};

use super::{DateTime, Hub, TimeDelta, Utc, Uuid, event, hear, next, pool};

/// Also what came before anybody led at all, once the name was followed or is known to the bus otherwise.
pub async fn what_comes_while_nobody_leads_is_kept_for_whoever_does_next(hub: &dyn Hub) {
    if !hub.connects_processes() {
        return;
    }
    let (first, second) = (hub.connect().await, hub.connect().await);
    let main = pool("main");
    let leader = Follower::Leader { name: "router.main", pool: &main };
    let before = [event(&main, 1)];
    first.publish(&before).await.unwrap();
    let mut follower = first.subscribe(leader).await.unwrap();
    assert_eq!(hear(&mut follower, &before).await, []);
    drop((follower, first));
    let meanwhile: Vec<_> = (10..60).map(|n| event(&main, n)).collect();
    second.publish(&meanwhile).await.unwrap();
    let mut follower = second.subscribe(leader).await.unwrap();
    hear(&mut follower, &meanwhile).await;
}

/// Since it died with it.
pub async fn what_was_handed_out_and_not_done_is_delivered_to_the_next_leader(hub: &dyn Hub) {
    if !hub.connects_processes() {
        return;
    }
    let (first, second) = (hub.connect().await, hub.connect().await);
    let main = pool("main");
    let leader = Follower::Leader { name: "router.main", pool: &main };
    let mut follower = first.subscribe(leader).await.unwrap();
    let events: Vec<_> = (0..100).map(|n| event(&main, n)).collect();
    second.publish(&events).await.unwrap();
    let handed_out = next(&mut follower).await.unwrap();
    drop((follower, first));
    let mut follower = second.subscribe(leader).await.unwrap();
    assert_eq!(hear(&mut follower, &events).await, []);
    assert!(events.contains(&handed_out[0]));
}

/// Not by rule, for it may, but as a rule: a leader that takes over does not hear all of the past.
pub async fn what_was_done_is_not_delivered_again(hub: &dyn Hub) {
    if !hub.connects_processes() {
        return;
    }
    let (first, second) = (hub.connect().await, hub.connect().await);
    let main = pool("main");
    let leader = Follower::Leader { name: "router.main", pool: &main };
    let mut follower = first.subscribe(leader).await.unwrap();
    let events: Vec<_> = (0..500).map(|n| event(&main, n)).collect();
    second.publish(&events).await.unwrap();
    assert_eq!(hear(&mut follower, &events).await, []);
    // Asking for more says that these are done.
    assert!(tokio::time::timeout(Duration::from_millis(300), follower.next()).await.is_err());
    drop((follower, first));
    let mut follower = second.subscribe(leader).await.unwrap();
    second.publish(&[event(&main, 1_000)]).await.unwrap();
    assert_eq!(next(&mut follower).await.unwrap(), [event(&main, 1_000)]);
}

/// What comes while a door is closed, it reads from the ledger.
pub async fn a_door_leaves_nothing_behind(hub: &dyn Hub) {
    let bus = hub.connect().await;
    let main = pool("main");
    let mut door = bus.subscribe(Follower::Door).await.unwrap();
    bus.publish(&[event(&main, 1)]).await.unwrap();
    assert_eq!(hear(&mut door, &[event(&main, 1)]).await, []);
    drop(door);
    bus.publish(&[event(&main, 2)]).await.unwrap();
    let mut door = bus.subscribe(Follower::Door).await.unwrap();
    bus.publish(&[event(&main, 3)]).await.unwrap();
    assert_eq!(hear(&mut door, &[event(&main, 3)]).await, []);
}

fn seen(n: u64) -> Signal {
    let at = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::microseconds(n as i64);
    let id = Uuid::from_u128(u128::from(n));
    if n.is_multiple_of(2) {
        Signal::StaffSeen { staff: StaffId(id), at }
    } else {
        Signal::MemberSeen { request: RequestId(id), at }
    }
}

/// Tells until they were seen: what is told before somebody watches may be lost.
async fn watch(from: &dyn Bus, watching: &mut [Box<dyn Sightings>], signals: &[Signal]) {
    let key = |signal: &Signal| format!("{signal:?}");
    let wanted: BTreeSet<_> = signals.iter().map(key).collect();
    let started = Instant::now();
    for sightings in watching {
        let mut missing = wanted.clone();
        while !missing.is_empty() {
            assert!(started.elapsed() < Duration::from_secs(10), "{} were not seen", missing.len());
            for signal in signals.iter().filter(|signal| missing.contains(&key(signal))) {
                from.seen(*signal).await.unwrap();
            }
            while let Ok(signal) = tokio::time::timeout(Duration::from_millis(500), sightings.next()).await {
                let signal = signal.unwrap();
                assert!(wanted.contains(&key(&signal)));
                missing.remove(&key(&signal));
                if missing.is_empty() {
                    break;
                }
            }
        }
    }
}

/// Whatever is seen: staff and members, to the microsecond.
pub async fn whoever_is_seen_in_one_process_is_seen_in_the_others(hub: &dyn Hub) {
    if !hub.connects_processes() {
        return;
    }
    let (here, there, beyond) = (hub.connect().await, hub.connect().await, hub.connect().await);
    let mut watching = [there.sightings().await.unwrap(), beyond.sightings().await.unwrap()];
    let signals: Vec<_> = (0..10).map(seen).collect();
    watch(&*here, &mut watching, &signals).await;
}

/// However many, and whether anybody watches or not.
pub async fn telling_of_many_who_are_seen_holds_up_nobody(hub: &dyn Hub) {
    let bus = hub.connect().await;
    let started = Instant::now();
    for n in 0..50_000 {
        bus.seen(seen(n)).await.unwrap();
    }
    assert!(started.elapsed() < Duration::from_secs(5));
    let main = pool("main");
    let mut door = bus.subscribe(Follower::Door).await.unwrap();
    bus.publish(&[event(&main, 1)]).await.unwrap();
    assert_eq!(hear(&mut door, &[event(&main, 1)]).await, []);
}

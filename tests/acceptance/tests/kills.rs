//! The real program is killed between any two syncs that it makes, and nothing that anybody was told is lost: neither
//! when the machine runs on, nor when its power is cut.
//!
//! `WIDEAWAKE_KILLS` says how often under load, in each of both tests.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;
use wideawake_acceptance::check::{Remains, check};
use wideawake_acceptance::killer::{Kill, Killer, Moment};
use wideawake_acceptance::load::{Load, Taken};
use wideawake_acceptance::{Binary, Chance, eventually};

/// Its own address: nobody else's server may come to listen where this one listened before it died.
fn keys(host: &str) -> String {
    format!("intake.listen = '{host}:0'\ndesk.listen = '{host}:0'")
}

/// The first moments of a life one by one, and any later ones.
fn nth(round: u64, chance: &mut Chance, power_cut: bool) -> Kill {
    let (moment, number) = if round.is_multiple_of(2) {
        (Moment::Sync, 1 + round / 4)
    } else {
        let most = [30, 300, 1_500][chance.below(3) as usize];
        (Moment::Any, 1 + chance.below(most))
    };
    let kill = Kill { moment, number, after: round / 2 % 2 == 1, cut: None };
    if power_cut { kill.as_power_cut(chance) } else { kill }
}

async fn killed_under_load(host: &str, power_cut: bool) {
    let rounds =
        std::env::var("WIDEAWAKE_KILLS").map_or(80, |kills| kills.parse().expect("WIDEAWAKE_KILLS is a number"));
    let (killer, mut chance) = (Killer::compile(), Chance::new());
    let mut server = Binary::start(&keys(host)).await;
    let mut volunteers = Vec::new();
    for _ in 0..4 {
        volunteers.push(Arc::new(server.on_duty(json!({ "capacity": 3 })).await));
    }
    let mut load = Load::start(&server, 6, &volunteers);
    load.forget();
    eventually("it routes", || async { (!load.taken().closed.is_empty()).then_some(()) }).await;
    server.kill();
    let (mut seen, mut looked, mut checked) = (BTreeMap::new(), Taken::default(), Taken::default());
    for round in 0..rounds {
        let kill = nth(round, &mut chance, power_cut);
        let served = server.dies(&killer, &kill).await;
        // What anybody knows by now they were told before it died.
        let taken = load.taken();
        println!("{round}: {kill:?}, served: {served}, {taken}");
        let remains = Remains::of(&server);
        remains.check(&taken.news_since(&looked), &mut seen);
        looked = taken;
        if round % 16 == 15 {
            remains.in_order();
            server.restart();
            let _kept = load.keeps().await;
            let taken = load.taken();
            check(&server, &taken.news_since(&checked)).await;
            checked = taken;
            server.kill();
        }
    }
    let remains = Remains::of(&server);
    remains.check(&looked, &mut seen);
    remains.in_order();
    server.restart();
    let before = load.taken().closed.len();
    eventually("it routes after the last kill", || async { (load.taken().closed.len() > before).then_some(()) }).await;
    let taken = load.stop().await;
    check(&server, &taken).await;
    assert!(!server.log().contains("a panic"), "{}", server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_it_loses_nothing_that_was_acknowledged() {
    killed_under_load("127.0.0.2", false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_power_at_any_moment_it_loses_nothing_that_was_acknowledged() {
    killed_under_load("127.0.0.3", true).await;
}

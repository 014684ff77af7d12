//! The real program is killed between any two syncs that it makes, and nothing that anybody was told is lost: neither
//! when the machine runs on, nor when its power is cut.
//!
//! `WIDEAWAKE_KILLS` says how often under load, in each of both tests.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use wideawake_acceptance::binary::{Life, serve};
use wideawake_acceptance::check::{Remains, check, in_order};
use wideawake_acceptance::killer::{Kill, Killer, Moment};
use wideawake_acceptance::load::{Load, Taken};
use wideawake_acceptance::{Binary, Chance, Doors, Member, config, eventually};

/// An address of its own: nobody else's server may come to listen where this one listened before it died.
fn keys(test: u8) -> String {
    let [.., high, low] = std::process::id().to_be_bytes();
    let host = format!("127.{high}.{low}.{test}");
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

async fn killed_under_load(test: u8, power_cut: bool) {
    let rounds =
        std::env::var("WIDEAWAKE_KILLS").map_or(80, |kills| kills.parse().expect("WIDEAWAKE_KILLS is a number"));
    let (killer, mut chance) = (Killer::compile(), Chance::new());
    let mut server = Binary::start(&keys(test)).await;
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
        let remains = Remains::of(server.folder());
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
    let remains = Remains::of(server.folder());
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
    killed_under_load(2, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_power_at_any_moment_it_loses_nothing_that_was_acknowledged() {
    killed_under_load(3, true).await;
}

/// Whether a server that is started for the first time dies so. It is left alone when it has served for a second.
async fn dies_at_first(folder: &Path, killer: &Killer, kill: &Kill) -> bool {
    let mut life = Life::begin(folder, |command| killer.arm(command, &folder.join("data"), kill));
    let mut served = None;
    while !life.has_ended() {
        if served.is_none() && life.doors().is_some() {
            served = Some(Instant::now());
        }
        if served.is_some_and(|since| since.elapsed() > Duration::from_secs(1)) {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert!(life.was_killed(), "{}", life.log());
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_sync_of_its_first_start_it_starts_again() {
    let (killer, mut chance) = (Killer::compile(), Chance::new());
    for round in 0.. {
        let kill = Kill { moment: Moment::Sync, number: 1 + round / 4, after: round % 4 > 1, cut: None };
        let kill = if round % 2 == 1 { kill.as_power_cut(&mut chance) } else { kill };
        let folder = tempfile::TempDir::new().unwrap();
        let config = folder.path().join("wideawake.toml");
        std::fs::write(&config, config::text("")).unwrap();
        if !dies_at_first(folder.path(), &killer, &kill).await {
            println!("{} syncs until it is quiet", kill.number - 1);
            assert!(kill.number > 10, "it is not killed by its syncs");
            break;
        }
        let (_process, intake, desk) = serve(folder.path());
        let member = Member::opens(&Doors::new(intake, desk), &json!({ "language": "en", "message": "words" })).await;
        member.stream().await.hears("words").await;
        in_order(config.to_str().unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_stays_erased_without_power() {
    let (killer, mut chance) = (Killer::compile(), Chance::new());
    let mut server = Binary::start(&keys(4)).await;
    server.kill();
    let mut acknowledged = 0;
    for _ in 0..8 {
        // If the last one left a log behind, it empties that first. What it writes next comes after the answer.
        let log = server.data().join("ledger.sqlite3-wal");
        let number = if log.metadata().is_ok_and(|log| log.len() > 0) { 2 } else { 1 };
        let kill = Kill { moment: Moment::Emptying, number, after: true, cut: None }.as_power_cut(&mut chance);
        let (doors, folder) = (server.doors.clone(), server.folder().to_owned());
        let erased = tokio::spawn(async move {
            let open = doors.intake("POST", "/v1/requests").json(&json!({ "language": "en", "message": "words" }));
            let opened = eventually("it serves", || async { open.clone().attempt().await.ok() }).await;
            let sky = Member::of(&doors, opened.is(201).json());
            let mut keys = BTreeMap::new();
            Remains::of(&folder).check(&Taken::default(), &mut keys);
            assert!(keys.contains_key(&sky.id));
            // On a busy machine it may empty its log before, for reasons of its own: then nothing was acknowledged.
            let answer = sky.call("DELETE", "").attempt().await;
            (answer.ok().map(|answer| answer.is(202)).map(|_| sky.id), keys)
        });
        server.dies(&killer, &kill).await;
        let (erased, mut keys) = erased.await.unwrap();
        acknowledged += usize::from(erased.is_some());
        let taken = Taken { erased: erased.into_iter().collect(), ..Taken::default() };
        let remains = Remains::of(server.folder());
        remains.check(&taken, &mut keys);
        remains.in_order();
    }
    assert!(acknowledged > 0, "no erasure was acknowledged in eight lives");
}

//! The first thing anybody tries: `wideawake demo`, and the three commands it prints.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use wideawake_acceptance::binary::{Output, Process, command, output};
use wideawake_acceptance::{DEADLINE, Doors, Member, Staff, eventually};

/// A demo that runs, and what it printed.
fn demo(more: &[&str]) -> (Process, String) {
    let began = Instant::now();
    let args = [&["demo", "--intake", "127.0.0.1:0", "--desk", "127.0.0.1:0"], more].concat();
    let child = command(&args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut process = Process { child };
    let mut printed = String::new();
    for line in BufReader::new(process.child.stdout.take().unwrap()).lines() {
        printed.push_str(&line.unwrap());
        printed.push('\n');
        if printed.lines().last().unwrap().contains("openapi.json") {
            break;
        }
    }
    println!("up after {:?}", began.elapsed());
    assert!(began.elapsed() < DEADLINE && printed.contains("Wideawake is up"), "{printed}");
    (process, printed)
}

fn shell(line: &str) -> Output {
    output(Command::new("sh").arg("-c").arg(line).stdin(Stdio::null()))
}

/// The address behind `door` in what was printed.
fn address(printed: &str, door: &str) -> std::net::SocketAddr {
    let line = printed.lines().find(|line| line.contains(door)).unwrap();
    line.split("http://").nth(1).unwrap().trim().parse().unwrap()
}

fn token<'a>(printed: &'a str, who: &str) -> &'a str {
    printed.lines().find(|line| line.trim_start().starts_with(who)).unwrap().split_whitespace().last().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_three_commands_work_as_they_are_printed() {
    let (mut process, printed) = demo(&[]);
    let doors = Doors::new(address(&printed, "members' door"), address(&printed, "staff's door"));
    for who in ["you", "Noor", "Ines"] {
        doors.desk("GET", "/v1/me").bearer(token(&printed, who)).send().await.is(200);
    }
    let commands: Vec<&str> = printed.lines().map(str::trim).filter(|line| line.starts_with("curl ")).collect();
    assert_eq!(commands.len(), 3, "{printed}");

    let opened: Value = serde_json::from_str(&shell(commands[0]).ok()).unwrap();
    let sky = Member::of(&doors, opened);
    // The stream goes on until curl has had enough of it, which it calls 28.
    let seen = shell(commands[1]);
    assert!(seen.stdout.contains("event: snapshot"), "{seen:?}");
    assert!(seen.stdout.contains(&sky.id), "{seen:?}");
    shell(commands[2]).ok();
    let state = sky.state().await;
    assert_eq!(state["status"], "active", "{state}");
    let you = Staff::new(&doors, "", token(&printed, "you"), Duration::from_secs(1));
    you.says(&sky.id, "I am here.").await;
    sky.stream().await.hears("I am here.").await;

    // Pasted again, they work again.
    let again: Value = serde_json::from_str(&shell(commands[0]).ok()).unwrap();
    shell(commands[1]);
    shell(commands[2]).ok();
    assert_eq!(Member::of(&doors, again).state().await["status"], "active");
    let (status, took) = process.terminate();
    assert!(status.success() && took < Duration::from_secs(2), "{status}, {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_traffic_there_is_something_to_see() {
    let (_process, printed) = demo(&["--traffic", "600/min"]);
    let doors = Doors::new(address(&printed, "members' door"), address(&printed, "staff's door"));
    let noor = Staff::new(&doors, "", token(&printed, "Noor"), Duration::from_secs(1));
    eventually("people talk and people wait", || async {
        let board = noor.get("/v1/board").await;
        let (waiting, active) = (board["waiting"].as_array()?.len(), board["active"].as_array()?.len());
        (waiting + active >= 5 && active >= 1).then_some(())
    })
    .await;
}

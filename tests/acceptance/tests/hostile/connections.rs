//! Connections that are slow, silent, huge, or very many: they are hung up on in time, they take little, and everybody
//! else is served as if they were not there.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use futures_util::stream::{StreamExt, iter};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use wideawake_acceptance::{Binary, DEADLINE, Door, House, Member, eventually};

/// A client that is slow is waited for half a minute; a busy machine may need several times as long to notice.
const HUNG_UP: Duration = Duration::from_mins(3);

/// How much of the memory of this machine an attack may take: far less than what it sends.
const LITTLE: u64 = 64 << 20;

async fn dial(at: SocketAddr, from: [u8; 4]) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((IpAddr::V4(Ipv4Addr::from(from)), 0).into())?;
    socket.connect(at).await
}

/// Everybody else asks, is offered, and talks.
async fn others_are_served(server: &House, robin: &wideawake_acceptance::Staff) {
    let sky = Member::opens(server, &json!({ "language": "en", "message": "hello" })).await;
    robin.takes(&sky.id).await;
    sky.says("are you there?").await;
    robin.says(&sky.id, "I am").await;
    robin.closes(&sky.id).await;
    server.call(Door::Intake, "GET", "/healthz").send().await.is(200);
}

/// Sends `first`, then `drip` each second for as long as anybody listens; what was answered, once nobody does.
async fn drips(at: SocketAddr, first: String, drip: &'static [u8]) -> String {
    let mut socket = dial(at, [127, 0, 0, 66]).await.unwrap();
    socket.write_all(first.as_bytes()).await.unwrap();
    let (mut reads, mut writes) = socket.into_split();
    let dripping = tokio::spawn(async move {
        let mut second = tokio::time::interval(Duration::from_secs(1));
        loop {
            second.tick().await;
            if writes.write_all(drip).await.is_err() {
                return;
            }
        }
    });
    let mut answer = Vec::new();
    let end = timeout(HUNG_UP, reads.read_to_end(&mut answer)).await;
    dripping.abort();
    assert!(end.is_ok(), "nobody hung up on {first:?}");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_slow_or_silent_is_hung_up_on_and_nobody_waits_for_them() {
    let server = Binary::start("").await;
    let robin = server.on_duty(json!({ "capacity": 5 })).await;
    let before = server.resident();
    let mut attack = JoinSet::new();
    for door in [Door::Intake, Door::Desk] {
        let at = server.address(door);
        for n in 0..150 {
            attack.spawn(drips(at, format!("GET /v1/lines HTTP/1.1\r\nhost: x\r\nx-{n}: "), b"x"));
            attack.spawn(drips(at, String::new(), b""));
            let head = "POST /v1/requests HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 60000\r\n\r\n";
            if door == Door::Intake {
                attack.spawn(drips(at, format!("{head}{{"), b" "));
            }
        }
    }
    others_are_served(&server, &robin).await;
    let answers = attack.join_all().await;
    let told = answers.iter().filter(|answer| answer.contains("request-timeout")).count();
    assert_eq!(told, 150, "a slow body is told so");
    let grown = server.resident().saturating_sub(before);
    assert!(grown < LITTLE, "it took {grown} bytes");
    others_are_served(&server, &robin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_without_end_are_cut_short() {
    let server = Binary::start("").await;
    let robin = server.on_duty(json!({ "capacity": 5 })).await;
    let before = server.resident();
    let at = server.address(Door::Intake);
    let many: String = (0..500).map(|n| format!("x-{n}: y\r\n")).collect();
    let huge = format!("x: {}\r\n", "y".repeat(8 << 20));
    let mut attack = JoinSet::new();
    for n in 0..40 {
        let headers = if n % 2 == 0 { many.clone() } else { huge.clone() };
        attack.spawn(async move {
            let mut socket = dial(at, [127, 0, 0, 66]).await.unwrap();
            let _ = socket.write_all(format!("GET /v1/lines HTTP/1.1\r\nhost: x\r\n{headers}\r\n").as_bytes()).await;
            let mut answer = Vec::new();
            // Somebody who sends on and on is reset in the end: then the answer may be lost.
            let _ = timeout(DEADLINE, socket.read_to_end(&mut answer)).await.expect("it is hung up on");
            (n, String::from_utf8_lossy(&answer).into_owned())
        });
    }
    others_are_served(&server, &robin).await;
    for (n, answer) in attack.join_all().await {
        let told = answer.starts_with("HTTP/1.1 431") && answer.contains("headers-too-large");
        assert!(told || (n % 2 == 1 && answer.is_empty()), "{n}: {answer}");
    }
    let grown = server.resident().saturating_sub(before);
    assert!(grown < LITTLE, "160 MB of headers took {grown} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_idle_streams_take_little_and_nobody_waits_for_them() {
    const STREAMS: usize = 5_000;
    const OF_EACH: usize = 100;
    let server = Binary::start("").await;
    let robin = server.on_duty(json!({ "capacity": 5 })).await;
    let at = server.address(Door::Intake);
    // As many as this process may open.
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let files = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    let files: usize = files.split_whitespace().next().unwrap().parse().unwrap_or(STREAMS * 2);
    let count = STREAMS.min(files.saturating_sub(300)) / OF_EACH;
    let mut members = Vec::new();
    for _ in 0..count {
        // Nobody speaks it, so they wait.
        members.push(Member::opens(&server, &json!({ "language": "tlh" })).await);
    }
    let before = server.resident();
    let open = async |n: usize| {
        let member = &members[n / OF_EACH];
        let mut socket = dial(at, [127, 0, 0, 66]).await.unwrap();
        let head = format!(
            "GET /v1/requests/{}/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n",
            member.id, member.token
        );
        let head = head.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
        socket.write_all(head.as_bytes()).await.unwrap();
        let mut seen = String::new();
        while !seen.contains("event: status") {
            let mut chunk = [0; 4_096];
            let read = timeout(DEADLINE, socket.read(&mut chunk)).await.expect("it is answered in time").unwrap();
            assert!(read > 0, "a stream ended: {seen}");
            seen.push_str(&String::from_utf8_lossy(&chunk[..read]));
        }
        (n, socket)
    };
    let mut streams: Vec<(usize, TcpStream)> = iter(0..count * OF_EACH).map(open).buffer_unordered(100).collect().await;
    others_are_served(&server, &robin).await;
    let each = server.resident().saturating_sub(before) / streams.len() as u64;
    assert!(each < 64 << 10, "each of {} streams takes {each} bytes", streams.len());
    // What happens in one of them still comes through.
    members[0].leaves().await;
    let (_, last) = streams.iter_mut().find(|(n, _)| *n == 0).expect("it is open");
    let mut rest = String::new();
    timeout(DEADLINE, last.read_to_string(&mut rest)).await.expect("it ends").unwrap_or_default();
    assert!(rest.contains("event: closed"), "whoever left is told so on their stream: {rest}");
    others_are_served(&server, &robin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_leaves_a_place_for_the_next() {
    let server = Binary::start("intake.max_connections = 90").await;
    let at = server.address(Door::Intake);
    // Silent connections, more than there are places. Those that are too many are told so at once.
    let mut silent = Vec::new();
    let mut told = String::new();
    for _ in 0..120 {
        let mut socket = dial(at, [127, 0, 0, 66]).await.unwrap();
        let mut answer = [0; 8_192];
        if let Ok(Ok(read)) = timeout(Duration::from_millis(30), socket.read(&mut answer)).await {
            told = String::from_utf8_lossy(&answer[..read]).into_owned();
        }
        silent.push(socket);
    }
    assert!(told.starts_with("HTTP/1.1 503") && told.contains("retry-after"), "{told}");
    assert!(told.contains("\"phone\":\"112\""), "whom else to call: {told}");
    // Somebody from elsewhere finds a place, again and again.
    for n in 1..=5 {
        let mut socket = dial(at, [127, 0, 0, n]).await.unwrap();
        socket.write_all(b"GET /v1/lines HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        timeout(DEADLINE, socket.read_to_string(&mut answer)).await.unwrap().unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    // And when the silent ones are gone, so does everybody.
    drop(silent);
    eventually("there is room again", || async {
        let mut socket = dial(at, [127, 0, 0, 66]).await.ok()?;
        socket.write_all(b"GET /v1/lines HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.ok()?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.ok()?;
        answer.starts_with("HTTP/1.1 200").then_some(())
    })
    .await;
}

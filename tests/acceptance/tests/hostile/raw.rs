//! Bytes that are no HTTP, and more of them than anybody reads.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wideawake_acceptance::{Chance, DEADLINE, Door};

use crate::night::Night;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_told_so() {
    let night = Night::falls().await;
    let large = vec![b' '; 10 * 1024 * 1024];
    for (call, _) in night.bodies() {
        let answer = call.clone().header("content-type", "application/json").body(large.clone()).send().await;
        answer.refused(413, "too-large");
        let chunks = large.chunks(50_000).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect::<Vec<_>>();
        let chunked = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
        let response = call.request().header("content-type", "application/json").body(chunked).timeout(DEADLINE).send();
        let response = response.await.unwrap();
        assert_eq!(response.status(), 413);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }
    let just = json!({ "language": "en", "message": "x", "padding": "x".repeat(65_000) });
    night.server.intake("POST", "/v1/requests").json(&just).send().await.is(201);
    night.server.intake("GET", format!("/v1/lines?{}", "x".repeat(50_000))).send().await.problem();
    let large = "x".repeat(60_000);
    let answer = night.server.intake("GET", "/v1/lines").header("x-large", &large).send().await;
    answer.refused(431, "headers-too-large");
    // Also when there is so much of it that the answer comes in the middle.
    for _ in 0..5 {
        let mut socket = TcpStream::connect(night.server.address(Door::Intake)).await.unwrap();
        let head = format!("GET /v1/lines HTTP/1.1\r\nhost: x\r\nx-large: {}", "x".repeat(700_000));
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.shutdown().await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.expect("it is not reset");
        assert!(answer.starts_with("HTTP/1.1 431") && answer.contains("headers-too-large"), "{answer}");
    }
    let key = night.server.intake("POST", "/v1/requests").header("idempotency-key", &"k".repeat(10_000));
    key.json(&json!({ "language": "en" })).send().await.problem();
    night.still_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_on_the_socket_is_answered_or_hung_up_on() {
    let night = Night::falls().await;
    let mut chance = Chance::new();
    let mut all: Vec<Vec<u8>> = [
        &b"GET / HTTP/9.9\r\n\r\n"[..],
        b"GET /v1/lines HTTP/1.1\r\n\r\n",
        b"GET /v1/lines HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n",
        b"POST /v1/requests HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
        b"POST /v1/requests HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999999\r\n\r\n{}",
        b"POST /v1/requests HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}",
        b"POST /v1/requests HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzzz\r\n",
        b"GET /\x00 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /v1/requests/%00%ff%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"GET /v1/../../../etc/passwd HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"GET http://elsewhere/v1/lines HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"CONNECT elsewhere:443 HTTP/1.1\r\nhost: elsewhere:443\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"TRACE / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\r\n\r\n\r\n\r\n",
        b"GET /v1/lines HTTP/1.1\r\nbad header\r\n\r\n",
        b"GET /v1/lines HTTP/1.1\r\nhost: x\r\nauthorization: Bearer \xff\xfe\r\nconnection: close\r\n\r\n",
    ]
    .iter()
    .map(|bytes| bytes.to_vec())
    .collect();
    all.extend((0..30).map(|n| chance.bytes(1 + n * 37)));
    for door in [Door::Intake, Door::Desk] {
        for bytes in &all {
            let mut socket = TcpStream::connect(night.server.address(door)).await.unwrap();
            let _ = socket.write_all(bytes).await;
            let _ = socket.shutdown().await;
            let mut answer = Vec::new();
            let end = tokio::time::timeout(DEADLINE, socket.read_to_end(&mut answer)).await;
            assert!(end.is_ok(), "nobody hung up on {:?}", String::from_utf8_lossy(bytes));
            let answer = String::from_utf8_lossy(&answer);
            if let Some(status) = answer.split(' ').nth(1) {
                let asked = String::from_utf8_lossy(bytes);
                assert!(!status.starts_with('5'), "{asked:?}: {answer}");
                assert!(status.starts_with('2') || answer.contains("application/problem+json"), "{asked:?}: {answer}");
            }
        }
    }
    night.still_works().await;
}

//! `docs/operations.md`: what it points to is there, what it quotes is said, and what it tells to do works.

use std::collections::BTreeSet;

use rusqlite::Connection;
use serde_json::json;
use wideawake_acceptance::{Binary, Member};

use crate::{path, text};

/// The anchors of the headings, as GitHub makes them.
pub(crate) fn anchors(markdown: &str) -> BTreeSet<String> {
    let mut is_code = false;
    let lines = markdown.lines().filter(|line| {
        is_code ^= line.starts_with("```");
        !is_code
    });
    let headings = lines.filter_map(|line| line.strip_prefix('#')).map(|line| line.trim_start_matches('#').trim());
    let anchor = |heading: &str| {
        let kept = heading.to_lowercase().replace(|c: char| !c.is_alphanumeric() && c != ' ' && c != '-', "");
        kept.replace(' ', "-")
    };
    headings.map(anchor).collect()
}

#[test]
fn whatever_it_points_to_is_there() {
    let handbook = text("docs/operations.md");
    let anchors = anchors(&handbook);
    let links = handbook.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
    let mut count = 0;
    for link in links {
        count += 1;
        match link.replace(['\n', ' '], "").split_once('#') {
            Some(("", anchor)) => assert!(anchors.contains(anchor), "there is no #{anchor}"),
            _ => assert!(path("docs").join(link).exists(), "there is no {link}"),
        }
    }
    assert!(count > 20, "{count}");
    for word in handbook.split('`').skip(1).step_by(2).filter(|word| word.starts_with("deploy/") && !word.contains(' '))
    {
        assert!(path(word).exists(), "there is no {word}");
    }
    assert!(text("README.md").contains("docs/operations.md"));
}

/// What stands between « and » is what the program says, to the letter: a tired person searches for it.
#[test]
fn what_it_quotes_is_what_the_program_says() {
    let joined = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut source = String::new();
    let mut folders = vec![path("shared"), path("services")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else if entry.path().extension().is_some_and(|ext| ext == "rs") {
                source.push_str(&std::fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    let handbook = joined(&text("docs/operations.md"));
    let quotes: BTreeSet<&str> = handbook.split('«').skip(1).map(|rest| rest.split('»').next().unwrap()).collect();
    assert!(quotes.len() >= 8, "{quotes:?}");
    for quote in quotes {
        assert!(source.contains(quote), "nothing says «{quote}»");
    }
}

#[test]
fn every_name_of_a_metric_in_it_is_measured() {
    let handbook = text("docs/operations.md");
    let source = text("shared/runtime/src/telemetry/metrics.rs").replace('.', "_");
    let words = handbook.split('`').skip(1).step_by(2).filter(|word| word.starts_with("wideawake_"));
    let named: BTreeSet<&str> =
        words.map(|word| word.trim_end_matches("_total").trim_end_matches("_seconds")).collect();
    let measured = source.match_indices("\"wideawake_").map(|(at, _)| source[at + 1..].split('"').next().unwrap());
    assert_eq!(named, measured.collect(), "the table under «What to watch» has all of them");
}

/// "Backup and restore", step by step: with the same statement, while it is served.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_taken_while_it_is_served_and_restored_it_forgets_what_was_erased_since() {
    let mut server = Binary::start("").await;
    let kept = Member::opens(&server, &json!({ "language": "en", "message": "a petrel" })).await;
    let erased = Member::opens(&server, &json!({ "language": "en", "message": "an albatross" })).await;

    let backup = server.folder().join("backup.sqlite3");
    let statement = "VACUUM INTO '/var/backups/wideawake/ledger.sqlite3'";
    assert!(text("docs/operations.md").contains(statement));
    let statement = statement.replace("/var/backups/wideawake/ledger.sqlite3", backup.to_str().unwrap());
    Connection::open(server.data().join("ledger.sqlite3")).unwrap().execute_batch(&statement).unwrap();
    let audited = {
        let mut audit = wideawake_acceptance::binary::command(&["audit", "--config", &server.config()]);
        audit.env("WIDEAWAKE_LEDGER__URL", format!("sqlite:{}", backup.display()));
        wideawake_acceptance::binary::output(&mut audit).ok()
    };
    assert!(audited.starts_with("In order: "), "{audited}");

    server.tool(&["erase", &erased.id]).ok();
    let lost = Member::asks(&server).await;
    server.terminate();

    let (data, broken) = (server.data(), server.folder().join("data.broken"));
    std::fs::rename(&data, &broken).unwrap();
    std::fs::create_dir(&data).unwrap();
    std::fs::copy(&backup, data.join("ledger.sqlite3")).unwrap();
    for file in ["erased.txt", "master.key"] {
        std::fs::copy(broken.join(file), data.join(file)).unwrap();
    }
    server.restart();
    assert!(server.log().contains("they were erased again"), "{}", server.log());
    let read = |id: &str| server.tool(&["export", "--request", id]);
    let forgotten = read(&erased.id).ok();
    assert!(forgotten.contains("‹erased›") && !forgotten.contains("albatross"), "{forgotten}");
    assert!(read(&kept.id).ok().contains("a petrel"));
    read(&lost.id).fails(1);
    server.tool(&["audit"]).ok();
    assert_eq!(kept.state().await["status"], "waiting");
}

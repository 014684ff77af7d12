//! How well the lexicons find what labelled messages hold: `cargo run -p wideawake-runtime --example triage`.
//!
//! `--lexicons DIR` measures those in the folder `lexicons` of DIR, `--messages DIR` other messages (`<language>.tsv`, each
//! line `kind<TAB>expect<TAB>text`), `--misses` says which messages are misread (not for messages that are held back), and
//! `--times`, with `--release`, how long they take.

mod score;
mod texts;
mod times;

use score::{Message, Score, messages};
use std::path::PathBuf;
use std::process::ExitCode;
use wideawake_runtime::config::lexicons;

const MESSAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/tests/triage/held");

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).map(PathBuf::from)
    };
    let lexicons = match lexicons(&value("--lexicons").unwrap_or_default()) {
        Ok(lexicons) => lexicons,
        Err(errors) => {
            for error in errors {
                eprintln!("{error}");
            }
            return ExitCode::FAILURE;
        }
    };
    let messages = match messages(&value("--messages").unwrap_or_else(|| PathBuf::from(MESSAGES))) {
        Ok(messages) => messages,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    println!("{}", Score::of(&messages, &lexicons).tables());
    if arguments.iter().any(|argument| argument == "--times") {
        println!("\n{}", times::table(&messages, &lexicons));
    }
    if arguments.iter().any(|argument| argument == "--misses") {
        for message in messages.iter().filter(|message| message.is_misread(&lexicons)) {
            let Message { language, kind, expected, text } = message;
            println!("{language}\t{kind}\t{expected:?}\t{text}\n\t{:?}", lexicons.spot(language, text));
        }
    }
    ExitCode::SUCCESS
}

//! `docs/api.md` lists every problem there is. `UPDATE_DOCS=1 cargo test -p wideawake-runtime --test problem_docs` writes it anew.
#![allow(clippy::unwrap_used, missing_docs)]

use std::fmt::Write;
use std::path::Path;

use wideawake_runtime::http::problem::{PREFIX, problems};

const BEGIN: &str = "<!-- problems: begin -->\n";
const END: &str = "<!-- problems: end -->";

#[test]
fn the_documented_list_of_problems_is_the_list_of_problems() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (listed, after) = rest.split_once(END).unwrap();
    let mut table = String::from("| type | status | meaning |\n|---|---|---|\n");
    for kind in problems() {
        writeln!(table, "| `{PREFIX}{}` | {} | {} |", kind.name(), kind.code(), kind.meaning()).unwrap();
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(listed, table, "run it with UPDATE_DOCS=1, and commit docs/api.md");
}

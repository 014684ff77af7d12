//! The configuration of a test: what it is about, over what every test wants.

use toml::{Table, Value};

const BASE: &str = r#"
intake.listen = "127.0.0.1:0"
intake.limits.enabled = false
desk.listen = "127.0.0.1:0"
ledger.url = "sqlite:data/ledger.sqlite3"
telemetry.log_filter = "info"
"#;

/// The text of a configuration file with these keys set.
///
/// # Panics
/// When `keys` is not TOML.
pub fn text(keys: &str) -> String {
    text_over("", keys)
}

/// The same over more that a test wants.
///
/// # Panics
/// When either is not TOML.
pub fn text_over(more: &str, keys: &str) -> String {
    let parse = |text: &str| text.parse::<Table>().unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mut base = parse(BASE);
    merge(&mut base, parse(more));
    merge(&mut base, parse(keys));
    base.to_string()
}

fn merge(into: &mut Table, from: Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Table(into)), Value::Table(from)) => merge(into, from),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

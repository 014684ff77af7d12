//! Whether everyone can use a page, as far as an engine can tell: axe-core, run in the page itself.

use serde_json::{Value, json};
use thirtyfour::WebDriver;

/// Where tests/install puts it, below the folder that this test was built in.
const AT: &str = "axe/node_modules/axe-core/axe.min.js";

/// What it looks for: WCAG 2.2 at levels A and AA, and what its makers hold to be good practice.
const RUN: &str = r#"
const done = arguments[arguments.length - 1];
const options = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"] };
axe.run(document, options).then(
  (found) => done(found.violations.map((one) => ({
    impact: one.impact, id: one.id, help: one.help, at: one.nodes.map((node) => node.target.join(" ") + ": " + node.failureSummary),
  }))),
  (error) => done([{ impact: "critical", id: "axe", help: String(error), at: [] }]),
);
"#;

/// Looks through the page as it is now.
///
/// # Panics
/// On every finding that is serious or critical, and in the cloud when the engine is not there.
pub async fn must_be_usable_by_everyone(page: &WebDriver, what: &str) {
    let Some(found) = finds(page).await else {
        assert!(std::env::var_os("CI").is_none(), "axe-core is not there; tests/install brings it");
        eprintln!("axe-core is not there, so {what} was not looked through; tests/install brings it");
        return;
    };
    let grave: Vec<&Value> = found.iter().filter(|one| is_grave(one)).collect();
    assert!(grave.is_empty(), "{what}: {}", serde_json::to_string_pretty(&grave).unwrap_or_default());
    for one in &found {
        eprintln!("{what}: {} ({}): {} {}", one["id"], one["impact"], one["help"], one["at"]);
    }
}

/// Whether a finding keeps somebody out.
pub fn is_grave(finding: &Value) -> bool {
    finding["impact"] == json!("serious") || finding["impact"] == json!("critical")
}

/// What the engine finds in the page as it is now; `None`: it is not there.
pub async fn finds(page: &WebDriver) -> Option<Vec<Value>> {
    let test = std::env::current_exe().expect("it is a file");
    let engine = test.ancestors().find_map(|folder| std::fs::read_to_string(folder.join(AT)).ok())?;
    page.execute(engine, Vec::new()).await.unwrap_or_else(|error| panic!("axe-core does not start: {error}"));
    let found = page.execute_async(RUN, Vec::new()).await.unwrap_or_else(|error| panic!("axe-core: {error}"));
    Some(found.json().as_array().cloned().unwrap_or_default())
}

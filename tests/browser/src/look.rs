//! Pictures of pages, whole: for the documents, and to be looked at.

use std::path::PathBuf;

use serde_json::json;

use crate::Browser;

/// Where the pictures of the documents are, or `WIDEAWAKE_PICTURES`.
pub fn folder() -> PathBuf {
    let usual = || concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/images").into();
    std::env::var_os("WIDEAWAKE_PICTURES").map_or_else(usual, PathBuf::from)
}

/// Takes a picture of what the screen shows.
pub async fn takes(browser: &Browser, name: &str) {
    let png = browser.screenshot_as_png().await.unwrap_or_else(|error| panic!("no picture: {error}"));
    std::fs::create_dir_all(folder()).expect("a folder for pictures");
    std::fs::write(folder().join(format!("{name}.png")), png).expect("a picture is written");
}

/// The same of the whole page, however long, on a screen of this breadth.
pub async fn takes_all(browser: &Browser, name: &str, breadth: u32) {
    let height = browser.says("Math.ceil(document.documentElement.scrollHeight)").await;
    let height = u32::try_from(height.as_u64().unwrap_or(800)).unwrap_or(800);
    browser.is_sized(breadth, height.clamp(200, 4000)).await;
    browser.says("scrollTo(0, 0) || true").await;
    takes(browser, name).await;
    browser
        .devtools(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": breadth, "height": 800, "deviceScaleFactor": 1, "mobile": breadth < 600 }),
        )
        .await;
}

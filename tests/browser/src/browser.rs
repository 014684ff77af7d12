//! A browser of one's own, as somebody has it: their language, their screen, their scheme.

use std::ops::Deref;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{By, ChromiumLikeCapabilities, DesiredCapabilities, Key, WebDriver, WebElement};
use wideawake_acceptance::DEADLINE;

use crate::driver::{Driver, program};

/// What keeps Chromium to itself, and lets it run where it is root.
const ARGS: [&str; 12] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--mute-audio",
    "--hide-scrollbars",
];

/// Whose browser it is.
#[derive(Clone, Debug)]
pub struct Wish {
    pub language: &'static str,
    pub size: (u32, u32),
    pub dark: bool,
    pub script: bool,
}

impl Default for Wish {
    fn default() -> Self {
        Self { language: "en", size: (1100, 800), dark: false, script: true }
    }
}

impl Wish {
    /// A phone, held upright, no broader than any is.
    pub fn small() -> Self {
        Self { size: (320, 640), ..Self::default() }
    }

    pub fn dark(self) -> Self {
        Self { dark: true, ..self }
    }

    pub fn reading(self, language: &'static str) -> Self {
        Self { language, ..self }
    }

    pub fn without_script(self) -> Self {
        Self { script: false, ..self }
    }

    pub async fn open(self) -> Browser {
        Browser::open(self).await
    }
}

pub struct Browser {
    page: WebDriver,
    // Ended in this order: what drives it, then its folder.
    _driver: Driver,
    _folder: TempDir,
}

impl Browser {
    pub async fn open(wish: Wish) -> Self {
        let driver = Driver::start();
        let folder = TempDir::new().expect("a temporary folder");
        let mut wanted = DesiredCapabilities::chrome();
        let (width, height) = wish.size;
        let more = [
            format!("--user-data-dir={}", folder.path().display()),
            format!("--lang={}", wish.language),
            format!("--accept-lang={}", wish.language),
            format!("--window-size={width},{height}"),
        ];
        for arg in ARGS.iter().copied().chain(more.iter().map(String::as_str)) {
            wanted.add_arg(arg).expect("an argument");
        }
        wanted.set_binary(&program(&["chromium"]).display().to_string()).expect("a path");
        let mut preferences = json!({ "intl.accept_languages": wish.language });
        if !wish.script {
            preferences["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        wanted.add_experimental_option("prefs", preferences).expect("preferences");
        let page = WebDriver::builder(&driver.url, wanted).request_timeout(Duration::from_mins(1)).connect().await;
        let page = page.unwrap_or_else(|error| panic!("no browser: {error}"));
        let browser = Self { page, _driver: driver, _folder: folder };
        browser.is_sized(width, height).await;
        browser.prefers(wish.dark).await;
        browser
    }

    /// Has a screen of this size.
    pub async fn is_sized(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Prefers the dark, or the light.
    pub async fn prefers(&self, dark: bool) {
        let scheme = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    pub async fn devtools(&self, method: &str, params: Value) -> Value {
        let answer = self.page.cdp().send_raw(method, params).await;
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    pub async fn goes(&self, url: &str) {
        self.page.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// What an expression of JavaScript says, in the page.
    pub async fn says(&self, expression: &str) -> Value {
        let said = self.page.execute(format!("return ({expression});"), Vec::new()).await;
        said.unwrap_or_else(|error| panic!("{expression}: {error}")).json().clone()
    }

    /// Waits until an expression is true in the page, through whatever pages come meanwhile.
    pub async fn sees(&self, what: &str, expression: &str) {
        let give_up = Instant::now() + DEADLINE;
        loop {
            // While one page gives way to another there is nothing to ask.
            let said = self.page.execute(format!("return Boolean({expression});"), Vec::new()).await;
            if said.as_ref().is_ok_and(|said| said.json() == &json!(true)) {
                return;
            }
            if Instant::now() > give_up {
                let page = self.page.source().await.unwrap_or_default();
                panic!("not within {DEADLINE:?}: {what} ({expression}): {said:?}\n{page}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the page has this text in it, read as a person reads it.
    pub async fn reads(&self, text: &str) {
        let give_up = Instant::now() + DEADLINE;
        loop {
            let seen = self.text().await;
            if seen.contains(text) {
                return;
            }
            assert!(Instant::now() < give_up, "not within {DEADLINE:?}: {text}, in:\n{seen}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What the page shows, without the marks that isolate what is put in.
    pub async fn text(&self) -> String {
        let Ok(body) = self.page.find(By::Tag("body")).await else { return String::new() };
        body.text().await.unwrap_or_default().replace(['\u{2068}', '\u{2069}'], "")
    }

    pub async fn find(&self, css: &str) -> WebElement {
        let give_up = Instant::now() + DEADLINE;
        loop {
            match self.page.find(By::Css(css)).await {
                Ok(found) => return found,
                Err(error) => assert!(Instant::now() < give_up, "not within {DEADLINE:?}: {css}: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Clicks; what lies under the edge of something else is scrolled to first, as a person would.
    pub async fn clicks(&self, css: &str) {
        let give_up = Instant::now() + DEADLINE;
        loop {
            let found = self.find(css).await;
            let Err(error) = found.click().await else { return };
            assert!(Instant::now() < give_up, "{css} cannot be clicked: {error}");
            // It may be gone by now, and is looked for again.
            let _ = found.scroll_into_view().await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn types(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.send_keys(text).await.unwrap_or_else(|error| panic!("{css} cannot be typed into: {error}"));
    }

    /// Presses a key, wherever the focus is.
    pub async fn presses(&self, key: Key) {
        let keys = self.page.action_chain().send_keys(key);
        keys.perform().await.unwrap_or_else(|error| panic!("a key: {error}"));
    }

    /// Ends it, before the test does.
    pub async fn closes(self) {
        let Self { page, .. } = self;
        let _ = page.quit().await;
    }
}

impl Deref for Browser {
    type Target = WebDriver;
    fn deref(&self) -> &WebDriver {
        &self.page
    }
}

//! A board with two thousand who wait and five hundred on duty: what changes is touched, and nothing else.

use serde_json::{Value, json};
use wideawake_browser::{Browser, Wish};

use crate::scene::Scene;

/// Stands in for the stream, so that one machine need not be two thousand people; everything behind it is the page's own.
const CROWD: &str = r#"
window.crowd = { sources: [], long: [] };
window.EventSource = class extends EventTarget {
  static CLOSED = 2;
  readyState = 1;
  constructor() { super(); window.crowd.sources.push(this); setTimeout(() => this.dispatchEvent(new Event("open"))); }
  close() {}
};
new PerformanceObserver((list) => list.getEntries().forEach((one) => window.crowd.long.push(one.duration))).observe({ type: "longtask", buffered: true });
window.crowd.id = (n) => `0198c0de-0000-7000-8000-${String(n).padStart(12, "0")}`;
const priorities = ["imminent", "urgent", "elevated", "standard"];
window.crowd.waiting = (from) => Array.from({ length: 500 }, (_, n) => ({
  request: window.crowd.id(from + n), line: "night", priority: priorities[Math.min(3, Math.floor((from + n) / 40))],
  language: ["en", "es", "ar"][(from + n) % 3], since: new Date(Date.now() - 3600000 + (from + n) * 1000).toISOString(), position: n + 1, offers: n < 20 ? 1 : 0,
}));
window.crowd.duty = (minute) => Array.from({ length: 500 }, (_, n) => ({
  staff: window.crowd.id(90000 + n), alias: `Volunteer ${String(n).padStart(3, "0")}`, zone: "Asia/Tokyo",
  local_time: `0${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, "0")}`, load: (n + minute) % 3, capacity: 2,
  shift_ends: new Date(Date.now() + 7200000).toISOString(), duty: n % 7 ? "ready" : "break", present: n % 11 !== 0,
}));
window.crowd.say = (event, data) => window.crowd.sources.forEach((one) => one.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data) })));
window.crowd.counts = { imminent: 40, urgent: 40, elevated: 40, standard: 1880 };
window.crowd.begin = () => window.crowd.say("board", {
  waiting: window.crowd.waiting(0), active: [], on_duty: window.crowd.duty(0), escalations: [], on_call: [],
  longest_wait_s: { imminent: 3600, urgent: 3500, elevated: 3400, standard: 3300 }, waiting_count: window.crowd.counts,
});
"#;

async fn crowded(scene: &Scene) -> Browser {
    let page = scene.at_the_board(Wish { size: (1400, 900), ..Wish::default() }).await;
    page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": CROWD })).await;
    page.goes(&scene.line.url("/board")).await;
    page.sees("it listens", "window.crowd && window.crowd.sources.length === 1").await;
    page.says("window.crowd.begin() ?? true").await;
    page.sees("who waits", "document.querySelectorAll('#waiting tr').length === 25 && document.querySelectorAll('#on-duty tr').length === 50").await;
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_wait_and_only_what_changed_is_touched() {
    let scene = Scene::set().await;
    let page = crowded(&scene).await;
    page.reads("1975 more").await;
    let watch = r"(() => {
      window.crowd.rows = 0;
      new MutationObserver((list) => list.forEach((one) => { window.crowd.rows += one.type === 'childList' && one.target.id === 'waiting' ? one.addedNodes.length + one.removedNodes.length : 0; }))
        .observe(document.getElementById('waiting'), { childList: true, subtree: true });
      window.crowd.first = document.querySelector('#waiting tr:nth-child(5)');
      window.crowd.first.querySelector('button').focus();
      window.crowd.say('waiting', { waiting: window.crowd.waiting(3), waiting_count: window.crowd.counts, longest_wait_s: {} });
      return true;
    })()";
    page.says(watch).await;
    page.sees("three went and three came", "window.crowd.rows === 6").await;
    page.sees("the others are the same rows, and keep the focus", "document.querySelector('#waiting tr:nth-child(2)') === window.crowd.first && window.crowd.first.contains(document.activeElement)").await;
    page.clicks("#waiting-all").await;
    page.sees("more on demand", "document.querySelectorAll('#waiting tr').length === 125").await;
    page.closes().await;
}

/// How long the page is busy in one go. Not a test, since machines differ:
/// `cargo nextest run --workspace --run-ignored only -E 'test(how_long_the_board_is_busy)' --no-capture`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it measures"]
async fn how_long_the_board_is_busy() {
    let scene = Scene::set().await;
    let page = crowded(&scene).await;
    let opened = page.says("window.crowd.long.splice(0)").await;
    println!("opening with 2,000 waiting and 500 on duty: longest task {} ms", longest(&opened));
    updates(&page, "as it opens, 25 and 50 rows").await;
    for more in ["waiting-all", "on-duty-all"] {
        for _ in 0..5 {
            page.says(&format!(
                "document.getElementById('{more}').hidden || document.getElementById('{more}').click()"
            ))
            .await;
        }
    }
    page.sees(
        "as much as there may be",
        "document.querySelectorAll('#waiting tr').length === 150 && document.querySelectorAll('#on-duty tr').length === 150",
    )
    .await;
    page.says("window.crowd.long.splice(0).length").await;
    updates(&page, "with everything unfolded, 150 and 150 rows").await;
    page.closes().await;
}

fn longest(all: &Value) -> f64 {
    all.as_array().into_iter().flatten().filter_map(Value::as_f64).fold(0.0, f64::max)
}

/// Forty times everybody's clock moves on and four are served.
async fn updates(page: &Browser, what: &str) {
    let step = r"(() => { const n = window.crowd.n = (window.crowd.n ?? 0) + 1;
      window.crowd.say('waiting', { waiting: window.crowd.waiting(n * 4), waiting_count: window.crowd.counts, longest_wait_s: {} });
      window.crowd.say('on_duty', { on_duty: window.crowd.duty(n) }); return n; })()";
    for _ in 0..40 {
        let n = page.says(step).await;
        page.sees("it is drawn", &format!("document.querySelector('#on-duty td:nth-child(4)').textContent.includes(String({n} % 60).padStart(2, '0'))")).await;
    }
    let busy = page.says("window.crowd.long.splice(0)").await;
    println!("40 updates {what}: longest task {} ms (0: none over 50 ms)", longest(&busy));
}

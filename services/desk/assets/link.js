// The connection: a heartbeat, a stream of what happens, and saying at once when either is gone.

import { call, el, learnTime, length, now, page, put, say, signIn, announce } from "./kit.js";

/** When the desk last proved to hear us. */
let proof = now();
let beating = true;
let streaming = false;
let opened = false;
let lost = false;
const listeners = [];

/** Calls `listen(true)` when the connection is lost and `listen(false)` when it is back. */
export const onLink = (listen) => listeners.push(listen);

const banner = el("div", { class: "lost", hidden: true });
const [title, rest] = [el("strong"), el("span")];
banner.append(title, " ", rest);

function look() {
  const gone = !beating || (opened && !streaming) || !navigator.onLine;
  if (gone !== lost) {
    lost = gone;
    banner.hidden = !gone;
    announce(say(gone ? "say-lost" : "say-found"), true);
    listeners.forEach((listen) => listen(gone));
  }
  if (lost) draw();
}

/** What happens meanwhile, in words, with what is left of the time. */
function draw() {
  const away = (now() - proof) / 1000;
  put(title, say("say-lost"));
  const { presence_grace_s: offers, reconnect_grace_s: talks } = page.graces;
  let text = say("say-lost-first", { offers: length(offers), talks: length(talks) });
  if (away >= talks) text = say("say-lost-over");
  else if (away >= offers) text = say("say-lost-offers", { left: length(talks - away) });
  put(rest, text);
}

function heard({ ok, status, date }) {
  if (status === 401) signIn();
  beating = ok;
  if (ok) {
    proof = now();
    learnTime(date);
  }
  look();
}

/** Worker scripts need a policy where the browser asks for one; this one lets through nothing but its own file. */
function worker(path) {
  const policy = window.trustedTypes?.createPolicy("wideawake-worker", { createScriptURL: (url) => url });
  return new Worker(policy ? policy.createScriptURL(path) : path);
}

function pulse() {
  try {
    const beats = worker(page.pulse);
    beats.addEventListener("message", (event) => heard(event.data));
    const again = () => document.hidden || beats.postMessage("now");
    addEventListener("online", again);
    document.addEventListener("visibilitychange", again);
  } catch (error) {
    console.warn("no worker: this tab must stay in view", error);
    const beat = () =>
      call("POST", "/v1/me/heartbeat").then(
        () => heard({ ok: true, status: 204, date: null }),
        (refused) => heard({ ok: false, status: refused.status, date: null }),
      );
    beat();
    setInterval(beat, 10_000);
  }
}

/** Listens to a stream. `on` maps the names of events to what is done with their data. */
function listen(path, on) {
  const source = new EventSource(path);
  const alive = () => {
    streaming = opened = true;
    look();
  };
  source.addEventListener("open", alive);
  source.addEventListener("error", () => {
    streaming = false;
    // A moment: a stream that is handed over is back before anybody needs to know.
    setTimeout(look, 1_500);
    if (source.readyState !== EventSource.CLOSED) return;
    // It does not come back by itself: the session is over, or the desk said no.
    setTimeout(() => {
      call("GET", "/v1/me").then(
        () => listen(path, on),
        () => source.dispatchEvent(new Event("error")),
      );
    }, 2_000);
  });
  for (const [event, act] of Object.entries(on)) {
    source.addEventListener(event, (message) => {
      alive();
      act(JSON.parse(message.data));
    });
  }
  // Streams end on their way out, and not with an error on a page that somebody is leaving.
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

/** Connects the page. */
export function connect(path, on) {
  document.getElementById("connection").append(banner);
  pulse();
  listen(path, on);
  addEventListener("offline", look);
  addEventListener("online", look);
  setInterval(() => lost && draw(), 1_000);
}

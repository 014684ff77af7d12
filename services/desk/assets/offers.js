// What is offered: seen, heard, counted down, and answered with one key.

import { announce, call, countdown, el, fresh, isTyping, language, left, name, put, remembered, say } from "./kit.js";
import { ring } from "./sound.js";
import { whyMe } from "./why.js";

/** Whether A and D answer. */
export const keys = remembered("keys", true);

const place = document.getElementById("offers");
const open = new Map();
let accepted = () => {};
let changed = () => {};

/** How many are open. */
export const count = () => open.size;

/** Begins: `taken(request)` when one was accepted here, `counted()` when their number changes. */
export function begin(taken, counted) {
  accepted = taken;
  changed = counted;
  setInterval(tick, 1_000);
  document.addEventListener("keydown", key);
}

function key(event) {
  if (event.key === "Escape" && isTyping(event.target) && open.size && !event.target.closest("dialog")) {
    first()?.card.focus();
    return;
  }
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
  if (!keys.on || !plain || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  // Where letters are not Latin ones, the keys in their place answer.
  const pressed = /^[a-z]$/i.test(event.key) ? `Key${event.key.toUpperCase()}` : event.code;
  if (pressed !== "KeyA" && pressed !== "KeyD") return;
  // The one that has the focus, or else the one that ends first.
  const meant = [...open.values()].find(({ card }) => card.contains(document.activeElement)) ?? first();
  if (!meant) return;
  event.preventDefault();
  answer(meant.offer, pressed === "KeyA");
}

const first = () => [...open.values()].sort((a, b) => Date.parse(a.offer.expires_at) - Date.parse(b.offer.expires_at))[0];

/** Shows exactly these: what a new connection begins with. */
export function all(offers) {
  const ids = new Set(offers.map(({ offer }) => offer));
  for (const id of [...open.keys()]) if (!ids.has(id)) drop(id);
  offers.forEach(add);
}

/** Shows an offer; one that is there already changes nothing. */
export function add(offer) {
  if (open.has(offer.offer) || left(offer.expires_at) < -5) return;
  const heading = fresh("offer");
  const [time, bar] = [el("span", { class: "time" }), el("progress", { max: 1, value: 1, "aria-hidden": "true" })];
  const wrong = el("p", { class: "wrong", role: "alert", hidden: true });
  const accept = el("button", { class: "big accept" }, say("say-accept"), keys.on ? el("kbd", {}, "A") : null);
  const decline = el("button", { class: "plain" }, say("say-decline"), keys.on ? el("kbd", {}, "D") : null);
  const about = say(offer.handover ? "say-offer-handover" : "say-offer", {
    priority: name("priority", offer.priority),
    language: language(offer.language),
    line: offer.line,
  });
  const topics = offer.topics.map((topic) => name("topic", topic)).join(", ");
  const card = el(
    "article",
    { class: "card offer", tabindex: "-1", "aria-labelledby": heading, data: { priority: offer.priority } },
    el("div", { class: "spread" }, el("h3", { id: heading }, about), time),
    bar,
    topics ? el("p", {}, say("say-offer-topics", { topics })) : null,
    el("p", { class: "hint" }, whyMe(offer.why)),
    wrong,
    el("div", { class: "answers" }, accept, decline),
  );
  accept.addEventListener("click", () => answer(offer, true));
  decline.addEventListener("click", () => answer(offer, false));
  open.set(offer.offer, { offer, card, time, bar, wrong, from: Math.max(1, left(offer.expires_at)), rung: 0 });
  place.append(card);
  place.hidden = false;
  announce(say("say-offer-told", { offer: about, left: countdown(offer.expires_at) }), true);
  ring();
  notify(about);
  tick();
  changed();
}

/** An offer no longer stands; `reason` is said where the volunteer could wonder. */
export function withdrawn({ offer, reason }) {
  if (!open.has(offer)) return;
  drop(offer);
  if (reason !== "declined" && reason !== "accepted") announce(name("gone", reason));
  if (reason !== "declined") last(name("gone", reason));
}

const ended = document.getElementById("offer-ended");

/** What became of the last one, until the next comes. */
function last(text) {
  put(ended, text);
  ended.hidden = !text;
}

function drop(id) {
  const { card } = open.get(id);
  const focused = card.contains(document.activeElement);
  card.remove();
  open.delete(id);
  place.hidden = open.size === 0;
  if (focused) (first()?.card ?? document.getElementById("main")).focus();
  changed();
}

function tick() {
  for (const shown of open.values()) {
    const s = left(shown.offer.expires_at);
    put(shown.time, s > 0 ? say("say-offer-left", { left: countdown(shown.offer.expires_at) }) : say("say-offer-last"));
    shown.bar.value = s / shown.from;
    // Twice more while it stands, for who looked away: no alarm.
    shown.rung += 1;
    if (shown.rung === 8 || shown.rung === 16) ring();
  }
}

async function answer(offer, yes) {
  const shown = open.get(offer.offer);
  if (!shown || shown.busy) return;
  shown.busy = true;
  shown.wrong.hidden = true;
  try {
    const path = `/v1/offers/${offer.offer}/${yes ? "accept" : "decline"}`;
    await call("POST", path, yes ? undefined : {});
    if (open.has(offer.offer)) drop(offer.offer);
    last("");
    if (yes) accepted(offer.request);
    else announce(say("say-declined"));
  } catch (refused) {
    if (refused.kind === "offer-gone") withdrawn({ offer: offer.offer, reason: "taken" });
    else {
      shown.wrong.textContent = refused.words ?? say("say-problem-other");
      shown.wrong.hidden = false;
    }
  } finally {
    shown.busy = false;
  }
}

function notify(text) {
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  try {
    // No more than the kind: it may lie on a screen that others see.
    const note = new Notification(say("say-notify-title"), { body: text, tag: "wideawake-offer" });
    note.addEventListener("click", () => {
      window.focus();
      note.close();
    });
  } catch {
    // Some browsers only let service workers do it.
  }
}

// The volunteer's desk: duty, offers, conversations side by side, and what happens as it happens.

import { announce, call, clock, el, isOpenEnded, length, left, name, page, put, say } from "./kit.js";
import { connect, onLink } from "./link.js";
import * as offers from "./offers.js";
import { sound, tick } from "./sound.js";
import { Talk } from "./talk.js";
import { begin as calledOver } from "./called.js";

const talks = new Map();
let chosen = null;
let me = page.me;

const tabs = document.getElementById("tabs");
const panels = document.getElementById("panels");
const nobody = document.getElementById("nobody");
const title = document.title;

// --- Duty -----------------------------------------------------------------------------------------------------------------

const duties = [...document.querySelectorAll('#duty input[name="duty"]')];
const dutyNote = document.getElementById("duty-note");

for (const input of duties) {
  input.addEventListener("change", async () => {
    try {
      const answer = await call("PUT", "/v1/me/duty", { duty: input.value });
      me = { ...me, ...answer, reason: null };
      announce(name("duty-told", answer.duty));
    } catch (refused) {
      announce(refused.words ?? say("say-problem-other"), true);
    }
    drawDuty();
  });
}

function drawDuty() {
  for (const input of duties) input.checked = input.value === me.duty;
  const shift = me.on_shift && isOpenEnded(me.shift_ends)
    ? say("say-shift-open")
    : me.on_shift
    ? say("say-shift-ends", { at: clock(me.shift_ends), left: length(left(me.shift_ends)), zone: page.zone })
    : say(me.duty === "ready" ? "say-ready-off-shift" : "say-off-shift");
  const parts = [me.reason === "not_responding" && me.duty === "break" ? say("say-not-responding") : null, shift];
  put(dutyNote, parts.filter(Boolean).join(" "));
  dutyNote.dataset.tone = me.reason === "not_responding" && me.duty === "break" ? "warn" : "";
}

// --- Conversations --------------------------------------------------------------------------------------------------------

async function open(request, options = {}) {
  let talk = talks.get(request);
  // One that was mine before and comes back begins anew.
  if (talk?.ended) put_away(talk);
  talk = talks.get(request);
  if (!talk) {
    talk = new Talk(request, options);
    talk.onAway = () => put_away(talk);
    talk.tab.addEventListener("click", () => choose(talk));
    talks.set(request, talk);
    tabs.append(talk.tab);
    panels.append(talk.panel);
    counts();
  }
  if (!(await talk.load())) {
    if (!talk.ended) put_away(talk);
    return null;
  }
  if (!chosen || options.choose) choose(talk, options.choose);
  return talk;
}

function choose(talk, focus = false) {
  chosen = talk;
  for (const one of talks.values()) {
    const is = one === talk;
    one.panel.hidden = !is;
    one.tab.setAttribute("aria-selected", String(is));
    one.tab.tabIndex = is ? 0 : -1;
  }
  if (talk) {
    talk.unread = 0;
    talk.drawTab();
    talk.toEnd();
    if (focus) (talk.ended ? talk.heading : talk.text).focus();
  }
  counts();
}

function put_away(talk) {
  const focused = talk.panel.contains(document.activeElement) || document.activeElement === document.body;
  talk.panel.remove();
  talk.tab.remove();
  talks.delete(talk.request);
  if (chosen === talk) choose([...talks.values()][0] ?? null, focused);
  if (focused && !talks.size) nobody.focus();
  counts();
}

tabs.addEventListener("keydown", (event) => {
  const all = [...talks.values()];
  const at = all.findIndex((talk) => talk.tab === document.activeElement);
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const to = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : step && at >= 0 ? at + step : null;
  if (to === null || to === undefined || !all.length) return;
  event.preventDefault();
  const talk = all[(to + all.length) % all.length];
  choose(talk);
  talk.tab.focus();
});

/** What the title and the page say about how much there is. */
function counts() {
  nobody.hidden = talks.size > 0;
  tabs.hidden = talks.size === 0;
  const unread = [...talks.values()].reduce((sum, talk) => sum + talk.unread, 0);
  const parts = [offers.count() ? say("say-title-offer") : null, unread ? say("say-unread", { count: unread }) : null, title];
  // The marks that isolate what is put in are for pages.
  document.title = parts.filter(Boolean).join(" · ").replace(/[\u2066-\u2069]/g, "");
}

function message(said) {
  const talk = talks.get(said.request);
  if (!talk || talk.ended) return;
  if (!talk.add(said)) return;
  if (talk !== chosen || document.hidden) {
    talk.unread += 1;
    talk.drawTab();
    tick();
    counts();
  }
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && chosen?.unread) choose(chosen);
});

// --- What happens ---------------------------------------------------------------------------------------------------------

function snapshot(mine) {
  me = mine;
  drawDuty();
  offers.all(mine.open_offers);
  const held = new Set([...mine.active.map(({ request }) => request), ...mine.joined]);
  for (const talk of talks.values()) {
    if (!held.has(talk.request) && !talk.ended) talk.end(say("say-released-meanwhile"), "warn");
  }
  for (const { request } of mine.active) open(request);
  for (const request of mine.joined) open(request, { joined: true });
  counts();
}

const of = (request, act) => {
  const talk = talks.get(request);
  if (talk && !talk.ended) act(talk);
};

const on = {
  snapshot,
  offer: offers.add,
  offer_withdrawn: offers.withdrawn,
  assigned: ({ request, offer }) => open(request, { choose: Boolean(offer) && !chosen?.text.value }),
  message,
  member: ({ request, state }) =>
    of(request, (talk) => {
      if (state === "left") return talk.end(say("say-member-left"));
      talk.note("away", state === "away" ? say("say-away-now") : null, "warn");
      announce(say(state === "away" ? "say-told-away" : "say-told-back", { who: talk.who }));
    }),
  nudge: ({ request, kind }) =>
    of(request, (talk) => {
      talk.note("nudge", name("nudge", kind), "warn");
      announce(`${talk.who}: ${name("nudge", kind)}`, true);
      tick();
    }),
  released: ({ request, reason }) => of(request, (talk) => talk.end(name("released", reason), reason === "absent" ? "warn" : "accent")),
  transfer: ({ request, state, reason }) =>
    of(request, (talk) => {
      if (state === "done") return talk.end(say("say-transfer-done"));
      const text = state === "failed" ? say("say-transfer-failed", { reason: name("transfer", reason) }) : say("say-transfer-asked");
      talk.note("transfer", text, state === "failed" ? "warn" : "accent");
      announce(text);
    }),
  priority: ({ request, priority }) =>
    of(request, (talk) => {
      if (talk.state) talk.state.priority = priority;
      talk.draw();
      announce(say("say-told-priority", { who: talk.who, priority: name("priority", priority) }), true);
    }),
  duty: (word) => {
    if (word.duty === me.duty && word.reason === me.reason) return;
    me = { ...me, ...word };
    drawDuty();
    announce(word.reason === "not_responding" ? say("say-not-responding") : name("duty-told", word.duty), true);
  },
  escalation: (word) => {
    called.learn(word);
    of(word.request, (talk) => {
      const by = word.by?.alias ?? "";
      const names = (word.called ?? []).map(({ alias }) => alias).join(", ");
      const text = say(`say-escalation-${word.stage.replaceAll("_", "-")}`, { by, called: names || "–" });
      talk.note("escalation", text, { acknowledged: "accent", resolved: "good" }[word.stage] ?? "danger");
      announce(`${talk.who}: ${text}`);
    });
  },
};

// --- Switches -------------------------------------------------------------------------------------------------------------

function switches() {
  const place = document.getElementById("switches");
  const box = (state, words, changed) => {
    const input = el("input", { type: "checkbox", checked: state.on });
    input.addEventListener("change", () => {
      state.on = input.checked;
      changed?.();
    });
    return el("label", { class: "choice" }, input, words);
  };
  place.append(box(sound, say("say-switch-sound")), box(offers.keys, say("say-switch-keys")));
  if ("Notification" in window && Notification.permission === "default") {
    const button = el("button", { type: "button", class: "plain" }, say("say-switch-notify"));
    button.addEventListener("click", async () => {
      await Notification.requestPermission();
      button.remove();
    });
    place.append(button);
  }
}

const called = calledOver((request) => open(request, { joined: true, choose: true }));
switches();
drawDuty();
offers.begin((request) => open(request, { choose: !chosen?.text.value }), counts);
onLink((gone) => {
  document.body.classList.toggle("cut", gone);
  if (!gone) for (const talk of talks.values()) if (!talk.ended) talk.load();
});
connect("/v1/me/stream", on);
setInterval(drawDuty, 30_000);

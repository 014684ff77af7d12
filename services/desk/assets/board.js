// The supervisor's board, as it changes.

import { announce, call, clock, countdown, el, isOpenEnded, language, left, length, name, now, page, put, say, since } from "./kit.js";
import { canHandOver, handOver, resolve } from "./called.js";
import { open } from "./case.js";
import { connect } from "./link.js";
import { Rows } from "./rows.js";
import { ring, sound } from "./sound.js";

const state = { waiting: [], active: [], on_duty: [], escalations: [], on_call: [], longest_wait_s: {}, waiting_count: {} };
const place = (id) => document.getElementById(id);

const PRIORITY = { elevated: "accent", urgent: "warn", imminent: "danger" };

function priority() {
  const badge = el("span", { class: "badge" });
  return {
    badge,
    set(value) {
      put(badge, name("priority", value));
      const tone = PRIORITY[value];
      if (tone) badge.dataset.tone = tone;
      else delete badge.dataset.tone;
    },
  };
}

function opener(item) {
  const button = el("button", { type: "button", class: "plain small" }, say("say-open"));
  const row = { item };
  button.addEventListener("click", () => open(row.item, state));
  return { button, row };
}

const waiting = new Rows(place("waiting"), {
  key: (row) => row.request,
  fields: ["priority", "since", "position", "offers", "language", "line"],
  shown: 25,
  more: place("waiting-more"),
  all: place("waiting-all"),
  none: place("waiting-none"),
  make(item) {
    const [rank, age, tongue, line, offers] = [el("td", { class: "number" }), el("td"), el("td"), el("td"), el("td", { class: "number" })];
    const { badge, set } = priority();
    const { button, row } = opener(item);
    const node = el("tr", {}, rank, el("td", {}, badge), age, tongue, line, offers, el("td", {}, button));
    const tick = () => put(age, since(row.item.since));
    return {
      node,
      tick,
      fill(one) {
        row.item = one;
        node.dataset.priority = one.priority;
        put(rank, String(one.position));
        set(one.priority);
        put(tongue, language(one.language));
        put(line, one.line);
        put(offers, String(one.offers));
        button.setAttribute("aria-label", say("say-open-waiting", { position: one.position, priority: name("priority", one.priority) }));
        tick();
      },
    };
  },
});

const active = new Rows(place("active"), {
  key: (row) => row.request,
  fields: ["priority", "alias", "since", "unanswered_since", "away_since", "transfer", "language"],
  shown: 25,
  more: place("active-more"),
  all: place("active-all"),
  none: place("active-none"),
  make(item) {
    const [who, age, how, tongue] = [el("td"), el("td"), el("td"), el("td")];
    const { badge, set } = priority();
    const { button, row } = opener(item);
    const node = el("tr", {}, el("td", {}, badge), who, age, how, tongue, el("td", {}, button));
    const tick = () => {
      put(age, since(row.item.since));
      const parts = [
        row.item.unanswered_since ? say("say-unanswered", { since: since(row.item.unanswered_since) }) : null,
        row.item.away_since ? say("say-is-away") : null,
        row.item.transfer ? say("say-is-transferred") : null,
      ];
      put(how, parts.filter(Boolean).join(" · "));
    };
    return {
      node,
      tick,
      fill(one) {
        row.item = one;
        node.dataset.priority = one.priority;
        set(one.priority);
        put(who, one.alias);
        put(tongue, language(one.language));
        button.setAttribute("aria-label", say("say-open-active", { alias: one.alias, priority: name("priority", one.priority) }));
        tick();
      },
    };
  },
});

const duty = new Rows(place("on-duty"), {
  key: (row) => row.staff,
  fields: ["alias", "zone", "local_time", "load", "capacity", "shift_ends", "duty", "present"],
  shown: 50,
  more: place("on-duty-more"),
  all: place("on-duty-all"),
  none: place("on-duty-none"),
  make() {
    const [who, how, load, hour, end] = [el("th", { scope: "row" }), el("td"), el("td"), el("td"), el("td")];
    const [figure, places, zone] = [el("span"), el("span", { class: "places", "aria-hidden": "true" }), el("span", { class: "hint" })];
    const local = el("span");
    load.append(figure, " ", places);
    hour.append(local, " ", zone);
    const row = {};
    const tick = () => {
      const at = row.item.shift_ends;
      if (at && isOpenEnded(at)) put(end, say("say-ends-open"));
      else put(end, at ? say("say-ends", { at: clock(at), left: length(left(at)) }) : "–");
    };
    return {
      node: el("tr", {}, who, how, load, hour, end),
      tick,
      fill(one) {
        row.item = one;
        put(who, one.alias);
        put(how, one.present ? name("duty", one.duty) : say("say-absent", { duty: name("duty", one.duty) }));
        put(figure, say("say-load", { load: one.load, capacity: one.capacity }));
        put(places, "●".repeat(Math.min(one.load, 12)) + "○".repeat(Math.max(0, Math.min(one.capacity, 12) - one.load)));
        put(local, one.local_time);
        put(zone, one.zone);
        tick();
      },
    };
  },
});

const cases = new Rows(place("escalations"), {
  key: (row) => row.id ?? `${row.request} ${row.policy}`,
  fields: ["id", "priority", "stage", "step", "deadline", "acknowledged_by", "acknowledged_alias", "line", "causes"],
  shown: 50,
  none: place("no-escalations"),
  make(item) {
    const row = { item };
    const [title, about, time] = [el("strong"), el("p", { class: "hint" }), el("span", { class: "time" })];
    const wrong = el("p", { class: "wrong", role: "alert", hidden: true });
    const { badge, set } = priority();
    const button = (words, act, kind) => el("button", { type: "button", class: kind, on: { click: () => run(act) } }, words);
    const run = async (act) => {
      wrong.hidden = true;
      try {
        await act();
      } catch (refused) {
        wrong.textContent = refused.words ?? say("say-problem-other");
        wrong.hidden = false;
      }
    };
    const take = button(say("say-acknowledge"), () => call("POST", `/v1/escalations/${row.item.id}/acknowledge`), "danger");
    const settle = button(say("say-resolve"), () => resolve(row.item), "plain");
    const give = button(say("say-hand-over"), () => handOver(row.item), "plain");
    const look = button(say("say-open"), () => open({ ...state.active.concat(state.waiting).find(({ request }) => request === row.item.request), ...row.item }, state), "plain");
    const tick = () => {
      const over = row.item.acknowledged_by ? "say-remind" : "say-next-step";
      put(time, row.item.deadline ? say(over, { left: countdown(row.item.deadline) }) : "");
    };
    return {
      node: el("li", { class: "card stack tight case" }, el("div", { class: "spread" }, el("span", { class: "row" }, badge, title), time), about, wrong, el("div", { class: "row" }, take, settle, give, look)),
      tick,
      fill(one) {
        row.item = one;
        this.node.dataset.priority = one.priority;
        set(one.priority);
        put(title, say("say-case", { policy: name("policy", one.policy), line: one.line }));
        const causes = one.causes.map((cause) => name("cause", cause)).join(", ");
        const how = one.acknowledged_by ? say("say-taken-on", { by: one.acknowledged_alias ?? "" }) : name("stage", one.stage);
        put(about, [how, causes, say("say-since", { since: clock(one.at) })].join(" · "));
        take.hidden = !one.id || Boolean(one.acknowledged_by);
        settle.hidden = !one.id;
        give.hidden = one.acknowledged_by !== page.me.id || !canHandOver();
        tick();
      },
    };
  },
});

function sums() {
  for (const box of document.querySelectorAll("#sum [data-priority]")) {
    const of = box.dataset.priority;
    const count = state.waiting_count[of] ?? 0;
    put(box.querySelector("[data-count]"), String(count));
    const longest = state.longest_wait_s[of] ?? 0;
    put(box.querySelector("[data-longest]"), count ? say("say-longest", { wait: length(longest) }) : "");
    box.classList.toggle("none", !count);
  }
  const ready = state.on_duty.filter((one) => one.duty === "ready" && one.present && one.shift_ends);
  put(place("ready"), String(ready.length));
  put(place("places"), say("say-places", { count: ready.reduce((sum, one) => sum + Math.max(0, one.capacity - one.load), 0) }));
  put(place("talking"), String(state.active.length));
  const waits = state.active.filter((one) => one.unanswered_since && now() - Date.parse(one.unanswered_since) > 120_000).length;
  put(place("unanswered"), waits ? say("say-unanswered-count", { count: waits }) : "");
}

const total = () => Object.values(state.waiting_count).reduce((sum, count) => sum + count, 0);

function calls() {
  const list = state.on_call.map((one) => el("li", { class: "badge" }, say("say-on-call", { rotation: one.rotation, alias: one.alias })));
  place("on-call").replaceChildren(...list);
}

let known = null;

place("sound").append(
  el("label", { class: "choice" }, el("input", { type: "checkbox", checked: sound.on, on: { change: ({ target }) => (sound.on = target.checked) } }), say("say-switch-sound")),
);

/** New escalations are told once, and heard; those that were there when the page opened are on it. */
function tell() {
  const open = new Map(state.escalations.filter((one) => !one.acknowledged_by).map((one) => [one.id ?? one.request, one]));
  if (known) {
    for (const [id, one] of open) {
      if (!known.has(id) && !known.has(one.request)) {
        announce(say("say-told-escalation", { priority: name("priority", one.priority), policy: name("policy", one.policy) }), true);
        ring();
      }
    }
  }
  known = new Set([...open.keys(), ...state.escalations.flatMap((one) => [one.id, one.request])]);
}

const draw = {
  waiting: () => waiting.set(state.waiting, total()),
  active: () => active.set(state.active),
  on_duty: () => duty.set([...state.on_duty].sort((a, b) => (a.alias < b.alias ? -1 : 1))),
  escalations: () => {
    cases.set(state.escalations.map((one) => ({ ...one, causes: one.causes ?? [] })));
    tell();
  },
  on_call: calls,
};

let due = new Set();

/** What came is drawn once a frame, one part after the other, so that no part of the page waits for all of it. */
function later(parts) {
  if (!due.size) requestAnimationFrame(next);
  parts.forEach((part) => due.add(part));
}

function next() {
  const [part] = due;
  due.delete(part);
  draw[part]();
  if (due.size) requestAnimationFrame(next);
  else sums();
}

const changed = (parts) => (news) => {
  Object.assign(state, news);
  later(parts);
};

connect("/v1/board/stream", {
  board: changed(Object.keys(draw)),
  waiting: changed(["waiting"]),
  active: changed(["active"]),
  on_duty: changed(["on_duty"]),
  escalations: changed(["escalations"]),
  on_call: changed(["on_call"]),
});

setInterval(() => {
  if (document.hidden) return;
  cases.tick();
  waiting.tick();
  active.tick();
}, 1_000);
setInterval(() => !document.hidden && duty.tick(), 30_000);

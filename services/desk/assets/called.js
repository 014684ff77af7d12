// What a professional or a supervisor was called over: taking it on, coming in, settling it.

import { area, ask, field, list } from "./ask.js";
import { announce, call, clock, countdown, el, name, page, put, say } from "./kit.js";

const may = page.me.roles.some((role) => role === "professional" || role === "supervisor");
const place = document.getElementById("called");
const shown = new Map();

/** Begins; `enter(request)` opens a conversation that was joined. Gives back what news are told to. */
export function begin(enter) {
  if (!may || !place) return { learn: () => {} };
  const read = async () => {
    try {
      const { items } = await call("GET", "/v1/escalations");
      draw(items.filter((one) => one.stage !== "resolved"), enter, read);
    } catch {
      // The banner says that there is no connection; what is shown stays.
    }
  };
  read();
  setInterval(tick, 1_000);
  return {
    learn: (word) => {
      if (word.stage === "paging" && (word.called ?? []).some(({ staff }) => staff === page.me.id)) {
        announce(say("say-called-you", { priority: name("priority", word.priority) }), true);
      }
      read();
    },
  };
}

function draw(items, enter, read) {
  const ids = new Set(items.map(({ id }) => id));
  for (const [id, { card }] of shown) {
    if (ids.has(id)) continue;
    card.remove();
    shown.delete(id);
  }
  for (const one of items) {
    const was = shown.get(one.id);
    if (was && JSON.stringify(was.one) === JSON.stringify(one)) continue;
    const card = row(one, enter, read);
    if (was) was.card.replaceWith(card.card);
    else place.querySelector("ul").append(card.card);
    shown.set(one.id, card);
  }
  place.hidden = shown.size === 0;
  tick();
}

function tick() {
  for (const { one, time } of shown.values()) {
    put(time, one.deadline && one.stage !== "acknowledged" ? say("say-next-step", { left: countdown(one.deadline) }) : "");
  }
}

function row(one, enter, read) {
  const mine = one.acknowledged_by === page.me.id;
  const [time, wrong] = [el("span", { class: "hint time" }), el("p", { class: "wrong", role: "alert", hidden: true })];
  const button = (words, act, kind = "plain") =>
    el("button", {
      type: "button",
      class: kind,
      on: {
        click: async () => {
          wrong.hidden = true;
          try {
            await act();
            await read();
          } catch (refused) {
            wrong.textContent = refused.words ?? say("say-problem-other");
            wrong.hidden = false;
          }
        },
      },
    }, words);
  const take = () => call("POST", `/v1/escalations/${one.id}/acknowledge`);
  const join = async (as) => {
    await call("POST", `/v1/requests/${one.request}/join`, { as });
    enter(one.request);
  };
  const state = mine ? say("say-called-mine") : one.acknowledged_by ? say("say-called-other", { by: one.acknowledged_alias ?? "" }) : say("say-called-open");
  const card = el(
    "li",
    { class: "card stack tight", data: { priority: one.priority } },
    el(
      "div",
      { class: "spread" },
      el("strong", {}, say("say-called-about", { priority: name("priority", one.priority), policy: name("policy", one.policy), line: one.line })),
      time,
    ),
    el("p", { class: "hint" }, `${name("cause", one.triggers.at(-1)?.cause ?? "rule")} · ${say("say-since", { since: clock(one.opened_at) })} · ${state}`),
    wrong,
    el(
      "div",
      { class: "row" },
      one.acknowledged_by ? null : button(say("say-acknowledge"), take, "danger"),
      button(say("say-join-beside"), () => join("beside")),
      mine || !one.acknowledged_by ? button(say("say-resolve"), () => resolve(one)) : null,
      mine && canHandOver() ? button(say("say-hand-over"), () => handOver(one)) : null,
    ),
  );
  return { one, card, time };
}

/** Whether there is anybody to hand an escalation over to. */
export const canHandOver = () => page.answerers.length > 0;

/** Asks somebody else to take an escalation over. */
export function handOver(one) {
  return ask({
    title: say("say-hand-over-title"),
    text: say("say-hand-over-text"),
    body: [field(say("say-hand-over-whom"), list("to", page.answerers)), field(say("say-resolve-note"), area("note"))],
    submit: say("say-hand-over"),
    send: ({ to, note }) => call("POST", `/v1/escalations/${one.id}/hand-over`, { to, ...(note.trim() ? { note } : {}) }),
  });
}

/** Settles an escalation. */
export function resolve(one) {
  const outcome = el("input", { name: "outcome", required: true, pattern: "[a-z0-9_\\-]{1,64}", list: "outcomes", autocapitalize: "none" });
  const outcomes = ["safe", "referred", "emergency_services", "no_contact"];
  return ask({
    title: say("say-resolve-title"),
    text: say("say-resolve-text"),
    body: [
      field(say("say-resolve-outcome"), outcome, say("say-resolve-outcome-hint")),
      el("datalist", { id: "outcomes" }, outcomes.map((value) => el("option", { value }, name("settled", value)))),
      one.priority === "imminent"
        ? field(say("say-resolve-confirmed"), el("input", { name: "confirmed_by", maxlength: 200 }), say("say-resolve-confirmed-hint"))
        : null,
      field(say("say-resolve-note"), area("note")),
    ],
    submit: say("say-resolve"),
    send: ({ outcome: code, confirmed_by, note }) =>
      call("POST", `/v1/escalations/${one.id}/resolve`, {
        outcome: code,
        ...(confirmed_by?.trim() ? { confirmed_by } : {}),
        ...(note.trim() ? { note } : {}),
      }),
  });
}

// One request, for the supervisor who answers for it: what can be done, reading it with a reason, and why who was asked.

import { area, ask, askForMore, choice, field, list, policies } from "./ask.js";
import { announce, call, clock, el, language, name, page, say, since } from "./kit.js";
import { outs, whyThem } from "./why.js";

const PRIORITIES = ["standard", "elevated", "urgent", "imminent"];
const post = (request, deed, body) => call("POST", `/v1/requests/${request}/${deed}`, body);

/** Opens what can be done with a request. `row` is its row on the board, of whatever list. */
export function open(row, state) {
  const at = state.active.find(({ request }) => request === row.request);
  const waits = state.waiting.find(({ request }) => request === row.request);
  const facts = [
    [say("say-fact-priority"), name("priority", row.priority)],
    [say("say-fact-line"), row.line],
    row.language ? [say("say-fact-language"), language(row.language)] : null,
    waits ? [say("say-fact-waits"), since(waits.since)] : null,
    at ? [say("say-fact-with"), at.alias] : null,
    at?.unanswered_since ? [say("say-fact-unanswered"), since(at.unanswered_since)] : null,
  ].filter(Boolean);
  const deed = (words, act, kind = "plain") =>
    el("button", { type: "button", class: kind, on: { click: (event) => leave(event, () => act(row, state)) } }, words);
  ask({
    title: say("say-case-title"),
    body: [
      el("dl", { class: "facts" }, facts.flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, value)])),
      el(
        "div",
        { class: "deeds" },
        deed(say("say-do-assign"), assign),
        deed(say("say-do-priority"), priority),
        at ? deed(say("say-do-release"), release) : null,
        deed(say("say-do-escalate"), escalate, "danger"),
        deed(say("say-do-read"), read),
        deed(say("say-do-decisions"), decisions),
        el("a", { class: "button plain", href: `/board/history?of=request:${row.request}` }, say("say-do-history")),
      ),
    ],
  });
}

/** One dialog gives way to the next; the focus goes back to where the first was opened. */
function leave(event, then) {
  event.target.closest("dialog").close();
  then();
}

async function assign({ request }, state) {
  let people = [];
  try {
    people = (await call("GET", "/v1/staff")).items;
  } catch {
    people = state.on_duty.map((one) => ({ id: one.staff, alias: one.alias, roles: ["volunteer"], duty: one.duty }));
  }
  const duty = new Map(state.on_duty.map((one) => [one.staff, one]));
  const words = (one) => {
    const row = duty.get(one.id);
    const how = row ? `${row.present ? name("duty", row.duty) : say("say-absent", { duty: name("duty", row.duty) })}, ${say("say-load", row)}` : say("say-not-on-duty");
    return `${one.alias} (${how})`;
  };
  const able = people.filter((one) => one.roles.some((role) => role !== "admin"));
  // Who could take it now comes first.
  const rank = ({ id }) => {
    const row = duty.get(id);
    if (!row) return 3;
    return row.duty === "ready" && row.present ? (row.load < row.capacity ? 0 : 1) : 2;
  };
  able.sort((a, b) => rank(a) - rank(b) || (a.alias < b.alias ? -1 : 1));
  const done = await ask({
    title: say("say-do-assign"),
    text: say("say-assign-text"),
    body: [field(say("say-assign-whom"), list("staff", able.map((one) => [one.id, words(one)])))],
    submit: say("say-assign-send"),
    send: ({ staff }) => post(request, "assign", { staff }),
  });
  if (done) announce(say("say-done"));
}

async function priority({ request, priority: is }) {
  const done = await ask({
    title: say("say-do-priority"),
    text: say("say-priority-text"),
    body: [
      choice(say("say-fact-priority"), "priority", PRIORITIES.map((one) => [one, name("priority", one)]), is),
      field(say("say-reason"), area("reason", { required: true })),
    ],
    submit: say("say-priority-send"),
    send: ({ priority: to, reason }) => post(request, "priority", { priority: to, reason }),
  });
  if (done) announce(say("say-done"));
}

async function release({ request }) {
  const done = await ask({
    title: say("say-do-release"),
    text: say("say-release-other"),
    body: [field(say("say-reason"), area("reason", { required: true }))],
    submit: say("say-release-send"),
    send: ({ reason }) => post(request, "release", { reason }),
  });
  if (done) announce(say("say-done"));
}

async function escalate({ request }) {
  const done = await askForMore(policies(), ({ policy, reason }) => post(request, "escalate", { policy, reason }));
  if (done) announce(say("say-escalation-raised"));
}

/** Reading is recorded with its reason, before anything is shown. */
async function read({ request }) {
  const reasons = page.reasons.map((reason) => [reason, name("read", reason)]);
  let found = null;
  await ask({
    title: say("say-do-read"),
    text: say("say-read-text"),
    body: [choice(say("say-read-why"), "reason", reasons)],
    submit: say("say-read-send"),
    send: async ({ reason }) => {
      const path = `/v1/requests/${request}`;
      const detail = await call("GET", `${path}?reason=${reason}`);
      const items = [];
      for (;;) {
        const page = await call("GET", `${path}/messages?reason=${reason}&after=${items.at(-1)?.version ?? 0}`);
        items.push(...page.items);
        if (page.items.length < 500) break;
      }
      found = { detail, items };
    },
  });
  if (found) show(request, found);
}

function show(request, { detail, items }) {
  const who = detail.member.alias ?? say("say-somebody");
  const line = (message) =>
    el(
      "li",
      { class: `said ${message.from === "member" ? "" : "mine"} ${message.from === "system" ? "system" : ""}` },
      el(
        "div",
        { class: "who" },
        el("span", {}, message.from === "member" ? who : message.alias || name("from", message.from)),
        el("time", { datetime: message.at }, clock(message.at)),
        message.to ? el("span", {}, say("say-aside-mark")) : null,
      ),
      el("div", { class: "what", dir: "auto" }, message.text ?? say("say-erased")),
    );
  const join = async (event, as) => {
    const button = event.target;
    try {
      await post(request, "join", { as });
      location.assign("/desk");
    } catch (refused) {
      button.after(el("span", { class: "wrong", role: "alert" }, refused.words));
      button.remove();
    }
  };
  const is_open = detail.status === "active";
  ask({
    title: who,
    wide: true,
    body: [
      el("ol", { class: "talk reading", tabindex: "0", "aria-label": say("say-said") }, items.map(line)),
      is_open
        ? el(
            "div",
            { class: "row" },
            el("button", { type: "button", class: "plain", on: { click: (event) => join(event, "beside") } }, say("say-join-beside")),
            el("button", { type: "button", class: "plain", on: { click: (event) => join(event, "holder") } }, say("say-join-holder")),
          )
        : null,
    ],
  });
}

/** Who was asked, why them, and what came of it. */
async function decisions({ request }) {
  let items = [];
  let exhausted = [];
  try {
    ({ items, exhausted } = await call("GET", `/v1/requests/${request}/decisions`));
  } catch (refused) {
    return ask({ title: say("say-do-decisions"), text: refused.words });
  }
  const what = (one) => {
    const how = one.outcome === "withdrawn" ? say("say-came-withdrawn", { reason: name("gone", one.reason) }) : name("came", one.outcome);
    return one.ended_at ? `${how} (${clock(one.ended_at)})` : how;
  };
  const line = (one) =>
    el(
      "li",
      { class: "stack tight" },
      el("p", {}, el("strong", {}, `${clock(one.at)} ${one.alias}`), " ", what(one)),
      el("p", {}, whyThem(one.why, one.alias)),
      outs(one.why) ? el("p", { class: "hint" }, outs(one.why)) : null,
    );
  ask({
    title: say("say-do-decisions"),
    wide: true,
    text: items.length ? null : say("say-nobody-asked"),
    body: [
      el("ol", { class: "decisions stack" }, items.map(line)),
      exhausted.length ? el("p", { class: "note", data: { tone: "warn" } }, say("say-exhausted", { at: exhausted.map((at) => clock(at)).join(", ") })) : null,
    ],
  });
}

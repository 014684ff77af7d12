// What can be done with a conversation besides talking: escalate, hand over, give back, close; and words to begin from.

import { area, ask, askForMore, choice, field, policies } from "./ask.js";
import { announce, call, el, name, page, say } from "./kit.js";

const line = (talk) => page.lines.items.find((line) => line.name === talk.state.line);
const post = (talk, deed, body) => call("POST", `/v1/requests/${talk.request}/${deed}`, body);

/** The buttons of a conversation. Who only joined escalates nothing and closes nothing. */
export function buttons(talk) {
  const button = (words, act, kind = "plain") => el("button", { type: "button", class: kind, on: { click: () => act(talk) } }, words);
  if (talk.joined) return [];
  return [
    button(say("say-escalate"), escalate, "danger"),
    button(say("say-transfer"), transfer),
    button(say("say-release"), release),
    button(say("say-close"), close),
  ];
}

/** A note that begins with what was jotted down meanwhile. */
function note(talk, required = false) {
  const text = area("note", { required });
  text.value = talk.notepad.value.trim();
  return text;
}

/** Asks for more than a volunteer. */
export async function escalate(talk) {
  // The milder one first, and chosen: the other is a step further.
  const whom = [...policies()].sort((a, b) => Number(b === "supervisor") - Number(a === "supervisor"));
  const done = await askForMore(whom, ({ policy, reason }) => post(talk, "escalate", { policy, reason }));
  if (done) {
    talk.note("escalation", say("say-escalation-raised"), "danger");
    announce(say("say-escalation-raised"), true);
  }
}

async function transfer(talk) {
  const done = await ask({
    title: say("say-transfer-title"),
    text: say("say-transfer-text"),
    body: [field(say("say-transfer-note"), note(talk, true), say("say-transfer-hint"))],
    submit: say("say-transfer-send"),
    send: ({ note }) => post(talk, "transfer", { note }),
  });
  if (done) talk.note("transfer", say("say-transfer-asked"));
}

async function release(talk) {
  await ask({
    title: say("say-release-title"),
    text: say("say-release-text"),
    body: [field(say("say-release-reason"), area("reason", { required: true }))],
    submit: say("say-release-send"),
    send: ({ reason }) => post(talk, "release", { reason }),
  });
}

async function close(talk) {
  const outcomes = (line(talk)?.outcomes ?? []).map((outcome) => [outcome, name("outcome", outcome)]);
  const must = talk.state.priority !== "standard";
  const assessed = el("input", { type: "checkbox", name: "assessed", required: must });
  const done = await ask({
    title: say("say-close-title"),
    text: say("say-close-text"),
    body: [
      choice(say("say-close-outcome"), "outcome", outcomes),
      el(
        "div",
        { class: "stack tight" },
        el("label", { class: "choice" }, assessed, say("say-close-assessed")),
        must ? el("p", { class: "hint" }, say("say-close-must")) : null,
      ),
      field(say("say-close-note"), note(talk), say("say-close-hint")),
    ],
    submit: say("say-close-send"),
    send: ({ outcome, assessed: looked, note }) =>
      post(talk, "close", { outcome, risk_assessed: looked === "on", ...(note.trim() ? { note } : {}) }),
  });
  if (done) {
    talk.end(say("say-released-closed"));
    talk.onAway?.();
  }
}

/** The words of the line: those in the member's language, and those for every one. */
export function templates(talk) {
  const spoken = talk.state.language.toLowerCase();
  const fits = ({ language }) => !language || spoken === language.toLowerCase() || spoken.startsWith(`${language.toLowerCase()}-`);
  const words = (line(talk)?.templates ?? []).filter(fits);
  if (!words.length) return [];
  const button = ({ text }) => {
    const put = () => {
      const field = talk.text;
      const [before, after] = [field.value.slice(0, field.selectionStart), field.value.slice(field.selectionEnd)];
      const gap = before && !/\s$/.test(before) ? " " : "";
      field.value = `${before}${gap}${text}${after}`;
      field.focus();
      field.selectionStart = field.selectionEnd = before.length + gap.length + text.length;
    };
    return el("li", {}, el("button", { type: "button", class: "plain", dir: "auto", on: { click: put } }, text));
  };
  return [
    el("details", {}, el("summary", {}, say("say-templates")), el("ul", { class: "bare stack tight" }, words.map(button))),
  ];
}

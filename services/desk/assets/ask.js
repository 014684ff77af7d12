// Forms in a dialog: the browser keeps the focus inside and gives it back afterwards.

import { Refused, el, fresh, name, page, say } from "./kit.js";

/** A field with its label; `control` gets the id that the label names. */
export function field(label, control, hint) {
  const id = fresh("field");
  control.id = id;
  const about = hint ? el("p", { class: "hint", id: `${id}-hint` }, hint) : null;
  if (about) control.setAttribute("aria-describedby", about.id);
  return el("div", { class: "field" }, el("label", { for: id }, label), control, about);
}

/** One of several, as radio buttons. `options` are pairs of value and words. */
export function choice(legend, name, options, chosen) {
  const buttons = options.map(([value, words]) =>
    el(
      "label",
      { class: "choice" },
      el("input", { type: "radio", name, value, required: true, checked: value === chosen }),
      words,
    ),
  );
  return el("fieldset", { class: "stack tight" }, el("legend", {}, legend), el("div", { class: "choices" }, buttons));
}

/** A text of several lines. */
export const area = (name, { required = false, rows = 3, most = 2000 } = {}) =>
  el("textarea", { name, rows, maxlength: most, required });

/** A list to choose from. */
export const list = (name, options, required = true) =>
  el("select", { name, required }, options.map(([value, words]) => el("option", { value }, words)));

/**
 * Opens a dialog. `send` gets the fields as an object; what it throws is shown in the dialog, which stays open.
 * Resolves to what `send` gave, or to `undefined` when the person left.
 */
export function ask({ title, text, body = [], submit, danger = false, send, wide = false, hint = null }) {
  return new Promise((resolve) => {
    const heading = fresh("dialog");
    const wrong = el("p", { class: "wrong", role: "alert", hidden: true });
    const done = submit ? el("button", { type: "submit", class: danger ? "danger" : null }, submit) : null;
    const leave = el("button", { type: "button", class: "plain" }, say(submit ? "say-cancel" : "say-back"));
    const form = el(
      "form",
      { method: "dialog", class: "stack" },
      el("h2", { id: heading, tabindex: "-1" }, title),
      text ? el("p", {}, text) : null,
      body,
      wrong,
      hint ? el("p", { class: "hint" }, hint) : null,
      el("div", { class: "row" }, done, leave),
    );
    const dialog = el("dialog", { "aria-labelledby": heading, class: wide ? "ask wide" : "ask" }, form);
    let result;
    let busy = false;
    leave.addEventListener("click", () => dialog.close());
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy || !send) return;
      busy = true;
      done.setAttribute("aria-disabled", "true");
      wrong.hidden = true;
      try {
        result = (await send(Object.fromEntries(new FormData(form)), form)) ?? true;
        dialog.close();
      } catch (error) {
        wrong.textContent = error instanceof Refused ? error.words : say("say-problem-other");
        wrong.hidden = false;
        if (!(error instanceof Refused)) console.error(error);
      } finally {
        busy = false;
        done.removeAttribute("aria-disabled");
      }
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
    // A form begins at its first field; what is only read begins at its title.
    (form.querySelector("textarea, select, input:checked, input") ?? form.querySelector("h2")).focus();
  });
}

/** Whom can be called when a volunteer is not enough, as the line has them. */
export const policies = () => (page.lines.policies.length ? page.lines.policies : ["supervisor"]);

/** Asks whom to call and why; the first of `whom` is chosen. Whether somebody was called. */
export const askForMore = (whom, send) =>
  ask({
    title: say("say-escalate-title"),
    text: say("say-escalate-text"),
    body: [
      choice(say("say-escalate-whom"), "policy", whom.map((policy) => [policy, name("policy", policy)]), whom[0]),
      field(say("say-escalate-reason"), area("reason", { required: true }), say("say-escalate-hint")),
    ],
    submit: say("say-escalate-send"),
    danger: true,
    send,
  });

// How somebody is called when a volunteer is not enough, in the order in which it is tried.

import { field } from "./ask.js";
import { call, el, name, say, showRefusal } from "./kit.js";

const KINDS = ["email", "sms", "webhook"];

/** Seconds out of what the interface says, such as `90s`. */
const seconds = (text) => Number.parseInt(text, 10) || 0;

/** Fills the form `#contact`, where there is one: whose they are, and what there is. */
export function contactMethods(id, methods) {
  const form = document.getElementById("contact");
  if (!form) return;
  const [list, result] = [el("div", { class: "stack" }), el("div", { role: "status" })];
  const add = el("button", { type: "button", class: "plain" }, say("say-contact-add"));
  const rows = [];
  const insert = (method, focus) => {
    const kind = el("select", {}, KINDS.map((value) => el("option", { value, selected: value === method.kind }, name("contact", value))));
    const to = el("input", { type: "text", value: method.to, required: true, maxlength: 2000, spellcheck: "false", autocapitalize: "none", dir: "ltr" });
    const after = el("input", { type: "number", min: 0, max: 1440, step: "any", value: String(seconds(method.after) / 60), required: true });
    const remove = el("button", { type: "button", class: "plain" }, say("say-remove"));
    const parts = [field(say("say-contact-kind"), kind), field(say("say-contact-to"), to), field(say("say-contact-after"), after), remove];
    const node = el("fieldset", {}, el("legend", { class: "unseen" }, say("say-contact-one")), el("div", { class: "line" }, parts));
    const row = { node, read: () => ({ kind: kind.value, to: to.value.trim(), after: `${Math.round(Number(after.value) * 60)}s` }) };
    remove.addEventListener("click", () => {
      rows.splice(rows.indexOf(row), 1);
      node.remove();
      add.focus();
    });
    rows.push(row);
    list.append(node);
    if (focus) kind.focus();
  };
  methods.forEach((method) => insert(method, false));
  add.addEventListener("click", () => insert({ kind: "email", to: "", after: "0s" }, true));
  form.append(list, result, el("div", { class: "row" }, el("button", { type: "submit" }, say("say-contact-save")), add));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await call("PUT", `/v1/staff/${id}/contact-methods`, { contact_methods: rows.map((row) => row.read()) });
      result.replaceChildren(say("say-saved"));
    } catch (error) {
      showRefusal(result, error);
    }
  });
}

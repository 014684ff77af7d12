// How somebody is called when a volunteer is not enough, in the order in which it is tried.

import { field } from "./ask.js";
import { call, el, name, say } from "./kit.js";
import { several } from "./several.js";

const KINDS = ["email", "sms", "webhook"];

/** Seconds out of what the interface says, such as `90s`. */
const seconds = (text) => Number.parseInt(text, 10) || 0;

function make(method) {
  const kind = el("select", {}, KINDS.map((value) => el("option", { value, selected: value === method.kind }, name("contact", value))));
  const to = el("input", { type: "text", value: method.to, required: true, maxlength: 2000, spellcheck: "false", autocapitalize: "none", dir: "ltr" });
  const after = el("input", { type: "number", min: 0, max: 1440, step: "any", value: String(seconds(method.after) / 60), required: true });
  return {
    fields: [field(say("say-contact-kind"), kind), field(say("say-contact-to"), to), field(say("say-contact-after"), after)],
    read: () => ({ kind: kind.value, to: to.value.trim(), after: `${Math.round(Number(after.value) * 60)}s` }),
  };
}

/** Fills the form `#contact`, where there is one: whose they are, and what there is. */
export function contactMethods(id, methods) {
  const form = document.getElementById("contact");
  if (!form) return;
  several(form, {
    values: methods,
    another: { kind: "email", to: "", after: "0s" },
    make,
    words: { one: "say-contact-one", add: "say-contact-add", save: "say-contact-save" },
    send: (list) => call("PUT", `/v1/staff/${id}/contact-methods`, { contact_methods: list }),
  });
}

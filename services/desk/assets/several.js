// A form of several things of one kind, each with its fields: added, removed, and saved all at once.

import { el, say, showRefusal } from "./kit.js";

/**
 * Fills a form. `make(value)` gives the `fields` of one thing, and how it is `read`; `values` are those that are there; `another`
 * is what one more begins as. `words` are keys: what `one` is, to `add` one, to `save` them. `send` gets all that were read.
 */
export function several(form, { values, another, make, words, send }) {
  const [list, result] = [el("div", { class: "stack" }), el("div", { role: "status" })];
  const add = el("button", { type: "button", class: "plain" }, say(words.add));
  const rows = [];
  const insert = (value, focus) => {
    const { fields, read } = make(value);
    const remove = el("button", { type: "button", class: "plain" }, say("say-remove"));
    const node = el("fieldset", {}, el("legend", { class: "unseen" }, say(words.one)), el("div", { class: "line" }, fields, remove));
    const row = { node, read };
    remove.addEventListener("click", () => {
      rows.splice(rows.indexOf(row), 1);
      node.remove();
      add.focus();
    });
    rows.push(row);
    list.append(node);
    if (focus) node.querySelector("input, select").focus();
  };
  values.forEach((value) => insert(value, false));
  add.addEventListener("click", () => insert(another, true));
  form.append(list, result, el("div", { class: "row" }, el("button", { type: "submit" }, say(words.save)), add));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await send(rows.map((row) => row.read()));
      result.replaceChildren(say("say-saved"));
    } catch (error) {
      showRefusal(result, error);
    }
  });
}

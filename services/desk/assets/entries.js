// Times at which somebody is away, or there beyond their shifts: a list, and a form for one more.

import { field } from "./ask.js";
import { announce, call, el, say, showRefusal } from "./kit.js";

/**
 * Fills the list `#<kind>` and the form `#<kind>-add`. `person` is whose they are: `id`, `zone`, and the entries under `kind`.
 * `changed` is called after each change.
 */
export function entries({ kind, person, manages, changed = () => {} }) {
  const [shown, form] = [document.getElementById(kind), document.getElementById(`${kind}-add`)];
  const path = `/v1/staff/${person.id}/${kind}`;
  const result = el("div", { role: "status" });
  const show = (entry) => {
    const words = { start: entry.start.replace("T", " "), end: entry.end.replace("T", " ") };
    const remove = el("button", { type: "button", class: "plain", "aria-label": say("say-remove-entry", words) }, say("say-remove"));
    const item = el("li", { class: "row" }, `${words.start} – ${words.end}`, el("span", { class: "hint" }, entry.zone), manages ? remove : null);
    remove.addEventListener("click", async () => {
      try {
        await call("DELETE", `${path}/${entry.id}`);
        item.remove();
        announce(say("say-removed"));
        form.querySelector("input")?.focus();
        changed();
      } catch (error) {
        showRefusal(result, error);
      }
    });
    shown.append(item);
  };
  person[kind].forEach(show);
  if (!manages) return;
  const [start, end] = [0, 1].map(() => el("input", { type: "datetime-local", required: true }));
  const zone = el("input", { type: "text", value: person.zone, required: true, list: "zones", spellcheck: "false" });
  form.append(
    field(say("say-start"), start),
    field(say("say-end"), end),
    field(say("say-zone"), zone),
    el("button", { type: "submit" }, say("say-add")),
    result,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const entry = { zone: zone.value, start: start.value, end: end.value };
    try {
      const { id } = await call("POST", path, entry);
      show({ ...entry, id });
      form.reset();
      zone.value = person.zone;
      result.replaceChildren(say("say-saved"));
      changed();
    } catch (error) {
      showRefusal(result, error);
    }
  });
}

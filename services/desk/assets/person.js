// One person's hours: shifts as rows of a form, leave and extra hours, and giving a shift to somebody else.

import { Refused, announce, call, el, fresh, page, say } from "./kit.js";

const { person, manages, others } = page;
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const path = `/v1/staff/${person.id}`;
const place = (id) => document.getElementById(id);

function labelled(words, control) {
  control.id = fresh("hours");
  return el("div", { class: "field" }, el("label", { for: control.id }, words), control);
}

const input = (type, value, more = {}) => el("input", { type, value: value ?? "", disabled: !manages, ...more });

// --- Shifts ---------------------------------------------------------------------------------------------------------------

const rows = [];

function row(shift) {
  const [start, end] = [input("time", shift.start, { required: true }), input("time", shift.end, { required: true })];
  const zone = input("text", shift.zone, { required: true, list: "zones", spellcheck: "false" });
  const date = input("date", shift.date);
  const [from, until] = [input("date", shift.from), input("date", shift.until)];
  const days = DAYS.map((day) =>
    el("input", { type: "checkbox", value: day, checked: shift.days?.includes(day), disabled: !manages }),
  );
  const boxes = days.map((box, n) => el("label", { class: "choice" }, box, say(`say-day-${DAYS[n]}`)));
  const weekly = el("fieldset", {}, el("legend", {}, say("say-days")), el("div", { class: "choices" }, boxes));
  const remove = el("button", { type: "button", class: "plain" }, say("say-remove"));
  const node = el(
    "fieldset",
    { class: "shift stack tight" },
    el("legend", { class: "unseen" }, say("say-shift")),
    shift.date ? labelled(say("say-date"), date) : weekly,
    el(
      "div",
      { class: "line" },
      labelled(say("say-start"), start),
      labelled(say("say-end"), end),
      labelled(say("say-zone"), zone),
      shift.date ? null : labelled(say("say-from"), from),
      shift.date ? null : labelled(say("say-until"), until),
      manages ? remove : null,
    ),
  );
  const read = () => {
    const common = { zone: zone.value, start: start.value, end: end.value };
    if (shift.date) return { ...common, date: date.value };
    return {
      ...common,
      days: days.filter((box) => box.checked).map((box) => box.value),
      ...(from.value ? { from: from.value } : {}),
      ...(until.value ? { until: until.value } : {}),
    };
  };
  const one = { node, read };
  remove.addEventListener("click", () => {
    const at = rows.indexOf(one);
    rows.splice(at, 1);
    node.remove();
    (rows[Math.min(at, rows.length - 1)]?.node.querySelector("input") ?? add).focus();
  });
  return one;
}

const list = el("div", { class: "stack" });
const told = el("div", { class: "stack tight", role: "status" });
const add = el("button", { type: "button", class: "plain" }, say("say-add-weekly"));
const once = el("button", { type: "button", class: "plain" }, say("say-add-once"));
const save = el("button", { type: "submit" }, say("say-save"));

function insert(shift, focus) {
  const one = row(shift);
  rows.push(one);
  list.append(one.node);
  if (focus) one.node.querySelector("input").focus();
}

const today = new Intl.DateTimeFormat("sv-SE", { timeZone: person.zone }).format(new Date());
add.addEventListener("click", () => insert({ zone: person.zone, days: [], start: "", end: "" }, true));
once.addEventListener("click", () => insert({ zone: person.zone, date: today, start: "", end: "" }, true));

function wrong(where, error) {
  const lines = error instanceof Refused ? (error.problem.errors ?? []).map((one) => `${one.pointer ?? ""}: ${one.detail}`) : [];
  const words = error instanceof Refused ? error.words : say("say-problem-other");
  where.replaceChildren(el("p", { class: "wrong", role: "alert" }, lines.length ? `${say("say-problem-other")} ${lines.join("; ")}` : words));
}

place("shifts").append(list, ...(manages ? [told, el("div", { class: "row" }, save, add, once)] : []));
place("shifts").addEventListener("submit", async (event) => {
  event.preventDefault();
  const empty = rows.find((one) => one.read().days?.length === 0);
  if (empty) {
    told.replaceChildren(el("p", { class: "wrong", role: "alert" }, say("say-no-days")));
    empty.node.querySelector("input").focus();
    return;
  }
  try {
    const { warnings } = await call("PUT", `${path}/shifts`, { shifts: rows.map((one) => one.read()) });
    const text = warnings.map((warning) => el("p", { class: "note", data: { tone: "warn" } }, warning));
    told.replaceChildren(el("p", {}, say("say-saved")), ...text);
  } catch (error) {
    wrong(told, error);
  }
});
person.shifts.forEach((shift) => insert(shift, false));
if (!person.shifts.length) list.append(el("p", {}, say("say-no-shifts")));

// --- Leave and extra hours --------------------------------------------------------------------------------------------------

function entries(kind) {
  const [shown, form] = [place(kind), place(`${kind}-add`)];
  const show = (entry) => {
    const remove = el("button", { type: "button", class: "plain", "aria-label": say("say-remove-entry", { start: entry.start, end: entry.end }) }, say("say-remove"));
    const item = el("li", { class: "row" }, `${entry.start.replace("T", " ")} – ${entry.end.replace("T", " ")}`, el("span", { class: "hint" }, entry.zone), manages ? remove : null);
    remove.addEventListener("click", async () => {
      try {
        await call("DELETE", `${path}/${kind}/${entry.id}`);
        item.remove();
        announce(say("say-removed"));
        form.querySelector("input")?.focus();
      } catch (error) {
        wrong(result, error);
      }
    });
    shown.append(item);
  };
  const [start, end] = [input("datetime-local", "", { required: true }), input("datetime-local", "", { required: true })];
  const zone = input("text", person.zone, { required: true, list: "zones", spellcheck: "false" });
  const result = el("div", { role: "status" });
  person[kind].forEach(show);
  if (!manages) return;
  form.append(labelled(say("say-start"), start), labelled(say("say-end"), end), labelled(say("say-zone"), zone), el("button", { type: "submit" }, say("say-add")), result);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const entry = { zone: zone.value, start: start.value, end: end.value };
    try {
      const { id } = await call("POST", `${path}/${kind}`, entry);
      show({ ...entry, id });
      form.reset();
      zone.value = person.zone;
      result.replaceChildren(say("say-saved"));
    } catch (error) {
      wrong(result, error);
    }
  });
}
entries("leave");
entries("extra");

// --- The next fourteen days, and giving one of them away ----------------------------------------------------------------------

const shape = (at, options) => new Intl.DateTimeFormat(page.lang, { ...options, timeZone: person.zone }).format(new Date(at));
const HOUR = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const words = ({ start, end }) =>
  `${shape(start, { weekday: "short", day: "numeric", month: "short", ...HOUR })} – ${shape(end, HOUR)}`;
/** What the clock shows there, as the interface takes it. */
const local = (at) => new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone: person.zone }).format(new Date(at)).replace(" ", "T");

for (const span of page.next) {
  const result = el("span", { role: "status" });
  const whom = el("select", { "aria-label": say("say-give-whom", { shift: words(span) }) }, el("option", { value: "" }, say("say-give-nobody")), others.map(({ id, alias }) => el("option", { value: id }, alias)));
  const give = el("button", { type: "button", class: "plain" }, say("say-give"));
  give.addEventListener("click", async () => {
    if (!whom.value) return whom.focus();
    const entry = { zone: person.zone, start: local(span.start), end: local(span.end) };
    try {
      // The other first: if the second call fails there are two, and never nobody.
      await call("POST", `/v1/staff/${whom.value}/extra`, entry);
      await call("POST", `${path}/leave`, entry);
      result.replaceChildren(say("say-given", { name: whom.selectedOptions[0].textContent }));
      whom.remove();
      give.remove();
    } catch (error) {
      wrong(result, error);
    }
  });
  place("next").append(el("li", { class: "row" }, el("span", {}, words(span)), manages && others.length ? [whom, give] : null, result));
}
if (!page.next.length) place("next").append(el("li", {}, say("say-no-next")));

// One person's hours: shifts as rows of a form, leave and extra hours, and giving a shift to somebody else.

import { field } from "./ask.js";
import { entries } from "./entries.js";
import { call, el, page, say, showRefusal } from "./kit.js";

const { person, manages, others } = page;
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const path = `/v1/staff/${person.id}`;
const place = (id) => document.getElementById(id);

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
    shift.date ? field(say("say-date"), date) : weekly,
    el(
      "div",
      { class: "line" },
      field(say("say-start"), start),
      field(say("say-end"), end),
      field(say("say-zone"), zone),
      shift.date ? null : field(say("say-from"), from),
      shift.date ? null : field(say("say-until"), until),
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
    showRefusal(told, error);
  }
});
person.shifts.forEach((shift) => insert(shift, false));
if (!person.shifts.length) list.append(el("p", {}, say("say-no-shifts")));

entries({ kind: "leave", person, manages });
entries({ kind: "extra", person, manages });

// --- The next fourteen days, and giving one of them away ----------------------------------------------------------------------

const shape = (at, options) => new Intl.DateTimeFormat(page.lang, { ...options, timeZone: person.zone }).format(new Date(at));
const HOUR = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const words = ({ start, end }) =>
  `${shape(start, { weekday: "short", day: "numeric", month: "short", ...HOUR })} – ${shape(end, HOUR)}`;
/** What the clock shows there, as the interface takes it. */
const local = (at) => new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone: person.zone }).format(new Date(at)).replace(" ", "T");

/** When the others are scheduled, read once it is asked for; nothing for whoever may not see it. */
let roster = null;
const scheduled = async (id) => {
  const from = new Date().toISOString();
  const to = new Date(Date.now() + 14 * 24 * 3600 * 1000).toISOString();
  roster ??= call("GET", `/v1/roster?from=${from}&to=${to}`).catch(() => ({ items: [] }));
  return (await roster).items.filter((one) => one.staff === id && Date.parse(one.start) > Date.now());
};

for (const span of page.next) {
  const result = el("span", { role: "status" });
  const whom = el("select", { "aria-label": say("say-give-whom", { shift: words(span) }) }, el("option", { value: "" }, say("say-give-nobody")), others.map(({ id, alias }) => el("option", { value: id }, alias)));
  const back = el("select", { "aria-label": say("say-swap-which"), hidden: true });
  const give = el("button", { type: "button", class: "plain" }, say("say-give"));
  let theirs = [];
  whom.addEventListener("change", async () => {
    back.hidden = true;
    theirs = whom.value ? await scheduled(whom.value) : [];
    back.replaceChildren(el("option", { value: "" }, say("say-swap-none")), ...theirs.map((one, n) => el("option", { value: n }, say("say-swap-for", { shift: words(one) }))));
    back.hidden = !theirs.length;
  });
  give.addEventListener("click", async () => {
    if (!whom.value) return whom.focus();
    const times = ({ start, end }) => ({ zone: person.zone, start: local(start), end: local(end) });
    const moves = [[person.id, whom.value, times(span)]];
    if (back.value !== "") moves.push([whom.value, person.id, times(theirs[Number(back.value)])]);
    try {
      // Whoever takes over first: if a later call fails there are two, and never nobody.
      for (const [, to, entry] of moves) await call("POST", `/v1/staff/${to}/extra`, entry);
      for (const [of, , entry] of moves) await call("POST", `/v1/staff/${of}/leave`, entry);
      const told = moves.length === 2 ? "say-swapped" : "say-given";
      result.replaceChildren(say(told, { name: whom.selectedOptions[0].textContent }));
      [whom, back, give].forEach((control) => control.remove());
    } catch (error) {
      showRefusal(result, error);
    }
  });
  place("next").append(el("li", { class: "row" }, el("span", {}, words(span)), manages && others.length ? [whom, back, give] : null, result));
}
if (!page.next.length) place("next").append(el("li", {}, say("say-no-next")));

// One rotation: who is on call in turn, and who stands in.

import { field } from "./ask.js";
import { announce, call, clock, el, page, reload, say, showRefusal } from "./kit.js";

const { rotation, people } = page;
const path = `/v1/rotations/${page.name}`;
const place = (id) => document.getElementById(id);
const alias = (id) => people.find(([one]) => one === id)?.[1] ?? say("say-somebody-gone");

// --- Whose turn it is -------------------------------------------------------------------------------------------------------

const members = [...rotation.members];
const list = el("ol", { class: "stack tight" });
const whom = el("select", {}, el("option", { value: "" }, say("say-rotation-choose")), people.map(([id, name]) => el("option", { value: id }, name)));

/** Draws the order anew; the focus goes to the button of that kind in that row. */
function draw(focus, kind) {
  const row = (id, at) => {
    const button = (key, mark, act, possible) =>
      el("button", { type: "button", class: "plain small", "aria-label": say(key, { name: alias(id) }), data: { kind: key }, disabled: !possible, on: { click: act } }, mark);
    const move = (by) => () => {
      members.splice(at, 1);
      members.splice(at + by, 0, id);
      draw(at + by, by < 0 ? "say-earlier" : "say-later");
      announce(say("say-now-place", { name: alias(id), place: at + by + 1 }));
    };
    const leave = () => {
      members.splice(at, 1);
      draw(Math.min(at, members.length - 1), "say-leave-out");
    };
    const buttons = [
      button("say-earlier", "↑", move(-1), at > 0),
      button("say-later", "↓", move(1), at < members.length - 1),
      button("say-leave-out", "✕", leave, true),
    ];
    return el("li", {}, el("span", { class: "row" }, el("span", { class: "grow" }, alias(id)), buttons));
  };
  list.replaceChildren(...members.map(row));
  if (focus === undefined) return;
  const buttons = list.children[focus]?.querySelectorAll("button:not([disabled])") ?? [];
  ([...buttons].find((one) => one.dataset.kind === kind) ?? buttons[0] ?? whom).focus();
}

const add = el("button", { type: "button", class: "plain" }, say("say-rotation-add"));
add.addEventListener("click", () => {
  if (!whom.value) return whom.focus();
  members.push(whom.value);
  announce(say("say-now-place", { name: alias(whom.value), place: members.length }));
  whom.value = "";
  draw();
});

const zone = el("input", { type: "text", value: rotation.zone, required: true, list: "zones", spellcheck: "false", autocapitalize: "none" });
const starts = el("input", { type: "date", value: rotation.starts, required: true });
const handoff = el("input", { type: "time", value: rotation.handoff, required: true });
const every = el("input", { type: "number", min: 1, max: 366, value: String(rotation.every_days), required: true });
const result = el("div", { role: "status" });

place("rotation").append(
  el("div", { class: "line" }, field(say("say-rotation-starts"), starts), field(say("say-rotation-handoff"), handoff), field(say("say-rotation-every"), every), field(say("say-zone"), zone)),
  el("fieldset", { class: "stack" }, el("legend", {}, say("say-rotation-order")), list, el("div", { class: "line" }, field(say("say-rotation-whom"), whom), add)),
  result,
  el("div", { class: "row" }, el("button", { type: "submit" }, say("say-rotation-save"))),
);
place("rotation").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!members.length) {
    result.replaceChildren(el("p", { class: "wrong", role: "alert" }, say("say-rotation-nobody")));
    whom.focus();
    return;
  }
  const body = { zone: zone.value.trim(), starts: starts.value, handoff: handoff.value, every_days: Number(every.value), members };
  try {
    await call("PUT", path, body);
    reload();
  } catch (error) {
    showRefusal(result, error);
  }
});
draw();

// --- Who stands in ------------------------------------------------------------------------------------------------------------

for (const entry of rotation.overrides) {
  const words = { name: alias(entry.with), start: entry.start.replace("T", " "), end: entry.end.replace("T", " ") };
  const problem = el("span", { role: "status" });
  const remove = el("button", { type: "button", class: "plain", "aria-label": say("say-remove-entry", words) }, say("say-remove"));
  remove.addEventListener("click", async () => {
    try {
      await call("DELETE", `${path}/overrides/${entry.id}`);
      reload();
    } catch (error) {
      showRefusal(problem, error);
    }
  });
  place("overrides").append(el("li", { class: "row" }, el("strong", {}, words.name), `${words.start} – ${words.end}`, remove, problem));
}

if (place("override")) {
  const stands = el("select", { required: true }, el("option", { value: "" }, say("say-rotation-choose")), people.map(([id, name]) => el("option", { value: id }, name)));
  const [start, end] = [0, 1].map(() => el("input", { type: "datetime-local", required: true }));
  const told = el("div", { role: "status" });
  place("override").append(field(say("say-override-whom"), stands), field(say("say-start"), start), field(say("say-end"), end), el("button", { type: "submit" }, say("say-add")), told);
  place("override").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await call("POST", `${path}/overrides`, { with: stands.value, start: start.value, end: end.value });
      reload();
    } catch (error) {
      showRefusal(told, error);
    }
  });
}

// --- What comes -----------------------------------------------------------------------------------------------------------------

for (const turn of page.turns) {
  place("turns").append(el("tr", {}, el("th", { scope: "row" }, alias(turn.member)), el("td", {}, clock(turn.start, rotation.zone)), el("td", {}, clock(turn.end, rotation.zone))));
}

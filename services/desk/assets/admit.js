// Letting somebody in and out: who they are here, their invitation, their sessions, what they are trained in, and their leaving.

import { ask, field } from "./ask.js";
import { contactMethods } from "./contact.js";
import { call, clock, el, page, reload, say, showRefusal } from "./kit.js";
import { change } from "./people.js";
import "./person.js";

const { person } = page;
const path = `/v1/staff/${person.id}`;
const place = (id) => document.getElementById(id);
const when = (id, act) => place(id)?.addEventListener("click", act);

when("change-person", async () => {
  if (await change(person)) reload();
});

when("invite", async () => {
  const made = await ask({
    title: say("say-invite"),
    text: say("say-invite-text"),
    submit: say("say-invite"),
    send: () => call("POST", `${path}/invitation`),
  });
  if (!made) return;
  const link = el("input", { type: "text", readonly: true, value: made.url, dir: "ltr", on: { focus: () => link.select() } });
  await ask({ title: say("say-invite"), text: say("say-invite-give", { until: clock(made.expires_at) }), body: [field(say("say-invite-link"), link)] });
});

when("sign-out-person", async () => {
  const done = await ask({
    title: say("say-sign-out-person"),
    text: say("say-sign-out-person-text"),
    submit: say("say-sign-out-person"),
    send: () => call("DELETE", `${path}/sessions`),
  });
  if (done) reload();
});

when("remove-person", async () => {
  const done = await ask({
    title: say("say-remove-person", { name: person.alias }),
    text: say("say-remove-person-text"),
    submit: say("say-remove"),
    danger: true,
    send: () => call("DELETE", path),
  });
  if (done) location.assign("/board/roster");
});

// --- What they are trained in -----------------------------------------------------------------------------------------------

const form = place("training");
const [list, result] = [el("div", { class: "stack" }), el("div", { role: "status" })];
const add = el("button", { type: "button", class: "plain" }, say("say-skill-add"));
const rows = [];

function insert({ skill, valid_until: until }, focus) {
  const what = el("input", { type: "text", value: skill, required: true, pattern: "[a-z0-9_\\-]{1,64}", list: "skills", spellcheck: "false", autocapitalize: "none" });
  const last = el("input", { type: "date", value: until ? until.slice(0, 10) : "" });
  const remove = el("button", { type: "button", class: "plain" }, say("say-remove"));
  const node = el(
    "fieldset",
    {},
    el("legend", { class: "unseen" }, say("say-skill")),
    el("div", { class: "line" }, field(say("say-skill"), what), field(say("say-skill-until"), last), remove),
  );
  // What was not touched keeps its hour.
  const row = {
    node,
    read: () => ({ skill: what.value, ...(last.value ? { valid_until: last.value === until?.slice(0, 10) ? until : `${last.value}T00:00:00Z` } : {}) }),
  };
  remove.addEventListener("click", () => {
    rows.splice(rows.indexOf(row), 1);
    node.remove();
    add.focus();
  });
  rows.push(row);
  list.append(node);
  if (focus) what.focus();
}

if (form) {
  person.qualifications.forEach((one) => insert(one, false));
  add.addEventListener("click", () => insert({ skill: "", valid_until: null }, true));
  form.append(list, result, el("div", { class: "row" }, el("button", { type: "submit" }, say("say-skills-save")), add));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await call("PUT", `${path}/qualifications`, { qualifications: rows.map((row) => row.read()) });
      result.replaceChildren(say("say-saved"));
    } catch (error) {
      showRefusal(result, error);
    }
  });
}

contactMethods(person.id, person.contact_methods);

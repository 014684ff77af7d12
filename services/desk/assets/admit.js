// Letting somebody in and out: who they are here, their invitation, their sessions, what they are trained in, and their leaving.

import { ask, field } from "./ask.js";
import { contactMethods } from "./contact.js";
import { call, clock, el, page, reload, say } from "./kit.js";
import { change } from "./people.js";
import "./person.js";
import { several } from "./several.js";

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

function skill({ skill, valid_until: until }) {
  const what = el("input", { type: "text", value: skill, required: true, pattern: "[a-z0-9_\\-]{1,64}", list: "skills", spellcheck: "false", autocapitalize: "none" });
  const last = el("input", { type: "date", value: until ? until.slice(0, 10) : "" });
  // What was not touched keeps its hour.
  const end = () => (last.value === until?.slice(0, 10) ? until : `${last.value}T00:00:00Z`);
  return {
    fields: [field(say("say-skill"), what), field(say("say-skill-until"), last)],
    read: () => ({ skill: what.value, ...(last.value ? { valid_until: end() } : {}) }),
  };
}

several(place("training"), {
  values: person.qualifications,
  another: { skill: "", valid_until: null },
  make: skill,
  words: { one: "say-skill", add: "say-skill-add", save: "say-skills-save" },
  send: (qualifications) => call("PUT", `${path}/qualifications`, { qualifications }),
});

contactMethods(person.id, person.contact_methods);

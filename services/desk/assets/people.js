// Who somebody is on this line: the fields of a profile, for somebody new and for somebody who changes.

import { ask, field } from "./ask.js";
import { call, el, page, say } from "./kit.js";

/** Several of a few, as boxes. */
const boxes = (legend, name, options, chosen) =>
  el(
    "fieldset",
    {},
    el("legend", {}, legend),
    el("div", { class: "choices" }, options.map(([value, words]) => el("label", { class: "choice" }, el("input", { type: "checkbox", name, value, checked: chosen.includes(value) }), words))),
  );

function fields(person) {
  return [
    field(say("say-alias"), el("input", { name: "alias", value: person.alias, required: true, maxlength: 80 }), say("say-alias-hint")),
    boxes(say("say-roles"), "roles", page.roles, person.roles),
    boxes(say("say-pools"), "pools", page.pools.map((pool) => [pool, pool]), person.pools),
    field(say("say-zone"), el("input", { name: "zone", value: person.zone, required: true, list: "zones", spellcheck: "false", autocapitalize: "none" })),
    field(
      say("say-languages"),
      el("input", { name: "languages", value: person.languages.join(", "), required: true, spellcheck: "false", autocapitalize: "none", dir: "ltr" }),
      say("say-languages-hint"),
    ),
    field(say("say-capacity"), el("input", { type: "number", name: "capacity", min: 1, max: 20, value: String(person.capacity), required: true })),
  ];
}

function read({ alias, zone, languages, capacity }, form) {
  const chosen = (name) => [...form.querySelectorAll(`input[name=${name}]:checked`)].map((box) => box.value);
  return {
    alias: alias.trim(),
    roles: chosen("roles"),
    pools: chosen("pools"),
    zone: zone.trim(),
    languages: languages.split(/[,،;\s]+/).filter(Boolean),
    capacity: Number(capacity),
  };
}

/** Asks for somebody new; gives their id. */
export async function add() {
  const person = { alias: "", roles: ["volunteer"], pools: page.pools.slice(0, 1), zone: page.zone, languages: [page.lang], capacity: 2 };
  const made = await ask({
    title: say("say-add-person"),
    text: say("say-add-person-text"),
    body: fields(person),
    submit: say("say-add"),
    send: (values, form) => call("POST", "/v1/staff", read(values, form)),
  });
  // Their token is thrown away here: they are invited, and sign in.
  return made?.id;
}

/** Asks what changes about somebody; whether something did. */
export const change = (person) =>
  ask({
    title: say("say-change-person"),
    body: fields(person),
    submit: say("say-change-save"),
    send: (values, form) => call("PATCH", `/v1/staff/${person.id}`, read(values, form)),
  });

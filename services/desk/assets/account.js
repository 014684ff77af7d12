// One's own sign-in: password, recovery codes, passkeys, the browsers one is signed in with, and how one is called.

import { ask, field } from "./ask.js";
import { contactMethods } from "./contact.js";
import { Refused, announce, call, el, page, reload, say, showRefusal, signIn } from "./kit.js";
import { canHavePasskeys, create } from "./passkey.js";

const place = (id) => document.getElementById(id);
const when = (id, act) => place(id)?.addEventListener("click", act);
const secret = (name, autocomplete, more = {}) => el("input", { type: "password", name, autocomplete, required: true, maxlength: 200, ...more });
const code = () =>
  page.second_factor
    ? field(say("say-code"), el("input", { name: "code", inputmode: "numeric", autocomplete: "one-time-code", required: true, maxlength: 40 }))
    : null;

when("change-password", async () => {
  const [fresh, again] = [secret("new", "new-password", { minlength: 12 }), secret("again", "new-password", { minlength: 12 })];
  const compare = () => again.setCustomValidity(again.value === fresh.value ? "" : say("say-not-the-same"));
  for (const input of [fresh, again]) input.addEventListener("input", compare);
  const done = await ask({
    title: say("say-password-title"),
    text: say("say-password-text"),
    body: [
      field(say("say-password-now"), secret("password", "current-password")),
      field(say("say-password-new"), fresh, say("say-password-hint")),
      field(say("say-password-again"), again),
      code(),
    ],
    submit: say("say-password-send"),
    send: ({ again: _, ...body }) => call("PUT", "/v1/me/password", body, { stays: true }),
  });
  if (done) reload();
});

when("new-codes", async () => {
  const given = await ask({
    title: say("say-codes-title"),
    text: say("say-codes-text"),
    body: [field(say("say-password-now"), secret("password", "current-password")), code()],
    submit: say("say-codes-send"),
    send: (body) => call("POST", "/v1/me/recovery-codes", body, { stays: true }),
  });
  if (!given) return;
  const codes = given.recovery_codes.map((one) => el("li", {}, el("code", { dir: "ltr" }, one)));
  await ask({ title: say("say-codes-title"), text: say("say-codes-keep"), body: [el("ul", {}, codes)] });
  reload();
});

// --- Passkeys -------------------------------------------------------------------------------------------------------------

if (place("add-passkey")) {
  place("add-passkey").hidden = !canHavePasskeys;
  place("no-passkeys").hidden = canHavePasskeys;
}
when("add-passkey", async () => {
  const added = await ask({
    title: say("say-passkey-title"),
    text: say("say-passkey-text"),
    body: [field(say("say-passkey-name"), el("input", { name: "name", required: true, maxlength: 40 }), say("say-passkey-name-hint"))],
    submit: say("say-passkey-send"),
    send: async ({ name }) => {
      const { publicKey } = await call("POST", "/v1/me/passkeys/challenge");
      const credential = await create(publicKey);
      if (!credential) throw new Refused(400, { type: "passkey-left" });
      return call("POST", "/v1/me/passkeys", { name: name.trim(), credential });
    },
  });
  if (added) reload();
});

// --- Sessions -------------------------------------------------------------------------------------------------------------

/** Removes the entry of a list once its call has gone through. */
function removes(button, path) {
  const result = el("span", { role: "status" });
  button.after(result);
  button.addEventListener("click", async () => {
    try {
      await call("DELETE", path);
      button.closest("li").remove();
      announce(say("say-done"));
      place("main").focus();
    } catch (error) {
      showRefusal(result, error);
    }
  });
}
for (const button of document.querySelectorAll("[data-session]")) removes(button, `/v1/me/sessions/${button.dataset.session}`);
for (const button of document.querySelectorAll("[data-passkey]")) removes(button, `/v1/me/passkeys/${button.dataset.passkey}`);

when("everywhere", async () => {
  const done = await ask({
    title: say("say-everywhere"),
    text: say("say-everywhere-text"),
    submit: say("say-everywhere"),
    danger: true,
    send: () => call("DELETE", "/v1/me/sessions"),
  });
  if (done) signIn();
});

contactMethods(page.me.id, page.contact_methods);

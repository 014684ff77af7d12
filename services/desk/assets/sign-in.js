// Signing in with a passkey. The form beside it needs no script, and stays as it is.

import { canHavePasskeys, prove } from "./passkey.js";

const [offer, wrong] = [document.getElementById("passkey"), document.getElementById("passkey-wrong")];
const post = (path, body) =>
  fetch(path, {
    method: "POST",
    headers: body ? { "content-type": "application/json" } : {},
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
    cache: "no-store",
  });

async function signIn() {
  wrong.hidden = true;
  try {
    const asked = await post("/v1/session/passkey/challenge");
    if (!asked.ok) throw new Error(`status ${asked.status}`);
    const credential = await prove((await asked.json()).publicKey);
    if (!credential) return;
    const came = await post("/v1/session/passkey", { credential });
    if (!came.ok) throw new Error(`status ${came.status}`);
    location.assign(offer.dataset.to);
  } catch (error) {
    console.error(error);
    wrong.hidden = false;
  }
}

offer.hidden = !canHavePasskeys;
offer.querySelector("button").addEventListener("click", signIn);

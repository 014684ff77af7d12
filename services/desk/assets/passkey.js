// Passkeys, as browsers have them. Nothing of a key comes through here but what proves it.

/** Whether this browser can do it. */
export const canHavePasskeys = typeof window.PublicKeyCredential?.parseCreationOptionsFromJSON === "function";

/** What the person does not want, and what the device cannot do: nothing, and no error. */
async function unless(refused, asked) {
  try {
    return (await asked)?.toJSON() ?? null;
  } catch (error) {
    if (refused.includes(error.name)) return null;
    throw error;
  }
}

/** Makes a key for what the desk asked; `null` when the person left it. */
export const create = (publicKey) =>
  unless(["NotAllowedError", "AbortError", "InvalidStateError"], navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) }));

/** Answers what the desk asked, with a key that the person chooses; `null` when they left it. */
export const prove = (publicKey) =>
  unless(["NotAllowedError", "AbortError"], navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) }));

// What every module of the staff's pages shares: words, calls, times, elements, and telling screen readers.

const data = JSON.parse(document.getElementById("page-data").textContent);

/** What the server put into this page. */
export const page = data;

/** What the page says under a key, with something put in. */
export function say(key, args = {}) {
  const text = data.words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in args ? String(args[name]) : whole));
}

/** Whether there are words under a key: codes that an organisation made up itself have none. */
export const canSay = (key) => key in data.words;

/** A code of the interface in words; one that is not known is shown as it is. */
export function name(kind, code) {
  const key = `say-${kind}-${String(code).replaceAll("_", "-")}`;
  return canSay(key) ? say(key) : String(code).replaceAll("_", " ");
}

/** An element. `on` holds listeners, `data` the dataset; what is null or false is left out. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "on") for (const [event, listen] of Object.entries(value)) node.addEventListener(event, listen);
    else if (key === "data") Object.assign(node.dataset, value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Puts text into a node, and does nothing where it stands there already: screen readers and layout are left alone. */
export function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

let count = 0;

/** An id that nothing else on the page has. */
export const fresh = (stem) => `${stem}-${++count}`;

// --- Time ---------------------------------------------------------------------------------------------------------------

let skew = 0;

/** Learns how far this machine's clock is off from what the server said, in an HTTP date. */
export function learnTime(date) {
  const at = Date.parse(date ?? "");
  // The header has whole seconds; less than two of difference may be the way it took.
  if (Number.isFinite(at) && Math.abs(at + 500 - Date.now() - skew) > 2000) skew = at + 500 - Date.now();
}

/** The server's time, in milliseconds. */
export const now = () => Date.now() + skew;

const zoned = (options, zone = data.zone) => {
  try {
    return new Intl.DateTimeFormat(data.lang, { ...options, timeZone: zone });
  } catch {
    // A zone that this browser does not know.
    return new Intl.DateTimeFormat(data.lang, { ...options, timeZone: "UTC" });
  }
};
const clocks = new Map();
const format = (kind, options, at, zone) => {
  const key = `${kind} ${zone ?? ""}`;
  if (!clocks.has(key)) clocks.set(key, zoned(options, zone));
  return clocks.get(key).format(at);
};
const HOUR = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const DAY = { weekday: "short", day: "numeric", month: "short" };

/** A moment on my clock: the hour, and the day where it is not today. */
export function clock(at, zone) {
  const date = new Date(at);
  const hour = format("hour", HOUR, date, zone);
  const day = format("day", DAY, date, zone);
  return day === format("day", DAY, new Date(now()), zone) ? hour : `${day}, ${hour}`;
}

const unit = (unit) => new Intl.NumberFormat(data.lang, { style: "unit", unit, unitDisplay: "short" });
const [seconds, minutes, hours, days] = ["second", "minute", "hour", "day"].map(unit);

/** A length of time in seconds, as people say it: coarser the longer it is. */
export function length(s) {
  const whole = Math.max(0, Math.floor(s));
  if (whole < 60) return seconds.format(whole);
  if (whole < 3600) return minutes.format(Math.floor(whole / 60));
  if (whole < 48 * 3600) {
    const left = Math.floor((whole % 3600) / 60);
    return hours.format(Math.floor(whole / 3600)) + (left ? ` ${minutes.format(left)}` : "");
  }
  return days.format(Math.floor(whole / 86400));
}

/** For how long something has been so. */
export const since = (at) => length((now() - Date.parse(at)) / 1000);

/** What is left until a moment; nothing once it is over. */
export const left = (at) => Math.max(0, Math.ceil((Date.parse(at) - now()) / 1000));

/** Whether a shift goes on for as far as the server looks, which is a week. */
export const isOpenEnded = (at) => left(at) > 6.5 * 24 * 3600;

/** A countdown to the second, as `m:ss`, so that it does not jump about. */
export function countdown(at) {
  const s = left(at);
  return s < 60 ? seconds.format(s) : `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

const languages = (() => {
  try {
    return new Intl.DisplayNames(data.lang, { type: "language" });
  } catch {
    return null;
  }
})();

/** A language by its name. */
export function language(tag) {
  try {
    return languages?.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

// --- Calls --------------------------------------------------------------------------------------------------------------

/** A call that was refused, or (status 0) did not arrive. */
export class Refused extends Error {
  constructor(status, problem = {}) {
    super(problem.title ?? `status ${status}`);
    this.status = status;
    this.problem = problem;
    this.kind = String(problem.type ?? "").split(":").pop();
  }

  /** In words for the person who did it. */
  get words() {
    if (this.status === 0) return say("say-problem-offline");
    // A conflict says what it is about, in the words that programs get.
    const detail = this.problem.detail ?? "";
    if (this.kind === "conflict") return `${say("say-problem-conflict")} ${detail}`.trim();
    if (canSay(`say-problem-${this.kind}`)) return say(`say-problem-${this.kind}`);
    const named = (pointer) => pointer.split("/").filter((part) => part && !/^\d+$/.test(part)).join(" ");
    const errors = (this.problem.errors ?? []).map((error) => `${named(error.pointer ?? "")}: ${error.detail}.`.replace(/^: /, ""));
    return [say("say-problem-other"), ...errors, detail].filter(Boolean).join(" ");
  }
}

/** Where somebody goes whose session is over. What they had open they find again. */
export function signIn() {
  location.assign(`/sign-in?to=${encodeURIComponent(location.pathname)}`);
}

/**
 * Calls the desk. Gives the body of the answer; throws `Refused`. Where a password is asked for, a refusal is about that and not
 * about the session: then one `stays`.
 */
export async function call(method, path, body, { stays = false } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
      cache: "no-store",
    });
  } catch {
    throw new Refused(0);
  }
  learnTime(response.headers.get("date"));
  const text = await response.text().catch(() => "");
  let answer = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    // A proxy's page, as a rule; the status says enough.
  }
  if (response.status === 401 && !stays) signIn();
  if (!response.ok) throw new Refused(response.status, answer ?? {});
  return answer;
}

// --- Screen readers -----------------------------------------------------------------------------------------------------

/** Says something once: what matters now (`urgent`) interrupts, everything else waits its turn. */
export function announce(text, urgent = false) {
  const region = document.getElementById(urgent ? "told-now" : "told");
  const line = el("p", {}, text);
  region.append(line);
  // Left for a while, so that slow readers find it; gone before it is read a second time.
  setTimeout(() => line.remove(), 8_000);
}

const SAVED = "?saved";

/** Loads the page anew, so that it shows what the record has, and says there that it is done. */
export const reload = () => location.assign(location.pathname + SAVED);

if (location.search === SAVED) {
  history.replaceState(null, "", location.pathname);
  const line = el("p", { class: "note" }, say("say-saved"));
  document.getElementById("main").prepend(line);
  // A region that is filled before a screen reader knows it is not read.
  setTimeout(() => announce(say("say-saved")), 500);
  setTimeout(() => line.remove(), 10_000);
}

/** What was refused, in words, where it is looked for. */
export function showRefusal(where, error) {
  const words = error instanceof Refused ? error.words : say("say-problem-other");
  where.replaceChildren(el("p", { class: "wrong", role: "alert" }, words));
}

/** Whether somebody is typing: then single keys are letters. */
export function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

// --- What is remembered in this browser: switches, and nothing about anyone -----------------------------------------------

/** A switch that this browser remembers. */
export function remembered(key, otherwise) {
  const place = `wideawake.${key}`;
  const read = () => {
    try {
      return (localStorage.getItem(place) ?? String(otherwise)) === "true";
    } catch {
      return otherwise;
    }
  };
  return {
    get on() {
      return read();
    },
    set on(value) {
      try {
        localStorage.setItem(place, String(value));
      } catch {
        // Then it holds as long as the page does not ask again.
      }
    },
  };
}

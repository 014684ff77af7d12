// One conversation: what was said, what goes on around it, and what can be written.

import { Refused, announce, call, clock, el, fresh, language, name, page, put, say, since } from "./kit.js";
import * as deeds from "./deeds.js";

// How often a member is told that somebody writes to them, while somebody does.
const TYPING = 4_000;

// After how long it is looked up whether something arrived, and sent if it did not.
const AGAIN = 3_000;

/** A conversation of mine. */
export class Talk {
  constructor(request, { joined = false } = {}) {
    this.request = request;
    this.joined = joined;
    this.state = null;
    this.version = 0;
    this.unread = 0;
    this.ended = false;
    this.pending = [];
    this.notes = new Map();
    this.build();
  }

  /** What the member is called. */
  get who() {
    return this.state?.member.alias || say("say-somebody");
  }

  build() {
    const id = fresh("talk");
    this.heading = el("h2", { id: `${id}-title`, tabindex: "-1" }, say("say-somebody"));
    this.badges = el("div", { class: "row badges" });
    this.around = el("p", { class: "hint" });
    this.strips = el("div", { class: "stack tight strips" });
    this.said = el("ol", { class: "talk", "aria-label": say("say-said") });
    this.scroller = el("div", { class: "scroller", tabindex: "0", role: "region", "aria-labelledby": `${id}-title` }, this.said);
    this.text = el("textarea", { id: `${id}-text`, rows: 2, maxlength: 4000, "aria-describedby": `${id}-hint` });
    this.label = el("label", { for: `${id}-text` });
    this.aside = el("input", { type: "checkbox" });
    this.words = el("div", { class: "templates" });
    this.form = el(
      "form",
      { class: "composer stack tight" },
      this.label,
      this.text,
      el(
        "div",
        { class: "spread" },
        el("p", { class: "hint", id: `${id}-hint` }, say("say-enter")),
        this.joined ? el("label", { class: "choice" }, this.aside, say("say-aside")) : null,
        el("button", { type: "submit" }, say("say-send")),
      ),
      this.words,
    );
    this.notepad = el("textarea", { id: `${id}-notes`, rows: 4, maxlength: 2000, "aria-describedby": `${id}-notes-hint` });
    this.jotted = el(
      "details",
      { class: "templates jotted" },
      el("summary", {}, say("say-notes")),
      el(
        "div",
        { class: "field" },
        el("label", { for: this.notepad.id, class: "unseen" }, say("say-notes")),
        this.notepad,
        el("p", { class: "hint", id: `${id}-notes-hint` }, say("say-notes-hint")),
      ),
    );
    this.actions = el("div", { class: "row actions" });
    this.panel = el(
      "section",
      { class: "card panel", role: "tabpanel", id, "aria-labelledby": `${id}-tab`, hidden: true },
      el("header", { class: "stack tight" }, this.heading, this.badges, this.around, this.actions),
      this.strips,
      this.scroller,
      this.form,
      this.jotted,
    );
    this.tab = el("button", {
      type: "button", role: "tab", id: `${id}-tab`, "aria-controls": id, "aria-selected": "false", tabindex: "-1", class: "tab",
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.text.addEventListener("input", () => this.typing());
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.send();
      }
    });
  }

  /** Reads how it stands, and what was said since. */
  async load() {
    try {
      const path = `/v1/requests/${this.request}`;
      this.state = await call("GET", path);
      for (;;) {
        const { items } = await call("GET", `${path}/messages?after=${this.version}&limit=500`);
        items.forEach((message) => this.add(message, true));
        if (items.length < 500) break;
      }
      this.resend();
    } catch (error) {
      // No longer mine: the stream says why, or has said it.
      if (error instanceof Refused && error.status === 404) return false;
      if (!(error instanceof Refused)) throw error;
    }
    this.draw();
    return true;
  }

  draw() {
    const state = this.state;
    if (!state) return;
    put(this.heading, this.who);
    put(this.label, say("say-write-to", { who: this.who }));
    const badge = (text, tone) => el("span", { class: "badge", data: tone ? { tone } : {} }, text);
    const tone = { standard: "", elevated: "accent", urgent: "warn", imminent: "danger" }[state.priority];
    this.badges.replaceChildren(
      badge(name("priority", state.priority), tone),
      badge(language(state.language)),
      ...(state.age_band ? [badge(name("age", state.age_band), state.age_band === "under_18" ? "warn" : "")] : []),
      ...state.topics.map((topic) => badge(name("topic", topic))),
    );
    const parts = [say("say-line-since", { line: state.line, since: clock(state.opened_at) })];
    if (state.member.time_zone) parts.push(say("say-member-clock", { clock: clock(Date.now(), state.member.time_zone) }));
    if (state.member.country) parts.push(state.member.country);
    if (state.times_returned) parts.push(say("say-returned", { count: state.times_returned }));
    put(this.around, parts.join(" · "));
    this.note("away", state.member.away_since ? say("say-away", { since: clock(state.member.away_since) }) : null, "warn");
    this.note("transfer", state.transfer ? say("say-transfer-asked") : null);
    if (!this.actions.childElementCount) this.actions.append(...deeds.buttons(this));
    if (!this.words.childElementCount) this.words.append(...deeds.templates(this));
    this.drawTab();
  }

  drawTab() {
    const unread = this.unread ? el("span", { class: "badge", data: { tone: "accent" } }, say("say-unread", { count: this.unread })) : null;
    const priority = this.state ? name("priority", this.state.priority) : "";
    const line = this.ended ? say("say-over") : priority;
    this.tab.replaceChildren(el("span", { class: "who" }, this.who), el("span", { class: "hint" }, line), ...(unread ? [unread] : []));
  }

  /** A strip above the conversation: one of each kind, gone when there is nothing to say. */
  note(kind, text, tone = "accent") {
    const old = this.notes.get(kind);
    if (!text) {
      old?.remove();
      this.notes.delete(kind);
      return;
    }
    if (old) {
      put(old, text);
      old.dataset.tone = tone;
      return;
    }
    const strip = el("p", { class: "note", data: { tone } }, text);
    this.notes.set(kind, strip);
    this.strips.append(strip);
  }

  /** Shows a message; one that is there already changes nothing. Says whether it is new and from somebody else. */
  add(message, silent = false) {
    if (message.version <= this.version) return false;
    this.version = message.version;
    const mine = message.staff === page.me.id;
    if (mine) this.settle(message);
    const low = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 80;
    const from = mine ? say("say-you") : message.from === "member" ? this.who : message.alias || name("from", message.from);
    const what = message.text ?? say("say-erased");
    const last = this.pending[0]?.node ?? null;
    this.said.insertBefore(
      el(
        "li",
        { class: `said ${mine ? "mine" : ""} ${message.from === "system" ? "system" : ""}` },
        el(
          "div",
          { class: "who" },
          el("span", {}, from),
          el("time", { datetime: message.at }, clock(message.at)),
          message.to ? el("span", {}, say("say-aside-mark")) : null,
        ),
        el("div", { class: "what", dir: "auto" }, what),
      ),
      last,
    );
    if (message.from === "member") this.note("nudge", null);
    if (mine) this.note("nudge", null);
    if (low || mine) this.toEnd();
    if (mine || silent) return false;
    announce(say("say-told-message", { who: from, text: what }));
    return true;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** Something is being written: the member is told so, and not what. */
  typing() {
    if (!this.text.value.trim() || this.aside.checked || this.ended) return;
    if (performance.now() - (this.typed ?? -TYPING) < TYPING) return;
    this.typed = performance.now();
    call("POST", `/v1/requests/${this.request}/typing`).catch(() => {});
  }

  /** Writes what stands in the field. It is shown at once, and marked until it is on record. */
  send() {
    const text = this.text.value.trim();
    if (!text || this.ended) return;
    this.text.value = "";
    this.typed = undefined;
    const state = el("span", {}, say("say-sending"));
    const node = el(
      "li",
      { class: "said mine", data: { state: "unsent" } },
      el("div", { class: "who" }, el("span", {}, say("say-you")), state),
      el("div", { class: "what", dir: "auto" }, text),
    );
    this.said.append(node);
    this.pending.push({ text, node, state, to: this.aside.checked ? "volunteer" : undefined });
    this.toEnd();
    this.flush();
  }

  /** Sends what is not on record, one after the other. */
  async flush() {
    if (this.busy) return;
    this.busy = true;
    while (this.pending.length && !this.pending[0].failed) {
      const one = this.pending[0];
      try {
        const body = one.to ? { text: one.text, to: one.to } : { text: one.text };
        const { version } = await call("POST", `/v1/requests/${this.request}/messages`, body);
        if (this.pending[0] === one) this.kept(one, version);
      } catch (refused) {
        one.failed = true;
        // Not arrived, or its answer got lost: when the connection is back it is looked up, and sent if it is not there.
        one.unknown = refused.status === 0 || refused.status >= 500;
        put(one.state, one.unknown ? say("say-unsent") : (refused.words ?? say("say-problem-other")));
        announce(one.state.textContent, true);
        if (!one.unknown) this.pending.shift();
      }
    }
    this.busy = false;
    this.later();
  }

  /** The line can be whole and the record out of reach: what may not have arrived does not wait for another line. */
  later() {
    clearTimeout(this.again);
    if (this.ended || !this.pending.some((one) => one.unknown && one.failed)) return;
    this.again = setTimeout(() => this.load().finally(() => this.later()), AGAIN);
  }

  /** It is on record under this number. */
  kept(one, version) {
    this.pending = this.pending.filter((other) => other !== one);
    if (version > this.version) {
      // The stream brings it in its place.
      one.version = version;
      this.awaited = [...(this.awaited ?? []), one];
      put(one.state, say("say-sent"));
    } else one.node.remove();
  }

  /** A message of mine came back from the record: what stood for it goes. */
  settle(message) {
    const awaited = (this.awaited ?? []).find((one) => one.version === message.version);
    const one = awaited ?? this.pending.find((pending) => pending.text === message.text);
    if (!one) return;
    one.node.remove();
    this.awaited = (this.awaited ?? []).filter((other) => other !== one);
    this.pending = this.pending.filter((other) => other !== one);
  }

  /** Whatever is still unsent after everything on record was read is not there: it is sent again. */
  resend() {
    for (const one of this.pending) if (one.unknown) one.failed = false;
    this.flush();
  }

  /** It is no longer mine. What was said leaves the screen with it. */
  end(text, tone = "accent") {
    if (this.ended) return;
    this.ended = true;
    this.said.replaceChildren();
    this.notepad.value = "";
    this.scroller.hidden = this.form.hidden = this.jotted.hidden = true;
    for (const kind of [...this.notes.keys()]) this.note(kind, null);
    this.note("ended", text, tone);
    const away = el("button", { type: "button", class: "plain" }, say("say-put-away"));
    away.addEventListener("click", () => this.onAway?.());
    this.actions.replaceChildren(away);
    this.unread = 0;
    this.drawTab();
    announce(`${this.who}: ${text}`, true);
  }

  /** For how long they wait for an answer. */
  waits() {
    return this.state?.unanswered_since ? since(this.state.unanswered_since) : null;
  }
}

// What was written and is not in the record yet: kept in this tab alone, sent in order, and each once. Leaving empties it.

import { hasLeft, reload } from './leave.js';

const MOST = 100;

// A key that nobody can guess; `randomUUID` is not there over plain HTTP.
const newKey = () => [...crypto.getRandomValues(new Uint8Array(18))].map((b) => b.toString(16).padStart(2, '0')).join('');

export class Outbox {
  #where;
  #url;
  #on;
  #waiting = [];
  #busy = false;
  #tries = 0;
  #timer = 0;

  constructor(id, on) {
    this.#where = `unsent:${id}`;
    this.#url = `/v1/requests/${id}/messages`;
    this.#on = on;
    addEventListener('online', () => this.flush());
  }

  // What a reload left to be sent.
  restore() {
    try {
      this.#waiting = JSON.parse(sessionStorage.getItem(this.#where) ?? '[]');
    } catch {
      this.#waiting = [];
    }
    for (const entry of this.#waiting) this.#on.state(entry, 'kept');
    this.flush();
  }

  // False when too much waits already.
  add(text) {
    if (this.#waiting.length >= MOST) return false;
    const entry = { key: newKey(), text };
    this.#waiting.push(entry);
    this.#save();
    this.#on.state(entry, this.#tries ? 'kept' : 'sending');
    this.flush();
    return true;
  }

  // The first that waits with this text, for whoever sees it come back by another way.
  find(text) {
    return this.#waiting.find((entry) => entry.text === text);
  }

  async flush() {
    if (this.#busy) return;
    this.#busy = true;
    clearTimeout(this.#timer);
    while (this.#waiting.length && !hasLeft()) {
      const entry = this.#waiting[0];
      const outcome = await this.#send(entry);
      if (outcome === 'again') {
        this.#tries += 1;
        for (const waiting of this.#waiting) this.#on.state(waiting, 'kept');
        this.#timer = setTimeout(() => this.flush(), Math.min(1000 * 2 ** (this.#tries - 1), 15_000));
        break;
      }
      this.#tries = 0;
      this.#waiting.shift();
      this.#save();
      this.#on.state(entry, outcome.state, outcome.version);
      if (outcome.anew) return reload();
    }
    this.#busy = false;
  }

  async #send({ key, text }) {
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key };
    try {
      const signal = AbortSignal.timeout?.(15_000);
      const answer = await fetch(this.#url, { method: 'POST', headers, body: JSON.stringify({ text }), signal });
      if (answer.status === 202) return { state: 'sent', version: (await answer.json()).version };
      // What is urgent opens a new conversation where the old one was ended: the cookie is of that one now.
      if (answer.ok) return { state: 'sent', anew: true };
      if (answer.status >= 500 || answer.status === 429 || answer.status === 408) return 'again';
      return { state: 'refused' };
    } catch {
      return 'again';
    }
  }

  #save() {
    if (hasLeft()) return;
    try {
      if (this.#waiting.length) sessionStorage.setItem(this.#where, JSON.stringify(this.#waiting));
      else sessionStorage.removeItem(this.#where);
    } catch {
      // Where nothing can be stored, the page itself remembers.
    }
  }
}

// Waiting and talking: what comes is shown and announced once, what is written is sent once.

import { clock, element, showOthers } from './forms.js';
import { reload } from './leave.js';
import { Outbox } from './outbox.js';
import { follow } from './stream.js';

const BEAT = 20_000;
const LONGEST = 4000;
const $ = (id) => document.getElementById(id);

export function talk(main) {
  const { id } = main.dataset;
  const words = JSON.parse(main.dataset.words);
  const say = (key, puts = {}) => Object.entries(puts).reduce((text, [name, to]) => text.replace(`{${name}}`, () => to), words[key]);
  const view = new View(say);
  if (main.dataset.seen === '0') view.clear();

  const outbox = new Outbox(id, { state: (...how) => view.own(...how) });
  composer(id, outbox, view, say);
  outbox.restore();

  let beaten = performance.now();
  const beat = () => {
    if (performance.now() - beaten < BEAT - 500) return;
    beaten = performance.now();
    fetch(`/v1/requests/${id}/heartbeat`, { method: 'POST' }).catch(() => {});
  };
  setInterval(beat, BEAT);

  follow(`/v1/requests/${id}/stream`, Number(main.dataset.seen), {
    open: () => {
      view.connected();
      outbox.flush();
    },
    // Browsers slow the clocks of pages in the background down, and not what comes over the line.
    alive: beat,
    ended: (why) => {
      if (why === 'gone') reload();
      if (why === 'lost' || why === 'down') view.disconnected(why);
    },
    event: (type, data) => {
      if (type === 'message') view.message(data, outbox);
      if (type === 'typing') view.typing(data.for_s);
      if (type === 'status') view.status(data);
      if (type === 'resources') {
        showOthers(data.items);
        document.querySelector('#others details').open = true;
      }
      if (type === 'closed') reload();
    },
  });
}

function composer(id, outbox, view, say) {
  const form = $('write');
  const field = $('text');
  const draft = `draft:${id}`;
  form.hidden = false;
  try {
    field.value ||= sessionStorage.getItem(draft) ?? '';
    field.addEventListener('input', () => sessionStorage.setItem(draft, field.value));
  } catch {
    // Then a reload loses what was not sent yet.
  }
  const send = () => {
    const text = field.value.trim();
    if (!text) return;
    if ([...text].length > LONGEST) return view.note(say('talk-too-long'));
    if (!outbox.add(text)) return;
    field.value = '';
    try {
      sessionStorage.removeItem(draft);
    } catch {
      // It was not stored.
    }
    field.focus();
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  });
  // On a touch screen Enter begins a new line, as everywhere there.
  if (matchMedia('(pointer: coarse)').matches) return;
  form.querySelector('[data-keys]').hidden = false;
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
}

class View {
  #say;
  #list = $('talk');
  #own = new Map();
  #lost = false;
  #title = document.title;
  #unread = 0;
  #typing;
  #status = $('standing').dataset.status;

  constructor(say) {
    this.#say = say;
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) return;
      this.#unread = 0;
      document.title = this.#title;
    });
    this.#list.lastElementChild?.scrollIntoView({ block: 'nearest' });
  }

  // What stands there is not all: all of it comes.
  clear() {
    this.#list.replaceChildren();
  }

  message({ version, from, text, at }, outbox) {
    if (this.#list.querySelector(`[data-version="${version}"]`)) return;
    if (from === 'member') {
      const entry = outbox.find(text);
      if (entry) return this.own(entry, 'sent', version, at);
    }
    const item = this.#item(from, text, at);
    item.dataset.version = version;
    this.#append(item);
    if (from === 'member') return;
    this.typing(0);
    this.#announce(this.#say('news-from', { who: this.#say(`talk-${from}`), text }));
    if (document.hidden) {
      this.#unread += 1;
      document.title = `(${this.#unread}) ${this.#title}`;
    }
  }

  // Somebody writes, or no longer does. It is not read out: what they write will be.
  typing(seconds) {
    clearTimeout(this.#typing);
    $('typing').textContent = seconds ? this.#say('talk-typing') : '';
    if (seconds) this.#typing = setTimeout(() => this.typing(0), seconds * 1000);
  }

  // Something of the member's own, and how far it has come.
  own(entry, state, version, at) {
    let item = this.#own.get(entry.key);
    if (item?.dataset.version && state !== 'sent') return;
    if (!item) {
      item = this.#item('member', entry.text, at ?? new Date().toISOString());
      item.querySelector('.who').append(element('span', { className: 'state' }));
      this.#own.set(entry.key, item);
      this.#append(item);
    }
    if (version) {
      const other = this.#list.querySelector(`[data-version="${version}"]`);
      if (other && other !== item) item.remove();
      item.dataset.version = version;
    }
    item.dataset.state = state === 'sent' || state === 'sending' ? state : 'unsent';
    item.querySelector('.state').textContent = this.#say(`state-${state}`);
  }

  status({ status, position, estimated_wait: wait, volunteer }) {
    if (status === 'closed') return;
    const waiting = status === 'waiting';
    $('waiting').hidden = !waiting;
    const heading = waiting
      ? this.#say('wait-heading')
      : volunteer ? this.#say('talk-with', { name: volunteer.alias }) : this.#say('talk-someone');
    if ($('heading').textContent !== heading) $('heading').textContent = heading;
    $('place').hidden = !position;
    $('place').firstElementChild.textContent = position === 1 ? this.#say('wait-next') : this.#say('wait-place', { place: position });
    $('range').textContent = this.#range(wait);
    if (status !== this.#status) {
      if (!waiting) this.#announce(heading);
      document.querySelector('#others details').open = waiting;
    }
    this.#status = status;
    $('standing').dataset.status = status;
  }

  connected() {
    if (!this.#lost) return;
    this.#lost = false;
    $('net').hidden = true;
    $('net').textContent = '';
    this.#announce(this.#say('net-back'));
  }

  disconnected(why) {
    this.typing(0);
    const text = this.#say(why === 'down' ? 'net-down' : 'net-lost');
    this.#lost = true;
    this.note(text);
  }

  note(text) {
    if ($('net').textContent !== text) $('net').textContent = text;
    $('net').hidden = false;
  }

  #range(wait) {
    if (!wait) return this.#say('wait-unknown');
    const [low, high] = [Math.floor(wait.low_s / 60), Math.ceil(wait.high_s / 60)];
    if (high <= 1) return this.#say('wait-soon');
    return low ? this.#say('wait-range', { low, high }) : this.#say('wait-upto', { high });
  }

  // Read out once: the list itself is no live region, since it also changes when something was sent.
  #announce(text) {
    $('news').textContent = text;
  }

  #item(from, text, at) {
    const kind = from === 'member' ? ' mine' : from === 'system' ? ' system' : '';
    const who = element('div', { className: 'who' }, element('span', {}, this.#say(`talk-${from === 'member' ? 'you' : from}`)), ' ');
    who.append(element('time', { dateTime: at }, clock(at)));
    return element('li', { className: `said${kind}` }, who, element('div', { className: 'what', dir: 'auto' }, text));
  }

  #append(item) {
    $('empty')?.remove();
    this.#list.append(item);
    item.scrollIntoView({ block: 'nearest' });
  }
}

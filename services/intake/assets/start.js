// The first page: asked once, however often the line breaks.

import { here } from './forms.js';
import { go } from './leave.js';

export function start(main) {
  const form = document.querySelector('#ask');
  form.elements.time_zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? '';
  topicsOf(form);
  if ('fromElsewhere' in main.dataset) findConversation();

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    ask(form);
  });
}

// Only the topics of the line that was chosen.
function topicsOf(form) {
  const show = () => {
    const line = form.querySelector('[name=line]:checked')?.value;
    let any = false;
    for (const topic of form.querySelectorAll('[data-lines]')) {
      topic.hidden = Boolean(line) && !topic.dataset.lines.split(' ').includes(line);
      if (topic.hidden) topic.querySelector('input').checked = false;
      any ||= !topic.hidden;
    }
    const topics = form.querySelector('[data-topics]');
    if (topics) topics.hidden = !any;
  };
  form.addEventListener('change', (event) => event.target.name === 'line' && show());
  show();
}

// A browser that comes from another site keeps the cookie back, and sends it when the page itself asks.
async function findConversation() {
  try {
    const answer = await fetch('/current');
    if (answer.status === 200) go(here());
  } catch {
    // Then the page stays as it is.
  }
}

async function ask(form) {
  const button = form.querySelector('[type=submit]');
  if (button.getAttribute('aria-disabled') === 'true') return;
  const usual = button.textContent;
  const trying = document.querySelector('#trying');
  button.setAttribute('aria-disabled', 'true');
  button.textContent = button.dataset.busy;
  // What is sent stays what it is while it is sent again: it has one key.
  const body = new URLSearchParams(new FormData(form));
  const locked = [...form.elements].filter((field) => field !== button && !field.disabled && field.type !== 'hidden');
  for (const field of locked) field.disabled = true;
  for (let tries = 0; ; tries += 1) {
    try {
      const signal = AbortSignal.timeout?.(20_000);
      const answer = await fetch(form.action, { method: 'POST', body, redirect: 'manual', signal });
      if (answer.type === 'opaqueredirect') return go(here());
      if (answer.status < 500 && answer.status !== 429) break;
    } catch {
      // The line is down, or the answer did not come in time.
    }
    trying.textContent = trying.dataset.says;
    trying.hidden = false;
    await pause(Math.min(2 ** tries, 20) * 1000);
  }
  // Something in it is wrong, and the page that comes back says what.
  for (const field of locked) field.disabled = false;
  button.removeAttribute('aria-disabled');
  button.textContent = usual;
  form.submit();
}

// Waits so long, or until the browser says that the line is back.
const pause = (ms) => new Promise((resolve) => {
  const timer = setTimeout(resolve, ms);
  addEventListener('online', () => {
    clearTimeout(timer);
    resolve();
  }, { once: true });
});

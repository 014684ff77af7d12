// Forms that add nothing to the browser's history, and whom else to turn to.

import { go } from './leave.js';

export const element = (name, props = {}, ...children) => {
  const made = Object.assign(document.createElement(name), props);
  made.append(...children);
  return made;
};

const clocks = new Intl.DateTimeFormat(document.documentElement.lang, { hour: 'numeric', minute: '2-digit' });
export const clock = (at) => clocks.format(new Date(at));

// Where this page is, in the language that was chosen.
export const here = () => {
  const lang = new URLSearchParams(location.search).get('lang');
  return lang ? `/?lang=${encodeURIComponent(lang)}` : '/';
};

export function quietForms() {
  for (const form of document.querySelectorAll('[data-quiet]')) {
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const button = form.querySelector('button');
      button.disabled = true;
      try {
        const answer = await fetch(form.action, { method: 'POST', redirect: 'manual' });
        if (answer.type === 'opaqueredirect' || answer.ok) return go(here());
      } catch {
        // The button can be pressed again.
      }
      button.disabled = false;
    });
  }
  const tongue = document.querySelector('[data-tongue] select');
  tongue?.addEventListener('change', () => go(`/?lang=${encodeURIComponent(tongue.value)}`));
  const country = document.querySelector('[data-country] select');
  country?.form.addEventListener('submit', (event) => event.preventDefault());
  country?.addEventListener('change', async () => {
    const field = document.querySelector('#ask [name=country]');
    if (field) field.value = country.value;
    try {
      const answer = await fetch(`/v1/resources${country.value ? `?country=${country.value}` : ''}`);
      if (answer.ok) showOthers((await answer.json()).items);
    } catch {
      // What stands there is still true of somewhere.
    }
  });
}

// The browser knows what countries are called in the reader's language.
export function nameCountries() {
  const select = document.querySelector('[data-country] select');
  if (!select || !('DisplayNames' in Intl)) return;
  const lang = document.documentElement.lang;
  const names = new Intl.DisplayNames([lang], { type: 'region' });
  const [anywhere, ...countries] = select.options;
  for (const option of countries) option.textContent = names.of(option.value);
  const order = new Intl.Collator(lang);
  countries.sort((one, other) => order.compare(one.textContent, other.textContent));
  const chosen = select.value;
  select.append(anywhere, ...countries);
  select.value = chosen;
}

const dial = (number) => number.replace(/[^\d+*#]/g, '');

// Shows these, as the page itself does.
export function showOthers(items) {
  const section = document.querySelector('#others');
  const list = section.querySelector('[data-others]');
  const says = JSON.parse(section.dataset.words);
  const put = (key, value) => says[key].replace(/\{\w+\}/, value);
  const urgent = items.filter((one) => one.kind === 'emergency' && one.phone);
  const numbers = [...new Set(urgent.map((one) => one.phone))];
  const note = section.querySelector('[data-emergency]');
  note.hidden = numbers.length === 0;
  note.replaceChildren(`${says['others-emergency']} `);
  numbers.forEach((number, at) => {
    note.append(at ? ' · ' : '', element('a', { href: `tel:${dial(number)}` }, element('bdi', { dir: 'ltr' }, number)));
  });
  const entries = items.filter((one) => !urgent.includes(one)).map((one) => {
    const links = element('span', { className: 'row' });
    if (one.phone) links.append(element('a', { href: `tel:${dial(one.phone)}` }, put('others-call', one.phone)));
    if (one.sms) links.append(element('a', { href: `sms:${dial(one.sms)}` }, put('others-text', one.sms)));
    if (one.url) {
      const more = element('span', { className: 'unseen' }, `: ${one.name}`);
      links.append(element('a', { href: one.url, target: '_blank', rel: 'noreferrer noopener' }, says['others-page'], more));
    }
    const name = element('strong', { lang: one.languages[0] ?? '' }, element('bdi', {}, one.name));
    const entry = element('li', { className: 'stack tight other' }, name);
    if (one.hours) entry.append(element('span', { className: 'hint' }, put('others-hours', one.hours)));
    entry.append(links);
    return entry;
  });
  list.replaceChildren(...entries);
}

// The member page, made live. Everything here also works without it.

import { clock, nameCountries, quietForms } from './forms.js';
import { watchLeaving } from './leave.js';
import { start } from './start.js';
import { talk } from './talk.js';

const main = document.querySelector('main');
watchLeaving();
quietForms();
nameCountries();
// The door does not know on which clock they are.
for (const time of document.querySelectorAll('time')) time.textContent = clock(time.dateTime);
for (const live of document.querySelectorAll('[data-live]')) live.hidden = false;
if (main.dataset.view === 'start') start(main);
if (main.dataset.view === 'talk') talk(main);
if (main.dataset.view === 'over') sessionStorage.clear();

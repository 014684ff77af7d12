// The member page, made live. Everything here also works without it.

import { nameCountries, quietForms } from './forms.js';
import { watchLeaving } from './leave.js';
import { start } from './start.js';
import { talk } from './talk.js';

const main = document.querySelector('main');
watchLeaving();
quietForms();
nameCountries();
for (const live of document.querySelectorAll('[data-live]')) live.hidden = false;
if (main.dataset.view === 'start') start(main);
if (main.dataset.view === 'talk') talk(main);
if (main.dataset.view === 'over') sessionStorage.clear();

// My week: saying when I am away.

import { entries } from "./entries.js";
import { page, reload } from "./kit.js";

// What I am scheduled for changes with it.
entries({ kind: "leave", person: { ...page.me, zone: page.zone, leave: page.leave }, manages: true, changed: reload });

// Why somebody was asked, in plain words.

import { name, say } from "./kit.js";

/** Whoever could not be asked, by reason, as one sentence; empty when there was nobody. */
export function outs(why) {
  const reasons = Object.entries(why.out ?? {}).filter(([, count]) => count > 0);
  return reasons.map(([reason, count]) => say("say-why-out", { reason: name("out", reason), count })).join(" · ");
}

/** Why me: for the volunteer. */
export function whyMe(why) {
  return say(`say-why-me-${String(why.decided_by).replaceAll("_", "-")}`);
}

/** Why them: for whoever answers for it. */
export function whyThem(why, alias) {
  const could = Math.max(0, why.considered - Object.values(why.out ?? {}).reduce((sum, n) => sum + n, 0));
  const reason = say(`say-why-them-${String(why.decided_by).replaceAll("_", "-")}`, { alias });
  return `${reason} ${say("say-why-count", { could, all: why.considered })}`;
}

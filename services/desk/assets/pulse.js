// Says every ten seconds that somebody is there. In a worker: browsers slow the clocks of a tab that is not looked at down to
// one tick a minute, and then a volunteer who looks something up elsewhere would count as gone.

const EVERY = 10_000;
const PATIENCE = 6_000;

async function beat() {
  const answer = { ok: false, status: 0, date: null };
  try {
    const response = await fetch("/v1/me/heartbeat", {
      method: "POST",
      signal: AbortSignal.timeout(PATIENCE),
      cache: "no-store",
    });
    Object.assign(answer, { ok: response.ok, status: response.status, date: response.headers.get("date") });
  } catch {
    // Not arrived: the page says so.
  }
  postMessage(answer);
  // What failed is tried again sooner.
  next = setTimeout(beat, answer.ok ? EVERY : 2_000);
}

let next = setTimeout(beat, 0);

// The page asks for a beat at once when it is looked at again, or is online again.
onmessage = () => {
  clearTimeout(next);
  beat();
};

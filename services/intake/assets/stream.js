// Following a conversation: one stream after another, each going on behind what has come, for as long as the page is open.

// The door sends something every ten seconds. When nothing comes for this long, the line is dead, whatever it says.
const SILENCE = 25_000;
const LONGEST = 15_000;

export function follow(url, seen, on) {
  let last = seen;
  let tries = 0;
  let wake = () => {};
  let current = null;
  addEventListener('online', () => wake());
  addEventListener('offline', () => current?.abort());
  document.addEventListener('visibilitychange', () => document.hidden || wake());

  const dispatch = (frame) => {
    let [type, data] = ['message', ''];
    for (const line of frame.split('\n')) {
      const [, name, value] = /^(\w*): ?(.*)$/.exec(line) ?? [];
      if (name === 'id') last = value;
      if (name === 'event') type = value;
      if (name === 'data') data += value;
    }
    if (data) on.event(type, JSON.parse(data));
    return type;
  };

  // One stream; says why it ended.
  const once = async () => {
    const control = new AbortController();
    current = control;
    let timer;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => control.abort(), SILENCE);
    };
    try {
      alive();
      const headers = last ? { 'Last-Event-ID': String(last) } : {};
      const answer = await fetch(url, { headers, cache: 'no-store', signal: control.signal });
      if (answer.status === 401 || answer.status === 404) return 'gone';
      if (!answer.ok) return 'down';
      tries = 0;
      on.open();
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let text = ''; ;) {
        const { value, done } = await reader.read();
        if (done) return 'lost';
        alive();
        on.alive();
        text += value;
        for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
          if (dispatch(text.slice(0, end)) === 'closed') return 'closed';
        }
      }
    } catch {
      return 'lost';
    } finally {
      clearTimeout(timer);
      control.abort();
    }
  };

  (async () => {
    for (;;) {
      const why = await once();
      on.ended(why);
      if (why === 'closed' || why === 'gone') return;
      // Not all at once, when a door comes back.
      const wait = Math.min(500 * 2 ** tries, LONGEST) * (0.5 + Math.random() / 2);
      tries += 1;
      await new Promise((resolve) => {
        wake = resolve;
        setTimeout(resolve, wait);
      });
      wake = () => {};
    }
  })();
}

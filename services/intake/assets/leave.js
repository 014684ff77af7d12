// Leaving at once: the page is empty before the next one comes, nothing of it can be gone back to, every tab of it goes
// too, and the conversation ends in the background.

const PRESSES = 3;
const WITHIN = 1500;

let left = false;

// Whoever has left is taken nowhere else: a conversation that ends may not call the page back.
export const go = (to) => left || location.replace(to);
export const hasLeft = () => left;
export const reload = () => left || location.reload();

export function watchLeaving() {
  const form = document.querySelector('[data-leave]');
  const tabs = 'BroadcastChannel' in window ? new BroadcastChannel('tabs') : null;

  const leave = () => {
    if (left) return;
    left = true;
    // What is seen goes first: the next page may take its time on a slow line.
    document.title = '\u200e';
    document.body.replaceChildren();
    try {
      sessionStorage.clear();
    } catch {
      // Then nothing was kept either.
    }
    // The cookie goes with it: that is all that the answer does here.
    if (!navigator.sendBeacon?.('/leave', '')) {
      fetch('/leave', { method: 'POST', body: '', keepalive: true }).catch(() => {});
    }
    location.replace(form.dataset.leave);
  };
  const everywhere = () => {
    tabs?.postMessage('leave');
    leave();
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    everywhere();
  });
  let presses = [];
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.repeat) return;
    const now = performance.now();
    presses = [...presses.filter((at) => now - at < WITHIN), now];
    if (presses.length >= PRESSES) everywhere();
  }, true);
  tabs?.addEventListener('message', (event) => {
    if (event.data === 'leave') leave();
  });

  // A page that a browser keeps to come back to is asked for anew: it may be over, and somebody else may be looking.
  addEventListener('pagehide', (event) => {
    if (event.persisted) document.body.hidden = true;
  });
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
}

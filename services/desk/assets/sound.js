// A soft tone for what must not be overheard. Made, not loaded; silent until somebody touched the page, as browsers ask.

import { remembered } from "./kit.js";

export const sound = remembered("sound", true);

let context = null;

function wake() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
}
for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, wake, { capture: true, passive: true });

function tone(pitch, start, loud) {
  const [voice, volume] = [context.createOscillator(), context.createGain()];
  voice.type = "sine";
  voice.frequency.value = pitch;
  const at = context.currentTime + start;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(loud, at + 0.03);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.5);
  voice.connect(volume).connect(context.destination);
  voice.start(at);
  voice.stop(at + 0.55);
}

/** Two rising tones: somebody is offered to you, or more than a volunteer is needed. */
export function ring() {
  if (!sound.on || context?.state !== "running") return;
  tone(523, 0, 0.16);
  tone(659, 0.22, 0.16);
}

/** One low tone: somebody wrote, and you look elsewhere. */
export function tick() {
  if (sound.on && context?.state === "running") tone(440, 0, 0.07);
}

import { ref, watch } from 'vue';

const KEY = 'twentyfour.sound';

function stored(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

/** Whether an incoming conversation is heard; a taste, kept in this browser. */
export const soundOn = ref(stored());
/** True while the browser keeps the page silent until somebody clicks in it. */
export const soundBlocked = ref(false);

watch(soundOn, (on) => {
  try {
    localStorage.setItem(KEY, on ? 'on' : 'off');
  } catch {
    // Storage may be switched off; the choice then lasts for this visit.
  }
});

let context: AudioContext | null = null;

/** Two soft notes, made here: no file to load and no rights to ask. */
export async function ring(): Promise<void> {
  if (!soundOn.value || typeof AudioContext === 'undefined') return;
  context ??= new AudioContext();
  if (context.state === 'suspended') {
    soundBlocked.value = true;
    // Ends only once the browser allows it; the note would be late by then.
    void context.resume().then(() => (soundBlocked.value = false));
    return;
  }
  soundBlocked.value = false;
  note(context, 660, 0);
  note(context, 880, 0.16);
}

function note(audio: AudioContext, frequency: number, delay: number): void {
  const at = audio.currentTime + delay;
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.type = 'sine';
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.18, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.45);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + 0.5);
}

/** Browsers let a page sound only after a person has touched it; this takes the first touch. */
export function unlockSound(): void {
  if (typeof AudioContext === 'undefined') return;
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume().then(() => (soundBlocked.value = false));
}

import { computed, readonly, ref } from 'vue';
import type { GivenFile } from '../../../live/prepare-file.ts';
import { problemOf, type RecordingProblem } from './recording-problem.ts';

/** Longer is a podcast; and well below what WhatsApp takes. */
export const LONGEST_RECORDING_MS = 15 * 60_000;
/** Enough for a voice, little enough for a phone's connection. */
const BITS_PER_SECOND = 32_000;
const TICK_MS = 200;

/** What WhatsApp plays, or what can be turned into it without touching the sound. */
const FORMATS = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus', 'audio/mp4'];

interface Running {
  conversationId: string;
  recorder: MediaRecorder;
  keep: boolean;
}

/** The one microphone: a page records one voice note at a time. */
const phase = ref<'idle' | 'asking' | 'recording'>('idle');
const elapsedMs = ref(0);
const owner = ref<string | null>(null);
const problem = ref<RecordingProblem | null>(null);
let running: Running | null = null;
/** Counts the wishes, so that a microphone that comes too late is given back at once. */
let wish = 0;

/** Records a voice note for a conversation. What was recorded when it ends by itself, or when one goes elsewhere, is kept. */
export function useVoiceRecorder(conversationId: () => string, onRecorded: (conversationId: string, file: GivenFile) => void) {
  async function start(): Promise<void> {
    if (phase.value !== 'idle') return;
    problem.value = null;
    owner.value = conversationId();
    if (!window.isSecureContext) return fail('insecure');
    const format = typeof MediaRecorder === 'undefined' ? undefined : FORMATS.find((one) => MediaRecorder.isTypeSupported(one));
    if (format === undefined) return fail('unsupported');
    phase.value = 'asking';
    const mine = ++wish;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      if (mine === wish) record(stream, format, owner.value);
      else release(stream);
    } catch (error) {
      if (mine === wish) fail(problemOf(error instanceof Error ? error.name : ''));
    }
  }

  function record(stream: MediaStream, format: string, forConversation: string): void {
    const chunks: Blob[] = [];
    const recorder = new MediaRecorder(stream, { mimeType: format, audioBitsPerSecond: BITS_PER_SECOND });
    const mine: Running = { conversationId: forConversation, recorder, keep: true };
    const since = performance.now();
    const timer = setInterval(() => {
      elapsedMs.value = performance.now() - since;
      if (elapsedMs.value >= LONGEST_RECORDING_MS) recorder.stop();
    }, TICK_MS);
    recorder.addEventListener('dataavailable', ({ data }) => chunks.push(data));
    recorder.addEventListener('stop', () => {
      clearInterval(timer);
      release(stream);
      running = null;
      phase.value = 'idle';
      const type = format.split(';')[0]!;
      const content = new Blob(chunks, { type });
      if (mine.keep && content.size > 0) {
        onRecorded(mine.conversationId, { name: `voice-note.${type === 'audio/mp4' ? 'm4a' : type.split('/')[1]!}`, content });
      }
    });
    running = mine;
    elapsedMs.value = 0;
    phase.value = 'recording';
    recorder.start();
  }

  function fail(why: RecordingProblem): void {
    problem.value = why;
    phase.value = 'idle';
  }

  function finish(keep: boolean): void {
    wish++;
    if (phase.value === 'asking') phase.value = 'idle';
    if (running === null) return;
    running.keep = keep;
    running.recorder.stop();
  }

  const here = computed(() => owner.value === conversationId());
  return {
    phase: readonly(phase),
    recording: computed(() => phase.value === 'recording' && here.value),
    elapsedMs: readonly(elapsedMs),
    problem: computed(() => (here.value ? problem.value : null)),
    start,
    /** Ends it; it can be listened to before it is sent. */
    stop: () => finish(true),
    discard: () => finish(false),
    forgive: () => (problem.value = null),
  };
}

function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

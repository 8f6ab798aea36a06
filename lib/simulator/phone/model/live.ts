import { onMounted, onUnmounted, ref, shallowRef } from 'vue';
import type { Ref } from 'vue';
import { createCenterClock } from '../../../page/center-clock.ts';
import type { PhoneState, PhoneUpdate } from '../../phone-contract.ts';
import { applyUpdate } from './phone-model.ts';

const AGAIN_AFTER_MS = 1000;

export interface Live {
  state: Readonly<Ref<PhoneState | null>>;
  connected: Readonly<Ref<boolean>>;
  /** ms since 1970 by the simulator's clock, once a second. */
  now: Readonly<Ref<number>>;
}

/** Follows the simulator while the component that calls it is shown; each connection begins with the whole state. */
export function useLive(): Live {
  const state = shallowRef<PhoneState | null>(null);
  const connected = ref(false);
  const clock = createCenterClock(() => Date.now());
  let source: EventSource | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let ticking: ReturnType<typeof setInterval> | undefined;

  function receive(update: PhoneUpdate): void {
    state.value = applyUpdate(state.value, update);
    const shown = update.type === 'state' ? update.state.now : update.type === 'clock' ? update.now : null;
    if (shown !== null) clock.follow(shown, Date.now(), Date.now());
  }

  function connect(): void {
    source = new EventSource('api/events');
    source.onmessage = (event: MessageEvent<string>) => {
      connected.value = true;
      receive(JSON.parse(event.data) as PhoneUpdate);
    };
    source.onerror = () => {
      connected.value = false;
      // The browser tries again by itself, except after an answer that was no event stream.
      if (source?.readyState === EventSource.CLOSED) again = setTimeout(connect, AGAIN_AFTER_MS);
    };
  }

  onMounted(() => {
    connect();
    ticking = setInterval(() => clock.tick(), 1000);
  });
  onUnmounted(() => {
    source?.close();
    clearTimeout(again);
    clearInterval(ticking);
  });
  return { state, connected, now: clock.now };
}

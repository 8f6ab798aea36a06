import { ref, type Ref } from 'vue';

export interface CenterClock {
  /** Milliseconds since 1970 by the center's clock; moves once a second and whenever the center's clock is set. */
  readonly now: Ref<number>;
  /** Follows the center: what its clock showed, and this machine's time when the answer was asked for and came. */
  follow(centerNow: number, asked: number, answered: number): void;
  tick(): void;
}

/**
 * The center's clock as this page knows it. Countdowns run on it and not on the machine's clock, because the
 * simulator can move it and because an agent's machine may be minutes off.
 * @param machineNow milliseconds since 1970 by this machine
 */
export function createCenterClock(machineNow: () => number): CenterClock {
  let offset = 0;
  const now = ref(machineNow());
  const tick = (): void => {
    now.value = machineNow() + offset;
  };
  return {
    now,
    tick,
    follow(centerNow, asked, answered) {
      // The answer was on its way for about half of the round trip.
      offset = centerNow - (asked + (answered - asked) / 2);
      tick();
    },
  };
}

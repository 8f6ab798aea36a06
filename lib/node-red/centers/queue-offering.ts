import type { QueueOffering } from '../../center/contract.ts';
import { STRATEGIES } from '../../domain/routing.ts';
import { booleanOf, choiceOf, numberOf, textOf } from '../config-values.ts';

/** The properties of a `notify-agent` that say how its queue offers. */
export interface OfferingConfig {
  offerSeconds?: unknown;
  strategy?: unknown;
  keepAgent?: unknown;
  wrapUpSeconds?: unknown;
  waitingCloseHours?: unknown;
}

/** The longest that a conversation may be left waiting, in hours: 30 days. */
const MOST_HOURS = 720;

/** How a queue offers; what is left out or no number gets its usual value. */
export function offeringOf(config: OfferingConfig): Required<QueueOffering> {
  return {
    offerSeconds: numberOf(config.offerSeconds, { fallback: 120, min: 5, max: 3600 }),
    strategy: choiceOf(config.strategy, STRATEGIES),
    keepAgent: booleanOf(config.keepAgent),
    wrapUp: wrapUpOf(config.wrapUpSeconds),
    waitingCloseHours: numberOf(config.waitingCloseHours, { fallback: 72, min: 1, max: MOST_HOURS }),
  };
}

/** "" blocks capacity until the wrap-up is closed, 0 does not block it, anything else blocks for 30 s to an hour. */
function wrapUpOf(value: unknown): Required<QueueOffering>['wrapUp'] {
  const text = textOf(value);
  if (text === '' || !Number.isFinite(Number(text))) return 'block';
  return Number(text) === 0 ? 'free' : numberOf(text, { fallback: 30, min: 30, max: 3600 });
}

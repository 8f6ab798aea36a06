import { useI18n } from 'vue-i18n';
import type { CenterEvent } from '../../../lib/domain/events.ts';
import { useDesk } from '../live/desk.ts';
import { useWords } from './use-words.ts';

/** What is known about an event besides itself. */
export interface StoryContext {
  /** Names of agents and queues by id. */
  names: Record<string, string>;
  /** The queue's name when the event does not tell. */
  queue: string | null;
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** The words under which an event may stand in the catalogue, the most telling first. `me` is the reader's id. */
export function storyVariants(event: CenterEvent, me: string | null): string[] {
  const actorId = event.actor.id ?? (event.actor.kind === 'agent' ? event.agentId : null);
  const own = event.actor.kind === 'agent' && me !== null && actorId === me;
  const toMe = !own && me !== null && (text(event.data.to) ?? event.agentId) === me;
  const fromMe = !own && me !== null && event.data.from === me;
  const { reason } = event;
  const suffixes = [
    ...(own ? ['own'] : []),
    ...(fromMe ? ['from-me'] : toMe ? ['to-me'] : []),
    ...(event.actor.kind === 'agent' ? [] : [event.actor.kind]),
  ];
  return [...(reason === null ? [] : [...suffixes.map((suffix) => `${reason}-${suffix}`), reason]), ...suffixes, 'other'];
}

/** What happened to a conversation, as a sentence with the people's names. */
export function useStory(): (event: CenterEvent, context: StoryContext) => string {
  const { t, te } = useI18n();
  const desk = useDesk();
  const words = useWords();

  return (event, { names, queue }) => {
    const named = (id: string | null): string => (id === null ? '' : (names[id] ?? '')) || t('event.somebody');
    const variants = storyVariants(event, desk.agent.value?.id ?? null);
    const variant = variants.find((word) => te(`event.${event.type}.${word}`)) ?? 'other';
    const opensAt = Date.parse(text(event.data.opensAt) ?? '');
    if (opensAt > desk.clock.now.value) return t('event.offer.unclaimed.outside-hours-until', { opens: words.opens(opensAt) });
    if (variant === 'other' && !te(`event.${event.type}.other`)) return '';
    return t(`event.${event.type}.${variant}`, {
      name: text(event.actor.name) ?? named(event.actor.id ?? event.agentId),
      to: named(text(event.data.to) ?? event.agentId),
      from: named(text(event.data.from)),
      queue: text(event.data.queue) ?? names[event.queueId ?? ''] ?? queue ?? '',
    });
  };
}

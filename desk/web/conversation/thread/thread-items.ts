import type { MessageView } from '../../../../lib/center/views.ts';
import type { RemarkView } from '../../../../lib/center/engine-contract.ts';
import { STORY_EVENTS, type CenterEvent, type EventType } from '../../../../lib/domain/events.ts';
import { HELD_OUTCOMES, type HeldOutcome } from '../../../../lib/domain/delivery-status.ts';
import type { Outgoing } from '../../live/outbox.ts';
import { sameDay } from '../../words/calendar.ts';

/** What stands in a thread, from top to bottom. */
export type ThreadItem =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'events'; key: string; at: number; events: CenterEvent[] }
  | { kind: 'bot'; key: string; at: number; count: number }
  /** `joined`: goes on from the message above by the same author. */
  | { kind: 'message'; key: string; at: number; view: MessageView; joined: boolean }
  /** From colleague to colleague; no message, and nothing the customer sees. */
  | { kind: 'internal'; key: string; at: number; remark: RemarkView }
  | { kind: 'outgoing'; key: string; at: number; entry: Outgoing };

const STORY: ReadonlySet<EventType> = new Set(STORY_EVENTS);
const HAND_OVER: ReadonlySet<EventType> = new Set(['conversation.queued', 'conversation.assigned', 'offer.accepted']);
const JOIN_MS = 5 * 60_000;
const LET_OUT: HeldOutcome = 'customer-wrote';

export interface ThreadContent {
  messages: readonly MessageView[];
  events: readonly CenterEvent[];
  /** Internal messages take their place in the story; notes have a place of their own. */
  remarks: readonly RemarkView[];
  outgoing: readonly Outgoing[];
  /** The first message is the conversation's first; else events before it belong to what is not loaded. */
  complete: boolean;
  /** The bot's part is shown message by message. */
  botShown: boolean;
}

/** Puts messages, events, days and what is on its way into one story. */
export function threadItems({ messages, events, remarks, outgoing, complete, botShown }: ThreadContent): ThreadItem[] {
  const folded = botPart(messages, events);
  const items: ThreadItem[] = [];
  if (folded > 0) {
    items.push({ kind: 'bot', key: 'bot', at: sentAt(messages[0]!), count: folded });
  }
  const shown = whenTheyWentOut(botShown ? messages : messages.slice(folded), events);
  const from = complete || messages.length === 0 ? -Infinity : sentAt(messages[0]!);
  const between = asides(events, remarks).filter(({ at }) => at >= from);
  let next = 0;
  for (const view of shown) {
    const at = sentAt(view);
    while (next < between.length && comesBefore(between[next]!, at)) addAside(items, between[next++]!);
    const above = items.at(-1);
    const joined = above?.kind === 'message' && sameAuthor(above.view, view) && at - above.at < JOIN_MS && sameDay(above.at, at);
    items.push({ kind: 'message', key: view.id, at, view, joined });
  }
  while (next < between.length) addAside(items, between[next++]!);
  const stored = new Set(messages.map((view) => view.id));
  for (const entry of outgoing) {
    if (!stored.has(entry.id)) items.push({ kind: 'outgoing', key: entry.id, at: entry.createdAt, entry });
  }
  return withDays(items);
}

/** A held answer stands where the customer got it, after the words that let it out, and not where it was written. */
function whenTheyWentOut(messages: readonly MessageView[], events: readonly CenterEvent[]): MessageView[] {
  const released = new Map<string | null, number>();
  for (const { type, reason, messageId, at } of events) {
    if (type === 'message.status' && reason === LET_OUT) released.set(messageId, at);
  }
  const placed = messages.filter(({ id }) => !released.has(id));
  for (const view of messages) {
    const at = released.get(view.id);
    if (at === undefined) continue;
    const moved = { ...view, message: { ...view.message, timestamp: new Date(at).toISOString() } };
    const after = placed.findIndex((other) => sentAt(other) > at);
    placed.splice(after === -1 ? placed.length : after, 0, moved);
  }
  return placed;
}

/**
 * How many messages at the beginning are the bot's conversation with the customer: up to the last answer of the flow before
 * the conversation was given to people. Nothing is folded while nobody but the flow has taken part.
 */
function botPart(messages: readonly MessageView[], events: readonly CenterEvent[]): number {
  const handOver = events.find((event) => HAND_OVER.has(event.type));
  const firstAgent = messages.findIndex((view) => view.message.author.kind === 'agent');
  const end = messages.findIndex((view, index) => index === firstAgent || (handOver !== undefined && sentAt(view) > handOver.at));
  if (handOver === undefined && firstAgent === -1) return 0;
  const before = end === -1 ? messages : messages.slice(0, end);
  return before.findLastIndex((view) => view.message.author.kind === 'flow') + 1;
}

type Aside = { at: number; event: CenterEvent } | { at: number; remark: RemarkView };

/** What stands between the messages, by time; what happened before what was said about it. */
function asides(events: readonly CenterEvent[], remarks: readonly RemarkView[]): Aside[] {
  const story: Aside[] = events
    .filter((event, index) => isStory(event) && !isSaidAlready(event, events[index - 1]))
    .map((event) => ({ at: event.at, event }));
  const internal: Aside[] = remarks.filter(({ kind }) => kind === 'internal').map((remark) => ({ at: remark.at, remark }));
  return [...story, ...internal].sort((a, b) => a.at - b.at);
}

/** Of the changes of a message, what became of a held one; the others stand at the message itself. */
function isStory({ type, reason }: CenterEvent): boolean {
  if (type === 'conversation.opened') return reason === 'agent-started' || reason === 'flow-started';
  return STORY.has(type) || (type === 'message.status' && HELD_OUTCOMES.some((outcome) => outcome === reason));
}

/** The parts of a long text that was held have one fate, and who begins a conversation has it. */
function isSaidAlready(event: CenterEvent, before: CenterEvent | undefined): boolean {
  if (before === undefined || before.at !== event.at) return false;
  if (event.reason === 'assigned-to-self') return before.type === 'conversation.opened' && before.actor.id === event.actor.id;
  return event.type === 'message.status' && before.type === event.type && before.reason === event.reason;
}

/** Of the same moment are a message and what came of it; that a conversation began is said first. */
function comesBefore(aside: Aside, at: number): boolean {
  return aside.at < at || (aside.at === at && 'event' in aside && aside.event.type === 'conversation.opened');
}

/** Events with nothing said between them are one line. */
function addAside(items: ThreadItem[], aside: Aside): void {
  if ('remark' in aside) {
    items.push({ kind: 'internal', key: `internal ${aside.remark.id}`, at: aside.at, remark: aside.remark });
    return;
  }
  const { event } = aside;
  const above = items.at(-1);
  if (above?.kind === 'events' && sameDay(above.at, event.at)) above.events.push(event);
  else items.push({ kind: 'events', key: `event ${event.seq}`, at: event.at, events: [event] });
}

function withDays(items: ThreadItem[]): ThreadItem[] {
  const all: ThreadItem[] = [];
  let last: number | null = null;
  for (const item of items) {
    if (last === null || !sameDay(last, item.at)) all.push({ kind: 'day', key: `day ${item.at} ${item.key}`, at: item.at });
    last = item.at;
    all.push(item);
  }
  return all;
}

function sameAuthor(a: MessageView, b: MessageView): boolean {
  return a.message.author.kind === b.message.author.kind && a.message.author.id === b.message.author.id;
}

function sentAt(view: MessageView): number {
  return Date.parse(view.message.timestamp);
}

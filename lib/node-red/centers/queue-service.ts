import type { Center } from '../../center/center.ts';
import type { QueueOffering } from '../../center/contract.ts';
import { isFlowEvent } from '../../domain/events.ts';
import type { CenterEvent } from '../../domain/events.ts';
import type { ConversationSnapshot } from '../../domain/message.ts';
import type { CenterSlot } from './center-slot.ts';
import { EventTail } from '../feeding/event-tail.ts';
import { Feeder } from '../feeding/feeder.ts';
import { eventMessage, messageFor } from '../feeding/message.ts';
import type { FlowMessage } from '../runtime-api.ts';

export interface QueueServiceOptions {
  slot: CenterSlot;
  nodeId: string;
  queueName: string;
  offering: QueueOffering;
  /** An agent's message to a customer. */
  reply(message: FlowMessage): void;
  /** Something that happened to a conversation. */
  event(message: FlowMessage): void;
  /** Whether anybody listens to events; asked for each. */
  wantsEvents(): boolean;
  /** How many conversations wait for an agent. */
  waiting(count: number): void;
  onError(error: unknown): void;
}

/** A queue while its `notify-agent` runs: agents' messages leave here, and what happens to conversations is told here. */
export interface QueueService {
  queueId: string;
  close(): Promise<void>;
}

/**
 * Serves a queue.
 * @throws CenterError `QUEUE_TAKEN` when another node serves it
 */
export async function serveQueue(options: QueueServiceOptions): Promise<QueueService> {
  const { slot, nodeId, queueName, offering } = options;
  const center = await slot.center();
  const { queueId } = await center.run('serveQueue', { name: queueName, nodeId, ...offering });
  slot.servers.set(nodeId, { queueId, queueName, nodeId });

  const replies = new Feeder({
    take: (limit) => center.run('takeReplies', { queueId, instance: center.instance, limit }),
    deliver: (handed) => {
      slot.noteHandover();
      options.reply(messageFor(handed));
    },
    onError: options.onError,
  });
  const events = new EventTail({
    center,
    name: `notify-agent/${nodeId}`,
    wants: (event) => options.wantsEvents() && isToldHere(event, slot, queueId, nodeId),
    deliver: async (told) => {
      const conversations = await snapshotsOf(center, told);
      for (const event of told) options.event(eventMessage(event, conversations.get(event.conversationId ?? '') ?? null));
    },
    onError: options.onError,
  });
  slot.addFeeder(replies);
  slot.addTail(events);
  const stopCounting = countWaiting(options, center, queueId);

  return {
    queueId,
    close: async () => {
      stopCounting();
      slot.servers.delete(nodeId);
      await slot.removeFeeder(replies);
      await slot.removeTail(events);
      await center.run('stopServingQueue', { nodeId });
    },
  };
}

/** A queue's own events; those of conversations in no queue leave from one node only. */
function isToldHere(event: CenterEvent, slot: CenterSlot, queueId: string, nodeId: string): boolean {
  if (!isFlowEvent(event.type)) return false;
  return event.queueId === null ? slot.firstServer()?.nodeId === nodeId : event.queueId === queueId;
}

async function snapshotsOf(center: Center, events: CenterEvent[]): Promise<Map<string, ConversationSnapshot>> {
  const ids = new Set(events.map(({ conversationId }) => conversationId).filter((id) => id !== null));
  const found = await Promise.all([...ids].map((conversationId) => center.query('conversation', { conversationId })));
  return new Map(found.filter((snapshot) => snapshot !== null).map((snapshot) => [snapshot.id, snapshot]));
}

/** Counts anew about a second after something happened that may have changed the number. */
function countWaiting({ slot, waiting, onError }: QueueServiceOptions, center: Center, queueId: string): () => void {
  let changed = true;
  const count = async (): Promise<void> => {
    if (!changed) return;
    changed = false;
    const queue = (await center.query('queues', {})).find(({ id }) => id === queueId);
    waiting(queue?.open ?? 0);
  };
  const unsubscribe = center.subscribe((events) => {
    changed ||= events.some(({ type }) => type.startsWith('conversation.') || type.startsWith('offer.'));
  });
  const stopTicking = slot.onTick(() => void count().catch(onError));
  count().catch(onError);
  return () => {
    unsubscribe();
    stopTicking();
  };
}

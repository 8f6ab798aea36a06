import { sql } from 'kysely';
import { isOpen, opensAt } from '../../../domain/business-hours.ts';
import { CenterError } from '../../../domain/errors.ts';
import type { CustomerIdentity } from '../../../domain/message.ts';
import type { Database } from '../../../store/schema.ts';
import { newId } from '../../ids.ts';
import { SYSTEM, type CommandContext, type CommandFunction, type QueryFunction } from '../context.ts';
import {
  conversationClosed,
  type ConversationRow,
  getConversation,
  ofConversation,
  snapshotOf,
} from '../conversations/conversation-rows.ts';
import { knownName } from '../customers/known-name.ts';
import { takeUp } from '../messages/handover.ts';
import { setting, writeSetting } from '../settings.ts';
import { enterQueue } from './line.ts';
import { agentNamed, queueNamed } from './names.ts';
import { recheckWork } from './presence.ts';
import { drainLines, parseHours } from './routing.ts';

export const serveQueue: CommandFunction<'serveQueue'> = async (db, context, { name, nodeId, ...offering }) => {
  const queue =
    (await db.selectFrom('queues').selectAll().where('name', '=', name).executeTakeFirst()) ??
    (await rename(db, context, nodeId, name));
  if (queue !== undefined && queue.node_id !== null && queue.node_id !== nodeId) {
    throw new CenterError(
      'QUEUE_TAKEN',
      `The queue "${name}" is served by another notify-agent node already. Give this node a queue of its own.`,
    );
  }
  // A node that serves another queue now leaves its old one.
  await db.updateTable('queues').set({ node_id: null }).where('node_id', '=', nodeId).where('name', '!=', name).execute();
  const queueId = queue?.id ?? newId();
  const settings = {
    node_id: nodeId,
    offer_seconds: offering.offerSeconds,
    strategy: offering.strategy ?? 'all',
    keep_agent: offering.keepAgent === true ? 1 : 0,
    wrap_up: String(offering.wrapUp ?? 'block'),
    waiting_close_hours: offering.waitingCloseHours ?? 72,
  };
  if (queue === undefined) {
    await db
      .insertInto('queues')
      .values({ id: queueId, name, created_at: context.now, ...settings })
      .execute();
  } else {
    await db.updateTable('queues').set(settings).where('id', '=', queueId).execute();
  }
  await writeSetting(db, lastQueueOf(nodeId), queueId);
  context.emit({ type: 'queue.served', actor: SYSTEM, queueId, data: { served: true } });
  if (queue !== undefined && queue.wrap_up !== settings.wrap_up) await recheckWork(db, context, queueId);
  if (queue !== undefined && queue.strategy !== settings.strategy) await drainLines(db, context);
  return { queueId };
};

/** Where it is written down which queue a node served last. */
const lastQueueOf = (nodeId: string): string => `queue-of/${nodeId}`;

/**
 * The queue that this node served before, under its new name, with its people, hours, codes and everybody who waits in it; or
 * nothing, where there was none or another node has taken it over.
 */
async function rename(db: Database, context: CommandContext, nodeId: string, name: string) {
  const known = await setting(db, lastQueueOf(nodeId));
  if (known === undefined) return undefined;
  const queue = await db.selectFrom('queues').selectAll().where('id', '=', known).executeTakeFirst();
  if (queue === undefined || (queue.node_id !== null && queue.node_id !== nodeId)) return undefined;
  await db.updateTable('queues').set({ name }).where('id', '=', queue.id).execute();
  const data = { from: queue.name, to: name };
  context.emit({ type: 'queue.changed', actor: SYSTEM, queueId: queue.id, reason: 'renamed', data });
  return { ...queue, name };
}

export const stopServingQueue: CommandFunction<'stopServingQueue'> = async (db, context, { nodeId }) => {
  const queue = await db.selectFrom('queues').select('id').where('node_id', '=', nodeId).executeTakeFirst();
  if (queue === undefined) return null;
  await db.updateTable('queues').set({ node_id: null }).where('id', '=', queue.id).execute();
  context.emit({ type: 'queue.served', actor: SYSTEM, queueId: queue.id, data: { served: false } });
  return null;
};

/** A process has just started: which nodes serve queues is known anew. */
export const forgetServing: CommandFunction<'forgetServing'> = async (db) => {
  await db.updateTable('queues').set({ node_id: null }).where('node_id', 'is not', null).execute();
  return null;
};

export const queueConversation: CommandFunction<'queueConversation'> = async (db, context, args) => {
  const conversation = await getConversation(db, args.conversationId);
  if (args.messageId !== null) await takeUp(db, args.messageId);
  if (conversation.state === 'closed') {
    throw context.keepAndRefuse(conversationClosed());
  }
  await describeConversation(db, context, conversation, args);
  const queued = conversation.state === 'open' && conversation.handled_by === 'flow';
  if (queued) {
    const wish = args.routing ?? {};
    await enterQueue(db, context, {
      conversationId: conversation.id,
      queueId: wish.queue === undefined ? args.queueId : await queueNamed(db, wish.queue),
      actor: { kind: 'flow' },
      event: 'conversation.queued',
      reason: 'flow-queued',
      preferred: wish.agent === undefined ? null : { agentId: await agentNamed(db, wish.agent), only: true },
      priority: wish.priority,
      skills: wish.skills,
    });
  }
  const now = await getConversation(db, conversation.id);
  return { conversation: snapshotOf(now, context.now, context.sessionHours), queued };
};

/** What the flow says about customer and conversation: the way an HTTP look-up, a database or a CRM plugs in. */
async function describeConversation(
  db: Database,
  context: CommandContext,
  row: ConversationRow,
  {
    customer,
    attributes,
    tags,
  }: { customer: CustomerIdentity | null; attributes: Record<string, unknown> | null; tags: string[] | null },
): Promise<void> {
  const change: { authenticated?: number; identified_by?: string; records?: string; attributes?: string; tags?: string } = {};
  // The snapshot comes back with every message: only what differs from it is something the flow said.
  if (customer?.authenticated === true && row.authenticated === 0) {
    change.authenticated = 1;
    change.identified_by = 'flow';
  }
  const records = customer?.records === undefined ? row.records : JSON.stringify(customer.records);
  if (records !== row.records) change.records = records;
  const merged =
    attributes === null ? row.attributes : JSON.stringify({ ...(JSON.parse(row.attributes) as object), ...attributes });
  if (merged !== row.attributes) change.attributes = merged;
  const labels = tags === null ? row.tags : JSON.stringify([...new Set(tags)]);
  if (labels !== row.tags) change.tags = labels;
  const name = customer?.name?.trim();
  // A profile name is taken for the customer's when the flow says so together with who it is.
  const known = change.authenticated === 1 ? row.name : knownName(row);
  const renamed = name !== undefined && name !== '' && name !== known;
  if (renamed) await db.updateTable('customers').set({ name }).where('id', '=', row.customer_id).execute();
  if (Object.keys(change).length > 0) await db.updateTable('conversations').set(change).where('id', '=', row.id).execute();
  if (renamed || Object.keys(change).length > 0) {
    context.emit({
      type: 'conversation.updated',
      actor: { kind: 'flow' },
      ...ofConversation(row),
    });
  }
}

/** For each queue whether it is served and open, and how many wait in it. */
export const queues: QueryFunction<'queues'> = async (db, context) => {
  const rows = await db
    .selectFrom('queues')
    .select((e) => [
      'queues.id',
      'queues.name',
      'queues.node_id',
      'queues.hours',
      e
        .selectFrom('conversations')
        .select((c) => c.fn.countAll<number>().as('n'))
        .whereRef('conversations.queue_id', '=', 'queues.id')
        .where('conversations.state', '=', sql.lit<'open'>('open'))
        .where('conversations.handled_by', '=', sql.lit<'queue'>('queue'))
        .as('open'),
    ])
    .orderBy('queues.name')
    .execute();
  return rows.map(({ id, name, node_id, hours, open }) => ({
    id,
    name,
    served: node_id !== null,
    open: open ?? 0,
    isOpen: isOpen(parseHours(hours), context.now),
    opensAt: opensAt(parseHours(hours), context.now),
  }));
};

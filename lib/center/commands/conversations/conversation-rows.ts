import type { Selectable } from 'kysely';
import { CenterError } from '../../../domain/errors.ts';
import { bareAddress } from '../../../domain/address.ts';
import type { ConversationSnapshot, CustomerRecord, NamedRef } from '../../../domain/message.ts';
import { sessionSnapshot } from '../../../domain/session-window.ts';
import { prepared } from '../../../store/prepared.ts';
import { knownName } from '../customers/known-name.ts';
import type { ConversationsTable, CustomersTable, Database } from '../../../store/schema.ts';

/** A conversation with everything that its snapshot and its views show. */
export type ConversationRow = Selectable<ConversationsTable> &
  Pick<Selectable<CustomersTable>, 'address' | 'name' | 'profile_name' | 'username' | 'opted_out_at' | 'opt_out_reason'> & {
    queue_name: string | null;
    agent_name: string | null;
    last_customer_at: number | null;
    refused_at: number | null;
  };

/** The columns that {@link snapshotOf} puts together. */
const SNAPSHOT_COLUMNS = [
  'conversations.id',
  'conversations.customer_id',
  'conversations.state',
  'conversations.handled_by',
  'conversations.queue_id',
  'conversations.agent_id',
  'conversations.authenticated',
  'conversations.records',
  'conversations.language',
  'conversations.sentiment',
  'conversations.tags',
  'conversations.attributes',
  'customers.address',
  'customers.name',
  'customers.profile_name',
  'customers.username',
  'queues.name as queue_name',
  'agents.name as agent_name',
  'windows.last_customer_at',
  'windows.refused_at',
] as const;

/** Conversations joined with customer, window, queue and agent; every reader of a conversation starts here. */
export function selectConversations(db: Database) {
  return joined(db)
    .selectAll('conversations')
    .select([
      'customers.address',
      'customers.name',
      'customers.profile_name',
      'customers.username',
      'customers.opted_out_at',
      'customers.opt_out_reason',
      'queues.name as queue_name',
      'agents.name as agent_name',
      'windows.last_customer_at',
      'windows.refused_at',
    ]);
}

function joined(db: Database) {
  return db
    .selectFrom('conversations')
    .innerJoin('customers', 'customers.id', 'conversations.customer_id')
    .leftJoin('windows', (join) =>
      join.onRef('windows.customer_id', '=', 'conversations.customer_id').onRef('windows.sender', '=', 'conversations.sender'),
    )
    .leftJoin('queues', 'queues.id', 'conversations.queue_id')
    .leftJoin('agents', 'agents.id', 'conversations.agent_id');
}

const snapshotById = prepared((db, p: { id: string }) =>
  joined(db)
    .select([...SNAPSHOT_COLUMNS])
    .where('conversations.id', '=', p.id),
);

/** Of a conversation only what its snapshot shows, for the road of every message. */
export type SnapshotRow = Awaited<ReturnType<typeof snapshotById>>[number];

export async function findForSnapshot(db: Database, id: string): Promise<SnapshotRow | undefined> {
  const [row] = await snapshotById(db, { id });
  return row;
}

const byId = prepared((db, p: { id: string }) => selectConversations(db).where('conversations.id', '=', p.id));

export async function findConversation(db: Database, id: string): Promise<ConversationRow | undefined> {
  const [row] = await byId(db, { id });
  return row;
}

/** @throws CenterError `UNKNOWN_CONVERSATION` */
export async function getConversation(db: Database, id: string): Promise<ConversationRow> {
  const row = await findConversation(db, id);
  if (row === undefined) throw new CenterError('UNKNOWN_CONVERSATION', 'There is no such conversation.');
  return row;
}

/** `msg.conversation` as it is at `now`. */
export function snapshotOf(row: SnapshotRow, now: number, sessionHours: number, isNew = false): ConversationSnapshot {
  return {
    id: row.id,
    state: row.state,
    isNew,
    handledBy: row.handled_by,
    queue: named(row.queue_id, row.queue_name),
    agent: named(row.agent_id, row.agent_name),
    customer: {
      id: row.customer_id,
      address: bareAddress(row.address),
      name: knownName(row),
      authenticated: row.authenticated === 1,
      records: parseRecords(row.records),
    },
    session: sessionSnapshot({ lastCustomerAt: row.last_customer_at, refusedAt: row.refused_at }, now, sessionHours),
    language: row.language,
    sentiment: row.sentiment,
    tags: JSON.parse(row.tags) as string[],
    attributes: JSON.parse(row.attributes) as Record<string, unknown>,
  };
}

/** Where an event about a conversation belongs, as it stood before the step. */
export function ofConversation(row: Pick<ConversationRow, 'id' | 'queue_id' | 'agent_id'>) {
  return { conversationId: row.id, queueId: row.queue_id, agentId: row.agent_id };
}

export function conversationClosed(): CenterError {
  return new CenterError('CONVERSATION_CLOSED', 'This conversation is closed. The customer’s next message opens a new one.');
}

/** A queue or an agent as a conversation names it; null where there is none, or none any more. */
export function named(id: string | null, name: string | null): NamedRef | null {
  return id === null || name === null ? null : { id, name };
}

export function parseRecords(json: string): CustomerRecord[] {
  return JSON.parse(json) as CustomerRecord[];
}

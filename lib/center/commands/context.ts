import type { CenterError } from '../../domain/errors.ts';
import type { CenterEvent, EventType } from '../../domain/events.ts';
import type { Author } from '../../domain/message.ts';
import { prepared } from '../../store/prepared.ts';
import type { Database } from '../../store/schema.ts';
import type { Commands, Queries } from '../contract.ts';
import { newId } from '../ids.ts';

/** What a command has besides the transaction and its arguments. */
export interface CommandContext {
  /** Milliseconds by the center's clock. */
  readonly now: number;
  readonly sessionHours: number;
  /** Appends to the event log when the command has succeeded. */
  emit(event: NewEvent): void;
  /**
   * Fails the command with this error and still keeps what it has written: a refusal that is itself written down.
   * Returns the error to throw.
   */
  keepAndRefuse(error: CenterError): CenterError;
}

/** An event before it has its place in the log. */
export interface NewEvent {
  type: EventType;
  actor: Author;
  conversationId?: string | null;
  queueId?: string | null;
  agentId?: string | null;
  messageId?: string | null;
  accountId?: string | null;
  reason?: string | null;
  data?: Record<string, unknown>;
  /** The message that it tells of was handed to a flow with the same commit. */
  handed?: boolean;
}

/** An event as its commit brings it. */
export interface WrittenEvent extends CenterEvent {
  /** The message that it tells of is in a flow's hands already. Not in the log. */
  handed?: true;
}

export const SYSTEM: Author = { kind: 'system' };

/** A command: checks, writes and emits within one transaction. Written once for every database. */
export type CommandFunction<Name extends keyof Commands> = (
  db: Database,
  context: CommandContext,
  args: Commands[Name]['args'],
) => Promise<Commands[Name]['result']>;

/** A question; it writes nothing. */
export type QueryFunction<Name extends keyof Queries> = (
  db: Database,
  context: Pick<CommandContext, 'now' | 'sessionHours'>,
  args: Queries[Name]['args'],
) => Promise<Queries[Name]['result']>;

const insertEvent = prepared(
  (
    db,
    p: Omit<CenterEvent, 'seq' | 'actor' | 'data'> & {
      actorKind: string;
      actorId: string | null;
      actorName: string | null;
      json: string;
    },
  ) =>
    db
      .insertInto('events')
      .values({
        id: p.id,
        type: p.type,
        at: p.at,
        actor_kind: p.actorKind,
        actor_id: p.actorId,
        actor_name: p.actorName,
        conversation_id: p.conversationId,
        queue_id: p.queueId,
        agent_id: p.agentId,
        message_id: p.messageId,
        account_id: p.accountId,
        reason: p.reason,
        data: p.json,
      })
      .returning('seq'),
);

/** Writes an event and gives it its place. */
export async function appendEvent(db: Database, now: number, event: NewEvent): Promise<WrittenEvent> {
  const full = {
    id: newId(),
    type: event.type,
    at: now,
    conversationId: event.conversationId ?? null,
    queueId: event.queueId ?? null,
    agentId: event.agentId ?? null,
    messageId: event.messageId ?? null,
    accountId: event.accountId ?? null,
    reason: event.reason ?? null,
  };
  const data = event.data ?? {};
  const [row] = await insertEvent(db, {
    ...full,
    actorKind: event.actor.kind,
    actorId: event.actor.id ?? null,
    actorName: event.actor.name ?? null,
    json: JSON.stringify(data),
  });
  const written: WrittenEvent = { seq: row!.seq, ...full, actor: event.actor, data };
  if (event.handed === true) written.handed = true;
  return written;
}

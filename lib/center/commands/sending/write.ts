import { CenterError } from '../../../domain/errors.ts';
import type { Author, TemplateRef } from '../../../domain/message.ts';
import type { MediaKind } from '../../../domain/media-type.ts';
import { checkCaption, checkContent } from '../../../domain/outbound-content.ts';
import { splitText } from '../../../domain/split-text.ts';
import { FEED_TAKEN, FEED_WAITING, type Database } from '../../../store/schema.ts';
import type { MessageView } from '../../views.ts';
import type { CommandContext } from '../context.ts';
import { ownConversation } from '../conversations/actors.ts';
import { conversationClosed, type ConversationRow, getConversation, ofConversation } from '../conversations/conversation-rows.ts';
import { roleOf } from '../conversations/participants.ts';
import { attachMedia, type MediaRow } from '../media/media-rows.ts';
import { findMessage, getOutbound, insertMessage, viewWithMedia, type MessageRow } from '../messages/message-rows.ts';
import { refuseOptedOut } from './opt-out.ts';

/** What else there is to say of a message to a customer. */
export interface WriteOptions {
  /** Sent instead of the text, which is then what the customer reads. */
  template?: TemplateRef | null;
  /** Waits for the customer's next message. */
  held?: boolean;
  /** The failed message that this one repeats. */
  retryOf?: string | null;
  /** Goes with it, the text then being a picture's caption. */
  file?: MediaRow | null;
}

/**
 * The one way for people and time-outs to write to the customer: pending, to leave by the queue's `notify-agent`. A long text
 * becomes several messages; the first has the given id.
 * @throws CenterError `EMPTY_TEXT`, `TEXT_TOO_LONG`, `INVALID_TEMPLATE`, `OPTED_OUT`
 */
export async function writeToCustomer(
  db: Database,
  context: CommandContext,
  row: ConversationRow,
  messageId: string,
  text: string,
  author: Author,
  options: WriteOptions = {},
): Promise<void> {
  const { template = null, file = null } = options;
  if (file === null) checkContent(text, template);
  else checkCaption(text, file.kind as MediaKind);
  await refuseOptedOut(db, row.address);
  const parts = template === null && file === null ? splitText(text) : [text];
  for (const [index, part] of parts.entries()) {
    // Of its own kind: `whatsapp-out` numbers the parts that it makes with "+".
    const id = index === 0 ? messageId : `${messageId}.${index + 1}`;
    await writeOne(db, context, row, id, part, author, options);
  }
}

async function writeOne(
  db: Database,
  context: CommandContext,
  row: ConversationRow,
  id: string,
  text: string,
  author: Author,
  { template = null, held = false, retryOf = null, file = null }: WriteOptions,
): Promise<void> {
  const belongs = { conversationId: row.id, customerId: row.customer_id, accountId: row.account_id };
  const media = file === null ? null : await attachMedia(db, file, id, belongs, context.now);
  const seq = await insertMessage(db, {
    message: {
      id,
      direction: 'outbound',
      type: template !== null ? 'template' : file !== null ? (file.kind as MediaKind) : 'text',
      text,
      from: row.sender,
      to: row.address,
      ...(template === null ? {} : { template }),
      ...(media === null ? {} : { media: [media] }),
      author,
      status: held ? 'held' : 'pending',
      timestamp: new Date(context.now).toISOString(),
    },
    conversationId: row.id,
    customerId: row.customer_id,
    accountId: row.account_id,
    createdAt: context.now,
    feed: `out:${row.queue_id}`,
    feedState: held ? FEED_TAKEN : FEED_WAITING,
    retryOf,
  });
  if (seq === undefined) throw new CenterError('ALREADY_SENT', 'A message with this id was written already.');
  await db
    .updateTable('conversations')
    .set({
      last_message_at: context.now,
      last_seq: seq,
      // A held answer is no answer yet: the customer's silence has not begun.
      ...(author.kind === 'agent' && !held ? { agent_wrote_at: context.now, timeouts_acted: '[]' } : {}),
    })
    .where('id', '=', row.id)
    .execute();
  context.emit({
    type: 'message.written',
    actor: author,
    ...ofConversation(row),
    messageId: id,
    accountId: row.account_id,
    data: { ...(held ? { held: true } : {}), ...(retryOf === null ? {} : { retryOf }) },
  });
}

/**
 * A message of ours that an agent does something about, with its conversation.
 * @throws CenterError `UNKNOWN_MESSAGE`
 */
export async function messageInConversation(
  db: Database,
  messageId: string,
): Promise<{ message: MessageRow; row: ConversationRow }> {
  const message = await getOutbound(db, messageId);
  if (message.conversation_id === null) throw new CenterError('UNKNOWN_MESSAGE', 'There is no such message.');
  return { message, row: await getConversation(db, message.conversation_id) };
}

/** The owner, or a supervisor who has joined. @throws CenterError `NOT_YOUR_CONVERSATION` */
export async function requireWriter(db: Database, row: ConversationRow, agentId: string): Promise<void> {
  if (row.agent_id === agentId) return;
  if ((await roleOf(db, row.id, agentId)) !== 'join') await ownConversation(db, row.id, agentId);
}

/** @throws CenterError `CONVERSATION_CLOSED`, `ILLEGAL_TRANSITION` for one that is not active */
export function requireActive(row: ConversationRow): void {
  if (row.state === 'closed') {
    throw conversationClosed();
  }
  if (row.state !== 'active') {
    throw new CenterError('ILLEGAL_TRANSITION', `This conversation is in ${row.state}: open it again to answer.`);
  }
}

/** Whether a running `notify-agent` takes care of a queue. */
export async function isServed(db: Database, queueId: string | null): Promise<boolean> {
  if (queueId === null) return false;
  const queue = await db.selectFrom('queues').select('node_id').where('id', '=', queueId).executeTakeFirst();
  return queue !== undefined && queue.node_id !== null;
}

/** A message of ours as it is now, for whoever has just done something about it. */
export async function viewOfWritten(db: Database, messageId: string, queueId: string | null): Promise<MessageView> {
  return viewWithMedia(db, (await findMessage(db, messageId))!, await isServed(db, queueId), false);
}

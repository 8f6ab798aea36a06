import type { Selectable } from 'kysely';
import { CenterError } from '../../../domain/errors.ts';
import type { DeliveryStatus } from '../../../domain/delivery-status.ts';
import type { Author, WhatsAppMessage } from '../../../domain/message.ts';
import { retryOutlook } from '../../../domain/retry.ts';
import { prepared } from '../../../store/prepared.ts';
import type { Database, MessagesTable } from '../../../store/schema.ts';
import type { MessageView } from '../../views.ts';
import { mediaViews } from '../media/media-rows.ts';

export type MessageRow = Selectable<MessagesTable>;

const insert = prepared((db, p: Omit<MessageRow, 'seq' | NotAtFirst>) =>
  db
    .insertInto('messages')
    .values({
      id: p.id,
      sid: p.sid,
      conversation_id: p.conversation_id,
      customer_id: p.customer_id,
      account_id: p.account_id,
      direction: p.direction,
      type: p.type,
      text: p.text,
      content: p.content,
      author_kind: p.author_kind,
      author_id: p.author_id,
      author_name: p.author_name,
      status: p.status,
      created_at: p.created_at,
      submitted_at: p.submitted_at,
      opens: p.opens,
      feed: p.feed,
      feed_state: p.feed_state,
      handed_at: p.handed_at,
      handed_by: p.handed_by,
      handovers: p.handovers,
      answer_key: p.answer_key,
      retry_of: p.retry_of,
      postponed_at: p.postponed_at,
      postponed_by: p.postponed_by,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('seq'),
);

type NotAtFirst = 'error_code' | 'error_text' | 'twilio_code' | 'kept' | 'kept_text';

/** What of a message is a column of its own; the rest is kept as JSON beside it. */
export interface NewMessage {
  message: WhatsAppMessage;
  conversationId: string | null;
  customerId: string | null;
  accountId: string;
  createdAt: number;
  submittedAt?: number | null;
  opens?: boolean;
  feed: string | null;
  feedState: number;
  /** It is in a flow's hands from the beginning: since when, milliseconds, and those of which process. */
  handed?: { at: number; by: string } | null;
  answerKey?: string | null;
  /** The failed message that this one repeats. */
  retryOf?: string | null;
  /** It waits for Twilio, and the node that it leaves by. */
  postponed?: { at: number; nodeId: string | null } | null;
}

/** Adds a message; `undefined` when its id is known already, and then nothing has changed. */
export async function insertMessage(db: Database, entry: NewMessage): Promise<number | undefined> {
  const { id, sid, direction, type, text, author, status, ...content } = entry.message;
  const [row] = await insert(db, {
    id,
    sid: sid ?? null,
    conversation_id: entry.conversationId,
    customer_id: entry.customerId,
    account_id: entry.accountId,
    direction,
    type,
    text,
    content: JSON.stringify(content),
    author_kind: author.kind,
    author_id: author.id ?? null,
    author_name: author.name ?? null,
    status,
    created_at: entry.createdAt,
    submitted_at: entry.submittedAt ?? null,
    opens: entry.opens === true ? 1 : 0,
    feed: entry.feed,
    feed_state: entry.feedState,
    handed_at: entry.handed?.at ?? null,
    handed_by: entry.handed?.by ?? null,
    handovers: entry.handed ? 1 : 0,
    answer_key: entry.answerKey ?? null,
    retry_of: entry.retryOf ?? null,
    postponed_at: entry.postponed?.at ?? null,
    postponed_by: entry.postponed?.nodeId ?? null,
  });
  return row?.seq;
}

const byId = prepared((db, p: { id: string }) => db.selectFrom('messages').selectAll().where('id', '=', p.id));

export async function findMessage(db: Database, id: string): Promise<MessageRow | undefined> {
  const [row] = await byId(db, { id });
  return row;
}

/** @throws CenterError `UNKNOWN_MESSAGE` for one that is not there or is a customer's */
export async function getOutbound(db: Database, id: string): Promise<MessageRow> {
  const row = await findMessage(db, id);
  if (row === undefined || row.direction !== 'outbound') throw new CenterError('UNKNOWN_MESSAGE', 'There is no such message.');
  return row;
}

export function authorOf(row: Pick<MessageRow, 'author_kind' | 'author_id' | 'author_name'>): Author {
  const author: Author = { kind: row.author_kind as Author['kind'] };
  if (row.author_id !== null) author.id = row.author_id;
  if (row.author_name !== null) author.name = row.author_name;
  return author;
}

/** The columns that {@link messageOf} puts together. */
export const MESSAGE_COLUMNS = [
  'id',
  'sid',
  'direction',
  'type',
  'text',
  'content',
  'author_kind',
  'author_id',
  'author_name',
  'status',
] as const satisfies (keyof MessageRow)[];

/** The message of the contract again. */
export function messageOf(row: Pick<MessageRow, (typeof MESSAGE_COLUMNS)[number]>): WhatsAppMessage {
  const content = JSON.parse(row.content) as Omit<WhatsAppMessage, 'id' | 'direction' | 'type' | 'text' | 'author' | 'status'>;
  return {
    id: row.id,
    ...(row.sid === null ? {} : { sid: row.sid }),
    direction: row.direction,
    type: row.type as WhatsAppMessage['type'],
    text: row.text,
    ...content,
    author: authorOf(row),
    status: row.status as WhatsAppMessage['status'],
  };
}

/**
 * The message as the desk shows it.
 * @param flowRunning whether a `notify-agent` serves its queue
 * @param contentReleased whether its conversation's content was let go
 */
export function viewOf(row: MessageRow, flowRunning: boolean, contentReleased: boolean): MessageView {
  const message = messageOf(row);
  // What Twilio sent word for word is for flows; the desk shows what was made of it, and names a kind that we do not know.
  const kind = message.type === 'unsupported' ? message.params?.['MessageType'] : undefined;
  delete message.params;
  // Twilio's addresses are of no use to a browser; the files are filled in by viewWithMedia.
  if (row.direction === 'inbound') delete message.media;
  if (typeof kind === 'string' && kind !== '') message.params = { MessageType: kind };
  return {
    seq: row.seq,
    id: row.id,
    conversationId: row.conversation_id,
    message,
    media: [],
    contentKept: !contentReleased || row.kept === 1,
    retryOf: row.retry_of,
    retry: retryOutlook({
      status: row.status as DeliveryStatus,
      isTemplate: row.type === 'template',
      code: row.error_code,
      twilioCode: row.twilio_code,
    }),
    error: row.error_code === null ? null : { code: row.error_code, text: row.error_text ?? '', twilioCode: row.twilio_code },
    handedAt: row.handed_at,
    flowRunning,
    waitsForTwilio: row.status === 'pending' && row.postponed_at !== null,
  };
}

/** The same with its files. */
export async function viewWithMedia(
  db: Database,
  row: MessageRow,
  flowRunning: boolean,
  contentReleased: boolean,
): Promise<MessageView> {
  const view = viewOf(row, flowRunning, contentReleased);
  return row.content.includes('"media":') ? (await withMedia(db, [view]))[0]! : view;
}

/** Fills in the files of several messages at once. */
export async function withMedia(db: Database, views: readonly MessageView[]): Promise<MessageView[]> {
  const media = await mediaViews(
    db,
    views.map(({ id }) => id),
  );
  return views.map((view) => ({ ...view, media: media.get(view.id) ?? [] }));
}

import type { ConversationView } from '../../../lib/center/views.ts';
import type { CustomerRecord } from '../../../lib/domain/message.ts';
import { attributeLines } from '../words/attributes.ts';

/** One of at most four values on a notification. `waiting` is counted where it is shown. */
export type OfferField =
  | { kind: 'queue' | 'language' | 'address'; text: string }
  | { kind: 'waiting'; since: number }
  | { kind: CustomerRecord['type']; text: string }
  | { kind: 'attribute'; key: string; text: string };

/** The reference allows four; more would have to be read while the clock runs. */
const MOST_FIELDS = 4;
const RECORD_ORDER: readonly CustomerRecord['type'][] = ['case', 'account', 'contact'];

/** What an agent wants to know before accepting, most telling first. */
export function offerFields(conversation: ConversationView): OfferField[] {
  const fields: OfferField[] = [];
  if (conversation.queue !== null) fields.push({ kind: 'queue', text: conversation.queue.name });
  fields.push({ kind: 'waiting', since: conversation.queuedAt ?? conversation.openedAt });
  for (const type of RECORD_ORDER) {
    const record = conversation.customer.records.find((candidate) => candidate.type === type);
    if (record !== undefined) fields.push({ kind: type, text: record.title });
  }
  if (conversation.language !== null && conversation.language !== '')
    fields.push({ kind: 'language', text: conversation.language });
  for (const { key, text } of attributeLines(conversation.attributes)) fields.push({ kind: 'attribute', key, text });
  fields.push({ kind: 'address', text: conversation.customer.address });
  return fields.slice(0, MOST_FIELDS);
}

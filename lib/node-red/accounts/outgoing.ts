import type { ClaimArgs } from '../../center/sending-contract.ts';
import type { Author, TemplateRef } from '../../domain/message.ts';
import type { Arrivals } from './arrivals.ts';
import { conversationOf, handoverOf, record, whatsappOf, writtenText } from '../feeding/message.ts';
import type { FlowMessage } from '../runtime-api.ts';

/** What a message of a flow asks to be sent, before account and sender are chosen. */
export type Draft = Omit<ClaimArgs, 'accountId' | 'from' | 'to'>;

/**
 * Reads what is to be sent: `msg.whatsapp.template`, else the text in `msg.payload`. An inbound message passed on is an answer
 * with a key of its own, so that a second run of the flow finds it; an outbound one keeps its id.
 */
export function draftOf(message: FlowMessage, node: { id: string; name?: string }, arrivals: Arrivals): Draft {
  const whatsapp = whatsappOf(message);
  const template = templateOf(whatsapp?.template);
  const id = typeof whatsapp?.id === 'string' && whatsapp.id !== '' ? whatsapp.id : null;
  const inboundId = whatsapp?.direction === 'inbound' ? id : null;
  return {
    messageId: inboundId === null ? id : null,
    answer: inboundId === null ? null : { inboundId, nodeId: node.id, nth: arrivals.next(inboundId, handoverOf(message)) },
    text: template === null ? writtenText(message.payload) : '',
    template,
    author: authorOf(whatsapp?.direction === 'outbound' ? whatsapp.author : null, node),
    conversationId: conversationOf(message).id,
  };
}

/** A template as the flow gave it; whether it can be sent is judged where everything is. */
function templateOf(value: unknown): TemplateRef | null {
  const template = record(value);
  if (template === null) return null;
  const given = record(template.variables) ?? {};
  const variables = Object.fromEntries(Object.entries(given).map(([name, one]) => [name, writtenText(one)]));
  return { contentSid: typeof template.contentSid === 'string' ? template.contentSid.trim() : '', variables };
}

function authorOf(value: unknown, node: { id: string; name?: string }): Author {
  const author = record(value);
  if (author?.kind !== 'agent') return { kind: 'flow', id: node.id, ...(node.name ? { name: node.name } : {}) };
  return {
    kind: 'agent',
    ...(typeof author.id === 'string' ? { id: author.id } : {}),
    ...(typeof author.name === 'string' ? { name: author.name } : {}),
  };
}

import type { Center } from '../../center/center.ts';
import { CenterError } from '../../domain/errors.ts';
import type { Arrivals } from '../accounts/arrivals.ts';
import { identityOf } from '../feeding/identity.ts';
import { conversationOf, handoverOf, whatsappOf } from '../feeding/message.ts';
import type { FlowMessage } from '../runtime-api.ts';
import { runFlowCommand } from './flow-command.ts';
import { routingWishOf } from './routing-wish.ts';

/** The `notify-agent` that a message has arrived at. */
export interface InputSite {
  center: Center;
  queueId: string;
  node: { id: string; name?: string };
  arrivals: Arrivals;
}

/**
 * Does what a message asks a `notify-agent` for: the command in `msg.command`, else to queue its conversation.
 * @throws CenterError `UNKNOWN_CONVERSATION`, `UNKNOWN_COMMAND`, `INVALID_REQUEST`, or what the center refuses with
 */
export async function takeConversationInput(site: InputSite, message: FlowMessage): Promise<void> {
  const { id, customer, attributes, tags } = conversationOf(message);
  if (id === null) {
    throw new CenterError('UNKNOWN_CONVERSATION', 'This message belongs to no conversation (msg.conversation.id).');
  }
  const whatsapp = whatsappOf(message);
  const inboundId = whatsapp?.direction === 'inbound' && typeof whatsapp.id === 'string' ? whatsapp.id : null;
  const { center, queueId, node, arrivals } = site;
  if (message.command !== undefined && message.command !== null) {
    // The same id on every run of the flow, so that what it says for a redelivered message is said once.
    const onceId = inboundId === null ? null : `${inboundId}-${node.id}-${arrivals.next(inboundId, handoverOf(message))}`;
    return runFlowCommand({ center, conversationId: id, node, onceId }, message.command);
  }
  await center.run('queueConversation', {
    queueId,
    conversationId: id,
    messageId: inboundId,
    customer: identityOf(customer),
    attributes,
    tags,
    routing: routingWishOf(message.routing),
  });
}

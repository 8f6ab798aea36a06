import type { ConversationSnapshot } from '../../domain/message.ts';
import type { Outcome } from '../../twilio/outbox.ts';
import { messageFor } from '../feeding/message.ts';
import type { FlowMessage } from '../runtime-api.ts';

/** Gives a message and what became of it to the outputs of a `whatsapp-out`. */
export type Deliver = (message: FlowMessage, outcome: Outcome) => void;

/** Outcomes kept for nodes that are not there yet. */
const MOST_KEPT = 10_000;

/**
 * The running `whatsapp-out` nodes by id: a message that waited for Twilio may leave long after the node that took it has been
 * deployed anew, or the whole process has been started again.
 */
export class OutNodes {
  readonly #nodes = new Map<string, Deliver>();
  #kept: { nodeId: string; message: FlowMessage; outcome: Outcome }[] = [];

  /** Returns the way out. */
  serve(nodeId: string, deliver: Deliver): () => void {
    this.#nodes.set(nodeId, deliver);
    const own = this.#kept.filter((one) => one.nodeId === nodeId);
    this.#kept = this.#kept.filter((one) => one.nodeId !== nodeId);
    for (const { message, outcome } of own) deliver(message, outcome);
    return () => {
      if (this.#nodes.get(nodeId) === deliver) this.#nodes.delete(nodeId);
    };
  }

  /** Hands over to the node of that id, now or when it is there. */
  deliver(nodeId: string, message: FlowMessage, outcome: Outcome): void {
    const node = this.#nodes.get(nodeId);
    if (node !== undefined) node(message, outcome);
    else if (this.#kept.length < MOST_KEPT) this.#kept.push({ nodeId, message, outcome });
  }

  /** The same for a message that an earlier process took: what is in the store is all that is left of it. */
  deliverResumed(nodeId: string | null, outcome: Outcome): void {
    if (nodeId === null || outcome.message === undefined) return;
    const conversation = (outcome.kind === 'sent' ? outcome.conversation : null) as ConversationSnapshot;
    const message = messageFor({ message: outcome.message, conversation, redelivered: true });
    this.deliver(nodeId, message, outcome);
  }

  /** A node that is gone for good. */
  forget(nodeId: string): void {
    this.#kept = this.#kept.filter((one) => one.nodeId !== nodeId);
  }
}

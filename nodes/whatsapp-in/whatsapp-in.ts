import { Closing } from '../../lib/node-red/closing.ts';
import { accountNodeOf } from '../../lib/node-red/config-nodes.ts';
import { EventTail } from '../../lib/node-red/feeding/event-tail.ts';
import { asCenterError } from '../../lib/node-red/health.ts';
import { deliveryFailure, statusMessage } from '../../lib/node-red/feeding/inbound-feed.ts';
import { flowError, isWired } from '../../lib/node-red/on-input.ts';
import type { AccountSlot, WebhookState } from '../../lib/node-red/accounts/account-slot.ts';
import type { FlowMessage, NodeConfig, RuntimeApi, RuntimeNode } from '../../lib/node-red/runtime-api.ts';
import { StatusLine } from '../../lib/node-red/status.ts';

const WORDS = { none: 'noWebhookYet', arriving: 'arriving', refused: 'signatureRefused' } as const;

interface WhatsAppInConfig extends NodeConfig {
  account?: unknown;
}

/** `whatsapp-in`: customers' messages (1) and what becomes of the messages we sent (2). */
export default function (RED: RuntimeApi): void {
  function WhatsAppIn(this: RuntimeNode, config: WhatsAppInConfig): void {
    RED.nodes.createNode(this, config);
    const status = new StatusLine(RED, this);
    const closing = new Closing(this);

    const showWebhooks = ({ kind }: WebhookState): void => status.show(WORDS[kind]);

    const followStatuses = async (slot: AccountSlot): Promise<void> => {
      const center = await slot.ready;
      const centerSlot = slot.center;
      if (closing.closed || centerSlot === null) return;
      const tail = new EventTail({
        center,
        name: `whatsapp-in/${this.id}`,
        // Wires can change without the node being made anew.
        wants: (event) => event.type === 'message.status' && event.accountId === slot.account?.id && isWired(this, 1),
        deliver: (events) => {
          for (const event of events) {
            const message = statusMessage(event);
            const failure = deliveryFailure(event);
            if (failure !== null) message.error = flowError(this, failure);
            this.send([null, message]);
          }
        },
        onError: (error) => this.warn(String(error)),
      });
      centerSlot.addTail(tail);
      closing.add(() => centerSlot.removeTail(tail));
    };

    const start = async (): Promise<void> => {
      const account = accountNodeOf(RED, config.account);
      const slot = account.slot;
      closing.add(status.follow(account.health, () => slot && showWebhooks(slot.webhooks)));
      if (slot === null) return;
      closing.add(slot.watchWebhooks(showWebhooks));
      const reader = (message: FlowMessage): void => this.send(message);
      closing.add(() => slot.inbound.remove(reader));
      await slot.inbound.add(reader);
      await followStatuses(slot);
    };

    start().catch((error: unknown) => {
      const problem = asCenterError(error);
      status.showProblem(problem.code);
      // What is wrong with the account has been said by the account.
      if (problem.code === 'ACCOUNT_MISSING') this.error(problem);
    });
  }

  RED.nodes.registerType('whatsapp-in', WhatsAppIn);
}

import type { Center } from '../../lib/center/center.ts';
import { Closing } from '../../lib/node-red/closing.ts';
import { accountNodeOf } from '../../lib/node-red/config-nodes.ts';
import type { AccountNode } from '../../lib/node-red/config-nodes.ts';
import { booleanOf } from '../../lib/node-red/config-values.ts';
import { EventTail } from '../../lib/node-red/feeding/event-tail.ts';
import { asCenterError } from '../../lib/node-red/health.ts';
import { deliveryFailure, statusMessage } from '../../lib/node-red/feeding/inbound-feed.ts';
import type { InboundReader } from '../../lib/node-red/feeding/inbound-feed.ts';
import { flowError, isWired } from '../../lib/node-red/on-input.ts';
import type { AccountSlot } from '../../lib/node-red/accounts/account-slot.ts';
import type { NodeConfig, RuntimeApi, RuntimeNode } from '../../lib/node-red/runtime-api.ts';
import { minuteOf, StatusLine } from '../../lib/node-red/status.ts';

const WORDS = { none: 'noWebhookYet', arriving: 'arriving', refused: 'signatureRefused' } as const;

interface WhatsAppInConfig extends NodeConfig {
  account?: unknown;
  quiet?: unknown;
}

/** `whatsapp-in`: customers' messages (1) and what becomes of the messages we sent (2). */
export default function (RED: RuntimeApi): void {
  function WhatsAppIn(this: RuntimeNode, config: WhatsAppInConfig): void {
    RED.nodes.createNode(this, config);
    const status = new StatusLine(RED, this);
    const closing = new Closing(this);

    let slot: AccountSlot | null = null;
    let backlog = 0;
    const show = (): void => {
      if (backlog > 0) return status.show('waiting', { count: backlog });
      const webhooks = slot?.webhooks;
      const at = minuteOf(webhooks?.refusedSince ?? webhooks?.lastAt ?? null);
      const word = WORDS[webhooks?.kind ?? 'none'];
      status.show(word, { at });
    };

    const followStatuses = async (from: AccountSlot, center: Center): Promise<void> => {
      const centerSlot = from.center;
      if (closing.closed || centerSlot === null) return;
      const tail = new EventTail({
        center,
        name: `whatsapp-in/${this.id}`,
        // Wires can change without the node being made anew.
        wants: (event) => event.type === 'message.status' && event.accountId === from.account?.id && isWired(this, 1),
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

    const reader: InboundReader = {
      quiet: booleanOf(config.quiet),
      deliver: (message) => this.send(message),
      backlog: (waiting) => {
        backlog = waiting;
        show();
      },
    };
    let reading = false;
    const read = async (account: AccountNode): Promise<void> => {
      const from = account.slot;
      if (from === null || reading || closing.closed) return;
      reading = true;
      slot = from;
      show();
      closing.add(from.watchWebhooks(show));
      closing.add(() => from.inbound.remove(reader));
      try {
        await from.inbound.add(reader);
        await followStatuses(from, await from.ready);
      } catch (error) {
        reading = false;
        throw error;
      }
    };
    const fail = (error: unknown): void => {
      const problem = asCenterError(error);
      status.showProblem(problem.code);
      // What is wrong with the account has been said by the account.
      if (problem.code === 'ACCOUNT_MISSING') this.error(problem);
    };

    try {
      const account = accountNodeOf(RED, config.account);
      closing.add(status.follow(account.health, show));
      read(account).catch(fail);
      closing.add(account.health.onRecovery(() => void read(account).catch(fail)));
    } catch (error) {
      fail(error);
    }
  }

  RED.nodes.registerType('whatsapp-in', WhatsAppIn);
}

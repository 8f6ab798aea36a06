import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Center } from '../../lib/center/center.ts';
import { sendJson } from '../../lib/http/mounted.ts';
import { accountMode, accountPath, simulatedAccount, twilioAccount } from '../../lib/node-red/accounts/account-config.ts';
import type { AccountConfig } from '../../lib/node-red/accounts/account-config.ts';
import { serveSimulator, serveWebhooks, simulatedIdentity, usableCenter } from '../../lib/node-red/accounts/account-service.ts';
import type { AccountSlot } from '../../lib/node-red/accounts/account-slot.ts';
import { Closing } from '../../lib/node-red/closing.ts';
import { centerNodeOf, isCenterProblem, slotOf } from '../../lib/node-red/config-nodes.ts';
import type { AccountNode } from '../../lib/node-red/config-nodes.ts';
import { asCenterError, Health } from '../../lib/node-red/health.ts';
import { resolveInterrupted } from '../../lib/node-red/accounts/outboxes.ts';
import { registryOf } from '../../lib/node-red/registry.ts';
import type { RuntimeApi } from '../../lib/node-red/runtime-api.ts';
import { StatusLine } from '../../lib/node-red/status.ts';
import type { Account } from '../../lib/twilio/account.ts';

/** `whatsapp-account`: a sender at Twilio with its webhooks, or the simulator in their place. */
export default function (RED: RuntimeApi): void {
  const registry = registryOf(RED);

  function WhatsAppAccount(this: AccountNode, config: AccountConfig): void {
    RED.nodes.createNode(this, config);
    this.health = new Health();
    this.slot = null;
    this.centerNode = undefined;
    const status = new StatusLine(RED, this);
    const closing = new Closing(this);
    closing.add(status.follow(this.health, () => status.show(accountMode(config) === 'simulator' ? 'simulator' : 'ready')));

    const fail = (error: unknown): void => {
      if (closing.closed) return;
      const problem = asCenterError(error);
      this.health.set(problem);
      if (!isCenterProblem(RED, config.center, problem)) this.error(problem);
    };

    // A real account is there before the first webhook of this start; a simulated one needs to know where it is served.
    const begin = async (slot: AccountSlot, mode: Account['mode']): Promise<Center> => {
      this.centerNode = centerNodeOf(RED, config.center);
      closing.add(this.centerNode.health.follow((problem) => this.health.set(problem)));
      slot.center = slotOf(this.centerNode);
      slot.account =
        mode === 'twilio'
          ? twilioAccount(config, this.credentials ?? {})
          : simulatedAccount(config, await simulatedIdentity(registry, slot));
      return usableCenter(slot.center, mode);
    };

    const work = async (slot: AccountSlot): Promise<void> => {
      const center = await slot.ready;
      const { account, center: centerSlot } = slot;
      if (closing.closed || account === undefined || centerSlot === null) return;
      if (account.mode === 'simulator') await serveSimulator(RED, registry, slot, account, centerSlot, center);
      else await slot.stopSimulator();
      await resolveInterrupted(slot, center, centerSlot);
    };

    try {
      const slot = registry.claimAccount(this.id, accountPath(config));
      this.slot = slot;
      closing.add(() => {
        slot.holder = null;
      });
      serveWebhooks(RED, registry, slot);
      slot.begin(begin(slot, accountMode(config)));
      work(slot).catch(fail);
    } catch (error) {
      fail(error);
    }
  }

  RED.nodes.registerType('whatsapp-account', WhatsAppAccount, {
    credentials: {
      authToken: { type: 'password' },
      secondaryAuthToken: { type: 'password' },
      apiKeySid: { type: 'text' },
      apiKeySecret: { type: 'password' },
    },
  });

  // What the dialog cannot work out from its own fields. Without adminAuth anybody reaches this, so no key then.
  RED.httpAdmin.get(
    '/whatsapp-account/:id/simulator',
    RED.auth.needsPermission('whatsapp-account.read'),
    (request: IncomingMessage & { params: { id: string } }, response: ServerResponse) => {
      const node = RED.nodes.getNode(request.params.id);
      const slot = node?.type === 'whatsapp-account' ? (node as AccountNode).slot : null;
      const running = slot?.simulator ?? null;
      sendJson(response, 200, {
        path: running === null ? null : `${registry.host.basePath}${slot!.path}/simulator/`,
        key: running === null || !RED.settings.adminAuth ? null : running.phoneKey,
      });
    },
  );
}

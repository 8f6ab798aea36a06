import type { Center } from '../../lib/center/center.ts';
import { AccountLine } from '../../lib/node-red/accounts/account-line.ts';
import { serveBackground, serveMediaLinks } from '../../lib/node-red/accounts/background.ts';
import { serveAccountDialog } from '../../lib/node-red/accounts/admin-routes.ts';
import { accountMode, accountPath, simulatedAccount, twilioAccount } from '../../lib/node-red/accounts/account-config.ts';
import type { AccountConfig } from '../../lib/node-red/accounts/account-config.ts';
import { serveSimulator, serveWebhooks, simulatedIdentity, usableCenter } from '../../lib/node-red/accounts/account-service.ts';
import type { AccountSlot } from '../../lib/node-red/accounts/account-slot.ts';
import { Closing } from '../../lib/node-red/closing.ts';
import { centerNodeOf, isCenterProblem, onCenterRecovery, slotOf } from '../../lib/node-red/config-nodes.ts';
import type { AccountNode } from '../../lib/node-red/config-nodes.ts';
import { asCenterError, Health } from '../../lib/node-red/health.ts';
import { resolveInterrupted, resumeWaiting } from '../../lib/node-red/accounts/outboxes.ts';
import { registryOf } from '../../lib/node-red/registry.ts';
import type { RuntimeApi } from '../../lib/node-red/runtime-api.ts';
import { StatusLine } from '../../lib/node-red/status.ts';
import type { Account } from '../../lib/twilio/account.ts';
import { plainWords } from '../../lib/twilio/error-catalogue.ts';

/** `whatsapp-account`: a sender at Twilio with its webhooks, or the simulator in their place. */
export default function (RED: RuntimeApi): void {
  const registry = registryOf(RED);

  function WhatsAppAccount(this: AccountNode, config: AccountConfig): void {
    RED.nodes.createNode(this, config);
    this.config = config;
    this.health = new Health();
    this.slot = null;
    this.centerNode = undefined;
    const status = new StatusLine(RED, this);
    const closing = new Closing(this);
    const line = new AccountLine(status, accountMode(config) === 'simulator' ? 'simulator' : 'ready');
    closing.add(status.follow(this.health, () => line.show()));

    const fail = (error: unknown): void => {
      if (closing.closed) return;
      const problem = asCenterError(error);
      const said = problem.code === this.health.problem?.code || isCenterProblem(RED, config.center, problem);
      this.health.set(problem);
      if (!said) this.error(problem);
    };

    // A real account is there before the first webhook of this start; a simulated one needs to know where it is served.
    const begin = async (slot: AccountSlot, mode: Account['mode']): Promise<Center> => {
      this.centerNode = centerNodeOf(RED, config.center);
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
      this.health.set(null);
      if (account.mode === 'simulator') await serveSimulator(RED, registry, slot, account, centerSlot, center);
      else await slot.stopSimulator();
      line.watchRefusals(center, account.id, (code) => this.error(`${plainWords(code)} (${code})`));
      await serveBackground(slot, account, center);
      await resumeWaiting(slot);
      await resolveInterrupted(slot, center, centerSlot);
    };

    const claim = (): AccountSlot => {
      const slot = registry.claimAccount(this.id, accountPath(config));
      closing.add(() => {
        slot.holder = null;
      });
      serveWebhooks(RED, registry, slot);
      serveMediaLinks(registry.host, slot);
      closing.add(line.follow(registry, slot));
      return slot;
    };
    const start = (): void => {
      try {
        this.slot ??= claim();
        this.slot.begin(begin(this.slot, accountMode(config)));
        work(this.slot).catch(fail);
      } catch (error) {
        fail(error);
      }
    };
    start();
    closing.add(onCenterRecovery(RED, config.center, start));
    // Whoever had the path may be gone after the next deploy, which does not make this node anew.
    const startIfFree = (): void => {
      if (this.health.problem?.code === 'PATH_TAKEN') start();
    };
    closing.add(registry.onStarted(startIfFree));
    closing.add(registry.host.onFreed(startIfFree));
    if (RED.settings.httpNodeRoot === false) this.warn(RED._('whatsapp-account.warning.notServed'));
  }

  RED.nodes.registerType('whatsapp-account', WhatsAppAccount, {
    credentials: {
      authToken: { type: 'password' },
      secondaryAuthToken: { type: 'password' },
      apiKeySid: { type: 'text' },
      apiKeySecret: { type: 'password' },
    },
  });

  serveAccountDialog(RED, registry);
}

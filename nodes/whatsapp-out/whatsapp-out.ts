import { isCenterError } from '../../lib/domain/errors.ts';
import { recipientOf } from '../../lib/domain/recipient.ts';
import { askedFor, ATTACHMENT_REFUSALS, attachmentsOf } from '../../lib/node-red/accounts/attachments.ts';
import { chooseSender } from '../../lib/node-red/accounts/choose-sender.ts';
import { Closing } from '../../lib/node-red/closing.ts';
import { fallbackMaker } from '../../lib/node-red/accounts/fallback.ts';
import type { FallbackConfig } from '../../lib/node-red/accounts/fallback.ts';
import { accountNodeOf } from '../../lib/node-red/config-nodes.ts';
import type { AccountNode } from '../../lib/node-red/config-nodes.ts';
import { textOf } from '../../lib/node-red/config-values.ts';
import { refuseStored } from '../../lib/node-red/centers/guard.ts';
import { asCenterError } from '../../lib/node-red/health.ts';
import { onInput, Refusal } from '../../lib/node-red/on-input.ts';
import { outboxOf } from '../../lib/node-red/accounts/outboxes.ts';
import { draftOf } from '../../lib/node-red/accounts/outgoing.ts';
import type { Draft } from '../../lib/node-red/accounts/outgoing.ts';
import { serveTemplates } from '../../lib/node-red/accounts/template-route.ts';
import { registryOf } from '../../lib/node-red/registry.ts';
import type { FlowMessage, NodeConfig, RuntimeApi, RuntimeNode } from '../../lib/node-red/runtime-api.ts';
import { StatusLine } from '../../lib/node-red/status.ts';
import { Lanes } from '../../lib/twilio/lanes.ts';
import { isUrgent } from '../../lib/twilio/outbox.ts';
import type { Outcome } from '../../lib/twilio/outbox.ts';

interface WhatsAppOutConfig extends NodeConfig, FallbackConfig {
  account?: unknown;
}

/** Customers that are served side by side; each customer's messages go one after the other. */
const WIDTH = 256;

/** `whatsapp-out`: sends; taken over by Twilio (1), refused (2). */
export default function (RED: RuntimeApi): void {
  const registry = registryOf(RED);

  function WhatsAppOut(this: RuntimeNode, config: WhatsAppOutConfig): void {
    RED.nodes.createNode(this, config);
    const status = new StatusLine(RED, this);
    const closing = new Closing(this);
    const arrivals = registry.arrivalsOf(this.id);
    const lanes = new Lanes(WIDTH);
    const named = textOf(config.account);
    const fallbackOf = fallbackMaker(RED, this, config);

    const submit = async (message: FlowMessage, to: string, draft: Draft): Promise<Outcome> => {
      const chosen = named === '' ? null : accountNodeOf(RED, named).slot;
      const { slot, accountId, from } = await chooseSender(registry, message, to, chosen);
      const outbox = await outboxOf(slot);
      const fallback = draft.template === null ? await fallbackOf(message) : null;
      const attachments = draft.template === null ? await attachmentsOf(askedFor(message), slot) : [];
      return outbox.submit({ ...draft, accountId, from, to, fallback, attachments });
    };

    onInput(this, async (message, send) => {
      // Counted on arrival, before anything is waited for: the key of an answer must not depend on timing.
      const draft = draftOf(message, this, arrivals);
      let outcome: Outcome;
      try {
        const to = recipientOf(message);
        outcome = await lanes.run(to, () => submit(message, to, draft), { urgent: isUrgent(draft) });
      } catch (error) {
        if (!isCenterError(error) || !REFUSALS.has(error.code)) throw error;
        for (const slot of registry.centers()) await refuseStored(await slot.center(), message, error);
        outcome = { kind: 'refused', error };
      }
      if (outcome.kind === 'sent' && outcome.conversation !== null) message.conversation = outcome.conversation;
      for (const part of outcome.earlier ?? []) send({ ...RED.util.cloneMessage(message), payload: part.text, whatsapp: part });
      if (outcome.kind === 'already') return;
      if (outcome.earlier !== undefined && outcome.message !== undefined) message.payload = outcome.message.text;
      if (outcome.message !== undefined) message.whatsapp = outcome.message;
      if (outcome.kind === 'refused') {
        status.show('refused', { code: outcome.error.code });
        throw new Refusal(outcome.error);
      }
      delete message.error;
      status.show('sent');
      send(message);
    });

    closing.add((removed) => {
      if (removed) registry.forgetArrivals(this.id);
    });
    if (named === '') return;
    try {
      const account: AccountNode = accountNodeOf(RED, named);
      closing.add(status.follow(account.health, () => status.clear()));
    } catch (error) {
      const problem = asCenterError(error);
      status.showProblem(problem.code);
      this.error(problem);
    }
  }

  RED.nodes.registerType('whatsapp-out', WhatsAppOut);
  serveTemplates(RED, registry);
}

/** What is wrong with a message, as opposed to what is wrong with the installation. */
const REFUSALS: ReadonlySet<string> = new Set([
  'NO_RECIPIENT',
  'INVALID_RECIPIENT',
  'SENDER_AMBIGUOUS',
  'ACCOUNT_MISMATCH',
  ...ATTACHMENT_REFUSALS,
]);

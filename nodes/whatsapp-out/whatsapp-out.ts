import { isCenterError } from '../../lib/domain/errors.ts';
import { recipientOf } from '../../lib/domain/recipient.ts';
import { Closing } from '../../lib/node-red/closing.ts';
import { fallbackMaker } from '../../lib/node-red/accounts/fallback.ts';
import type { FallbackConfig } from '../../lib/node-red/accounts/fallback.ts';
import { accountNodeOf } from '../../lib/node-red/config-nodes.ts';
import { textOf } from '../../lib/node-red/config-values.ts';
import { refuseStored } from '../../lib/node-red/centers/guard.ts';
import { onInput, onOutcome, Refusal } from '../../lib/node-red/on-input.ts';
import { draftOf } from '../../lib/node-red/accounts/outgoing.ts';
import { createSubmit, SUBMIT_REFUSALS } from '../../lib/node-red/accounts/submit.ts';
import { serveTemplates } from '../../lib/node-red/accounts/template-route.ts';
import { registryOf } from '../../lib/node-red/registry.ts';
import type { FlowMessage, NodeConfig, RuntimeApi, RuntimeNode, Send } from '../../lib/node-red/runtime-api.ts';
import { StatusLine } from '../../lib/node-red/status.ts';
import { Lanes } from '../../lib/twilio/lanes.ts';
import { isUrgent, lanesOf } from '../../lib/twilio/outbox.ts';
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

    let waiting = 0;

    const submit = createSubmit({
      registry,
      nodeId: this.id,
      account: named === '' ? null : () => accountNodeOf(RED, named).slot,
      fallbackOf,
    });

    const waitFor = async (later: Promise<Outcome>): Promise<Outcome> => {
      status.show('waitingForTwilio', { count: (waiting += 1) });
      const outcome = await later.finally(() => (waiting -= 1));
      if (waiting > 0) status.show('waitingForTwilio', { count: waiting });
      return outcome;
    };

    const deliver = (message: FlowMessage, outcome: Outcome, send: Send): void => {
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
      if (waiting === 0) status.show('sent');
      send(message);
    };

    onInput(this, async (message, send) => {
      // Counted on arrival, before anything is waited for: the key of an answer must not depend on timing.
      const draft = draftOf(message, this, arrivals);
      let outcome: Outcome;
      try {
        const to = recipientOf(message);
        const submitted = await lanes.run(lanesOf({ ...draft, from: '', to }), () => submit(message, to, draft), {
          urgent: isUrgent(draft),
        });
        outcome = 'later' in submitted ? await waitFor(submitted.later) : submitted;
      } catch (error) {
        if (!isCenterError(error) || !SUBMIT_REFUSALS.has(error.code)) throw error;
        for (const slot of registry.centers()) await refuseStored(await slot.center(), message, error);
        outcome = { kind: 'refused', error };
      }
      // Deployed anew while the message waited: its successor has the outputs.
      if (closing.closed) registry.outs.deliver(this.id, message, outcome);
      else deliver(message, outcome, send);
    });

    closing.add(
      registry.outs.serve(this.id, (message, outcome) => {
        onOutcome(this, message, (send) => deliver(message, outcome, send));
      }),
    );
    closing.add((removed) => {
      if (removed) registry.forgetArrivals(this.id);
    });
    if (named !== '') closing.add(status.followNamed(() => accountNodeOf(RED, named).health));
  }

  RED.nodes.registerType('whatsapp-out', WhatsAppOut);
  serveTemplates(RED, registry);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { CenterError } from '../../domain/errors.ts';
import { sendJson } from '../../http/mounted.ts';
import { accountNodeOf } from '../config-nodes.ts';
import { asCenterError } from '../health.ts';
import type { Registry } from '../registry.ts';
import type { RuntimeApi } from '../runtime-api.ts';
import type { AccountSlot } from './account-slot.ts';
import { channelAccountOf } from './outboxes.ts';

type TemplatesRequest = IncomingMessage & { query: { account?: unknown } };

/** Lists the templates of a deployed account for `whatsapp-out`'s dialog; without one chosen, those of the only account. */
export function serveTemplates(RED: RuntimeApi, registry: Registry): void {
  const slotOf = (account: unknown): AccountSlot => {
    if (typeof account === 'string' && account !== '' && account !== '_ADD_') {
      const { slot, health } = accountNodeOf(RED, account);
      if (slot !== null) return slot;
      throw health.problem ?? new CenterError('ACCOUNT_MISSING', 'The account has not started.');
    }
    const slots = registry.accounts();
    if (slots.length === 1) return slots[0]!;
    if (slots.length === 0) throw new CenterError('ACCOUNT_MISSING', 'There is no WhatsApp account that is deployed and works.');
    throw new CenterError('SENDER_AMBIGUOUS', 'There are several accounts: choose one first.');
  };
  const list = async (account: unknown): Promise<object> => {
    try {
      return { templates: await (await channelAccountOf(slotOf(account))).templates.list() };
    } catch (error) {
      const { code, message } = asCenterError(error);
      return { problem: { code, message } };
    }
  };
  RED.httpAdmin.get(
    '/whatsapp-out/templates',
    RED.auth.needsPermission('whatsapp-out.read'),
    (request: TemplatesRequest, response: ServerResponse) =>
      void list(request.query.account).then((answer) => sendJson(response, 200, answer)),
  );
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { CenterError } from '../../domain/errors.ts';
import { readBody, sendJson } from '../../http/mounted.ts';
import { withoutPassword } from '../../http/without-password.ts';
import type { Account } from '../../twilio/account.ts';
import { reachProblem } from '../../twilio/setup/reach.ts';
import { createSetup, isOurs, webhookAddresses } from '../../twilio/setup/setup.ts';
import type { Setup } from '../../twilio/setup/setup.ts';
import type { AccountNode } from '../config-nodes.ts';
import { asCenterError } from '../health.ts';
import type { Registry } from '../registry.ts';
import type { RuntimeApi } from '../runtime-api.ts';
import { askedAccount } from './asked-account.ts';
import { WebhookMemory } from './webhook-memory.ts';

type AdminRequest = IncomingMessage & { params: { id: string }; body?: unknown };

const LARGEST_BODY = 16_384;

/**
 * What the dialog of an account asks for. Without `adminAuth` anybody reaches this: no answer holds a secret or a
 * customer's words, and a page of another origin cannot send the JSON that is wanted here.
 */
export function serveAccountDialog(RED: RuntimeApi, registry: Registry): void {
  const nodeOf = (id: string): AccountNode | null => {
    const node = RED.nodes.getNode(id);
    return node?.type === 'whatsapp-account' ? (node as AccountNode) : null;
  };
  const read = (path: string, answer: (node: AccountNode | null) => unknown): void =>
    RED.httpAdmin.get(
      `/whatsapp-account/:id/${path}`,
      RED.auth.needsPermission('whatsapp-account.read'),
      (request: AdminRequest, response: ServerResponse) => sendJson(response, 200, answer(nodeOf(request.params.id))),
    );
  const act = (path: string, work: (id: string, node: AccountNode | null, body: unknown) => Promise<unknown>): void =>
    RED.httpAdmin.post(
      `/whatsapp-account/:id/${path}`,
      RED.auth.needsPermission('whatsapp-account.write'),
      (request: AdminRequest, response: ServerResponse) => {
        const { id } = request.params;
        jsonOf(request)
          .then((body) => work(id, nodeOf(id), body))
          .catch((error: unknown) => ({ problem: problemOf(error) }))
          .then((answer) => sendJson(response, 200, answer));
      },
    );

  read('simulator', (node) => phoneOf(RED, registry, node));
  read('state', (node) => stateOf(node));
  act('test', (id, node, body) => using(askedAccount(RED, id, node, body), async (setup) => ({ checks: await setup.test() })));
  act('senders', (id, node, body) =>
    using(askedAccount(RED, id, node, withoutSender(body)), async (setup) => {
      const senders = await setup.senders();
      return { senders: senders.map(({ address, name, status }) => ({ address, name, status })) };
    }),
  );
  act('webhooks', (_id, node) => withDeployed(node, webhooksNow));
  act('connect', (_id, node) =>
    withDeployed(node, async (account, setup, memory) => {
      await memory.add(await setup.connect());
      return webhooksNow(account, setup, memory);
    }),
  );
  act('undo', (_id, node) =>
    withDeployed(node, async (account, setup, memory) => {
      await setup.undo(await memory.load());
      await memory.forget();
      return webhooksNow(account, setup, memory);
    }),
  );
}

/** A half-typed sender must not be in the way of choosing one. */
function withoutSender(body: unknown): unknown {
  const { fields, ...rest } = (body ?? {}) as { fields?: object };
  return { ...rest, fields: { ...fields, sender: '' } };
}

function phoneOf(RED: RuntimeApi, registry: Registry, node: AccountNode | null): unknown {
  const slot = node?.slot ?? null;
  const running = slot?.simulator ?? null;
  return {
    path: running === null ? null : `${registry.host.basePath}${slot!.path}/simulator/`,
    key: running === null || !RED.settings.adminAuth ? null : running.phoneKey,
  };
}

function stateOf(node: AccountNode | null): unknown {
  const slot = node?.slot ?? null;
  return {
    deployed: node !== null,
    problem: node?.health.problem?.code ?? null,
    webhooks: slot?.webhooks ?? null,
  };
}

async function webhooksNow(account: Account, setup: Setup, memory: WebhookMemory): Promise<unknown> {
  const targets = await setup.targets();
  return {
    targets: targets.map(({ kind, name, settings }) => ({
      kind,
      name,
      inbound: settings.useNumber === true ? null : shown(settings.callbackUrl),
      status: shown(settings.statusCallbackUrl),
      ours: isOurs(settings, account),
    })),
    addresses: webhookAddresses(account),
    reach: account.mode === 'simulator' ? null : reachProblem(account.publicUrl),
    canUndo: (await memory.load()).length > 0,
  };
}

/** Webhooks are written for what is deployed: before, nobody would answer them. */
async function withDeployed(
  node: AccountNode | null,
  work: (account: Account, setup: Setup, memory: WebhookMemory) => Promise<unknown>,
): Promise<unknown> {
  const slot = node?.slot ?? null;
  const account = slot?.account;
  if (slot === null || slot.center === null || account === undefined) {
    throw node?.health.problem ?? new CenterError('ACCOUNT_MISSING', 'Deploy the account first.');
  }
  const memory = new WebhookMemory(slot.center.file, account.id);
  return using(account, (setup) => work(account, setup, memory));
}

async function using<Answer>(account: Account, work: (setup: Setup) => Promise<Answer>): Promise<Answer> {
  const setup = createSetup(account);
  try {
    return await work(setup);
  } finally {
    setup.close();
  }
}

function problemOf(error: unknown): object {
  const { code, message, twilioCode = null, details } = asCenterError(error);
  return { code, message, twilioCode, reason: details?.reason ?? null };
}

/** Node-RED's own body parser has been here, unless somebody embeds it without. */
async function jsonOf(request: AdminRequest): Promise<unknown> {
  if (request.headers['content-type']?.startsWith('application/json') !== true) {
    throw new CenterError('JSON_REQUIRED', 'This must be sent as JSON.');
  }
  if (typeof request.body === 'object' && request.body !== null) return request.body;
  try {
    return JSON.parse((await readBody(request, LARGEST_BODY)).toString('utf8')) as unknown;
  } catch {
    throw new CenterError('INVALID_REQUEST', 'This is no JSON.');
  }
}

function shown(url: string | null): string | null {
  return url === null ? null : withoutPassword(url);
}

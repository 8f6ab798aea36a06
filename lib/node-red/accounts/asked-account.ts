import { CenterError } from '../../domain/errors.ts';
import type { Account } from '../../twilio/account.ts';
import type { AccountNode } from '../config-nodes.ts';
import { textOf } from '../config-values.ts';
import { record } from '../feeding/message.ts';
import type { FlowMessage, RuntimeApi, RuntimeNode } from '../runtime-api.ts';
import { apiAccount } from './account-config.ts';
import type { AccountCredentials } from './account-config.ts';

const FIELDS = ['sender', 'accountSid', 'messagingServiceSid', 'publicUrl', 'path', 'edge', 'region', 'apiBaseUrl'] as const;
const SECRETS = ['authToken', 'secondaryAuthToken', 'apiKeySid', 'apiKeySecret'] as const;
/** Where calls go; a stored secret goes nowhere else than where it was deployed to go. */
const PLACES = ['accountSid', 'edge', 'region', 'apiBaseUrl'] as const;

/**
 * The account that a dialog asks about: its fields as they stand there, with the stored secrets where none was typed. A
 * simulator has to be deployed first, because its secrets are made then.
 * @throws CenterError `ACCOUNT_MISSING`, `MALFORMED_SID`, `TOKEN_MISSING`, `INVALID_RECIPIENT` or `INVALID_PATH`
 */
export function askedAccount(RED: RuntimeApi, id: string, node: AccountNode | null, body: unknown): Account {
  const given = record(record(body)?.fields) ?? {};
  const secrets = record(record(body)?.credentials) ?? {};
  const deployed = node?.slot?.account;
  if (given.mode === 'simulator') {
    if (deployed?.mode === 'simulator') return deployed;
    throw new CenterError('ACCOUNT_MISSING', 'Deploy the simulated account first.');
  }
  const resolve = (value: unknown): string => resolved(RED, value);
  const fields = Object.fromEntries(FIELDS.map((name) => [name, resolve(given[name])]));
  const stored: Record<string, string | undefined> = node?.credentials ?? {};
  const samePlace = node !== null && PLACES.every((name) => textOf(node.config[name]) === fields[name]);
  const credentials = Object.fromEntries(
    SECRETS.map((name) => [name, resolve(secrets[name]) || (samePlace ? stored[name] : '')]),
  ) as AccountCredentials;
  return apiAccount({ id, type: 'whatsapp-account', ...fields }, credentials);
}

/** A dialog holds "${NAME}" as it stands; Node-RED resolves it for deployed nodes only. */
function resolved(RED: RuntimeApi, value: unknown): string {
  if (typeof value !== 'string' || !/^\$\{[^}]+\}$/.test(value.trim())) return textOf(value);
  let found: unknown = '';
  RED.util.evaluateNodeProperty(value.trim(), 'env', {} as RuntimeNode, {} as FlowMessage, (_error, result) => (found = result));
  return textOf(found);
}

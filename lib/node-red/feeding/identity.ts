import type { CustomerIdentity, CustomerRecord, RecordType } from '../../domain/message.ts';
import { record } from './message.ts';

const RECORD_TYPES: readonly RecordType[] = ['contact', 'account', 'case'];

/**
 * What a flow says about a customer in `msg.conversation.customer`: name, `authenticated: true` and records. What is not of
 * the contract's shape is left out, so that a slip in a Function node never stops a conversation from reaching an agent.
 */
export function identityOf(customer: Record<string, unknown> | null): CustomerIdentity | null {
  if (customer === null) return null;
  const identity: CustomerIdentity = {};
  if (typeof customer.name === 'string' && customer.name.trim() !== '') identity.name = customer.name.trim();
  if (customer.authenticated === true) identity.authenticated = true;
  if (Array.isArray(customer.records)) identity.records = customer.records.map(recordOf).filter((one) => one !== null);
  return identity;
}

function recordOf(value: unknown): CustomerRecord | null {
  const { type, id, title, url } = record(value) ?? {};
  const known = RECORD_TYPES.find((candidate) => candidate === type);
  const key = typeof id === 'number' ? String(id) : id;
  if (known === undefined || typeof key !== 'string' || key === '') return null;
  return {
    type: known,
    id: key,
    title: typeof title === 'string' && title !== '' ? title : key,
    ...(typeof url === 'string' && isWebAddress(url) ? { url } : {}),
  };
}

/** Agents click on it, so nothing but a web page. */
function isWebAddress(url: string): boolean {
  return URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol);
}

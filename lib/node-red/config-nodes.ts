import { CenterError } from '../domain/errors.ts';
import type { AccountConfig } from './accounts/account-config.ts';
import type { AccountSlot } from './accounts/account-slot.ts';
import type { CenterSlot } from './centers/center-slot.ts';
import type { Health } from './health.ts';
import type { RuntimeApi, RuntimeNode } from './runtime-api.ts';

/** A `contact-center` config node as other nodes see it. */
export interface ContactCenterNode extends RuntimeNode {
  health: Health;
  /** Null while the node cannot have its store. */
  slot: CenterSlot | null;
}

/** A `whatsapp-account` config node as other nodes see it. */
export interface AccountNode extends RuntimeNode {
  /** Its properties as deployed, environment variables resolved. */
  config: AccountConfig;
  health: Health;
  /** Null while the node cannot have its path. */
  slot: AccountSlot | null;
  /** Undefined when none is chosen or it is gone. */
  centerNode: ContactCenterNode | undefined;
}

/**
 * The contact center a node names.
 * @throws CenterError `CENTER_MISSING`
 */
export function centerNodeOf(RED: RuntimeApi, id: unknown): ContactCenterNode {
  const node = centerNodeIf(RED, id);
  if (node !== null) return node;
  throw new CenterError('CENTER_MISSING', 'No contact center is chosen, or the chosen one is disabled.');
}

/**
 * The account a node names.
 * @throws CenterError `ACCOUNT_MISSING`
 */
export function accountNodeOf(RED: RuntimeApi, id: unknown): AccountNode {
  const node = typeof id === 'string' && id !== '' ? RED.nodes.getNode(id) : null;
  if (node?.type === 'whatsapp-account' && 'health' in node) return node as AccountNode;
  throw new CenterError('ACCOUNT_MISSING', 'No WhatsApp account is chosen, or the chosen one is disabled.');
}

/**
 * The store of a config node that may have a problem.
 * @throws CenterError what is wrong with it
 */
export function slotOf(node: ContactCenterNode): CenterSlot {
  if (node.slot !== null) return node.slot;
  throw node.health.problem ?? new CenterError('CENTER_MISSING', 'The contact center has not started.');
}

/** True for a problem of the contact center itself, which its own node has put in the log. */
export function isCenterProblem(RED: RuntimeApi, id: unknown, problem: CenterError): boolean {
  return centerNodeIf(RED, id)?.health.problem === problem;
}

/** Calls `action` each time the contact center can be used again. Returns the way out. */
export function onCenterRecovery(RED: RuntimeApi, id: unknown, action: () => void): () => void {
  return centerNodeIf(RED, id)?.health.onRecovery(action) ?? (() => {});
}

function centerNodeIf(RED: RuntimeApi, id: unknown): ContactCenterNode | null {
  const node = typeof id === 'string' && id !== '' ? RED.nodes.getNode(id) : null;
  return node?.type === 'contact-center' && 'health' in node ? (node as ContactCenterNode) : null;
}

import type { RoutingWish } from '../../center/engine-contract.ts';
import { CenterError } from '../../domain/errors.ts';

/**
 * Reads `msg.routing`: how a flow wants a conversation routed.
 * @returns null when there is none
 * @throws CenterError `INVALID_REQUEST` for a field of the wrong kind; a typing error must not send a customer to anybody
 */
export function routingWishOf(routing: unknown): RoutingWish | null {
  if (routing === undefined || routing === null) return null;
  if (typeof routing !== 'object' || Array.isArray(routing)) throw invalid('an object');
  const { agent, queue, skills, priority } = routing as Record<string, unknown>;
  const wish: RoutingWish = {};
  if (isGiven(agent)) wish.agent = textOf(agent, 'agent');
  if (isGiven(queue)) wish.queue = textOf(queue, 'queue');
  if (isGiven(skills)) {
    const list = typeof skills === 'string' ? [skills] : skills;
    if (!Array.isArray(list) || !list.every((skill) => typeof skill === 'string')) throw invalid('skills as a list of texts');
    wish.skills = list;
  }
  if (isGiven(priority)) {
    if (typeof priority !== 'number' || !Number.isInteger(priority)) throw invalid('priority as a whole number');
    wish.priority = priority;
  }
  return wish;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function textOf(value: unknown, name: string): string {
  if (typeof value !== 'string') throw invalid(`${name} as a text`);
  return value;
}

function invalid(what: string): CenterError {
  return new CenterError('INVALID_REQUEST', `msg.routing must be ${what}: { agent, queue, skills, priority }.`);
}

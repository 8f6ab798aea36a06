import { randomUUID } from 'node:crypto';

/** A new id for anything the center creates; says nothing about what it names. */
export function newId(): string {
  return randomUUID();
}

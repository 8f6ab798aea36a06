import type { Center } from '../../center/center.ts';
import type { Account } from '../../twilio/account.ts';
import { createOutbox } from '../../twilio/outbox.ts';
import type { Outbox } from '../../twilio/outbox.ts';
import { resolveUnknown } from '../../twilio/resolve-unknown.ts';
import { createSender } from '../../twilio/sender.ts';
import type { AccountSlot } from './account-slot.ts';
import { CenterError } from '../../domain/errors.ts';

/** The one road out of an account, kept over deploys because one order per conversation must survive them. */
interface OutboxPart {
  key: string;
  outbox: Outbox;
  close(): void;
}

const parts = new WeakMap<AccountSlot, OutboxPart>();
const resolved = new WeakMap<Center, Set<string>>();

/**
 * The outbox of an account; another one when the account's settings have changed.
 * @throws CenterError what keeps the account from working
 */
export async function outboxOf(slot: AccountSlot): Promise<Outbox> {
  const center = await slot.ready;
  const account = slot.account;
  if (account === undefined) throw new CenterError('ACCOUNT_MISSING', 'The WhatsApp account cannot be used.');
  const key = JSON.stringify([account, center.instance]);
  const before = parts.get(slot);
  if (before?.key === key) return before.outbox;
  if (before !== undefined) void before.outbox.idle().then(() => before.close());
  const sender = createSender(account);
  const outbox = createOutbox({ center, account, sender });
  parts.set(slot, { key, outbox, close: () => sender.close() });
  return outbox;
}

/** Waits for what an account is sending and closes its connections. */
export async function closeOutbox(slot: AccountSlot): Promise<void> {
  const part = parts.get(slot);
  parts.delete(slot);
  await part?.outbox.idle();
  part?.close();
}

/**
 * Finds out, once per process, what became of messages that an earlier one claimed and did not record.
 * @param before by the center's clock; claims after it are this process's own and under way
 */
export async function resolveInterrupted(center: Center, account: Account, before: number): Promise<void> {
  const done = resolved.get(center) ?? new Set<string>();
  resolved.set(center, done);
  if (done.has(account.id)) return;
  done.add(account.id);
  const sender = createSender(account);
  try {
    await resolveUnknown(center, account, sender, before);
  } finally {
    sender.close();
  }
}

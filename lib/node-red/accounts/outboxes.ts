import { setTimeout as delay } from 'node:timers/promises';
import type { Center } from '../../center/center.ts';
import { CenterError, isCenterError } from '../../domain/errors.ts';
import { callsAtOnce, DEFAULT_RATE } from '../../domain/send-rate.ts';
import type { Account } from '../../twilio/account.ts';
import type { ChannelAccount } from '../../twilio/channel.ts';
import { createOutbox } from '../../twilio/outbox.ts';
import type { Outbox } from '../../twilio/outbox.ts';
import { Lanes } from '../../twilio/lanes.ts';
import { Paces } from '../../twilio/pace.ts';
import { Records } from '../../twilio/records.ts';
import { resolveUnknown } from '../../twilio/resolve-unknown.ts';
import { createSender } from '../../twilio/sender.ts';
import { createTemplates } from '../../twilio/templates.ts';
import { createTyping } from '../../twilio/typing.ts';
import { WaitingRoom } from '../../twilio/waiting/waiting-room.ts';
import type { CenterSlot } from '../centers/center-slot.ts';
import type { AccountSlot } from './account-slot.ts';
import type { OutNodes } from './out-nodes.ts';

/** The one road out of an account, kept over deploys because one order per conversation must survive them. */
interface OutboxPart extends ChannelAccount {
  key: string;
  outbox: Outbox;
  close(): void;
}

/** What stays, whatever is deployed: the order within a conversation, a sender's rate, what waits and what is still to be recorded. */
interface Lasting {
  lanes: Lanes;
  paces: Paces;
  room: WaitingRoom;
  records: Records;
  /** What waited for Twilio in earlier processes is in the room already. */
  resumed: boolean;
}

const parts = new WeakMap<AccountSlot, OutboxPart>();
const lasting = new WeakMap<AccountSlot, Lasting>();
const resolved = new WeakMap<Center, Set<string>>();

/** Pauses before Twilio is asked again what it knows, in milliseconds; the last one over and over. */
const ASK_AGAIN_AFTER_MS = [5_000, 15_000, 60_000];

/**
 * The outbox of an account; another one when the account's settings have changed.
 * @throws CenterError what keeps the account from working
 */
export async function outboxOf(slot: AccountSlot): Promise<Outbox> {
  const { outbox } = await partOf(slot);
  await resumeWaiting(slot);
  return outbox;
}

function lastingOf(slot: AccountSlot): Lasting {
  let known = lasting.get(slot);
  if (known === undefined) {
    known = {
      lanes: new Lanes(callsAtOnce(DEFAULT_RATE)),
      paces: new Paces(),
      room: new WaitingRoom(),
      records: new Records(),
      resumed: false,
    };
    lasting.set(slot, known);
  }
  return known;
}

/**
 * Tells how many messages wait while Twilio cannot be reached; null when that is over. What an earlier process left goes to
 * the nodes that it came from. Returns the way out.
 */
export function watchWaiting(outs: OutNodes, slot: AccountSlot, tell: (count: number | null) => void): () => void {
  const { room } = lastingOf(slot);
  room.onResumed = ({ nodeId }, outcome) => outs.deliverResumed(nodeId, outcome);
  let told: number | null = null;
  return room.watch(({ waiting, reachable }) => {
    const count = waiting > 0 || !reachable ? waiting : null;
    if (count === told) return;
    told = count;
    tell(count);
  });
}

/**
 * Goes on with what an earlier process could not give to Twilio; before anything new is sent, because it comes first.
 * @throws CenterError what keeps the account from working
 */
export async function resumeWaiting(slot: AccountSlot): Promise<void> {
  const kept = lastingOf(slot);
  if (kept.resumed) return;
  const { account, outbox } = await partOf(slot);
  const center = await slot.ready;
  const left = await center.query('postponed', { accountId: account.id });
  // Somebody else may have asked at the same time.
  if (kept.resumed) return;
  kept.resumed = true;
  outbox.resume(left);
}

/**
 * What can be asked of Twilio about an account: the same templates that the outbox looks at.
 * @throws CenterError what keeps the account from working
 */
export async function channelAccountOf(slot: AccountSlot): Promise<ChannelAccount> {
  return partOf(slot);
}

async function partOf(slot: AccountSlot): Promise<OutboxPart> {
  const center = await slot.ready;
  const account = slot.account;
  if (account === undefined) throw new CenterError('ACCOUNT_MISSING', 'The WhatsApp account cannot be used.');
  const key = JSON.stringify([account, center.instance]);
  const before = parts.get(slot);
  if (before?.key === key) return before;
  const { lanes, paces, room, records } = lastingOf(slot);
  // What was submitted before goes its way by the settings of then.
  if (before !== undefined) void lanes.passed().then(() => before.close());
  const sender = createSender(account);
  const templates = createTemplates(account);
  const typing = createTyping(account, {
    onOff: (reason) => slot.log.warn(`Customers do not see for a while that agents are typing: ${reason}`),
  });
  const part: OutboxPart = {
    key,
    account,
    templates,
    typing,
    outbox: createOutbox({ center, account, sender, templates, lanes, paces, room, records }),
    close: () => {
      for (const one of [sender, templates, typing]) one.close();
    },
  };
  parts.set(slot, part);
  return part;
}

/** Waits for what an account is sending and closes its connections. */
export async function closeOutbox(slot: AccountSlot): Promise<void> {
  const part = parts.get(slot);
  parts.delete(slot);
  const kept = lasting.get(slot);
  kept?.room.close();
  kept?.records.close();
  lasting.delete(slot);
  await kept?.lanes.idle();
  part?.close();
}

/**
 * Finds out, once per process, what became of messages that an earlier one claimed and did not record. Where Twilio cannot be
 * asked it is asked again later, for as long as the account is there: until then nobody knows, and the desk says so.
 * Messages claimed after the store was opened are this process's own and under way.
 */
export async function resolveInterrupted(slot: AccountSlot, center: Center, centerSlot: CenterSlot): Promise<void> {
  const id = slot.account?.id;
  const asked = resolved.get(center) ?? new Set<string>();
  resolved.set(center, asked);
  if (id === undefined || asked.has(id)) return;
  asked.add(id);
  for (let time = 0; centerSlot.current === center && slot.account?.id === id; time += 1) {
    if (await allResolved(center, slot.account, centerSlot.openedAt)) return;
    await delay(ASK_AGAIN_AFTER_MS[time] ?? ASK_AGAIN_AFTER_MS.at(-1), undefined, { ref: false });
  }
  asked.delete(id);
}

/** False when some could not be asked about, because Twilio or the store is not there at the moment. */
async function allResolved(center: Center, account: Account, before: number): Promise<boolean> {
  const sender = createSender(account);
  try {
    return (await resolveUnknown(center, account, sender, before)).left === 0;
  } catch (error) {
    if (isCenterError(error)) return false;
    throw error;
  } finally {
    sender.close();
  }
}

import { sql } from 'kysely';
import { CenterError } from '../../../domain/errors.ts';
import { OPT_OUT_CODES } from '../../../domain/error-kinds.ts';
import type { WhatsAppMessage } from '../../../domain/message.ts';
import { optWishOf, type OptOutReason } from '../../../domain/opt-out.ts';
import { prepared } from '../../../store/prepared.ts';
import type { Database } from '../../../store/schema.ts';
import { SYSTEM, type CommandContext, type NewEvent } from '../context.ts';
import type { MessageRow } from '../messages/message-rows.ts';

/** Where an event about a customer belongs. */
type About = Pick<NewEvent, 'conversationId' | 'queueId' | 'agentId' | 'messageId' | 'accountId'>;

/** How a customer stands to being written to. */
export interface OptStanding {
  opted_out_at: number | null;
  opt_out_reason: OptOutReason | null;
  opted_in_at: number | null;
}

/**
 * How one customer stands who was taken for two: whichever address they wrote it under, their last word counts, and a STOP
 * stands above a block, which any message of theirs ends.
 */
export function standingOfBoth(one: OptStanding, other: OptStanding): OptStanding {
  const inAt = Math.max(one.opted_in_at ?? -Infinity, other.opted_in_at ?? -Infinity);
  const outs = [one, other].filter(({ opted_out_at: at }) => at !== null && at >= inAt);
  const stops = outs.filter(({ opt_out_reason: reason }) => reason !== 'blocked');
  const [last] = (stops.length > 0 ? stops : outs).sort((a, b) => b.opted_out_at! - a.opted_out_at!);
  return {
    opted_out_at: last?.opted_out_at ?? null,
    opt_out_reason: last?.opt_out_reason ?? null,
    opted_in_at: Number.isFinite(inAt) ? inAt : null,
  };
}

const standingOf = prepared((db, p: { address: string }) =>
  db
    .selectFrom('customer_addresses')
    .innerJoin('customers', 'customers.id', 'customer_addresses.customer_id')
    .select(['opted_out_at', 'opt_out_reason'])
    .where('customer_addresses.address', '=', p.address),
);

/** @throws CenterError `OPTED_OUT` */
export async function refuseOptedOut(db: Database, address: string): Promise<void> {
  const [customer] = await standingOf(db, { address });
  if (customer === undefined || customer.opted_out_at === null) return;
  throw new CenterError(
    'OPTED_OUT',
    customer.opt_out_reason === 'blocked'
      ? 'WhatsApp says that this customer takes no messages from us. Nothing is sent until the customer writes again.'
      : 'This customer wrote STOP. Nothing is sent until the customer writes START.',
    { details: { reason: customer.opt_out_reason ?? 'stop', since: new Date(customer.opted_out_at).toISOString() } },
  );
}

/**
 * What a customer's message says about being written to. Messages may come late and out of order, so each counts from when
 * it was written, not from when it arrived here.
 */
export async function noteWish(
  db: Database,
  context: CommandContext,
  customer: OptStanding & { id: string },
  message: WhatsAppMessage,
  about: About,
): Promise<void> {
  const wish = optWishOf(message);
  const at = Date.parse(message.timestamp);
  const { opted_out_at: outAt, opt_out_reason: reason, opted_in_at: inAt } = customer;
  if (wish === 'stop') {
    if (inAt !== null && at < inAt) return;
    if (reason === 'stop') {
      // Said again: a START that was written in between, and comes late, is older than this one.
      await db
        .updateTable('customers')
        .set({ opted_out_at: Math.max(outAt ?? 0, at) })
        .where('id', '=', customer.id)
        .execute();
      return;
    }
    await optOut(db, context, customer.id, 'stop', at, about, { by: 'customer' });
    return;
  }
  const welcome = wish === 'start' || (reason === 'blocked' && outAt !== null);
  if (!welcome || (outAt !== null && at < outAt)) return;
  await db
    .updateTable('customers')
    .set({ opted_out_at: null, opt_out_reason: null, opted_in_at: Math.max(inAt ?? 0, at) })
    .where('id', '=', customer.id)
    .execute();
  if (outAt === null) return;
  context.emit({
    type: 'customer.opted-in',
    actor: { kind: 'customer', id: customer.id },
    ...about,
    reason: wish === 'start' ? 'start' : 'customer-wrote',
  });
  await tellOthers(db, context, customer.id, about, 'opted-in');
}

/** What Twilio's number says about it; one that is older than the customer's change of mind says nothing. */
export async function noteOptOutCode(
  db: Database,
  context: CommandContext,
  row: MessageRow,
  twilioCode: number,
  about: About,
): Promise<void> {
  const reason = OPT_OUT_CODES.get(twilioCode);
  if (reason === undefined || row.customer_id === null) return;
  const customer = await db
    .selectFrom('customers')
    .leftJoin('windows', 'windows.customer_id', 'customers.id')
    .select((e) => ['customers.opt_out_reason', 'customers.opted_in_at', e.fn.max('windows.last_customer_at').as('wrote_at')])
    .where('customers.id', '=', row.customer_id)
    .groupBy('customers.id')
    .executeTakeFirst();
  if (customer === undefined || customer.opt_out_reason !== null) return;
  const sentAt = row.submitted_at ?? row.created_at;
  const changedMind = reason === 'stop' ? customer.opted_in_at : Math.max(customer.opted_in_at ?? 0, customer.wrote_at ?? 0);
  if (changedMind !== null && sentAt < changedMind) return;
  await optOut(db, context, row.customer_id, reason, context.now, about, { by: 'twilio', twilioCode });
}

async function optOut(
  db: Database,
  context: CommandContext,
  customerId: string,
  reason: OptOutReason,
  at: number,
  about: About,
  data: Record<string, unknown>,
): Promise<void> {
  await db.updateTable('customers').set({ opted_out_at: at, opt_out_reason: reason }).where('id', '=', customerId).execute();
  context.emit({
    type: 'customer.opted-out',
    actor: data['by'] === 'customer' ? { kind: 'customer', id: customerId } : SYSTEM,
    ...about,
    reason,
    data,
  });
  await tellOthers(db, context, customerId, about, 'opted-out');
}

/** The customer's word counts for all their conversations, and whoever has another one of them has to see it, too. */
async function tellOthers(
  db: Database,
  context: CommandContext,
  customerId: string,
  about: About,
  reason: 'opted-out' | 'opted-in',
): Promise<void> {
  const others = await db
    .selectFrom('conversations')
    .select(['id', 'queue_id', 'agent_id', 'account_id'])
    .where('customer_id', '=', customerId)
    .where('state', '!=', sql.lit('closed'))
    .where('id', '!=', about.conversationId ?? '')
    .execute();
  for (const other of others) {
    context.emit({
      type: 'conversation.updated',
      actor: SYSTEM,
      conversationId: other.id,
      queueId: other.queue_id,
      agentId: other.agent_id,
      accountId: other.account_id,
      reason,
    });
  }
}

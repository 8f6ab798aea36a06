import { sql } from 'kysely';
import { bareAddress, hasNumber } from '../../../domain/address.ts';
import { checkRecipient } from '../../../domain/recipient.ts';
import type { Database } from '../../../store/schema.ts';
import type { KnownCustomer, RecipientView } from '../../sending-contract.ts';
import type { QueryFunction } from '../context.ts';
import { actingAgent } from '../conversations/actors.ts';
import { findConversation, named } from '../conversations/conversation-rows.ts';
import { knowsWhoHas, sightOf } from '../conversations/sight.ts';
import { customerAt } from '../customers/addresses.ts';
import { knownName } from '../customers/known-name.ts';

/** Of so many conversations, the newest, the customers are looked through. */
const LOOKED_THROUGH = 1000;

export const recipient: QueryFunction<'recipient'> = async (db, _context, { agentId, address, accountId = null }) => {
  await actingAgent(db, agentId);
  const to = checkRecipient(address);
  const customerId = await customerAt(db, to);
  const unknown = { address: bareAddress(to), name: null, optedOut: null, live: null };
  if (customerId === null) return unknown;
  const customer = await db
    .selectFrom('customers')
    .select(['name', 'profile_name', 'username', 'opted_out_at', 'opt_out_reason'])
    .where('id', '=', customerId)
    .executeTakeFirst();
  if (customer === undefined) return unknown;
  const { opted_out_at: at, opt_out_reason: reason } = customer;
  return {
    address: bareAddress(to),
    name: knownName(customer),
    optedOut: at === null ? null : { at, reason: reason ?? 'stop' },
    live: await liveWith(db, customerId, accountId, agentId),
  };
};

/** The live conversation with a customer: with this account where there is one, else the newest with any. */
async function liveWith(
  db: Database,
  customerId: string,
  accountId: string | null,
  agentId: string,
): Promise<RecipientView['live']> {
  const live = await db
    .selectFrom('conversations')
    .select(['id', 'account_id'])
    .where('customer_id', '=', customerId)
    .where('state', '!=', sql.lit('closed'))
    .orderBy('last_message_at', 'desc')
    .execute();
  const chosen = accountId === null ? live[0] : live.find((one) => one.account_id === accountId);
  const row = chosen === undefined ? undefined : await findConversation(db, chosen.id);
  if (row === undefined) return null;
  // A number that is typed in must not tell who of another team talks to whom: only that somebody does.
  const told = await knowsWhoHas(db, row, agentId);
  return {
    conversationId: row.id,
    state: row.state,
    handledBy: row.handled_by,
    agent: told ? named(row.agent_id, row.agent_name) : null,
    queue: told ? row.queue_name : null,
    visible: (await sightOf(db, row, agentId)) !== null,
  };
}

export const knownCustomers: QueryFunction<'knownCustomers'> = async (db, _context, { agentId, text, limit }) => {
  await actingAgent(db, agentId);
  const rows = await db
    .selectFrom('conversations')
    .innerJoin('customers', 'customers.id', 'conversations.customer_id')
    .select([
      'customers.id',
      'customers.address',
      'customers.name',
      'customers.profile_name',
      'customers.username',
      'customers.opted_out_at',
      'conversations.last_message_at',
    ])
    .where('conversations.last_agent', '=', agentId)
    .orderBy('conversations.last_message_at', 'desc')
    .limit(LOOKED_THROUGH)
    .execute();
  const words = fold(text).split(/\s+/u).filter(Boolean);
  const found = new Map<string, KnownCustomer>();
  for (const row of rows) {
    if (found.size >= limit) break;
    const name = knownName(row);
    const line = fold([name, row.username, bareAddress(row.address)].filter((part) => part !== null).join('\n'));
    if (found.has(row.id) || !words.every((word) => line.includes(word))) continue;
    found.set(row.id, {
      address: bareAddress(row.address),
      hasNumber: hasNumber(row.address),
      name,
      lastMessageAt: row.last_message_at,
      optedOut: row.opted_out_at !== null,
    });
  }
  return [...found.values()];
};

/** Without case and accents, as the lists of the desk are searched. */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

import { sql, type Selectable } from 'kysely';
import type { CustomersTable, Database } from '../../../store/schema.ts';
import { SYSTEM, type CommandContext } from '../context.ts';
import { closeRow } from '../conversations/agent-work.ts';
import { findConversation, type ConversationRow } from '../conversations/conversation-rows.ts';
import { standingOfBoth } from '../sending/opt-out.ts';

/**
 * Makes one customer of two, because Twilio has named both of their addresses in one message: conversations, messages, files,
 * windows and addresses are then those of the one who was known first.
 * @returns who remains
 */
export async function joinCustomers(db: Database, context: CommandContext, one: string, other: string): Promise<string> {
  const rows = await db
    .selectFrom('customers')
    .selectAll()
    .where('id', 'in', [one, other])
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  const [kept, joined] = rows as [Selectable<CustomersTable>, Selectable<CustomersTable>];
  await settleConversations(db, context, kept.id, joined.id);
  // Messages have no index by customer: they are found by their conversations.
  const ofJoined = db.selectFrom('conversations').select('conversations.id').where('customer_id', '=', joined.id);
  await db.updateTable('messages').set({ customer_id: kept.id }).where('conversation_id', 'in', ofJoined).execute();
  for (const table of ['conversations', 'media', 'customer_addresses'] as const) {
    await db.updateTable(table).set({ customer_id: kept.id }).where('customer_id', '=', joined.id).execute();
  }
  await joinWindows(db, kept.id, joined.id);
  await db.deleteFrom('customers').where('id', '=', joined.id).execute();
  await db.updateTable('customers').set(together(kept, joined)).where('id', '=', kept.id).execute();
  const live = await db
    .selectFrom('conversations')
    .select(['id', 'queue_id', 'agent_id'])
    .where('customer_id', '=', kept.id)
    .where('state', '!=', sql.lit('closed' as const))
    .execute();
  for (const about of live.length === 0 ? [null] : live) {
    context.emit({
      type: 'customer.joined',
      actor: SYSTEM,
      conversationId: about?.id ?? null,
      queueId: about?.queue_id ?? null,
      agentId: about?.agent_id ?? null,
      data: { customerId: kept.id, joinedId: joined.id },
    });
  }
  return kept.id;
}

/** What is known of the one, and of the other where the one says nothing. */
function together(kept: Selectable<CustomersTable>, joined: Selectable<CustomersTable>): Partial<Selectable<CustomersTable>> {
  return {
    name: kept.name ?? joined.name,
    profile_name: kept.profile_name ?? joined.profile_name,
    wa_id: kept.wa_id ?? joined.wa_id,
    external_user_id: kept.external_user_id ?? joined.external_user_id,
    username: kept.username ?? joined.username,
    ...standingOfBoth(kept, joined),
  };
}

/** With one sender there is one live conversation: the one that has come furthest goes on, the other ends. */
async function settleConversations(db: Database, context: CommandContext, one: string, other: string): Promise<void> {
  const live = await db
    .selectFrom('conversations')
    .select(['id', 'sender'])
    .where('customer_id', 'in', [one, other])
    .where('state', '!=', sql.lit('closed' as const))
    .execute();
  for (const sender of new Set(live.map((row) => row.sender))) {
    const rows: ConversationRow[] = [];
    for (const { id } of live.filter((row) => row.sender === sender)) rows.push((await findConversation(db, id))!);
    rows.sort((a, b) => rank(b) - rank(a) || b.last_message_at - a.last_message_at);
    for (const row of rows.slice(1)) await closeRow(db, context, row, 'force-close', SYSTEM, 'customer-joined');
  }
}

function rank(row: ConversationRow): number {
  if (row.agent_id !== null) return row.state === 'active' ? 4 : 3;
  return row.handled_by === 'queue' ? 2 : 1;
}

/** The window is the customer's, whichever address they wrote from. */
async function joinWindows(db: Database, kept: string, joined: string): Promise<void> {
  const windows = await db.selectFrom('windows').selectAll().where('customer_id', 'in', [kept, joined]).execute();
  for (const window of windows.filter(({ customer_id }) => customer_id === joined)) {
    const own = windows.find(({ customer_id, sender }) => customer_id === kept && sender === window.sender);
    await db.deleteFrom('windows').where('customer_id', '=', joined).where('sender', '=', window.sender).execute();
    const wroteLater = own === undefined || (window.last_customer_at ?? 0) > (own.last_customer_at ?? 0);
    const latest = {
      last_customer_at: later(own?.last_customer_at ?? null, window.last_customer_at),
      refused_at: later(own?.refused_at ?? null, window.refused_at),
      ...(wroteLater ? { closing_said: window.closing_said, closed_said: window.closed_said } : {}),
    };
    await db
      .insertInto('windows')
      .values({ customer_id: kept, sender: window.sender, ...latest })
      .onConflict((conflict) => conflict.columns(['customer_id', 'sender']).doUpdateSet(latest))
      .execute();
  }
}

function later(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}

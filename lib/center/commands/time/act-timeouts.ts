import { sql } from 'kysely';
import { isCenterError } from '../../../domain/errors.ts';
import { dueRules, type TimeoutRule } from '../../../domain/timeout-rules.ts';
import type { Database } from '../../../store/schema.ts';
import { newId } from '../../ids.ts';
import { SYSTEM, type CommandContext } from '../context.ts';
import { closeRow, setAsideRow } from '../conversations/agent-work.ts';
import {
  type ConversationRow,
  getConversation,
  ofConversation,
  selectConversations,
} from '../conversations/conversation-rows.ts';
import { addRemark } from '../conversations/remarks.ts';
import { writeToCustomer } from '../sending/write.ts';

/** Applies the time-out rules of each queue to its active conversations. */
export async function actTimeouts(db: Database, context: CommandContext): Promise<boolean> {
  const rows = await selectConversations(db)
    .select('queues.timeouts')
    .where('conversations.state', '!=', sql.lit('closed'))
    .where('conversations.state', '=', sql.lit('active' as const))
    .where('queues.timeouts', '!=', '[]')
    .execute();
  let changed = false;
  for (const row of rows) {
    const acted = JSON.parse(row.timeouts_acted) as string[];
    const rules = JSON.parse(row.timeouts!) as TimeoutRule[];
    const due = dueRules(rules, { lastCustomerAt: row.customer_wrote_at, lastAgentAt: row.agent_wrote_at, acted }, context.now);
    for (const rule of due) {
      acted.push(rule.id);
      await act(db, context, row.id, rule, acted);
      changed = true;
    }
  }
  return changed;
}

async function act(
  db: Database,
  context: CommandContext,
  conversationId: string,
  rule: TimeoutRule,
  acted: string[],
): Promise<void> {
  // Read anew: the rule before may have moved it on.
  const row: ConversationRow = await getConversation(db, conversationId);
  if (row.state !== 'active') return;
  await db
    .updateTable('conversations')
    .set({ timeouts_acted: JSON.stringify(acted) })
    .where('id', '=', row.id)
    .execute();
  const { action } = rule;
  context.emit({
    type: 'timeout.acted',
    actor: SYSTEM,
    ...ofConversation(row),
    reason: `${rule.silent}-silent`,
    data: { rule: rule.id, action: action.type },
  });
  const reason = `time-out-${rule.silent}-silent`;
  if (action.type === 'message-customer') await sayOrSkip(() => writeToCustomer(db, context, row, newId(), action.text, SYSTEM));
  else if (action.type === 'message-agent')
    await sayOrSkip(async () => void (await addRemark(db, context, row, 'internal', action.text, SYSTEM)));
  else if (action.type === 'wait') await setAsideRow(db, context, row, SYSTEM, reason);
  else await closeRow(db, context, row, 'time-out', SYSTEM, reason);
}

/** A rule whose text cannot be sent must not stop the sweep. */
async function sayOrSkip(say: () => Promise<void>): Promise<void> {
  try {
    await say();
  } catch (error) {
    if (!isCenterError(error)) throw error;
  }
}

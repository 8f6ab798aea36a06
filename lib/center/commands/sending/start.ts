import { CenterError } from '../../../domain/errors.ts';
import { nextState } from '../../../domain/conversation-state.ts';
import { checkContent } from '../../../domain/outbound-content.ts';
import { checkRecipient } from '../../../domain/recipient.ts';
import type { Database } from '../../../store/schema.ts';
import type { StartArgs } from '../../sending-contract.ts';
import type { CommandContext, CommandFunction } from '../context.ts';
import { actingAgent, type ActingAgent, authorOf, flowAuthor } from '../conversations/actors.ts';
import { getConversation, type ConversationRow } from '../conversations/conversation-rows.ts';
import { knowsWhoHas, sightOf } from '../conversations/sight.ts';
import { ownedBy } from '../conversations/owner.ts';
import { findMessage } from '../messages/message-rows.ts';
import { liveConversation } from '../messages/outbound.ts';
import { endOffer } from '../routing/offers.ts';
import { afterWork } from '../routing/presence.ts';
import { queueNamed } from '../routing/names.ts';
import { queuesOf } from '../routing/workload.ts';
import { refuseOptedOut } from './opt-out.ts';
import { viewOfWritten, writeToCustomer } from './write.ts';

/** Writes to a customer first. Outside the window only a template can, so a template it is. */
export const startConversation: CommandFunction<'startConversation'> = async (db, context, args) => {
  const to = checkRecipient(args.address);
  const { by, messageId, template, text } = args;
  const agent = 'agentId' in by ? await actingAgent(db, by.agentId) : null;
  const author = 'flow' in by ? flowAuthor(by.flow) : authorOf(agent!);
  const known = await findMessage(db, messageId);
  if (known !== undefined) {
    if (known.author_id !== author.id || known.conversation_id === null || known.direction !== 'outbound') {
      throw new CenterError('INVALID_REQUEST', 'This message id is in use.');
    }
    return answer(db, known.conversation_id, messageId);
  }
  checkContent(text, template);
  await refuseOptedOut(db, to);
  const queueId = await queueOf(db, args, agent);
  const live = await liveConversation(db, context, {
    to,
    from: args.sender,
    accountId: args.accountId,
    author,
    reason: agent === null ? 'flow-started' : 'agent-started',
  });
  if (live.queue_id === null) {
    await db.updateTable('conversations').set({ queue_id: queueId }).where('id', '=', live.id).execute();
  }
  if (agent !== null) await takeOver(db, context, await getConversation(db, live.id), agent);
  const row = await getConversation(db, live.id);
  await writeToCustomer(db, context, row, messageId, text, author, { template });
  return answer(db, live.id, messageId);
};

async function answer(db: Database, conversationId: string, messageId: string) {
  const { queue_id } = await getConversation(db, conversationId);
  return { conversationId, message: await viewOfWritten(db, messageId, queue_id) };
}

/**
 * The queue whose `notify-agent` sends: the one that is asked for, for an agent else the first of theirs that is served.
 * @throws CenterError `UNKNOWN_QUEUE`, `FORBIDDEN`
 */
async function queueOf(db: Database, { queueId }: StartArgs, agent: ActingAgent | null): Promise<string> {
  if (queueId !== undefined && queueId !== null) {
    const id = await queueNamed(db, queueId);
    if (agent !== null && !agent.supervisor && !(await queuesOf(db, agent.id)).includes(id)) {
      throw new CenterError('FORBIDDEN', 'You are not in this queue.');
    }
    return id;
  }
  if (agent === null) throw new CenterError('UNKNOWN_QUEUE', 'Say which queue’s notify-agent sends this template.');
  const own = await queuesOf(db, agent.id);
  const served = await db
    .selectFrom('queues')
    .select('id')
    .where('id', 'in', own)
    .where('node_id', 'is not', null)
    .orderBy('name')
    .executeTakeFirst();
  if (served === undefined) throw new CenterError('UNKNOWN_QUEUE', 'No queue of yours is running, so nothing could be sent.');
  return served.id;
}

/** @throws CenterError `ALREADY_ACCEPTED`, `FORBIDDEN`, `ILLEGAL_TRANSITION` */
async function takeOver(db: Database, context: CommandContext, row: ConversationRow, agent: ActingAgent): Promise<void> {
  if (row.agent_id !== null && row.agent_id !== agent.id) {
    const name = (await knowsWhoHas(db, row, agent.id)) ? row.agent_name : null;
    const text = `${name ?? 'Somebody of another queue'} is talking to this customer already.`;
    throw new CenterError('ALREADY_ACCEPTED', text, name === null ? {} : { details: { agent: name } });
  }
  if (row.state === 'active') return;
  if (row.state === 'wrap-up') {
    throw new CenterError('ILLEGAL_TRANSITION', 'Close your last conversation with this customer first: it is in wrap-up.');
  }
  if (row.handled_by === 'queue' && (await sightOf(db, row, agent.id)) === null) {
    throw new CenterError('FORBIDDEN', 'This customer waits in a queue that is not yours.');
  }
  const state = nextState(row.state, row.state === 'waiting' ? 'reopen' : 'accept');
  await endOffer(db, context, row.id, 'withdrawn');
  await db
    .updateTable('conversations')
    .set({
      state,
      ...ownedBy(row, agent.id, context.now),
      offered: 0,
      unclaimed: 0,
    })
    .where('id', '=', row.id)
    .execute();
  context.emit({
    type: 'conversation.assigned',
    actor: authorOf(agent),
    conversationId: row.id,
    queueId: row.queue_id,
    agentId: agent.id,
    reason: 'assigned-to-self',
    data: { from: row.agent_id, to: agent.id },
  });
  await afterWork(db, context, agent.id, 'own');
}

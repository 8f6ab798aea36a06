import { CenterError } from '../../../domain/errors.ts';
import type { Author } from '../../../domain/message.ts';
import type { Database } from '../../../store/schema.ts';
import type { FlowRequester, Requester } from '../../engine-contract.ts';
import { conversationClosed, type ConversationRow, getConversation } from './conversation-rows.ts';

/** Somebody who may act, with what they may do. */
export interface ActingAgent {
  kind: 'agent';
  id: string;
  name: string;
  supervisor: boolean;
}

/** @throws CenterError `FORBIDDEN` for a disabled agent, `UNKNOWN_AGENT` for an id that is nobody's */
export async function actingAgent(db: Database, agentId: string): Promise<ActingAgent> {
  const agent = await db.selectFrom('agents').select(['name', 'disabled', 'role']).where('id', '=', agentId).executeTakeFirst();
  if (agent === undefined) throw new CenterError('UNKNOWN_AGENT', 'There is no such agent.');
  if (agent.disabled === 1) throw new CenterError('FORBIDDEN', 'This agent is disabled.');
  return { kind: 'agent', id: agentId, name: agent.name, supervisor: agent.role === 'supervisor' };
}

/** @throws CenterError `FORBIDDEN` for anybody but a supervisor */
export async function actingSupervisor(db: Database, agentId: string): Promise<ActingAgent> {
  const agent = await actingAgent(db, agentId);
  if (!agent.supervisor) throw new CenterError('FORBIDDEN', 'Only a supervisor may do this.');
  return agent;
}

/**
 * An author as a flow named them: an agent's id must be somebody's, and the name is the team's word, not the flow's.
 * @throws CenterError `UNKNOWN_AGENT`
 */
export async function knownAuthor(db: Database, author: Author): Promise<Author> {
  if (author.kind !== 'agent') return author;
  if (author.id === undefined) return { kind: 'agent' };
  const agent = await db.selectFrom('agents').select(['id', 'name']).where('id', '=', author.id).executeTakeFirst();
  if (agent === undefined) throw new CenterError('UNKNOWN_AGENT', `There is no agent "${author.id}".`);
  return { kind: 'agent', id: agent.id, name: agent.name };
}

/** The node of a flow that asks, as events name it. */
export function flowAuthor({ nodeId, nodeName }: FlowRequester['flow']): Author {
  return { kind: 'flow', id: nodeId, ...(nodeName === undefined ? {} : { name: nodeName }) };
}

/** The author that events name. */
export function authorOf(actor: ActingAgent): Author {
  return { kind: 'agent', id: actor.id, name: actor.name };
}

/** The agent's own conversation. @throws CenterError `NOT_YOUR_CONVERSATION`, `UNKNOWN_CONVERSATION` */
export async function ownConversation(db: Database, conversationId: string, agentId: string): Promise<ConversationRow> {
  const row = await getConversation(db, conversationId);
  if (row.agent_id !== agentId) throw notYours(row);
  return row;
}

function notYours({ agent_name: name }: ConversationRow): CenterError {
  const text = name === null ? 'Accept the conversation first.' : `This conversation is with ${name}.`;
  return new CenterError('NOT_YOUR_CONVERSATION', text);
}

/**
 * A live conversation that the requester may move: its agent, a supervisor, or the flow.
 * @throws CenterError `CONVERSATION_CLOSED`, `NOT_YOUR_CONVERSATION`, `UNKNOWN_CONVERSATION`, `FORBIDDEN`
 */
export async function movableConversation(
  db: Database,
  conversationId: string,
  by: Requester,
): Promise<{ row: ConversationRow; actor: Author }> {
  const row = await getConversation(db, conversationId);
  const actor = await requesterOf(db, by, row);
  if (row.state === 'closed') {
    throw conversationClosed();
  }
  return { row, actor };
}

/**
 * Of two who decide about the same conversation at once, the second one is told.
 * @throws CenterError `ALREADY_ACCEPTED` when somebody else has it than the requester saw
 */
export function refuseIfMoved(row: ConversationRow, seenWith: string | null | undefined): void {
  if (seenWith === undefined || row.agent_id === seenWith) return;
  const text =
    row.agent_name === null ? 'Nobody has this conversation any more.' : `${row.agent_name} has this conversation meanwhile.`;
  throw new CenterError('ALREADY_ACCEPTED', text, row.agent_name === null ? {} : { details: { agent: row.agent_name } });
}

async function requesterOf(db: Database, by: Requester, row: ConversationRow): Promise<Author> {
  if ('flow' in by) return flowAuthor(by.flow);
  const agent = await actingAgent(db, by.agentId);
  if (row.agent_id !== agent.id && !agent.supervisor) throw notYours(row);
  return authorOf(agent);
}

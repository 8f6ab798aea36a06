import type { Center } from '../../lib/center/center.ts';

/** Somebody at work, with a live desk unless told otherwise; the first one is a supervisor. */
export async function addAgent(
  center: Center,
  username: string,
  { name = username, live = true }: { name?: string; live?: boolean } = {},
): Promise<string> {
  const actorId = (await center.query('team', {})).find(({ role }) => role === 'supervisor')?.id ?? null;
  const role = actorId === null ? 'supervisor' : 'agent';
  const { id } = await center.run('addAgent', { actorId, agent: { username, name, role, passwordHash: 'hash' } });
  if (live) await center.run('openDesk', { deskId: `desk-${username}`, agentId: id });
  return id;
}

/** Puts a conversation into a queue, as a `notify-agent` does of which the flow wants nothing further. */
export async function queueUp(
  center: Center,
  queueId: string,
  conversationId: string,
  messageId: string | null = null,
): Promise<void> {
  const nothing = { customer: null, attributes: null, tags: null };
  await center.run('queueConversation', { queueId, conversationId, messageId, ...nothing });
}

/** Brings a conversation to an agent, through a queue that a node serves. Resolves to the queue. */
export async function bringTo(center: Center, conversationId: string, agentId: string): Promise<string> {
  const { queueId } = await center.run('serveQueue', { name: 'Support', nodeId: 'node', offerSeconds: 60 });
  await queueUp(center, queueId, conversationId);
  await center.run('accept', { conversationId, agentId });
  return queueId;
}

import { DatabaseSync } from 'node:sqlite';
import type { Center } from '../../lib/center/center.ts';
import { openCenter } from '../../lib/center/open-center.ts';

/** A contact center with a long line, a large team and a history. */
export interface LineOptions {
  file: string;
  agents: number;
  waiting: number;
  closed: number;
}

const QUEUES = [
  { name: 'Sales', strategy: 'least-active' },
  { name: 'Support', strategy: 'round-robin' },
  { name: 'Billing', strategy: 'all' },
] as const;
const SKILLS = ['[]', '[]', '[]', '[]', '["french"]', '["french","billing"]'];
const AN_OFFER_PER_CLOSED = 2;
const EVENTS_PER_CLOSED = 8;

/** Fills a new store and opens it; nobody is there yet. */
export async function openLine({ file, agents, waiting, closed }: LineOptions): Promise<{ center: Center; agentIds: string[] }> {
  const empty = await openCenter({ file });
  const agentIds: string[] = [];
  const supervisor = await empty.run('addAgent', {
    actorId: null,
    agent: { username: 'sofia', name: 'Sofia', role: 'supervisor', passwordHash: '-' },
  });
  for (let n = 0; n < agents; n++) {
    const agent = { username: `agent${n}`, name: `Agent ${n}`, role: 'agent', passwordHash: '-' } as const;
    const { id } = await empty.run('addAgent', { actorId: supervisor.id, agent });
    const change = { capacity: 3, skills: n % 3 === 0 ? [] : n % 3 === 1 ? ['french'] : ['french', 'billing'] };
    await empty.run('changeWork', { actorId: supervisor.id, agentId: id, change });
    agentIds.push(id);
  }
  const queueIds: string[] = [];
  for (const queue of QUEUES) {
    queueIds.push((await empty.run('serveQueue', { ...queue, nodeId: queue.name, offerSeconds: 3600 })).queueId);
  }
  const now = empty.now();
  await empty.close();
  fill(file, { agentIds, queueIds, waiting, closed, now });
  return { center: await openCenter({ file }), agentIds };
}

/** Writes past the commands: ten thousand of them would take longer than what is measured. */
function fill(
  file: string,
  {
    agentIds,
    queueIds,
    waiting,
    closed,
    now,
  }: { agentIds: string[]; queueIds: string[]; waiting: number; closed: number; now: number },
): void {
  const db = new DatabaseSync(file);
  const customer = db.prepare('insert into customers (id, address, created_at) values (?, ?, ?)');
  const window = db.prepare('insert into windows (customer_id, sender, last_customer_at) values (?, ?, ?)');
  const conversation = db.prepare(
    `insert into conversations (id, customer_id, account_id, sender, state, handled_by, queue_id, agent_id, last_agent,
       authenticated, records, attributes, tags, opened_at, queued_at, accepted_at, ended_at, closed_at, close_reason,
       last_message_at, unread, content_released, skills, unclaimed)
     values (?, ?, 'account', 'whatsapp:+15550100000', ?, ?, ?, ?, ?, 0, '[]', '{}', '[]', ?, ?, ?, ?, ?, ?, ?, 0, 1, ?, ?)`,
  );
  const offer = db.prepare(
    `insert into offers (id, conversation_id, queue_id, state, created_at, expires_at, ended_at) values (?, ?, ?, 'accepted', ?, ?, ?)`,
  );
  const part = db.prepare('insert into offer_agents (offer_id, agent_id, state) values (?, ?, ?)');
  const event = db.prepare(
    `insert into events (id, type, at, actor_kind, conversation_id, data) values (?, 'conversation.updated', ?, 'system', ?, '{}')`,
  );
  db.exec('pragma synchronous = off; begin');
  for (let n = 0; n < closed; n++) {
    const at = now - 90 * 86_400_000 + n * 600;
    const agent = agentIds[n % agentIds.length]!;
    customer.run(`past-${n}`, `whatsapp:+1555${String(n).padStart(8, '0')}`, at);
    const queue = queueIds[n % queueIds.length]!;
    conversation.run(
      `closed-${n}`,
      `past-${n}`,
      'closed',
      'agent',
      queue,
      agent,
      agent,
      at,
      at,
      at,
      at,
      at,
      'agent-closed',
      at,
      '[]',
      0,
    );
    for (let k = 0; k < AN_OFFER_PER_CLOSED; k++) {
      offer.run(`offer-${n}-${k}`, `closed-${n}`, queue, at, at, at);
      part.run(`offer-${n}-${k}`, agent, k === 0 ? 'expired' : 'accepted');
      part.run(`offer-${n}-${k}`, agentIds[(n + 1) % agentIds.length]!, 'withdrawn');
    }
    for (let k = 0; k < EVENTS_PER_CLOSED; k++) event.run(`event-${n}-${k}`, at, `closed-${n}`);
  }
  for (let n = 0; n < waiting; n++) {
    const at = now - (waiting - n) * 100;
    customer.run(`customer-${n}`, `whatsapp:+1666${String(n).padStart(8, '0')}`, at);
    window.run(`customer-${n}`, 'whatsapp:+15550100000', at);
    const skills = SKILLS[n % SKILLS.length]!;
    const queue = queueIds[n % queueIds.length]!;
    conversation.run(
      `waiting-${n}`,
      `customer-${n}`,
      'open',
      'queue',
      queue,
      null,
      null,
      at,
      at,
      null,
      null,
      null,
      null,
      at,
      skills,
      1,
    );
  }
  db.exec('commit');
  db.close();
}

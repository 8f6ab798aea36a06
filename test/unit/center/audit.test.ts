import { expect } from 'chai';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { auditRows } from '../../../lib/center/commands/supervision/audit.ts';
import { kyselyOver, Statements } from '../../../lib/store/sqlite/dialect.ts';
import { TestCenter } from '../../support/center.ts';

type Filter = Omit<Parameters<typeof auditRows>[1], 'limit'>;

describe('the audit trail', () => {
  let test: TestCenter;
  let sue: string;
  beforeEach(async () => {
    test = await TestCenter.open();
    sue = await test.agent('sue');
  });
  afterEach(() => test.close());

  /** How SQLite reads a page. */
  const planOf = (filter: Filter): string => {
    const db = new DatabaseSync(test.file, { readOnly: true });
    try {
      const { sql, parameters } = auditRows(kyselyOver(new Statements(db)), { limit: 50, ...filter }).compile();
      const rows = db.prepare(`explain query plan ${sql}`).all(...(parameters as SQLInputValue[])) as { detail: string }[];
      return rows.map(({ detail }) => detail).join('; ');
    } finally {
      db.close();
    }
  };

  it('reads each page from the end of the index that fits, with and without a place to go on from', () => {
    const filters: [string, Filter][] = [
      ['events_by_people', { by: 'agent' }],
      ['events_by_people_and_type', { by: 'agent', type: 'conversation.closed' }],
      ['events_by_actor', { by: 'agent', actor: 'somebody' }],
      ['events_by_actor_and_type', { by: 'agent', actor: 'somebody', type: 'conversation.closed' }],
      ['events_by_actor', { actor: 'somebody' }],
      ['events_by_type', { type: 'clock.moved' }],
      ['events_by_conversation', { conversationId: 'one' }],
      ['events_by_conversation', { conversationId: 'one', by: 'agent' }],
    ];
    for (const [index, filter] of filters) {
      for (const before of [undefined, 1000]) {
        const plan = planOf({ ...filter, before });
        expect(plan, JSON.stringify(filter)).to.match(new RegExp(`USING INDEX ${index}( |$)`));
        expect(plan, JSON.stringify(filter)).to.not.include('TEMP B-TREE');
      }
    }
    expect(planOf({}), 'everything: along the log').to.not.include('TEMP B-TREE');
  });

  it('names the customer of a conversation, and tells neither the number nor what was written', async () => {
    const queueId = await test.queue();
    const named = await test.queued(queueId, { profileName: 'Maria' });
    const nameless = await test.queued(queueId, { from: 'whatsapp:+15552000001' });
    const customersOf = async (conversationId: string) => {
      const { entries } = await test.center.query('audit', { actorId: sue, limit: 50, conversationId });
      expect(entries).to.not.deep.equal([]);
      expect(JSON.stringify(entries)).to.not.match(/\+1555\d{4,}|Hello/);
      return [...new Set(entries.map(({ customer }) => customer))];
    };
    expect(await customersOf(named)).to.deep.equal(['Maria']);
    expect(await customersOf(nameless)).to.deep.equal(['+15 •••• 0001']);
    const all = await test.center.query('audit', { actorId: sue, limit: 50 });
    expect(all.entries.filter(({ conversationId }) => conversationId === null).map(({ customer }) => customer)).to.include(null);
  });

  it('pages through what one filter finds, without gap or repetition', async () => {
    const queueId = await test.queue();
    for (let n = 0; n < 7; n++) {
      const id = await test.queued(queueId, { from: `whatsapp:+155520000${n}0` });
      await test.center.run('accept', { conversationId: id, agentId: sue });
      await test.center.run('forceClose', { conversationId: id, by: { agentId: sue } });
    }
    const found: string[] = [];
    let before: number | undefined;
    do {
      const page = await test.center.query('audit', { actorId: sue, limit: 3, by: 'agent', type: 'conversation.closed', before });
      found.push(...page.entries.map((entry) => `${entry.seq} ${entry.type}`));
      before = page.before ?? undefined;
    } while (before !== undefined);
    const closed = test.events.filter((event) => event.type === 'conversation.closed');
    expect(found).to.deep.equal(closed.map((event) => `${event.seq} ${event.type}`).reverse());
    expect(found).to.have.length(7);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { offerFields } from '../../../../desk/web/alerts/offer-fields.ts';
import { parseRoute, routeHash, SUPERVISE_TABS, TEAM_TABS, type Route } from '../../../../desk/web/page/route.ts';
import { filterConversations } from '../../../../desk/web/sessions/filter.ts';
import { sortConversations, SORTS } from '../../../../desk/web/sessions/sort.ts';
import { conversation, HOUR, NOW, windowLeft } from '../support.ts';

describe('sorting conversations', () => {
  const rows = [
    conversation({ id: 'closed', session: windowLeft(-1), queuedAt: NOW - 30 * HOUR, lastMessageAt: NOW - 30 * HOUR }),
    conversation({ id: 'late', session: windowLeft(20 * HOUR), queuedAt: NOW - 1 * HOUR, lastMessageAt: NOW - 2 }),
    conversation({ id: 'soon', session: windowLeft(10_000), queuedAt: NOW - 24 * HOUR, lastMessageAt: NOW - 24 * HOUR }),
    conversation({
      id: 'unqueued',
      session: windowLeft(5 * HOUR),
      queuedAt: null,
      openedAt: NOW - 40 * HOUR,
      lastMessageAt: NOW - 1,
    }),
  ];
  const order = (sort: (typeof SORTS)[number]): string[] => sortConversations(rows, sort, NOW).map(({ id }) => id);

  it('puts what closes soonest on top and what is closed at the end', () => {
    expect(order('closing')).to.deep.equal(['soon', 'unqueued', 'late', 'closed']);
  });

  it('knows who has waited longest and where the newest message is', () => {
    expect(order('waiting')).to.deep.equal(['unqueued', 'closed', 'soon', 'late']);
    expect(order('latest')).to.deep.equal(['unqueued', 'late', 'soon', 'closed']);
  });

  it('does not depend on the order it is given, and loses nobody', () => {
    const one = fc.record({ id: fc.uuid(), left: fc.integer({ min: -5, max: 5 }) });
    fc.assert(
      fc.property(fc.uniqueArray(one, { selector: ({ id }) => id }), fc.constantFrom(...SORTS), fc.nat(), (some, sort, turn) => {
        const given = some.map(({ id, left }) => conversation({ id, session: windowLeft(left * HOUR) }));
        const turned = [...given.slice(turn % (given.length || 1)), ...given.slice(0, turn % (given.length || 1))];
        const sorted = sortConversations(given, sort, NOW);
        expect(sorted).to.have.members(given);
        expect(sortConversations(turned, sort, NOW)).to.deep.equal(sorted);
      }),
    );
  });
});

describe('filtering conversations', () => {
  const named = (id: string, name: string, change = {}) =>
    conversation({ id, customer: { ...conversation().customer, name }, ...change });
  const rows = [
    named('c1', 'Lucía Pereira', { tags: ['vip'] }),
    named('c2', 'Ștefan Ionescu', {
      queue: { id: 'q2', name: 'Billing' },
      lastMessage: { text: 'My INVOICE', type: 'text', direction: 'inbound', status: 'received', durationMs: null },
    }),
    named('c3', 'Ewa', { queue: null, firstMessage: null, lastMessage: null }),
  ];
  const found = (text: string, queueId: string | null = null): string[] =>
    filterConversations(rows, { text, queueId }).map(({ id }) => id);

  it('shows everything for no filter', () => {
    expect(found('  ')).to.deep.equal(['c1', 'c2', 'c3']);
  });

  it('finds without case and accents, in names, texts, tags and queues, all words of it', () => {
    expect(found('LUCIA')).to.deep.equal(['c1']);
    expect(found('stefan invoice')).to.deep.equal(['c2']);
    expect(found('billing')).to.deep.equal(['c2']);
    expect(found('vip')).to.deep.equal(['c1']);
    expect(found('lucia invoice')).to.deep.equal([]);
  });

  it('keeps to a queue', () => {
    expect(found('', 'q1')).to.deep.equal(['c1']);
    expect(found('lucia', 'q2')).to.deep.equal([]);
  });
});

describe('the fields of a notification', () => {
  it('are the most telling four', () => {
    const rich = conversation({
      language: 'Portuguese',
      attributes: { plan: 'gold' },
      customer: {
        ...conversation().customer,
        records: [
          { type: 'contact', id: 'C-1', title: 'Lucía Pereira' },
          { type: 'case', id: 'CAS-1', title: 'Parcel' },
        ],
      },
    });
    expect(offerFields(rich).map(({ kind }) => kind)).to.deep.equal(['queue', 'waiting', 'case', 'contact']);
  });

  it('are queue, waiting time and address when nothing else is known', () => {
    expect(offerFields(conversation())).to.deep.equal([
      { kind: 'queue', text: 'Support' },
      { kind: 'waiting', since: NOW - 4 * HOUR },
      { kind: 'address', text: '+15550100001' },
    ]);
  });
});

describe('addresses of the pages', () => {
  it('come back as they went, whatever the id of a conversation', () => {
    const routes = fc.oneof(
      fc.constant<Route>({ page: 'home' }),
      fc.constantFrom(...SUPERVISE_TABS).map<Route>((tab) => ({ page: 'supervise', tab })),
      fc.constantFrom(...TEAM_TABS).map<Route>((tab) => ({ page: 'team', tab, queueId: null })),
      fc.string({ minLength: 1 }).map<Route>((queueId) => ({ page: 'team', tab: 'queues', queueId })),
      ...(['sessions', 'start'] as const).flatMap((page) => [
        fc.constant<Route>({ page, conversationId: null }),
        fc.string({ minLength: 1 }).map<Route>((conversationId) => ({ page, conversationId })),
      ]),
    );
    fc.assert(
      fc.property(routes, (route) => {
        expect(parseRoute(routeHash(route))).to.deep.equal(route);
      }),
    );
  });

  it('are Home when they are nothing we know', () => {
    expect(['', '#', '#/nowhere', '#/home/x'].map(parseRoute)).to.deep.equal(Array(4).fill({ page: 'home' }));
    expect(parseRoute('#/supervise/nothing')).to.deep.equal({ page: 'supervise', tab: 'live' });
    expect(parseRoute('#/team/people/q1')).to.deep.equal({ page: 'team', tab: 'people', queueId: null });
    expect(parseRoute('#/sessions/%E0%A4%A')).to.deep.equal({ page: 'sessions', conversationId: '%E0%A4%A' });
  });
});

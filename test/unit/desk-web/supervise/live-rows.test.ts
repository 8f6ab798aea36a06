import { expect } from 'chai';
import fc from 'fast-check';
import { keepSame } from '../../../../desk/web/supervise/keep-same.ts';
import {
  filterLive,
  handleOf,
  LIVE_COLUMNS,
  liveState,
  sortLive,
  waitOf,
  type LiveConversation,
} from '../../../../desk/web/supervise/live/live-rows.ts';
import { conversation, HOUR, NOW, windowLeft } from '../support.ts';

const row = (id: string, change: Partial<LiveConversation> = {}): LiveConversation => ({
  ...conversation({ id }),
  waitingMs: 0,
  handleMs: 0,
  attending: [],
  ...change,
});

const open = row('open', { state: 'open', handledBy: 'queue', agent: null, acceptedAt: null, queuedAt: NOW - HOUR });
const bot = row('bot', { state: 'open', handledBy: 'flow', agent: null, acceptedAt: null, queuedAt: null, queue: null });
const active = row('active', { queuedAt: NOW - 4 * HOUR, acceptedAt: NOW - 3 * HOUR, session: windowLeft(HOUR) });
const ended = row('ended', {
  state: 'wrap-up',
  queuedAt: NOW - 5 * HOUR,
  acceptedAt: NOW - 4 * HOUR,
  endedAt: NOW - HOUR,
  session: windowLeft(-1),
});
const rows = [open, bot, active, ended];

describe('the live conversations', () => {
  it('tell the bot’s apart from what waits for an agent', () => {
    expect(rows.map(liveState)).to.deep.equal(['open', 'bot', 'active', 'wrap-up']);
  });

  it('count waiting until somebody accepts, and handling until End', () => {
    expect(rows.map((one) => waitOf(one, NOW))).to.deep.equal([HOUR, null, HOUR, HOUR]);
    expect(rows.map((one) => waitOf(one, NOW + 5))).to.deep.equal([HOUR + 5, null, HOUR, HOUR]);
    expect(rows.map((one) => handleOf(one, NOW))).to.deep.equal([null, null, 3 * HOUR, 3 * HOUR]);
  });

  it('are narrowed down by state, agent and queue at once', () => {
    const ids = (filter: Partial<Parameters<typeof filterLive>[1]>): string[] =>
      filterLive(rows, { text: '', queueId: null, state: null, agentId: null, ...filter }).map(({ id }) => id);
    expect(ids({})).to.have.length(4);
    expect(ids({ state: 'bot' })).to.deep.equal(['bot']);
    expect(ids({ agentId: 'a1' })).to.deep.equal(['active', 'ended']);
    expect(ids({ queueId: 'q1', state: 'open' })).to.deep.equal(['open']);
  });

  it('are sorted by any column, what has no value last in both directions', () => {
    const ids = (column: (typeof LIVE_COLUMNS)[number], direction: 1 | -1): string[] =>
      sortLive(rows, { column, direction }, NOW, ({ id }) => id).map(({ id }) => id);
    expect(ids('window', 1)).to.deep.equal(['active', 'bot', 'open', 'ended']);
    expect(ids('window', -1)).to.deep.equal(['bot', 'open', 'active', 'ended']);
    expect(ids('customer', -1)).to.deep.equal(['open', 'ended', 'bot', 'active']);
    expect(ids('handle', -1).slice(2)).to.have.members(['bot', 'open']);
    expect(ids('agent', 1).slice(2)).to.have.members(['bot', 'open']);
  });

  it('keep one order whatever order they come in, and none is lost', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(rows, { minLength: 4 }),
        fc.constantFrom(...LIVE_COLUMNS),
        fc.constantFrom<1 | -1>(1, -1),
        (shuffled, column, direction) => {
          const sorted = sortLive(shuffled, { column, direction }, NOW, ({ id }) => id);
          expect(sorted).to.deep.equal(sortLive(rows, { column, direction }, NOW, ({ id }) => id));
        },
      ),
    );
  });
});

describe('a fresh answer', () => {
  it('leaves what has not changed the very same object, whatever time has passed', () => {
    const later = { ...active, waitingMs: 5, handleMs: 9, session: { ...active.session, remainingMs: 1 } };
    const moved = { ...open, state: 'active' as const };
    const kept = keepSame([active, open], [moved, later, bot]);
    expect(kept[0]).to.equal(moved);
    expect(kept[1]).to.equal(active);
    expect(kept[2]).to.equal(bot);
    expect(kept).to.have.length(3);
  });
});

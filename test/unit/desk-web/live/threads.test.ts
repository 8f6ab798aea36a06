import { expect } from 'chai';
import fc from 'fast-check';
import type { MessagePage, MessageView } from '../../../../lib/center/views.ts';
import { DeskError } from '../../../../desk/web/api/desk-error.ts';
import { mergeMessages } from '../../../../desk/web/live/message-list.ts';
import { createThreads, PAGE_SIZE } from '../../../../desk/web/live/threads.ts';
import { conversation, event, fakeApi, HandTimers, message, NOW, remark, settle } from '../support.ts';

/** A server with one conversation, which answers pages as the center does. */
function setUp(count: number) {
  const timers = new HandTimers();
  const all: MessageView[] = Array.from({ length: count }, (_, index) => message(index + 1));
  const asked: { limit: number; before: number | undefined }[] = [];
  let problem: DeskError | null = null;
  const api = fakeApi({
    conversation: () => (problem === null ? Promise.resolve(conversation()) : Promise.reject(problem)),
    messages(_, limit, before): Promise<MessagePage> {
      if (problem !== null) return Promise.reject(problem);
      asked.push({ limit, before });
      const until = all.filter(({ seq }) => before === undefined || seq < before);
      const page = until.slice(-limit);
      return Promise.resolve({ messages: page, events: [], names: {}, before: until.length > limit ? page[0]!.seq : null });
    },
  });
  const threads = createThreads(api, () => undefined, timers);
  const refreshed = async (): Promise<void> => {
    timers.advance(1000);
    await settle();
  };
  const seqs = (): number[] => threads.open('c1').messages.map(({ seq }) => seq);
  return { threads, all, asked, refreshed, seqs, fail: (error: DeskError | null) => (problem = error) };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('threads', () => {
  it('load the newest page, then older ones up to the beginning', async () => {
    const { threads, seqs } = setUp(PAGE_SIZE * 2 + 10);
    const thread = threads.open('c1');
    expect(thread.phase).to.equal('loading');
    await settle();
    expect(thread.phase).to.equal('ready');
    expect(seqs()).to.deep.equal(range(PAGE_SIZE + 11, PAGE_SIZE * 2 + 10));
    await threads.older('c1');
    await threads.older('c1');
    expect(seqs()).to.deep.equal(range(1, PAGE_SIZE * 2 + 10));
    expect(thread.before).to.equal(null);
  });

  it('can be read up to the beginning when something was sent before the first page came', async () => {
    const { threads, all, seqs } = setUp(PAGE_SIZE + 10);
    threads.open('c1');
    threads.adoptMessage('c1', all.at(-1)!);
    await settle();
    await threads.older('c1');
    expect(seqs()).to.deep.equal(range(1, PAGE_SIZE + 10));
  });

  it('keep their end when they are left, and can be read up to the beginning again', async () => {
    const { threads, all, seqs, refreshed } = setUp(PAGE_SIZE * 5);
    const thread = threads.open('c1');
    await settle();
    while (thread.before !== null) await threads.older('c1');
    threads.leave('c1');
    expect(seqs()).to.deep.equal(range(PAGE_SIZE * 3 + 1, PAGE_SIZE * 5));
    all.push(message(PAGE_SIZE * 5 + 1));
    threads.touch('c1', `m${PAGE_SIZE * 5 + 1}`);
    await refreshed();
    while (thread.before !== null) await threads.older('c1');
    expect(seqs()).to.deep.equal(range(1, PAGE_SIZE * 5 + 1));
  });

  it('lose nothing when they are left while older ones are on their way', async () => {
    const { threads, seqs } = setUp(PAGE_SIZE * 4);
    const thread = threads.open('c1');
    await settle();
    await threads.older('c1');
    await threads.older('c1');
    const last = threads.older('c1');
    threads.leave('c1');
    await last;
    expect(thread.before).to.equal(null);
    expect(seqs()).to.deep.equal(range(1, PAGE_SIZE * 4));
  });

  it('close the gap after a long time away', async () => {
    const { threads, all, refreshed, seqs } = setUp(5);
    threads.open('c1');
    await settle();
    all.push(...range(6, 150).map((seq) => message(seq)));
    threads.touch('c1', 'm150');
    await refreshed();
    expect(seqs()).to.deep.equal(range(1, 150));
  });

  it('begin anew rather than fetch thousands, and can still be read up to the beginning', async () => {
    const { threads, all, refreshed, seqs } = setUp(5);
    threads.open('c1');
    await settle();
    all.push(...range(6, 1000).map((seq) => message(seq)));
    threads.touch('c1', 'm1000');
    await refreshed();
    const shown = seqs();
    expect(shown.at(-1)).to.equal(1000);
    expect(shown).to.deep.equal(range(shown[0]!, 1000));
    while (threads.open('c1').before !== null) await threads.older('c1');
    expect(seqs()).to.deep.equal(range(1, 1000));
  });

  it('fetch a status of a message that lies before the newest page', async () => {
    const { threads, all, asked, refreshed } = setUp(PAGE_SIZE + 20);
    const thread = threads.open('c1');
    await settle();
    await threads.older('c1');
    all[2] = message(3, { direction: 'outbound', status: 'read' });
    threads.touch('c1', 'm3');
    await refreshed();
    expect(thread.messages[2]?.message.status).to.equal('read');
    expect(asked.at(-1)).to.deep.equal({ limit: 1, before: 4 });
  });

  it('stay on screen while the line is down, and say so when there is nothing to show', async () => {
    const { threads, refreshed, seqs, fail } = setUp(3);
    threads.open('c1');
    await settle();
    fail(new DeskError(0, 'OFFLINE', 'no line'));
    void threads.refresh('c1');
    await refreshed();
    expect(threads.open('c1').phase).to.equal('ready');
    expect(seqs()).to.deep.equal([1, 2, 3]);
    const other = threads.open('c2');
    await settle();
    expect({ phase: other.phase, code: other.problem?.code }).to.deep.equal({ phase: 'failed', code: 'OFFLINE' });
  });

  it('are not fetched for conversations nobody has opened', async () => {
    const { threads, asked, refreshed } = setUp(3);
    threads.touch('c9', null);
    await refreshed();
    expect(asked).to.deep.equal([]);
  });

  it('merge pages in any order and overlap into one list in order, keeping what has not changed', () => {
    const views = range(1, 40).map((seq) => message(seq));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 39 }), fc.integer({ min: 0, max: 39 })), { maxLength: 8 }),
        (pages) => {
          let shown: MessageView[] = [];
          const expected = new Set<number>();
          for (const [a, b] of pages) {
            const page = views.slice(Math.min(a, b), Math.max(a, b) + 1);
            for (const { seq } of page) expected.add(seq);
            shown = mergeMessages(shown, structuredClone(page));
          }
          const before = [...shown];
          shown = mergeMessages(shown, structuredClone(views.filter(({ seq }) => expected.has(seq))));
          expect(shown.map(({ seq }) => seq)).to.deep.equal([...expected].sort((x, y) => x - y));
          expect(shown.every((view, index) => view === before[index])).to.equal(true);
        },
      ),
    );
  });

  it('keeps internal messages and notes in their order, each once', async () => {
    const remarks = [remark('r1', { at: NOW }), remark('r2', { at: NOW + 5 })];
    const timers = new HandTimers();
    const api = fakeApi({
      conversation: () => Promise.resolve(conversation()),
      messages: () => Promise.resolve({ messages: [message(1)], events: [], names: { a2: 'Ana' }, before: null }),
      remarks: () => Promise.resolve(remarks.slice(0, 1)),
    });
    const threads = createThreads(api, () => undefined, timers);
    const thread = threads.open('c1');
    await settle();
    threads.adoptRemark(remarks[1]!);
    threads.adoptRemark(remarks[1]!);
    // An answer that was on its way before the second one was written does not take it away.
    void threads.refresh('c1');
    timers.advance(1000);
    await settle();
    expect(thread.remarks.map(({ id }) => id)).to.deep.equal(['r1', 'r2']);
    expect(threads.names('c1')).to.deep.equal({ a2: 'Ana' });
  });

  it('shows nothing any more of a conversation that went to somebody else, and says who took it', async () => {
    let gone = false;
    const lost = new DeskError(404, 'UNKNOWN_CONVERSATION', 'There is no such conversation for you.');
    const timers = new HandTimers();
    const api = fakeApi({
      conversation: () => (gone ? Promise.reject(lost) : Promise.resolve(conversation())),
      messages: () => Promise.resolve({ messages: [message(1)], events: [], names: {}, before: null }),
    });
    const threads = createThreads(api, () => undefined, timers);
    const thread = threads.open('c1');
    await settle();
    gone = true;
    const taken = event(5, 'conversation.transferred', { actor: { kind: 'agent', id: 'a2', name: 'Ana' } });
    timers.advance(1000);
    threads.touch('c1', null, taken);
    timers.advance(1000);
    await settle();
    expect([thread.phase, thread.messages, thread.parting]).to.deep.equal(['gone', [], taken]);
    gone = false;
    void threads.refresh('c1');
    timers.advance(1000);
    await settle();
    expect([thread.phase, thread.messages.length]).to.deep.equal(['ready', 1]);
  });
});

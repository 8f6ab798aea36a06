import { expect } from 'chai';
import type { MessageView } from '../../../../lib/center/views.ts';
import { DeskError } from '../../../../desk/web/api/desk-error.ts';
import { createOutbox } from '../../../../desk/web/live/outbox.ts';
import { fakeApi, HandTimers, message, NOW, settle } from '../support.ts';

function setUp() {
  const timers = new HandTimers();
  const calls: { id: string; text: string }[] = [];
  const stored: string[] = [];
  let answer = (id: string, text: string): Promise<MessageView> =>
    Promise.resolve(message(1, { id, text, direction: 'outbound', status: 'pending' }));
  const good = answer;
  const outbox = createOutbox(
    fakeApi({
      reply(_, id, text) {
        calls.push({ id, text });
        return answer(id, text);
      },
    }),
    (_, view) => stored.push(view.message.text),
    timers,
  );
  return {
    timers,
    calls,
    stored,
    outbox,
    fail: (error: DeskError) => (answer = () => Promise.reject(error)),
    mend: () => (answer = good),
  };
}

describe('the outbox', () => {
  it('sends answers one after the other, in the order they were written', async () => {
    const { outbox, stored } = setUp();
    void outbox.send('c1', 'one', NOW);
    void outbox.send('c1', 'two', NOW);
    void outbox.send('c1', 'three', NOW);
    await settle();
    expect(stored).to.deep.equal(['one', 'two', 'three']);
    expect(outbox.of('c1')).to.deep.equal([]);
  });

  it('waits without a line and sends the same message again, under the same id', async () => {
    const { outbox, calls, stored, fail, mend } = setUp();
    fail(new DeskError(0, 'OFFLINE', 'no line'));
    await outbox.send('c1', 'hello', NOW);
    await outbox.send('c1', 'and more', NOW);
    expect(outbox.of('c1').map(({ state }) => state)).to.deep.equal(['waiting', 'sending']);
    mend();
    outbox.resume();
    await settle();
    expect(stored).to.deep.equal(['hello', 'and more']);
    expect(new Set(calls.filter(({ text }) => text === 'hello').map(({ id }) => id)).size).to.equal(1);
  });

  it('says of a held one that it is held, also when it is tried again', async () => {
    const extras: (object | undefined)[] = [];
    const outbox = createOutbox(
      fakeApi({
        reply(_, id, text, more) {
          extras.push(more);
          return Promise.resolve(message(1, { id, text, direction: 'outbound', status: 'held' }));
        },
      }),
      () => undefined,
    );
    await outbox.send('c1', 'later', NOW, null, true);
    await outbox.send('c1', 'now', NOW);
    expect(extras).to.deep.equal([{ hold: true }, {}]);
  });

  it('tries again by itself when the server could not take it', async () => {
    const { outbox, timers, stored, fail, mend } = setUp();
    fail(new DeskError(503, 'STORE_UNAVAILABLE', 'The store cannot be written.'));
    await outbox.send('c1', 'hello', NOW);
    mend();
    timers.advance(10_000);
    await settle();
    expect(stored).to.deep.equal(['hello']);
  });

  it('keeps what was refused, with the reason, and goes on with the next', async () => {
    const { outbox, stored, fail, mend } = setUp();
    fail(new DeskError(409, 'NOT_YOUR_CONVERSATION', 'This conversation is with Kim.'));
    await outbox.send('c1', 'refused', NOW);
    mend();
    await outbox.send('c1', 'taken', NOW);
    expect(stored).to.deep.equal(['taken']);
    const [left] = outbox.of('c1');
    expect(left).to.include({ text: 'refused', state: 'refused' });
    expect(left?.problem?.code).to.equal('NOT_YOUR_CONVERSATION');
    outbox.dismiss(left!.id);
    expect(outbox.of('c1')).to.deep.equal([]);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { DeskError } from '../../../../desk/web/api/desk-error.ts';
import { createConnection, retryDelay } from '../../../../desk/web/live/connection.ts';
import { event, HandTimers, Line, settle } from '../support.ts';

function setUp() {
  const timers = new HandTimers();
  const asked: number[] = [];
  const told: number[] = [];
  const calls: string[] = [];
  const confirmed: string[] = [];
  let answer: () => Promise<ReadableStream<Uint8Array>> = () => Promise.reject(new DeskError(0, 'OFFLINE', 'no line'));
  const connection = createConnection({
    open(lastSeq) {
      asked.push(lastSeq);
      return answer();
    },
    onLive: () => calls.push('live'),
    onEvent: ({ seq }) => told.push(seq),
    onReset: () => calls.push('reset'),
    onSignedOut: () => calls.push('signed-out'),
    confirm: (deskId) => void confirmed.push(deskId),
    timers,
    random: () => 0.5,
  });
  const nextLine = (): Line => {
    const line = new Line();
    answer = () => Promise.resolve(line.stream);
    return line;
  };
  return {
    timers,
    asked,
    told,
    calls,
    confirmed,
    connection,
    nextLine,
    refuse: (error: DeskError) => (answer = () => Promise.reject(error)),
  };
}

describe('the live connection', () => {
  it('begins behind what is shown, tells events in order and none twice', async () => {
    const { connection, asked, told, calls, nextLine } = setUp();
    const line = nextLine();
    connection.start(10);
    await settle();
    line.tell(event(11, 'message.received'));
    line.tell(event(11, 'message.received'));
    line.tell(event(12, 'message.received'));
    await settle();
    expect({ asked, told, calls, state: connection.state.value }).to.deep.equal({
      asked: [10],
      told: [11, 12],
      calls: ['live'],
      state: 'live',
    });
    connection.stop();
  });

  it('answers each heartbeat with the name that the server gave the line', async () => {
    const { connection, confirmed, nextLine } = setUp();
    const line = nextLine();
    connection.start(10);
    await settle();
    line.write(':\nid: 10\n\n');
    line.write('event: desk\ndata: {"deskId":"one"}\n\n');
    line.tell(event(11, 'message.received'));
    line.write(':\nid: 12\n\n');
    await settle();
    expect(confirmed).to.deep.equal(['one', 'one']);
    connection.stop();
  });

  it('pauses when the server has ended it for newer pages, and comes back when somebody looks at it', async () => {
    const { connection, asked, timers, nextLine } = setUp();
    const line = nextLine();
    connection.start(10);
    await settle();
    line.write('event: paused\ndata: {}\n\n');
    line.end();
    await settle();
    timers.advance(120_000);
    await settle();
    expect([connection.state.value, asked]).to.deep.equal(['paused', [10]]);
    nextLine();
    connection.nudge();
    await settle();
    expect([connection.state.value, asked]).to.deep.equal(['live', [10, 10]]);
    connection.stop();
  });

  it('comes back by itself, behind the last event or heartbeat', async () => {
    const { connection, asked, timers, nextLine } = setUp();
    const first = nextLine();
    connection.start(10);
    await settle();
    first.tell(event(11, 'message.received'));
    first.write(':\nid: 40\n\n');
    await settle();
    first.end();
    await settle();
    expect(connection.state.value).to.equal('reconnecting');
    const second = nextLine();
    timers.advance(60_000);
    await settle();
    expect(asked).to.deep.equal([10, 40]);
    expect(connection.state.value).to.equal('live');
    second.end();
    connection.stop();
  });

  it('notices a line that has gone silent', async () => {
    const { connection, timers, nextLine } = setUp();
    const line = nextLine();
    connection.start(0);
    await settle();
    timers.advance(30_000);
    line.write(':\n\n');
    await settle();
    timers.advance(30_000);
    await settle();
    expect(connection.state.value).to.equal('live');
    timers.advance(41_000);
    await settle();
    expect(connection.state.value).to.equal('reconnecting');
    expect(line.closed).to.equal(true);
    connection.stop();
  });

  it('tries at once when it is nudged, and not while it is live', async () => {
    const { connection, asked, nextLine } = setUp();
    connection.start(3);
    await settle();
    expect(connection.state.value).to.equal('reconnecting');
    nextLine();
    connection.nudge();
    await settle();
    connection.nudge();
    await settle();
    expect(asked).to.deep.equal([3, 3]);
    connection.stop();
  });

  it('gives a line up at once when the machine has no network', async () => {
    const { connection, nextLine } = setUp();
    const line = nextLine();
    connection.start(0);
    await settle();
    connection.lost();
    await settle();
    expect({ state: connection.state.value, closed: line.closed }).to.deep.equal({ state: 'reconnecting', closed: true });
    connection.stop();
  });

  it('ends with the session: told by an event or by the answer 401', async () => {
    const one = setUp();
    const line = one.nextLine();
    one.connection.start(0);
    await settle();
    line.write('event: signed-out\ndata: {}\n\n');
    await settle();
    expect(one.calls).to.deep.equal(['live', 'signed-out']);

    const two = setUp();
    two.refuse(new DeskError(401, 'SIGNED_OUT', 'Sign in first.'));
    two.connection.start(0);
    await settle();
    expect(two.calls).to.deep.equal(['signed-out']);
    expect([one.timers.size, two.timers.size]).to.deep.equal([0, 0]);
  });

  it('follows a reset, also backwards', async () => {
    const { connection, asked, calls, timers, nextLine } = setUp();
    const line = nextLine();
    connection.start(500);
    await settle();
    line.write('id: 20\nevent: reset\ndata: {"lastSeq":20}\n\n');
    await settle();
    line.end();
    await settle();
    nextLine();
    timers.advance(60_000);
    await settle();
    expect(calls).to.include('reset');
    expect(asked).to.deep.equal([500, 20]);
    connection.stop();
  });

  it('leaves nothing behind when it is stopped', async () => {
    const { connection, timers, nextLine } = setUp();
    const line = nextLine();
    connection.start(0);
    await settle();
    connection.stop();
    await settle();
    expect({ timers: timers.size, closed: line.closed }).to.deep.equal({ timers: 0, closed: true });
  });

  it('waits longer after each failure, within bounds and never less than a quarter second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, chance) => {
        const delay = retryDelay(attempt, () => chance);
        expect(delay).to.be.within(250, 15_000);
        expect(retryDelay(attempt + 1, () => chance)).to.be.at.least(delay);
      }),
    );
  });
});

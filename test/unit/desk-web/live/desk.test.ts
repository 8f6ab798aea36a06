import { expect } from 'chai';
import type { HomeView } from '../../../../lib/center/views.ts';
import type { DeskApi } from '../../../../desk/web/api/client.ts';
import { DeskError } from '../../../../desk/web/api/desk-error.ts';
import { createDesk } from '../../../../desk/web/live/desk.ts';
import { agent, conversation, event, fakeApi, HandTimers, home, Line, NOW, offer, settle } from '../support.ts';

function setUp(change: Partial<DeskApi> = {}) {
  const timers = new HandTimers();
  const line = new Line();
  const machine = { now: NOW };
  const state: { home: HomeView; homes: number; from: number[] } = { home: home(), homes: 0, from: [] };
  const desk = createDesk(
    fakeApi({
      session: () => Promise.resolve({ agent, setupNeeded: false, plainHttp: false }),
      home: () => {
        state.homes++;
        return Promise.resolve(state.home);
      },
      events: (lastSeq) => {
        state.from.push(lastSeq);
        return Promise.resolve(line.stream);
      },
      signOut: () => Promise.resolve(),
      ...change,
    }),
    { timers, machineNow: () => machine.now },
  );
  return { desk, line, timers, machine, state };
}

describe('the desk', () => {
  it('asks to sign in, or to set up when nobody is there yet', async () => {
    const signedOut = setUp({ session: () => Promise.reject(new DeskError(401, 'SIGNED_OUT', 'Sign in first.')) });
    await signedOut.desk.begin();
    expect(signedOut.desk.phase.value).to.equal('signed-out');
    const empty = setUp({
      session: () => Promise.reject(new DeskError(401, 'SIGNED_OUT', 'Sign in first.', { setupNeeded: 1 })),
    });
    await empty.desk.begin();
    expect(empty.desk.phase.value).to.equal('set-up');
    const away = setUp({ session: () => Promise.reject(new DeskError(0, 'OFFLINE', 'no line')) });
    await away.desk.begin();
    expect(away.desk.phase.value).to.equal('failed');
  });

  it('begins its live updates exactly where Home ends, and goes on trying until Home is there', async () => {
    let problem: DeskError | null = new DeskError(503, 'STORE_UNAVAILABLE', 'The store cannot be written.');
    const { desk, timers, state } = setUp({
      home: () => (problem === null ? Promise.resolve(home({ lastSeq: 77 })) : Promise.reject(problem)),
    });
    await desk.begin();
    expect({ from: state.from, code: desk.problem.value?.code }).to.deep.equal({ from: [], code: 'STORE_UNAVAILABLE' });
    problem = null;
    timers.advance(5000);
    await settle();
    expect({ from: state.from, problem: desk.problem.value }).to.deep.equal({ from: [77], problem: null });
    desk.connection.stop();
  });

  it('follows the center’s clock, also when the simulator skips a day', async () => {
    const { desk, line, timers, machine, state } = setUp();
    state.home = home({ now: NOW + 5000 });
    await desk.begin();
    await settle();
    machine.now += 1000;
    desk.clock.tick();
    expect(desk.clock.now.value).to.equal(NOW + 6000);
    const day = 24 * 3_600_000;
    state.home = home({ now: NOW + 6000 + day });
    line.tell(event(11, 'clock.moved', { conversationId: null }));
    await settle();
    timers.advance(1000);
    await settle();
    expect(desk.clock.now.value).to.equal(NOW + 6000 + day);
    desk.connection.stop();
  });

  it('fetches Home for what shows there and not for a tick on a message', async () => {
    const { desk, line, timers, state } = setUp();
    await desk.begin();
    await settle();
    timers.advance(1000);
    await settle();
    const before = state.homes;
    line.tell(event(11, 'message.status'));
    await settle();
    expect(state.homes).to.equal(before);
    line.tell(event(12, 'offer.created'));
    await settle();
    expect(state.homes).to.equal(before + 1);
    desk.connection.stop();
  });

  it('tells who was faster, and takes the notification away when it is fetched anew', async () => {
    const lost = new DeskError(409, 'ALREADY_ACCEPTED', 'Kim has accepted this conversation.', { agent: 'Kim' });
    const { desk, timers, state } = setUp({ accept: () => Promise.reject(lost) });
    state.home = home({ offers: [offer('o1', conversation())] });
    await desk.begin();
    await settle();
    timers.advance(1000);
    state.home = home();
    const problem = await desk.accept('c1').then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(problem).to.equal(lost);
    await settle();
    expect(desk.home.value?.offers).to.deep.equal([]);
    desk.connection.stop();
  });

  it('takes a notification away when somebody else accepts, and knows who', async () => {
    const { desk, line, state } = setUp();
    state.home = home({ offers: [offer('o1', conversation()), offer('o2', conversation({ id: 'c2' }))] });
    await desk.begin();
    await settle();
    line.tell(event(11, 'offer.accepted', { actor: { kind: 'agent', id: 'a2', name: 'Kim' } }));
    line.tell(event(12, 'offer.accepted', { actor: { kind: 'agent', id: 'a3', name: 'Lee' }, conversationId: 'c9' }));
    await settle();
    expect(desk.taken.value).to.deep.include({ agent: 'Kim' });
    expect(desk.taken.value?.conversation.id).to.equal('c1');
    desk.connection.stop();
  });

  it('reads names anew, on Home and in conversations, when a colleague has another one', async () => {
    const asked: string[] = [];
    const { desk, line, timers } = setUp({
      conversation: (id) => {
        asked.push(id);
        return Promise.resolve(conversation({ id, agent: { id: 'a2', name: asked.length === 1 ? 'Ana' : 'Ana Ionescu' } }));
      },
      messages: () => Promise.resolve({ messages: [], events: [], names: {}, before: null }),
    });
    await desk.begin();
    const thread = desk.threads.open('c1');
    await settle();
    expect(thread.view?.agent?.name).to.equal('Ana');
    line.tell(event(11, 'agent.changed', { conversationId: null, agentId: 'a2', reason: 'renamed' }));
    await settle();
    timers.advance(1000);
    await settle();
    expect(thread.view?.agent?.name).to.equal('Ana Ionescu');
    desk.connection.stop();
  });

  it('takes a rejected notification away at once', async () => {
    let answer = (): void => undefined;
    const { desk, state } = setUp({ reject: () => new Promise<void>((resolve) => (answer = resolve)) });
    state.home = home({ offers: [offer('o1', conversation()), offer('o2', conversation({ id: 'c2' }))] });
    await desk.begin();
    const rejected = desk.reject('o1');
    expect(desk.home.value?.offers.map(({ id }) => id)).to.deep.equal(['o2']);
    answer();
    await rejected;
    desk.connection.stop();
  });

  it('forgets everything personal when the session ends', async () => {
    const { desk, line } = setUp();
    await desk.begin();
    await settle();
    desk.drafts.type('c1', 'private');
    line.write('event: signed-out\ndata: {}\n\n');
    await settle();
    expect({
      phase: desk.phase.value,
      unasked: desk.wasSignedOut.value,
      home: desk.home.value,
      agent: desk.agent.value,
      draft: desk.drafts.text('c1'),
    }).to.deep.equal({ phase: 'signed-out', unasked: true, home: null, agent: null, draft: '' });
  });

  it('lets nothing in that comes when the session has ended', async () => {
    const answers: (() => void)[] = [];
    const later = <Value>(value: Value): Promise<Value> => new Promise((resolve) => answers.push(() => resolve(value)));
    const { desk } = setUp({
      conversation: () => later(conversation({ draft: 'Between us' })),
      messages: () => Promise.resolve({ messages: [], events: [], names: {}, before: null }),
      remarks: () => Promise.resolve([]),
      team: () => later([agent]),
    });
    await desk.begin();
    desk.threads.open('c1');
    void desk.loadTeam();
    await desk.signOut();
    for (const answer of answers) answer();
    await settle();
    expect([desk.drafts.text('c1'), desk.team.value]).to.deep.equal(['', null]);
  });
});

import { expect } from 'chai';
import { MOST_STREAMS } from '../../desk/api/live/live-hub.ts';
import { randomInt } from 'node:crypto';
import type { CenterEvent } from '../../lib/domain/events.ts';
import { DeskServer, inbound, type Browser } from '../support/desk.ts';
import { EventReader } from '../support/event-reader.ts';

describe('desk API: live updates', () => {
  let server: DeskServer;
  let sam: Browser;
  const readers: EventReader[] = [];

  const listen = async (browser: Browser, after?: number) => {
    const reader = await EventReader.open(browser, after);
    readers.push(reader);
    return reader;
  };
  const allEvents = async () => (await server.center.query('eventsAfter', { seq: 0, limit: 100_000 })).events;
  const happened = (type: string) =>
    new Promise<CenterEvent>((resolve) => {
      const stop = server.center.subscribe((events) => {
        const found = events.find((event) => event.type === type);
        if (found === undefined) return;
        stop();
        resolve(found);
      });
    });

  beforeEach(async () => {
    server = await DeskServer.start({ heartbeatMs: 20 });
    sam = await server.signedIn('sam');
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.close();
    await server.stop();
  });

  it('tell what happens, in order, from the place the page has seen', async () => {
    const { lastSeq } = (await sam.get('/api/home')).json as unknown as { lastSeq: number };
    const reader = await listen(sam, lastSeq);
    expect(reader.response.headers['content-type']).to.match(/^text\/event-stream/);
    const id = await server.queued();
    await reader.next('center', 'offer.created');
    await sam.post(`/api/conversations/${id}/accept`);
    await reader.next('center', 'offer.accepted');
    const types = reader.events.map((event) => event.type);
    expect(types).to.include.members(['desk.opened', 'conversation.queued', 'offer.created', 'offer.accepted']);
    const seqs = reader.events.map((event) => event.seq);
    expect(seqs).to.deep.equal([...seqs].sort((a, b) => a - b));
    const center = reader.told.filter(({ event }) => event === 'center');
    expect(center.every((told) => told.id === String((JSON.parse(told.data) as CenterEvent).seq))).to.equal(true);
  });

  it('are at most 20 for one session: the oldest is told to pause, and the agent stays present', async () => {
    const all: EventReader[] = [];
    for (let n = 0; n < MOST_STREAMS; n++) all.push(await listen(sam));
    await server.addAgent('olga');
    const other = await server.signedIn('olga');
    const others = await listen(other);
    all.push(await listen(sam));
    await all[0]!.ended;
    expect(all[0]!.told.map((told) => told.event)).to.include('paused');
    const id = await server.queued();
    for (const reader of [...all.slice(1), others]) await reader.next('center', 'offer.created');
    expect((await server.center.query('team', {})).map((person) => person.live)).to.deep.equal([true, true]);
    await sam.post(`/api/conversations/${id}/accept`);
    await all.at(-1)!.next('center', 'offer.accepted');
  });

  it('are cut where a page that has answered heartbeats does so no more, and the agent is offline', async () => {
    const silent = await listen(sam);
    await server.addAgent('olga');
    const olga = await server.signedIn('olga');
    const reader = await listen(olga);
    const { deskId } = JSON.parse((await reader.next('desk')).data) as { deskId: string };
    const confirm = (browser: Browser) => browser.post('/api/events/alive', { deskId });
    // Nobody speaks for somebody else's line.
    expect((await confirm(sam)).status).to.equal(204);
    const beats = async (count: number) => {
      for (let n = 0; n < count; n++) await new Promise<void>((resolve) => reader.response.once('data', () => resolve()));
    };
    await beats(6);
    const present = async () => (await server.center.query('team', {})).map((person) => person.live);
    expect(await present()).to.deep.equal([true, true]);
    expect((await confirm(olga)).status).to.equal(204);
    const gone = happened('desk.closed');
    await reader.ended;
    await gone;
    expect(await present()).to.deep.equal([false, true]);
    expect(silent.response.destroyed).to.equal(false);
  });

  it('lose nothing and repeat nothing over 100 cut lines (I16)', async () => {
    const conversationId = await server.queued();
    await sam.post(`/api/conversations/${conversationId}/accept`);
    const start = (await allEvents()).at(-1)!.seq;
    const seen: number[] = [];
    let last = start;
    let writing = true;
    const writer = (async () => {
      for (let i = 0; writing; i += 1) {
        const message = inbound('+15550100001', `message ${i}`, server.center.now());
        await server.center.run('receive', { accountId: 'account', routed: true, message });
      }
    })();
    for (let cut = 0; cut < 100; cut += 1) {
      const reader = await EventReader.open(sam, last);
      const enough = randomInt(1, 12);
      await new Promise<void>((resolve) => {
        const look = () => (reader.events.length >= enough ? resolve() : void reader.response.once('data', look));
        look();
      });
      reader.close();
      await reader.ended;
      for (const event of reader.events) seen.push(event.seq);
      if (reader.lastId !== null) last = Number(reader.lastId);
    }
    writing = false;
    await writer;
    const final = await listen(sam, last);
    const end = (await allEvents()).at(-1)!.seq;
    await new Promise<void>((resolve) => {
      const look = () => (Number(final.lastId) >= end ? resolve() : void final.response.once('data', look));
      look();
    });
    for (const event of final.events) seen.push(event.seq);
    const wanted = (await allEvents())
      .filter((event) => event.seq > start && event.seq <= seen.at(-1)!)
      .map((event) => event.seq);
    expect(wanted.length).to.be.greaterThan(100);
    expect(seen).to.deep.equal(wanted);
  }).timeout(60_000);

  it('say reset for a place the log has never had, and go on from its end', async () => {
    const reader = await listen(sam, 999_999);
    const reset = await reader.next('reset');
    const end = (JSON.parse(reset.data) as { lastSeq: number }).lastSeq;
    expect(reset.id).to.equal(String(end));
    await server.queued();
    const told = await reader.next('center', 'conversation.queued');
    expect(Number(told.id)).to.be.greaterThan(end);
  });

  it('end at once when the agent is disabled, and the desk is gone with them', async () => {
    const { id } = await server.addAgent('ana');
    const ana = await server.signedIn('ana');
    const reader = await listen(ana);
    await reader.next('center', 'desk.opened');
    const closed = happened('desk.closed');
    const start = performance.now();
    await sam.ask(`/api/team/${id}`, { method: 'PATCH', body: { disabled: true } });
    await reader.next('signed-out');
    await reader.ended;
    expect(performance.now() - start).to.be.lessThan(2000);
    expect((await closed).agentId).to.equal(id);
    expect((await ana.get('/api/events')).status).to.equal(401);
  });

  it('end when the password is reset or the role changes, in every browser of that agent', async () => {
    const { id } = await server.addAgent('ana');
    for (const body of [{ password: 'a new password' }, { role: 'supervisor' }]) {
      const browser = server.browser();
      expect((await browser.signIn('ana', 'password' in body ? 'correct horse battery' : 'a new password')).status).to.equal(200);
      const first = await listen(browser);
      const second = await listen(browser);
      await sam.ask(`/api/team/${id}`, { method: 'PATCH', body });
      await Promise.all([first.next('signed-out'), second.next('signed-out')]);
    }
  });

  it('end with the session that signs out, and with no other', async () => {
    const other = await server.signedIn('sam');
    const mine = await listen(sam);
    const theirs = await listen(other);
    await sam.ask('/api/session', { method: 'DELETE' });
    await mine.next('signed-out');
    await server.queued();
    await theirs.next('center', 'conversation.queued');
    expect(theirs.told.some((told) => told.event === 'signed-out')).to.equal(false);
  });

  it('keep a session alive while the desk is open, and end at its 12 hours', async () => {
    const reader = await listen(sam, 0);
    for (let minutes = 0; minutes < 11 * 60; minutes += 29) {
      server.clock.advance(29 * 60_000);
      await server.clock.read();
      // Whoever looked has asked the store by now; this question is answered after theirs.
      await server.center.query('clock', {});
    }
    expect(reader.told.filter((told) => told.event === 'signed-out')).to.deep.equal([]);
    expect((await sam.get('/api/home')).status).to.equal(200);
    server.clock.advance(2 * 3_600_000);
    await reader.next('signed-out');
  }).timeout(20_000);

  it('count a broken line as there for a moment, and then no more', async () => {
    const { id } = await server.addAgent('ana');
    const ana = await server.signedIn('ana');
    const isLive = async () => (await server.center.query('team', {})).find((agent) => agent.id === id)!.live;
    const reader = await listen(ana);
    await reader.next('center', 'desk.opened');
    const closed = happened('desk.closed');
    reader.close();
    await reader.ended;
    const again = await listen(ana, 0);
    await again.next('center', 'desk.opened');
    expect(await isLive()).to.equal(true);
    expect((await allEvents()).filter((event) => event.type === 'desk.closed')).to.deep.equal([]);
    again.close();
    await closed;
    expect(await isLive()).to.equal(false);
  });

  it('cut off a reader that does not read, so that memory stays bounded', async () => {
    const conversationId = await server.queued();
    await sam.post(`/api/conversations/${conversationId}/accept`);
    const { lastSeq } = (await sam.get('/api/home')).json as unknown as { lastSeq: number };
    const reader = await listen(sam, lastSeq);
    await new Promise((resolve) => reader.response.once('data', resolve));
    reader.response.pause();
    reader.response.socket.pause();
    const ended = server.connectionClosed(reader.response.socket.localPort!);
    let cut = false;
    void ended.then(() => (cut = true));
    for (let i = 0; !cut && i < 40_000; i += 64) {
      await Promise.all(
        Array.from({ length: 64 }, (_, n) =>
          server.center.run('receive', {
            accountId: 'account',
            routed: true,
            message: inbound('+15550100001', `m ${i + n}`, server.center.now()),
          }),
        ),
      );
    }
    await ended;
  }).timeout(60_000);

  it('tell agents of others’ conversations only that lists have changed', async () => {
    await server.addAgent('ana');
    const ana = await server.signedIn('ana');
    const reader = await listen(ana, 0);
    const id = await server.queued('+15550123456', 'private words');
    await server.center.run('receive', {
      accountId: 'account',
      routed: true,
      message: inbound('+15550123456', 'while it waits', server.center.now()),
    });
    await sam.post(`/api/conversations/${id}/accept`);
    await server.center.run('receive', {
      accountId: 'account',
      routed: true,
      message: inbound('+15550123456', 'for sam alone', server.center.now()),
    });
    await sam.post(`/api/conversations/${id}/messages`, { id: 'an-answer-1', text: 'an answer' });
    await sam.post(`/api/conversations/${id}/end`);
    await reader.next('center', 'conversation.wrap-up');
    const about = reader.events.filter((event) => event.conversationId === id);
    const afterAccept = about.slice(about.findIndex((event) => event.type === 'offer.accepted'));
    expect(afterAccept.map((event) => event.type)).to.deep.equal(['offer.accepted', 'conversation.wrap-up']);
    for (const event of about) {
      expect(event.messageId).to.equal(null);
      expect(event.actor.kind === 'agent' || event.actor.name === undefined).to.equal(true);
    }
    expect(reader.events.some((event) => event.type === 'agent.signed-in' && event.actor.name === 'sam')).to.equal(false);
    expect(JSON.stringify(reader.told)).to.not.include('15550123456');
  });
});

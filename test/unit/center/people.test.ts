import { expect } from 'chai';
import { codeOf, HOUR, TestCenter } from '../../support/center.ts';

const MINUTE = 60_000;

describe('people', () => {
  let test: TestCenter;
  beforeEach(async () => {
    test = await TestCenter.open();
  });
  afterEach(() => test.close());

  const newcomer = (username: string, role: 'agent' | 'supervisor' = 'agent') => ({
    username,
    name: username,
    role,
    passwordHash: 'hash',
  });
  const signIn = (agentId: string, tokenHash: string, at = test.time, passwordHash = 'hash') =>
    test.center.run('signIn', { agentId, passwordHash, tokenHash, endsTokenHash: null, keys: [], at });
  const touch = async (tokenHash: string, at = test.time) =>
    (await test.center.run('touchSession', { tokenHash, at }))?.agent.id ?? null;

  it('begin with one supervisor, whom nobody else may add', async () => {
    const add = (agent: ReturnType<typeof newcomer>) => test.center.run('addAgent', { actorId: null, agent });
    expect(await codeOf(add(newcomer('ana')))).to.equal('INVALID_REQUEST');
    const tries = await Promise.allSettled(['one', 'two', 'three'].map((name) => add(newcomer(name, 'supervisor'))));
    expect(tries.filter((one) => one.status === 'fulfilled')).to.have.length(1);
    expect(await codeOf(add(newcomer('late', 'supervisor')))).to.equal('FORBIDDEN');
  });

  it('are changed by supervisors who may still sign in, and by nobody else', async () => {
    const sam = await test.agent('sam');
    const ana = await test.agent('ana');
    const rename = (actorId: string) => test.center.run('changeAgent', { actorId, agentId: ana, change: { name: 'Ana' } });
    expect(await codeOf(rename(ana))).to.equal('FORBIDDEN');
    expect(await codeOf(rename('nobody'))).to.equal('FORBIDDEN');
    expect((await rename(sam)).name).to.equal('Ana');
    await test.center.run('changeAgent', { actorId: sam, agentId: ana, change: { role: 'supervisor' } });
    await test.center.run('changeAgent', { actorId: ana, agentId: sam, change: { disabled: true } });
    expect(await codeOf(rename(sam))).to.equal('FORBIDDEN');
    expect(await codeOf(test.center.run('addAgent', { actorId: sam, agent: newcomer('bea') }))).to.equal('FORBIDDEN');
  });

  it('are renamed only when the name is another one', async () => {
    const sam = await test.agent('sam');
    const ana = await test.agent('ana');
    const reasonOf = async (change: { name?: string; disabled?: boolean }) => {
      await test.center.run('changeAgent', { actorId: sam, agentId: ana, change });
      return test.events.findLast(({ type }) => type === 'agent.changed')!.reason;
    };
    expect(await reasonOf({ name: 'ana ' })).to.equal(null);
    expect(await reasonOf({ name: 'Ana Ionescu' })).to.equal('renamed');
    expect(await reasonOf({ name: 'Ana Ionescu', disabled: false })).to.equal(null);
    expect(await reasonOf({ disabled: true })).to.equal(null);
  });

  it('lose their sessions with their rights, and keep them when only the name changes', async () => {
    const sam = await test.agent('sam');
    const ana = await test.agent('ana');
    const changes = [{ disabled: true }, { passwordHash: 'another' }, { role: 'supervisor' as const }];
    let hash = 'hash';
    for (const change of changes) {
      await test.center.run('changeAgent', { actorId: sam, agentId: ana, change: { disabled: false } });
      await signIn(ana, 'token', test.time, hash);
      await test.center.run('changeAgent', { actorId: sam, agentId: ana, change: { name: 'Ana' } });
      expect(await touch('token')).to.equal(ana);
      await test.center.run('changeAgent', { actorId: sam, agentId: ana, change });
      expect(test.events.at(-1)!.data).to.include({ signedOut: true });
      expect(await touch('token')).to.equal(null);
      if ('passwordHash' in change) hash = change.passwordHash!;
    }
  });

  it('are not signed in with a password that was changed while it was checked', async () => {
    const sam = await test.agent('sam');
    expect(await codeOf(signIn(sam, 'token', test.time, 'older hash'))).to.equal('SIGN_IN_FAILED');
    expect(await touch('token')).to.equal(null);
  });

  it('have sessions that outlive a restart and not their time', async () => {
    const sam = await test.agent('sam');
    await signIn(sam, 'idle');
    await signIn(sam, 'busy');
    await test.restart();
    expect(await touch('busy', test.time + 29 * MINUTE)).to.equal(sam);
    expect(await touch('idle', test.time + 30 * MINUTE)).to.equal(null);
    expect(test.events.at(-1)).to.include({ type: 'agent.signed-out', reason: 'expired', agentId: sam });
    for (let at = 50 * MINUTE; at < 12 * HOUR; at += 20 * MINUTE) expect(await touch('busy', test.time + at)).to.equal(sam);
    expect(await touch('busy', test.time + 12 * HOUR)).to.equal(null);
  });

  it('who sign in leave no sessions behind that have ended', async () => {
    const sam = await test.agent('sam');
    await signIn(sam, 'old');
    await signIn(sam, 'new', test.time + HOUR);
    expect(await touch('old', test.time)).to.equal(null);
    expect(await touch('new', test.time + HOUR)).to.equal(sam);
  });

  it('may try again after a block, and a success takes back only its own attempt from the address', async () => {
    const sam = await test.agent('sam');
    const admit = async (keys: string[], at: number) => (await test.center.run('admitSignIn', { keys, at })).blockedUntil;
    let at = test.time;
    for (let n = 0; n < 8; n += 1) expect(await admit([`account:${n}`, 'address:a'], at)).to.equal(null);
    const until = await admit(['account:x', 'address:a'], at);
    expect(until).to.be.greaterThan(at);
    expect(await admit(['account:x', 'address:b'], at)).to.equal(null);
    at = until!;
    expect(await admit(['account:y', 'address:a'], at)).to.equal(null);
    await test.center.run('signIn', {
      agentId: sam,
      passwordHash: 'hash',
      tokenHash: 'token',
      endsTokenHash: null,
      keys: ['account:y', 'address:a'],
      at,
    });
    expect(await admit(['account:z', 'address:a'], at)).to.equal(null);
    expect(await admit(['account:z', 'address:a'], at)).to.be.greaterThan(at);
    expect(await admit(['account:z', 'address:a'], at + 2 * HOUR)).to.equal(null);
  });

  it('of the configuration come, change and go with it', async () => {
    const apply = async (username: string | null, passwordHash = 'hash') =>
      (await test.center.run('applySupervisor', { supervisor: username === null ? null : { username, passwordHash } })).changed;
    const person = async (username: string) => (await test.center.query('team', {})).find((agent) => agent.username === username);

    expect(await apply('Boss')).to.equal(true);
    expect(await apply('boss')).to.equal(false);
    expect(await test.center.query('supervisorVerifier', {})).to.deep.equal({ username: 'boss', verifier: 'hash' });
    const boss = (await person('boss'))!.id;
    await signIn(boss, 'token');
    expect(await apply('boss')).to.equal(false);
    expect(await touch('token')).to.equal(boss);
    expect(await apply('boss', 'another')).to.equal(true);
    expect(await touch('token')).to.equal(null);

    expect(await apply('chief')).to.equal(true);
    expect(await person('boss')).to.include({ disabled: true, configured: false });
    expect(await person('chief')).to.include({ role: 'supervisor', configured: true });
    expect(await apply(null)).to.equal(true);
    expect(await person('chief')).to.include({ disabled: false, configured: false });
    expect(await apply(null)).to.equal(false);
  });
});

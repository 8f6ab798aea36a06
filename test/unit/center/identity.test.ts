import { expect } from 'chai';
import type { WhatsAppMessage } from '../../../lib/domain/message.ts';
import fc from 'fast-check';
import { ACCOUNT, codeOf, CUSTOMER, HOUR, SENDER, TestCenter } from '../../support/center.ts';
import { claim } from './sending-fixture.ts';

const NUMBER = CUSTOMER;
const ID = 'US.13491208655302741918';
const HIDDEN = `whatsapp:${ID}`;

describe('one customer under several addresses', () => {
  let test: TestCenter;

  beforeEach(async () => {
    test = await TestCenter.open();
  });
  afterEach(() => test.close());

  const write = (from: string, change: Partial<WhatsAppMessage> = {}) => test.receive('Hello', { from, ...change });
  const session = (address: string) => test.center.query('sessionOf', { address, sender: SENDER });
  const customerOf = async (conversationId: string) => (await test.center.query('conversation', { conversationId }))!.customer;

  it('is recognised when the number is hidden later', async () => {
    const first = await write(NUMBER, { externalUserId: ID });
    const later = await write(HIDDEN, { externalUserId: ID, username: 'quiet.river' });
    expect(later.conversationId).to.equal(first.conversationId);
    const agentId = await test.agent('sue');
    const view = await test.center.query('conversationView', { conversationId: first.conversationId!, agentId });
    expect(view.customer.id).to.equal((await customerOf(first.conversationId!)).id);
  });

  it('is one window, whichever address is asked about', async () => {
    await write(NUMBER, { externalUserId: ID });
    expect((await session(ID)).lastCustomerAt).to.equal(test.time);
    expect((await session(NUMBER)).conversation!.id).to.equal((await session(ID)).conversation!.id);
  });

  it('may be written to under either address, in the same conversation and window', async () => {
    const { conversationId } = await write(NUMBER, { externalUserId: ID });
    const claim = { answer: null, accountId: ACCOUNT, from: SENDER, text: 'Hi', template: null, conversationId: null };
    const author = { kind: 'flow' as const };
    const { message, conversation } = await test.center.run('claimOutbound', { ...claim, messageId: null, to: HIDDEN, author });
    expect([message.to, conversation!.id]).to.deep.equal([HIDDEN, conversationId]);
  });

  it('is answered where the customer wrote last, and a message that comes late changes nothing about that', async () => {
    const { conversationId } = await write(NUMBER, { externalUserId: ID });
    test.time += 1000;
    await write(HIDDEN, { externalUserId: ID });
    expect((await customerOf(conversationId!)).address).to.equal(ID);
    await write(NUMBER, { externalUserId: ID, timestamp: new Date(test.time - 500).toISOString() });
    expect((await customerOf(conversationId!)).address).to.equal(ID);
    test.time += 1000;
    await write(NUMBER, { externalUserId: ID });
    expect((await customerOf(conversationId!)).address).to.equal(NUMBER.slice('whatsapp:'.length));
  });

  it('was two customers until Twilio named both addresses at once', async () => {
    const byNumber = await write(NUMBER);
    test.time += 1000;
    const byId = await write(HIDDEN, { profileName: 'River' });
    expect(byId.conversationId).not.to.equal(byNumber.conversationId);
    test.time += 1000;
    const both = await write(NUMBER, { externalUserId: ID });
    // The later one had come as far and was more recent, so it goes on.
    expect(both.conversationId).to.equal(byId.conversationId);
    const first = await test.center.query('conversation', { conversationId: byNumber.conversationId! });
    expect([first!.state, first!.customer.id]).to.deep.equal(['closed', (await customerOf(both.conversationId!)).id]);
    expect((await customerOf(both.conversationId!)).name).to.equal('River');
    expect(test.types()).to.include('customer.joined');
    const transcript = async (address: string) => {
      for (const { messageId } of [byNumber, byId, both]) await test.center.run('keepMessage', { messageId, text: 'Hello' });
      return test.center.query('transcript', { address });
    };
    expect(await transcript(ID)).to.have.length(3);
    expect(await transcript(NUMBER)).to.have.length(3);
  });

  it('keeps the conversation that an agent has', async () => {
    const agentId = await test.agent('sue');
    const withAgent = await test.queued(await test.queue(), { from: HIDDEN });
    await test.center.run('accept', { conversationId: withAgent, agentId });
    test.time += 1000;
    const { conversationId } = await write(NUMBER);
    const both = await write(NUMBER, { externalUserId: ID });
    expect(both.conversationId).to.equal(withAgent);
    expect((await test.center.query('conversation', { conversationId: conversationId! }))!.state).to.equal('closed');
  });

  it('has the longer of the two windows afterwards', async () => {
    await write(NUMBER);
    test.time += 3 * HOUR;
    await write(HIDDEN);
    const last = test.time;
    test.time += HOUR;
    await write(NUMBER, { externalUserId: ID, timestamp: new Date(last - 2 * HOUR).toISOString() });
    expect((await session(NUMBER)).lastCustomerAt).to.equal(last);
    expect((await session(ID)).lastCustomerAt).to.equal(last);
  });

  it('is left alone when it asked to be under either address', async () => {
    await write(NUMBER);
    await test.receive('STOP', { from: HIDDEN });
    await write(NUMBER, { externalUserId: ID });
    const agentId = await test.agent('sue');
    const { conversation } = await session(NUMBER);
    const view = await test.center.query('conversationView', { conversationId: conversation!.id, agentId });
    expect(view.customer.optedOut).not.to.equal(null);
  });

  it('is written to again when the last word under any address was START, and not when it was STOP', async () => {
    const words = fc.array(fc.tuple(fc.constantFrom('STOP', 'START'), fc.boolean()), { minLength: 1, maxLength: 5 });
    let customer = 0;
    await fc.assert(
      fc.asyncProperty(words, fc.boolean(), async (wishes, numberFirst) => {
        const number = `whatsapp:+1555998${String(++customer).padStart(4, '0')}`;
        const id = `US.1349120865530274${String(customer).padStart(4, '0')}`;
        const addresses = numberFirst ? [number, `whatsapp:${id}`] : [`whatsapp:${id}`, number];
        for (const from of addresses) await write(from);
        for (const [text, hidden] of wishes) {
          test.time += 1000;
          await test.receive(text, { from: hidden ? `whatsapp:${id}` : number });
        }
        const { conversationId } = await write(number, { externalUserId: id, timestamp: new Date(test.time).toISOString() });
        const wanted = wishes.at(-1)![0];
        const claimed = { ...claim({ to: number }), conversationId };
        const verdict = await test.center.run('claimOutbound', claimed).then(
          () => 'START',
          () => 'STOP',
        );
        expect(verdict).to.equal(wanted);
        // A word from before that comes late changes nothing.
        const old = new Date(test.time - 1).toISOString();
        await test.receive(wanted === 'STOP' ? 'START' : 'STOP', { from: number, timestamp: old });
        expect(
          await test.center.run('claimOutbound', claimed).then(
            () => 'START',
            () => 'STOP',
          ),
        ).to.equal(wanted);
      }),
      { numRuns: 30 },
    );
  });

  it('is left alone by a STOP, not by a block, when both were said', async () => {
    await write(NUMBER);
    await test.receive('STOP', { from: HIDDEN });
    test.time += 1000;
    await test.center.run('claimOutbound', claim({ messageId: 'm1', to: NUMBER }));
    await test.center.run('recordFailed', { messageId: 'm1', code: 'TWILIO_REFUSED', text: 'No.', twilioCode: 63014 });
    test.time += 1000;
    await write(NUMBER, { externalUserId: ID });
    expect(await codeOf(test.center.run('claimOutbound', claim({ to: NUMBER })))).to.equal('OPTED_OUT');
  });

  it('is not joined by a webhook that comes a second time, nor by digits that look alike', async () => {
    const one = await write('whatsapp:+15551230001', { waId: '15551230001' });
    const other = await write('whatsapp:+5215551230001', { waId: '15551230001' });
    expect((await customerOf(one.conversationId!)).id).not.to.equal((await customerOf(other.conversationId!)).id);
    const id = `SM${'7'.repeat(32)}`;
    await write(HIDDEN, { id, sid: id });
    const again = await write(HIDDEN, { id, sid: id, externalUserId: 'US.999' });
    expect(again.duplicate).to.equal(true);
    expect((await session('US.999')).conversation).to.equal(null);
  });

  it('is not joined by an id of an odd shape', async () => {
    await write(NUMBER, { externalUserId: 'not an id' });
    const other = await write('whatsapp:+15551230009', { externalUserId: 'not an id' });
    expect((await customerOf(other.conversationId!)).address).to.equal('+15551230009');
    expect((await session(NUMBER)).conversation!.id).not.to.equal(other.conversationId);
  });

  it('is erased as one', async () => {
    await write(NUMBER, { externalUserId: ID });
    await test.center.run('erase', { customer: ID });
    expect((await session(NUMBER)).lastCustomerAt).to.equal(null);
    await write(NUMBER);
    expect((await session(ID)).lastCustomerAt).to.equal(null);
  });

  it('shows the user name to whoever may see the address', async () => {
    const agentId = await test.agent('sue');
    const conversationId = await test.queued(await test.queue(), { from: HIDDEN, username: 'quiet.river' });
    const view = () => test.center.query('conversationView', { conversationId, agentId });
    expect((await view()).customer.username).to.equal(null);
    await test.center.run('accept', { conversationId, agentId });
    expect((await view()).customer.username).to.equal('quiet.river');
    expect((await customerOf(conversationId)).name).to.equal('quiet.river');
  });
});

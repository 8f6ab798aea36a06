import { expect } from 'chai';
import fc from 'fast-check';
import { applyUpdate, days, firstCustomer, isTyping } from '../../../lib/simulator/phone/model/phone-model.ts';
import type { PhoneCustomer, PhoneMessage, PhoneState, PhoneThread } from '../../../lib/simulator/phone-contract.ts';

const NOON = Date.parse('2026-11-23T12:00:00Z');

function thread(address: string, messages: PhoneMessage[] = []): PhoneThread {
  return {
    address,
    name: '',
    kind: 'number',
    note: '',
    hidesNumber: false,
    lastInboundAt: null,
    windowEndsAt: null,
    unread: 0,
    typingUntil: 0,
    messages,
  };
}

/** As the live connection tells of a customer. */
function withoutMessages(thread: PhoneThread): PhoneCustomer {
  const customer: Partial<PhoneThread> = { ...thread };
  delete customer.messages;
  return customer as PhoneCustomer;
}

function message(id: string, at: number, change: Partial<PhoneMessage> = {}): PhoneMessage {
  return { id, mine: true, kind: 'text', text: id, at, tick: 'sent', ...change };
}

function state(...customers: PhoneThread[]): PhoneState {
  return { business: { address: '+15550100100', name: 'Shop' }, now: NOON, offsetMs: 0, customers, faults: [], log: [] };
}

describe('phone page: what it makes of updates', () => {
  it('shows nothing before the first whole state', () => {
    expect(applyUpdate(null, { type: 'clock', now: NOON, offsetMs: 1 })).to.equal(null);
    expect(applyUpdate(null, { type: 'state', state: state() })).to.deep.equal(state());
  });

  it('adds new customers, changes known ones and keeps their messages', () => {
    const ada = thread('+1');
    let shown = applyUpdate(state(), { type: 'customer', customer: withoutMessages(ada) });
    shown = applyUpdate(shown, { type: 'message', address: '+1', message: message('SM1', NOON) });
    shown = applyUpdate(shown, { type: 'customer', customer: { ...withoutMessages(ada), unread: 2 } });
    expect(shown!.customers).to.deep.equal([{ ...thread('+1', [message('SM1', NOON)]), unread: 2 }]);
  });

  it('replaces the whole state after a reconnect, so nothing old stays', () => {
    const old = state(thread('+1', [message('SM1', NOON)]));
    expect(
      applyUpdate(old, { type: 'state', state: state(thread('+2')) })!.customers.map(({ address }) => address),
    ).to.deep.equal(['+2']);
  });

  it('ends with the same thread in whatever order messages come, and however often', () => {
    const sent = Array.from({ length: 6 }, (_, index) => message(`SM${index}`, NOON + index));
    const order = fc.shuffledSubarray([...sent, ...sent], { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(order, (messages) => {
        let shown: PhoneState | null = state(thread('+1'));
        for (const each of messages) shown = applyUpdate(shown, { type: 'message', address: '+1', message: each });
        expect(shown!.customers[0]!.messages).to.deep.equal(sent);
      }),
    );
  });

  it('takes the newest word about a message', () => {
    let shown = applyUpdate(state(thread('+1')), { type: 'message', address: '+1', message: message('SM1', NOON) });
    shown = applyUpdate(shown, { type: 'message', address: '+1', message: message('SM1', NOON, { tick: 'read' }) });
    expect(shown!.customers[0]!.messages.map(({ tick }) => tick)).to.deep.equal(['read']);
  });

  it('changes nothing in the state it was given', () => {
    const before = state(thread('+1', [message('SM1', NOON)]));
    const copy = structuredClone(before);
    applyUpdate(before, { type: 'message', address: '+1', message: message('SM0', NOON - 1) });
    applyUpdate(before, { type: 'log', entry: { id: 1, at: NOON, level: 'info', text: 'x' } });
    expect(before).to.deep.equal(copy);
  });

  it('keeps the last 50 lines of what Twilio did', () => {
    let shown: PhoneState | null = state();
    for (let id = 1; id <= 60; id += 1)
      shown = applyUpdate(shown, { type: 'log', entry: { id, at: NOON, level: 'info', text: '' } });
    expect(shown!.log.map(({ id }) => id)).to.deep.equal(Array.from({ length: 50 }, (_, index) => index + 11));
  });

  it('opens on whoever was last in a conversation, else on the first', () => {
    expect(firstCustomer(state())).to.equal(null);
    expect(firstCustomer(state(thread('+1'), thread('+2')))).to.equal('+1');
    expect(firstCustomer(state(thread('+1', [message('a', 1)]), thread('+2', [message('b', 2)])))).to.equal('+2');
  });

  it('cuts a thread into days without losing a message', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10 * 86_400_000)), (offsets) => {
        const messages = offsets.sort((one, other) => one - other).map((offset, index) => message(`SM${index}`, NOON + offset));
        const cut = days(messages);
        expect(cut.flatMap((day) => day.messages)).to.deep.equal(messages);
        const names = cut.map((day) => new Date(day.at).toDateString());
        expect(new Set(names).size).to.equal(names.length);
      }),
    );
  });

  it('shows typing until its time has come', () => {
    expect(isTyping({ ...thread('+1'), typingUntil: NOON }, NOON - 1)).to.equal(true);
    expect(isTyping({ ...thread('+1'), typingUntil: NOON }, NOON)).to.equal(false);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { CenterError } from '../../../lib/domain/errors.ts';
import { checkRecipient, recipientOf, senderOf } from '../../../lib/domain/recipient.ts';
import { codeThrown } from '../../support/codes.ts';

const ADA = 'whatsapp:+15551234567';
const BOB = 'whatsapp:+15557654321';
const SHOP = 'whatsapp:+15550000001';

describe('whom a message goes to', () => {
  it('is always the sender of an inbound message', () => {
    const inbound = { direction: 'inbound', from: ADA, to: SHOP };
    expect(
      recipientOf({ whatsapp: inbound, topic: '+15557654321', conversation: { customer: { address: '+15557654321' } } }),
    ).to.equal(ADA);
    expect(recipientOf({ whatsapp: { ...inbound, from: 'whatsapp:US.1234' } })).to.equal('whatsapp:US.1234');
  });

  it('is otherwise whatsapp.to, else the conversation’s customer, else the topic', () => {
    const conversation = { customer: { address: '+15557654321' } };
    expect(recipientOf({ whatsapp: { to: ADA }, conversation, topic: '+15550000009' })).to.equal(ADA);
    expect(recipientOf({ whatsapp: { direction: 'outbound', from: SHOP }, conversation, topic: '+15550000009' })).to.equal(BOB);
    expect(recipientOf({ topic: '+15551234567', payload: 'Hi' })).to.equal(ADA);
    expect(recipientOf({ topic: 'US.13491208655302741918' })).to.equal('whatsapp:US.13491208655302741918');
  });

  it('refuses a message without one', () => {
    for (const message of [
      {},
      { topic: '' },
      { topic: null },
      { whatsapp: 'text', conversation: 7 },
      { whatsapp: { direction: 'inbound' }, topic: ADA },
    ]) {
      expect(codeThrown(() => recipientOf(message as Record<string, unknown>))).to.equal('NO_RECIPIENT');
    }
  });

  it('refuses an address that is none, and never falls back to the next', () => {
    for (const to of ['15551234567', '+1 555 123', 'ada@example.com', 15551234567, {}, 'whatsapp:', 'sms:+15551234567']) {
      expect(
        codeThrown(() => recipientOf({ whatsapp: { to }, topic: ADA })),
        String(to),
      ).to.equal('INVALID_RECIPIENT');
    }
  });

  it('gives a full address or a refusal for any message', () => {
    fc.assert(
      fc.property(fc.object({ maxDepth: 3 }), fc.anything(), fc.anything(), (message, topic, to) => {
        try {
          expect(recipientOf({ ...message, topic, whatsapp: { to } })).to.match(/^whatsapp:/);
        } catch (error) {
          expect(error).to.be.instanceOf(CenterError);
        }
      }),
    );
  });

  it('accepts both kinds of address, with and without the prefix', () => {
    for (const address of ['+15551234567', ADA]) expect(checkRecipient(address)).to.equal(ADA);
    expect(checkRecipient('US.ENT.abc123')).to.equal('whatsapp:US.ENT.abc123');
  });
});

describe('from which sender', () => {
  const one = { id: 'one', sender: SHOP };
  const two = { id: 'two', sender: 'whatsapp:+15550000002' };
  const nothing = { sender: null, accountId: null };

  it('is the conversation’s', () => {
    const known = { sender: two.sender, accountId: 'two' };
    expect(senderOf({ whatsapp: { direction: 'outbound', from: SHOP } }, known, [one, two])).to.deep.equal({
      accountId: 'two',
      from: two.sender,
    });
  });

  it('is else what the message names, or the address the customer wrote to', () => {
    expect(senderOf({ whatsapp: { from: two.sender } }, nothing, [one, two])).to.deep.equal({
      accountId: 'two',
      from: two.sender,
    });
    const inbound = { direction: 'inbound', from: ADA, to: two.sender };
    expect(senderOf({ whatsapp: inbound }, nothing, [one, two])).to.deep.equal({ accountId: 'two', from: two.sender });
  });

  it('is else the only account’s, which a Messaging Service may leave open', () => {
    expect(senderOf({ topic: '+15551234567' }, nothing, [one])).to.deep.equal({ accountId: 'one', from: SHOP });
    expect(senderOf({}, nothing, [{ id: 'service', sender: '' }])).to.deep.equal({ accountId: 'service', from: '' });
  });

  it('is refused when nobody or several could send', () => {
    expect(codeThrown(() => senderOf({}, nothing, [one, two]))).to.equal('SENDER_AMBIGUOUS');
    expect(codeThrown(() => senderOf({}, nothing, []))).to.equal('ACCOUNT_MISSING');
  });
});

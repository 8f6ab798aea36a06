import { createRequire } from 'node:module';
import { expect } from 'chai';
import fc from 'fast-check';
import type { HandedMessage } from '../../../lib/center/contract.ts';
import { Arrivals } from '../../../lib/node-red/accounts/arrivals.ts';
import { draftOf } from '../../../lib/node-red/accounts/outgoing.ts';
import { identityOf } from '../../../lib/node-red/feeding/identity.ts';
import { conversationOf, eventMessage, handoverOf, messageFor } from '../../../lib/node-red/feeding/message.ts';
import type { FlowMessage } from '../../../lib/node-red/runtime-api.ts';

const require = createRequire(import.meta.url);
const { util } = require('@node-red/util') as { util: { cloneMessage<T>(message: T): T } };

const inbound = (id = 'SM1', redelivered = false): HandedMessage =>
  ({
    message: {
      id,
      sid: id,
      direction: 'inbound',
      type: 'text',
      text: 'Hello',
      from: 'whatsapp:+15551230001',
      to: 'whatsapp:+15550100100',
    },
    accountId: 'account',
    conversation: { id: 'c1', customer: { address: '+15551230001' } },
    redelivered,
  }) as HandedMessage;

const NODE = { id: 'out', name: 'Answer' };

describe('a message for a flow', () => {
  it('has topic, payload, message and conversation', () => {
    const handed = inbound();
    const { topic, payload, whatsapp, conversation, ...more } = messageFor(handed);
    expect({ topic, payload, whatsapp, conversation }).to.deep.equal({
      topic: '+15551230001',
      payload: 'Hello',
      whatsapp: handed.message,
      conversation: handed.conversation,
    });
    expect(Object.keys(more)).to.be.empty;
    expect(messageFor(inbound('SM1', true))).to.include({ redelivered: true });
  });

  it('keeps its hand-over through Node-RED’s cloning and without its message id', () => {
    const message = messageFor(inbound());
    const split = util.cloneMessage({ ...message, _msgid: undefined });
    expect(handoverOf(split)).to.equal(handoverOf(message));
    expect(handoverOf(messageFor(inbound()))).not.to.equal(handoverOf(message));
    expect(JSON.stringify(message)).not.to.include('handover');
  });

  it('falls back to the message id where a flow built a new message', () => {
    expect(handoverOf({ _msgid: 'a' })).not.to.equal(handoverOf({ _msgid: 'b' }));
  });

  it('tells an event', () => {
    const event = {
      seq: 5,
      id: 'e1',
      type: 'offer.accepted' as const,
      at: 0,
      actor: { kind: 'agent' as const, id: 'a1', name: 'Ada' },
      conversationId: 'c1',
      queueId: 'q1',
      agentId: 'a1',
      messageId: null,
      accountId: null,
      reason: null,
      data: { waitedMs: 7, type: 'nothing can hide the type' },
    };
    const message = eventMessage(event, inbound().conversation);
    expect(message).to.deep.include({ topic: '+15551230001', payload: 'offer.accepted' });
    expect(message.event).to.deep.equal({
      id: 'e1',
      type: 'offer.accepted',
      at: '1970-01-01T00:00:00.000Z',
      actor: { kind: 'agent', id: 'a1', name: 'Ada' },
      reason: null,
      messageId: null,
      waitedMs: 7,
    });
  });
});

describe('what a flow sends', () => {
  const draft = (message: FlowMessage, arrivals = new Arrivals()) => draftOf(message, NODE, arrivals);

  it('is an answer with a key when an inbound message is passed on', () => {
    const arrivals = new Arrivals();
    const message = messageFor(inbound());
    expect(draft({ ...message, payload: 'One' }, arrivals)).to.deep.equal({
      messageId: null,
      answer: { inboundId: 'SM1', nodeId: 'out', nth: 0 },
      text: 'One',
      template: null,
      author: { kind: 'flow', id: 'out', name: 'Answer' },
      conversationId: 'c1',
    });
    expect(draft({ ...message, payload: 'Two' }, arrivals).answer).to.include({ nth: 1 });
    expect(draft(messageFor(inbound('SM1', true)), arrivals).answer).to.include({ nth: 0 });
    expect(draft(messageFor(inbound('SM2')), arrivals).answer).to.include({ inboundId: 'SM2', nth: 0 });
  });

  it('keeps id and author of an agent’s message', () => {
    const whatsapp = { id: 'm1', direction: 'outbound', author: { kind: 'agent', id: 'a1', name: 'Ada' } };
    expect(draft({ payload: 'Hi', whatsapp })).to.deep.include({ messageId: 'm1', answer: null, author: whatsapp.author });
  });

  it('does not let a flow pass itself off as a customer or the system', () => {
    for (const kind of ['customer', 'system', 'flow', 7]) {
      expect(draft({ payload: 'Hi', whatsapp: { direction: 'outbound', author: { kind, id: 'x' } } }).author).to.include({
        kind: 'flow',
        id: 'out',
      });
    }
  });

  it('is a template with texts as variables', () => {
    const template = { contentSid: ' HX1 ', variables: { 1: 'Ada', 2: 24, 3: true } };
    expect(draft({ payload: 'not this', whatsapp: { template } })).to.deep.include({
      text: '',
      template: { contentSid: 'HX1', variables: { 1: 'Ada', 2: '24', 3: 'true' } },
    });
  });

  it('survives whatever a flow puts into a message', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('payload', 'topic', 'whatsapp', 'conversation', '_msgid'), fc.anything()),
        (message) => {
          expect(draft(message as FlowMessage).text).to.be.a('string');
          expect(conversationOf(message as FlowMessage)).to.have.all.keys('id', 'customer', 'attributes', 'tags');
        },
      ),
    );
  });
});

describe('arrivals', () => {
  it('are counted for each hand-over', () => {
    const arrivals = new Arrivals();
    expect([arrivals.next('a', '1'), arrivals.next('a', '1'), arrivals.next('a', '2'), arrivals.next('b', '1')]).to.deep.equal([
      0, 1, 0, 0,
    ]);
  });
});

describe('what a flow knows of a customer', () => {
  it('is name, authentication and records; everything else is left out', () => {
    expect(
      identityOf({
        id: 'x',
        name: ' Ada ',
        authenticated: true,
        records: [
          { type: 'contact', id: 24, title: 'Ada', url: 'https://example.com/24' },
          { type: 'case', id: 'c-7' },
          { type: 'account', id: 'a', title: 'Shop', url: 'javascript:alert(1)' },
          { type: 'person', id: 'p' },
          'text',
          null,
        ],
      }),
    ).to.deep.equal({
      name: 'Ada',
      authenticated: true,
      records: [
        { type: 'contact', id: '24', title: 'Ada', url: 'https://example.com/24' },
        { type: 'case', id: 'c-7', title: 'c-7' },
        { type: 'account', id: 'a', title: 'Shop' },
      ],
    });
    expect(identityOf({ name: '', authenticated: 'yes' })).to.deep.equal({});
    expect(identityOf(null)).to.equal(null);
  });
});

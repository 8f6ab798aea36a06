import { expect } from 'chai';
import fc from 'fast-check';
import type { MessageView } from '../../../../lib/center/views.ts';
import type { RemarkView } from '../../../../lib/center/engine-contract.ts';
import type { CenterEvent } from '../../../../lib/domain/events.ts';
import { DELIVERY_STATUSES } from '../../../../lib/domain/delivery-status.ts';
import { deliveryFace } from '../../../../desk/web/conversation/thread/delivery-face.ts';
import { threadItems, type ThreadContent } from '../../../../desk/web/conversation/thread/thread-items.ts';
import type { Outgoing } from '../../../../desk/web/live/outbox.ts';
import { event, HOUR, message, NOW, remark } from '../support.ts';

const flow = (seq: number): MessageView => message(seq, { direction: 'outbound', author: { kind: 'flow' }, status: 'delivered' });
const own = (seq: number): MessageView => message(seq, { direction: 'outbound' });

function story(content: Partial<ThreadContent>): string[] {
  const items = threadItems({ messages: [], events: [], remarks: [], outgoing: [], complete: true, botShown: false, ...content });
  return items.map((item) => {
    if (item.kind === 'message') return `${item.view.id}${item.joined ? '+' : ''}`;
    if (item.kind === 'events') return item.events.map(({ type }) => type).join(' ');
    if (item.kind === 'bot') return `bot ${item.count}`;
    return item.kind;
  });
}

describe('a thread', () => {
  it('has internal messages where they were said, and keeps notes out', () => {
    const content = {
      messages: [message(1), own(6)],
      events: [event(3, 'transfer.offered')],
      remarks: [
        remark('r1', { at: NOW + 2000 }),
        remark('r2', { at: NOW + 3000 }),
        remark('n', { kind: 'note' as const, at: NOW + 4000 }),
      ],
    };
    expect(story(content)).to.deep.equal(['day', 'm1', 'internal', 'transfer.offered', 'internal', 'm6']);
  });

  it('never joins an answer to what was said internally before it', () => {
    const remarks = [remark('r1', { at: NOW + 1500 })];
    expect(story({ messages: [own(1), own(2)], remarks })).to.deep.equal(['day', 'm1', 'internal', 'm2']);
  });

  it('reads as a story: messages, what happened between them, and days', () => {
    const yesterday = new Date(NOW - 24 * HOUR).toISOString();
    expect(
      story({
        messages: [message(1, { timestamp: yesterday }), message(3), own(6)],
        events: [
          event(2, 'conversation.queued'),
          event(4, 'offer.accepted'),
          event(7, 'conversation.wrap-up'),
          event(8, 'conversation.closed'),
        ],
      }),
    ).to.deep.equal([
      'day',
      'm1',
      'day',
      'conversation.queued',
      'm3',
      'offer.accepted',
      'm6',
      'conversation.wrap-up conversation.closed',
    ]);
  });

  it('has a held answer where the customer got it, and at that time', () => {
    const at = NOW + 24 * HOUR;
    const wrote = message(5, { timestamp: new Date(at - 1000).toISOString() });
    const later = message(9, { timestamp: new Date(at + 1000).toISOString() });
    const letOut = (seq: number, messageId: string): CenterEvent => ({
      ...event(seq, 'message.status', { reason: 'customer-wrote', at }),
      messageId,
    });
    const content = {
      messages: [message(1), own(2), own(3), wrote, later],
      events: [letOut(6, 'm2'), letOut(7, 'm3')],
    };
    expect(story(content)).to.deep.equal(['day', 'm1', 'day', 'm5', 'm2', 'm3+', 'message.status', 'm9']);
    const items = threadItems({ ...content, remarks: [], outgoing: [], complete: true, botShown: false });
    const held = items.find((item) => item.kind === 'message' && item.view.id === 'm2');
    expect(held).to.have.nested.property('view.message.timestamp', new Date(at).toISOString());
    expect(story({ ...content, events: [] })).to.deep.equal(['day', 'm1', 'm2', 'm3+', 'day', 'm5', 'm9+']);
  });

  it('leaves out what is only noise', () => {
    const noise = [
      event(2, 'offer.created'),
      event(3, 'offer.rejected'),
      event(4, 'message.status'),
      event(5, 'conversation.seen'),
    ];
    expect(story({ messages: [message(1)], events: noise })).to.deep.equal(['day', 'm1']);
  });

  it('folds the bot’s part, and shows it on request', () => {
    const content = {
      messages: [message(1), flow(2), message(3), flow(4), message(5), own(8)],
      events: [event(6, 'conversation.queued'), event(7, 'offer.accepted')],
    };
    const folded = ['day', 'bot 4', 'm5', 'conversation.queued offer.accepted', 'm8'];
    expect(story(content)).to.deep.equal(folded);
    expect(story({ ...content, botShown: true })).to.deep.equal([
      ...folded.slice(0, 2),
      'm1',
      'm2',
      'm3',
      'm4',
      ...folded.slice(2),
    ]);
  });

  it('folds nothing while the flow alone talks, nor what it says after people came', () => {
    expect(story({ messages: [message(1), flow(2)] })).to.deep.equal(['day', 'm1', 'm2']);
    expect(story({ messages: [message(1), own(3), flow(4)], events: [event(2, 'offer.accepted')] })).to.deep.equal([
      'day',
      'm1',
      'offer.accepted',
      'm3',
      'm4',
    ]);
  });

  it('joins messages of one author shortly after each other', () => {
    const later = new Date(NOW + HOUR).toISOString();
    expect(
      story({
        messages: [message(1), message(2), own(3), own(4), message(5, { timestamp: later }), message(6, { timestamp: later })],
      }),
    ).to.deep.equal(['day', 'm1', 'm2+', 'm3', 'm4+', 'm5', 'm6+']);
  });

  it('tells what became of a held answer once, and no other change of a message', () => {
    const status = (seq: number, reason: string | null) =>
      event(seq, 'message.status', { reason, at: event(2, 'offer.accepted').at });
    const events = [status(2, null), status(3, 'customer-wrote'), status(4, 'customer-wrote'), status(5, 'agent-confirmed')];
    expect(story({ messages: [message(1)], events })).to.deep.equal(['day', 'm1', 'message.status']);
  });

  it('begins with who began it, and does not say that they took it, too', () => {
    const by = { actor: { kind: 'agent' as const, id: 'a1' }, at: event(1, 'offer.accepted').at };
    const opened = event(1, 'conversation.opened', { ...by, reason: 'agent-started' });
    const taken = event(2, 'conversation.assigned', { ...by, reason: 'assigned-to-self' });
    expect(story({ messages: [message(1, { direction: 'outbound' })], events: [opened, taken] })).to.deep.equal([
      'day',
      'conversation.opened',
      'm1',
    ]);
    const others = { ...taken, at: taken.at + 1 };
    expect(story({ messages: [], events: [event(1, 'conversation.opened'), others] })).to.deep.equal([
      'day',
      'conversation.assigned',
    ]);
  });

  it('keeps back events that belong to messages which are not loaded yet', () => {
    const events = [event(1, 'conversation.queued'), event(2, 'offer.accepted'), event(6, 'conversation.waiting')];
    expect(story({ messages: [message(5)], events, complete: false })).to.deep.equal(['day', 'm5', 'conversation.waiting']);
  });

  it('shows what is on its way once, before and after the center has it', () => {
    const entry: Outgoing = {
      id: 'new',
      conversationId: 'c1',
      text: 'Hi',
      media: null,
      hold: false,
      createdAt: NOW + 9000,
      state: 'sending',
      problem: null,
    };
    expect(story({ messages: [message(1)], outgoing: [entry] })).to.deep.equal(['day', 'm1', 'outgoing']);
    expect(story({ messages: [message(1), { ...own(9), id: 'new' }], outgoing: [entry] })).to.deep.equal(['day', 'm1', 'new']);
  });

  it('loses and repeats nothing, keeps messages in their order, and gives each item a key of its own', () => {
    const kinds = fc.array(fc.constantFrom('in', 'flow', 'own', 'internal', 'queued', 'accepted', 'waiting'), { maxLength: 30 });
    fc.assert(
      fc.property(kinds, (script) => {
        const messages: MessageView[] = [];
        const events: CenterEvent[] = [];
        const remarks: RemarkView[] = [];
        script.forEach((kind, index) => {
          if (kind === 'in') messages.push(message(index));
          else if (kind === 'flow') messages.push(flow(index));
          else if (kind === 'own') messages.push(own(index));
          else if (kind === 'internal') remarks.push(remark(`r${index}`, { at: NOW + index * 1000 }));
          else if (kind === 'queued') events.push(event(index, 'conversation.queued'));
          else events.push(event(index, kind === 'accepted' ? 'offer.accepted' : 'conversation.waiting'));
        });
        for (const botShown of [false, true]) {
          const items = threadItems({ messages, events, remarks, outgoing: [], complete: true, botShown });
          const bot = items.find((item) => item.kind === 'bot');
          const shown = items.flatMap((item) => (item.kind === 'message' ? [item.view.seq] : []));
          const hidden = botShown || bot === undefined ? 0 : bot.count;
          expect(shown).to.deep.equal(messages.slice(hidden).map(({ seq }) => seq));
          expect(items.flatMap((item) => (item.kind === 'events' ? item.events : []))).to.deep.equal(events);
          expect(items.flatMap((item) => (item.kind === 'internal' ? [item.remark] : []))).to.deep.equal(remarks);
          expect(new Set(items.map(({ key }) => key)).size).to.equal(items.length);
        }
      }),
    );
  });
});

describe('the marks of an answer', () => {
  it('have a face for every status, and none for the customer’s messages', () => {
    const marks = DELIVERY_STATUSES.map((status) => deliveryFace(message(1, { direction: 'outbound', status }), NOW)?.mark);
    expect(marks).to.deep.equal([
      'clock',
      'clock',
      'clock',
      'question',
      'clock',
      'clock',
      'tick',
      'failed',
      'failed',
      'canceled',
      'ticks',
      'read',
    ]);
    expect(deliveryFace(message(1), NOW)).to.equal(null);
  });

  it('say when the flow is not there, and when it has been silent for more than 30 seconds', () => {
    const remark = (view: Partial<MessageView>, status: 'pending' | 'sent' = 'pending') =>
      deliveryFace(message(1, { direction: 'outbound', status }, view), NOW)?.remark;
    expect(remark({ flowRunning: true })).to.equal(null);
    expect(remark({ flowRunning: false })).to.equal('waitsForFlow');
    expect(remark({ handedAt: NOW - 30_000 })).to.equal(null);
    expect(remark({ handedAt: NOW - 30_001 })).to.equal('flowSilent');
    expect(remark({ handedAt: NOW - 90_000 }, 'sent')).to.equal(null);
  });

  it('say that Twilio is waited for, whatever the flow does', () => {
    const waiting = { handedAt: NOW - 90_000, flowRunning: false, waitsForTwilio: true };
    const face = deliveryFace(message(1, { direction: 'outbound', status: 'pending' }, waiting), NOW);
    expect(face).to.deep.equal({ mark: 'clock', status: 'pending', remark: 'waitsForTwilio' });
  });
});

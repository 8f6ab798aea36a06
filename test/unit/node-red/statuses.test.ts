import { expect } from 'chai';
import type { CenterEvent } from '../../../lib/domain/events.ts';
import { deliveryFailure } from '../../../lib/node-red/feeding/inbound-feed.ts';

function reported(data: Record<string, unknown>): CenterEvent {
  const facts = { sid: null, to: 'whatsapp:+15551234567', code: null, errorCode: null, errorText: null, windowClosed: false };
  return {
    seq: 1,
    id: 'e1',
    type: 'message.status',
    at: 0,
    actor: { kind: 'system' },
    conversationId: 'c1',
    queueId: null,
    agentId: null,
    messageId: 'm1',
    accountId: 'a1',
    reason: null,
    data: { ...facts, ...data },
  };
}

describe('a delivery status for a flow', () => {
  it('is an error when the message failed, with Twilio’s number', () => {
    const failure = deliveryFailure(
      reported({ status: 'undelivered', code: 'TWILIO_REFUSED', errorCode: 63009, errorText: 'A fault.' }),
    );
    expect(failure).to.include({ code: 'TWILIO_REFUSED', twilioCode: 63009, message: 'A fault.' });
    expect(deliveryFailure(reported({ status: 'failed' }))).to.include({ code: 'TWILIO_REFUSED' });
  });

  it('is none when an agent took back what waited for the customer, nor while it is on its way', () => {
    for (const status of ['canceled', 'pending', 'queued', 'sent', 'delivered', 'read', 'something-new']) {
      expect(deliveryFailure(reported({ status })), status).to.equal(null);
    }
    expect(deliveryFailure(reported({ status: 'canceled', code: 'TWILIO_REFUSED', errorCode: 30409 }))).to.include({
      twilioCode: 30409,
    });
  });
});

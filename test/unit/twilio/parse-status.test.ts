import { expect } from 'chai';
import { isCenterError } from '../../../lib/domain/errors.ts';
import { isStatusCallback, parseStatusCallback } from '../../../lib/twilio/incoming/parse-status.ts';
import { CUSTOMER, inboundForm, SENDER, sidOf } from './fixture.ts';

const SID = sidOf(9);

describe('reading a status callback', () => {
  it('tells it from a customer’s message, which may come to the same address', () => {
    expect(isStatusCallback(inboundForm(SID))).to.equal(false);
    expect(isStatusCallback({ From: CUSTOMER, To: SENDER, Body: 'sent', MessageSid: SID })).to.equal(false);
    expect(isStatusCallback({ From: SENDER, To: CUSTOMER, MessageSid: SID, MessageStatus: 'sent' })).to.equal(true);
    expect(isStatusCallback({ From: SENDER, To: CUSTOMER, MessageSid: SID, SmsStatus: 'delivered' })).to.equal(true);
    expect(isStatusCallback({ MessageSid: SID, SmsStatus: 'receiving' })).to.equal(false);
    expect(isStatusCallback({})).to.equal(false);
  });

  it('gives the status, Twilio’s number and its words', () => {
    const callback = parseStatusCallback({
      MessageSid: SID,
      SmsSid: 'SMother',
      MessageStatus: 'undelivered',
      ErrorCode: '63016',
      ChannelStatusMessage: 'Too late',
      From: SENDER,
      To: CUSTOMER,
    });
    expect(callback).to.deep.equal({
      sid: SID,
      status: 'undelivered',
      errorCode: 63016,
      errorMessage: 'Too late',
      from: SENDER,
      to: CUSTOMER,
    });
  });

  it('takes an error code for one only when it is a number', () => {
    for (const code of ['', '0', 'none', '-1', '1.5']) {
      expect(parseStatusCallback({ MessageSid: SID, MessageStatus: 'failed', ErrorCode: code }).errorCode, code).to.equal(null);
    }
  });

  it('refuses what is no status', () => {
    for (const params of [{}, { MessageSid: SID }, { MessageStatus: 'sent' }] as Record<string, string>[]) {
      expect(() => parseStatusCallback(params))
        .to.throw()
        .that.satisfies((error: unknown) => isCenterError(error) && error.code === 'INVALID_REQUEST');
    }
  });
});

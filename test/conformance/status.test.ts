import { expect } from 'chai';
import { isFailure, parseStatus, raiseStatus, type DeliveryStatus } from '../../lib/domain/delivery-status.ts';
import { explain } from '../../lib/twilio/error-catalogue.ts';
import { decodeForm } from '../../lib/twilio/incoming/form.ts';
import { isStatusCallback, parseStatusCallback } from '../../lib/twilio/incoming/parse-status.ts';
import { conformanceData, encodeForm } from './data.ts';

interface Callback {
  id: string;
  description: string;
  form: Record<string, string>;
  rawBody?: string;
  expected: {
    messageSid?: string;
    status?: DeliveryStatus;
    rawStatus?: string;
    terminal?: boolean;
    errorCode?: number;
    errorMessage?: string | null;
    retryable?: boolean;
    ignored?: boolean;
    messagingServiceSid?: string;
    channelPrefix?: string;
    structuredMessage?: string;
    eventType?: string;
    raw?: Record<string, string>;
  };
}

interface Sequence {
  id: string;
  description: string;
  createStatus: string;
  callbacks: (string | { status: string; errorCode: number })[];
  final: DeliveryStatus;
  retryable?: boolean;
  emitsOncePerStatus?: boolean;
}

const { callbacks, sequences } = conformanceData<{ callbacks: Callback[]; sequences: Sequence[] }>('status-callbacks');

describe('conformance: status callbacks', () => {
  for (const { id, description, form, rawBody, expected } of callbacks) {
    const { params } = decodeForm(rawBody === undefined ? encodeForm(form) : Buffer.from(rawBody));

    if (expected.ignored) {
      // Answered 400, not 200 as there (docs/conformance.md): nothing is changed in either case.
      it(`${id} changes nothing: ${description}`, () => {
        expect(isStatusCallback(params)).to.equal(false);
        expect(() => parseStatusCallback(params)).to.throw('no delivery status');
      });
      continue;
    }

    it(`${id}: ${description}`, () => {
      expect(isStatusCallback(params)).to.equal(true);
      const callback = parseStatusCallback(params);
      expect(callback.sid).to.equal(expected.messageSid ?? form.MessageSid);
      if (expected.status !== undefined) expect(parseStatus(callback.status)).to.equal(expected.status);
      if (expected.rawStatus !== undefined) {
        expect(callback.status).to.equal(expected.rawStatus);
        expect(parseStatus(callback.status)).to.equal(undefined);
      }
      if (expected.errorCode !== undefined) expect(callback.errorCode).to.equal(expected.errorCode);
      if (expected.errorMessage !== undefined) expect(callback.errorMessage).to.equal(expected.errorMessage);
      if (expected.retryable !== undefined) expect(explain(callback.errorCode!).retryable).to.equal(expected.retryable);
      if (expected.terminal !== undefined)
        expect(isFailure(expected.status!) || expected.status === 'read').to.equal(expected.terminal);
      const kept: Record<string, string | undefined> = {
        MessagingServiceSid: expected.messagingServiceSid,
        ChannelPrefix: expected.channelPrefix,
        StructuredMessage: expected.structuredMessage,
        EventType: expected.eventType,
        ...expected.raw,
      };
      for (const [name, value] of Object.entries(kept)) if (value !== undefined) expect(params[name], name).to.equal(value);
    });
  }
});

describe('conformance: sequences of statuses', () => {
  for (const { id, description, createStatus, callbacks: reports, final, retryable, emitsOncePerStatus } of sequences) {
    it(`${id} ends as ${final}: ${description}`, () => {
      let status = parseStatus(createStatus)!;
      const seen = [status];
      for (const report of reports) {
        const word = typeof report === 'string' ? report : report.status;
        const next = raiseStatus(status, parseStatus(word)!);
        if (next !== status) seen.push(next);
        status = next;
        if (typeof report !== 'string' && retryable !== undefined)
          expect(explain(report.errorCode).retryable).to.equal(retryable);
      }
      expect(status).to.equal(final);
      if (emitsOncePerStatus) expect(new Set(seen).size).to.equal(seen.length);
    });
  }
});

import type { OutboundRow } from '../../../../lib/center/contract.ts';
import { CenterError } from '../../../../lib/domain/errors.ts';
import type { DeliveryStatus } from '../../../../lib/domain/delivery-status.ts';
import type { Found, Sender, SendRequest, Taken } from '../../../../lib/twilio/sender.ts';
import { never, type Life } from './life.ts';

/** What Twilio does with the next call. */
export type Mood =
  | { kind: 'takes' }
  | { kind: 'refuses'; code: number }
  | { kind: 'unreachable' | 'busy' }
  /** The answer is lost, or never comes; it may have the message all the same. */
  | { kind: 'ambiguous' | 'hangs'; has: boolean };

/** A message that Twilio has. */
export interface Create {
  sid: string;
  messageId: string;
  from: string;
  to: string;
  text: string;
  template: boolean;
  at: number;
  status: DeliveryStatus;
  /** Whether it has told of a failure. */
  failed: boolean;
}

/** Twilio as it is beside our processes: it remembers what it took, whatever becomes of them. */
export class FakeTwilio {
  mood: Mood = { kind: 'takes' };
  readonly creates: Create[] = [];
  readonly refused = new Set<string>();
  readonly now: () => number;
  /** What was wrong with a call: thrown there, it would only look like an answer that was lost. */
  readonly wrong: unknown[] = [];
  /** Called for each call before Twilio decides about it. */
  onCall: (request: SendRequest) => void = () => {};

  constructor(now: () => number) {
    this.now = now;
  }

  /** The way to it from one process. */
  senderFor(life: Life): Sender {
    return {
      ready: () => Promise.resolve(),
      send: (request) => life.outside(() => this.#send(request)),
      lookUp: (row) => life.outside(() => this.#lookUp(row)),
      close: () => {},
    };
  }

  #send(request: SendRequest): Promise<Taken> {
    try {
      this.onCall(request);
    } catch (error) {
      this.wrong.push(error);
    }
    const { mood } = this;
    switch (mood.kind) {
      case 'takes':
        return Promise.resolve(this.#take(request));
      case 'refuses':
        this.refused.add(request.messageId);
        return Promise.reject(
          new CenterError(mood.code === 63016 ? 'SESSION_EXPIRED' : 'TWILIO_REFUSED', 'Refused.', { twilioCode: mood.code }),
        );
      case 'unreachable':
        return Promise.reject(unreachable());
      case 'busy':
        return Promise.reject(new CenterError('TWILIO_REFUSED', 'Too much to do.', { twilioCode: 20429 }));
      case 'ambiguous':
      case 'hangs':
        if (mood.has) this.#take(request);
        return mood.kind === 'hangs' ? never() : Promise.reject(new CenterError('SEND_UNKNOWN', 'Perhaps.'));
    }
  }

  #take({ messageId, from, to, text, template }: SendRequest): Taken {
    const sid = `SM${(900_000 + this.creates.length).toString(16).padStart(32, '0')}`;
    const create = { sid, messageId, from, to, text, template: template !== null, at: this.now() };
    this.creates.push({ ...create, status: 'queued', failed: false });
    return { sid, status: 'queued' };
  }

  #lookUp(row: OutboundRow): Promise<Found | null> {
    if (this.mood.kind === 'unreachable' || this.mood.kind === 'hangs') return Promise.reject(unreachable());
    const found = this.creates.filter((one) =>
      row.sid === null
        ? row.text !== '' && one.to === row.to && one.text === row.text && Math.abs(one.at - row.submittedAt) <= 10_000
        : one.sid === row.sid,
    );
    if (found.length !== 1) return Promise.resolve(null);
    const { sid, status, failed } = found[0]!;
    return Promise.resolve({ sid, status, errorCode: failed ? 63024 : null });
  }
}

function unreachable(): CenterError {
  return new CenterError('TWILIO_UNREACHABLE', 'Not there.');
}

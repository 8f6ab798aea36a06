import type { ServerResponse } from 'node:http';
import { sendJson } from '../../http/mounted.ts';

/** A refusal by the API, with Twilio's number; sent as Twilio's error body. */
export class TwilioRefusal extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.name = 'TwilioRefusal';
    this.status = status;
    this.code = code;
  }
}

/** The classic error body of the 2010 API. */
export function sendRefusal(response: ServerResponse, refusal: TwilioRefusal, headers: Record<string, string> = {}): void {
  const { code, message, status } = refusal;
  sendJson(response, status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }, headers);
}

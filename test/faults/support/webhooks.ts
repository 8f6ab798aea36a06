import { Agent, request as httpRequest } from 'node:http';
import { expectedSignature } from '../../../lib/twilio/incoming/signature.ts';
import { inboundForm, TOKEN } from '../../unit/twilio/fixture.ts';
import { MARKERS } from './leaks.ts';

export interface Answered {
  /** Null when the connection ended without an answer. */
  status: number | null;
  /** How long it took, in milliseconds. */
  ms: number;
}

/** Twilio's side of the webhooks: signs a form and posts it, over connections that are kept. */
export class Webhooks {
  readonly #port: number;
  readonly #publicUrl: string;
  readonly #agent = new Agent({ keepAlive: true });

  /** @param publicUrl what the account says; only the signature knows it */
  constructor(port: number, publicUrl = `http://127.0.0.1:${port}`) {
    this.#port = port;
    this.#publicUrl = publicUrl;
  }

  /** A customer's text. */
  message(sid: string, fields: Record<string, string> = {}): Promise<Answered> {
    return this.post(
      '/whatsapp/inbound',
      inboundForm(sid, { Body: `${MARKERS.text} ${sid}`, ProfileName: MARKERS.name, ...fields }),
    );
  }

  /** @param path with its query */
  post(path: string, form: Record<string, string>): Promise<Answered> {
    const pairs = Object.entries(form);
    const body = new URLSearchParams(pairs).toString();
    const started = performance.now();
    return new Promise((resolve) => {
      const end = (status: number | null): void => resolve({ status, ms: performance.now() - started });
      const request = httpRequest({
        host: '127.0.0.1',
        port: this.#port,
        method: 'POST',
        path,
        agent: this.#agent,
        headers: {
          'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
          'content-length': Buffer.byteLength(body),
          'x-twilio-signature': expectedSignature(this.#publicUrl + path, pairs, TOKEN),
        },
      });
      request.on('error', () => end(null));
      request.on('response', (response) => {
        response.resume();
        response.on('end', () => end(response.statusCode ?? null));
        response.on('error', () => end(null));
        response.on('close', () => end(null));
      });
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PhoneState, PhoneUpdate } from '../phone-contract.ts';

const HEARTBEAT_MS = 20_000;
/** A page that has stopped reading is let go; it comes back and gets the whole state anew. */
const LARGEST_BACKLOG = 1_048_576;

/** The open phone pages. Each connection begins with the whole state, so a reconnect misses nothing. */
export class LiveUpdates {
  readonly #pages = new Set<ServerResponse>();
  #heartbeat: NodeJS.Timeout | undefined;

  open(request: IncomingMessage, response: ServerResponse, state: PhoneState): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 1000\n\n');
    write(response, { type: 'state', state });
    this.#pages.add(response);
    this.#heartbeat ??= setInterval(() => this.#beat(), HEARTBEAT_MS);
    request.on('close', () => this.#forget(response));
    response.on('close', () => this.#forget(response));
  }

  tell(update: PhoneUpdate): void {
    for (const page of this.#pages) {
      if (page.writableLength > LARGEST_BACKLOG) page.destroy();
      else write(page, update);
    }
  }

  close(): void {
    for (const page of [...this.#pages]) {
      page.end();
      this.#forget(page);
    }
  }

  #beat(): void {
    for (const page of this.#pages) page.write(': still here\n\n');
  }

  #forget(page: ServerResponse): void {
    this.#pages.delete(page);
    if (this.#pages.size > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}

function write(response: ServerResponse, update: PhoneUpdate): void {
  response.write(`data: ${JSON.stringify(update)}\n\n`);
}

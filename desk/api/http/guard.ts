import type { IncomingMessage } from 'node:http';
import { CenterError } from '../../../lib/domain/errors.ts';
import { isLoopback } from './peer.ts';

/** What the page sends with every change; a form or a link of another site cannot. */
export const DESK_HEADER = 'x-twentyfour-desk';

/** How the browser talks to us: encrypted, on this machine, or in the clear over a network. */
export type Transport = 'https' | 'loopback' | 'plain';

/** Decides which requests are let in before anything of them is read. */
export class RequestGuard {
  readonly #publicOrigin: string | null;
  readonly #allowHttp: boolean;

  /** @param publicUrl the desk's address from outside, or empty when it is reached directly */
  constructor(publicUrl: string, allowHttp: boolean) {
    this.#publicOrigin = URL.canParse(publicUrl) ? new URL(publicUrl).origin : null;
    this.#allowHttp = allowHttp;
  }

  transportOf(request: IncomingMessage): Transport {
    if ('encrypted' in request.socket && request.socket.encrypted === true) return 'https';
    // Behind a proxy the configured address tells; an Origin that says otherwise went around the proxy.
    const aroundProxy = request.headers.origin?.startsWith('http:') === true;
    if (this.#publicOrigin?.startsWith('https:') === true && !aroundProxy) return 'https';
    return isLoopback(request) ? 'loopback' : 'plain';
  }

  /** @throws CenterError `HTTPS_REQUIRED` off this machine without TLS, unless the center's configuration allows it */
  requireSafeTransport(request: IncomingMessage): void {
    if (this.#allowHttp || this.transportOf(request) !== 'plain') return;
    throw new CenterError(
      'HTTPS_REQUIRED',
      'The desk is reached without encryption. Use its https address, or allow plain HTTP in the contact-center node.',
    );
  }

  /** True where a cookie without the protection of `__Host-` may count. */
  acceptsPlainCookie(request: IncomingMessage): boolean {
    return this.#allowHttp || isLoopback(request);
  }

  /**
   * Refuses what another site makes a browser send (threat T13). Programs send neither `Origin` nor `Sec-Fetch-Site`.
   * @throws CenterError `CROSS_SITE`
   */
  requireSameSite(request: IncomingMessage, changesState: boolean): void {
    const site = request.headers['sec-fetch-site'];
    const typedIn = site === 'none' && !changesState;
    if (site !== undefined && site !== 'same-origin' && !typedIn) throw crossSite();
    const { origin } = request.headers;
    if (origin !== undefined && !this.#isOurs(origin, request.headers.host)) throw crossSite();
    if (changesState && !request.headers[DESK_HEADER]) {
      throw new CenterError('CROSS_SITE', `A change needs the header ${DESK_HEADER}.`);
    }
  }

  #isOurs(origin: string, host: string | undefined): boolean {
    if (!URL.canParse(origin)) return false;
    const parsed = new URL(origin);
    if (parsed.origin === this.#publicOrigin) return true;
    return host !== undefined && /^https?:$/.test(parsed.protocol) && parsed.host === hostOf(host, parsed.protocol);
  }
}

/** A Host header as a URL writes it: lower case, without the scheme's own port. */
function hostOf(host: string, protocol: string): string | null {
  const url = `${protocol}//${host}`;
  return URL.canParse(url) ? new URL(url).host : null;
}

function crossSite(): CenterError {
  return new CenterError('CROSS_SITE', 'This request comes from another site.');
}

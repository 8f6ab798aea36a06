import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RequestGuard } from '../http/guard.ts';

/** A new session's token: 256 random bits. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What the store keeps of a token. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/**
 * The cookie that carries a session. Its name holds a mark of the contact center, because cookies do not tell ports
 * and paths apart, and two desks of one machine would sign each other out.
 */
export class SessionCookie {
  readonly #guard: RequestGuard;
  readonly #plainName: string;

  /** @param centerMark anything that names the contact center and stays the same over restarts */
  constructor(guard: RequestGuard, centerMark: string) {
    this.#guard = guard;
    this.#plainName = `twentyfour-desk-${createHash('sha256').update(centerMark).digest('hex').slice(0, 8)}`;
  }

  /** The token a request carries, or null. */
  read(request: IncomingMessage): string | null {
    const cookies = new Map<string, string>();
    for (const pair of (request.headers.cookie ?? '').split(';')) {
      const [name = '', ...value] = pair.trim().split('=');
      if (!cookies.has(name)) cookies.set(name, value.join('='));
    }
    const token = cookies.get(`__Host-${this.#plainName}`);
    if (token !== undefined) return token;
    return this.#guard.acceptsPlainCookie(request) ? (cookies.get(this.#plainName) ?? null) : null;
  }

  /** `Set-Cookie` for a token; an empty one takes the cookie away. It lives as long as the browser at most. */
  write(request: IncomingMessage, token: string): string {
    const secure = this.#guard.transportOf(request) === 'https';
    const parts = [`${secure ? '__Host-' : ''}${this.#plainName}=${token}`, 'Path=/', 'HttpOnly', 'SameSite=Strict'];
    if (secure) parts.push('Secure');
    if (token === '') parts.push('Max-Age=0');
    return parts.join('; ');
  }
}

import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Center } from '../../../lib/center/center.ts';
import type { Clock } from '../../../lib/center/clock.ts';
import type { AgentView } from '../../../lib/center/views.ts';
import { CenterError } from '../../../lib/domain/errors.ts';
import { backoffKey } from '../../../lib/domain/sign-in-backoff.ts';
import type { DeskLog } from '../desk-log.ts';
import { peerAddress, peerNetwork } from '../http/peer.ts';
import { hashPassword, requireGoodPassword, verifyPassword } from './password.ts';
import { hashToken, newToken, type SessionCookie } from './session-cookie.ts';
import { isSetupCode, newSetupCode } from './setup-code.ts';

/** A signed-in browser. */
export interface Session {
  id: string;
  tokenHash: string;
  agent: AgentView;
}

export interface SignInOptions {
  center: Center;
  /** The machine's clock: a center's clock that is moved must not end or prolong sessions. */
  clock: Clock;
  cookie: SessionCookie;
  supervisor: { username: string; password: string } | null;
  /** The desk's address, for the line in the log that carries the set-up code. */
  address: string;
  log: DeskLog;
}

/** Who may come in: passwords, sessions, and the first supervisor. */
export class SignIn {
  readonly #options: SignInOptions;
  #setupCode: string | null = null;
  #blockLogged = 0;
  #prepared: Promise<void> | undefined;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  /** Applies the configured supervisor, or prints the set-up code where nobody can sign in yet. Tried again after a failure. */
  prepare(): Promise<void> {
    this.#prepared ??= this.#prepare().catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    return this.#prepared;
  }

  async #prepare(): Promise<void> {
    const { center, supervisor, address, log } = this.#options;
    const stored = await center.query('supervisorVerifier', {});
    if (supervisor !== null) {
      warnOfWeakPassword(supervisor, log);
      const unchanged =
        stored.verifier !== null &&
        stored.username === supervisor.username.normalize('NFKC').trim().toLowerCase() &&
        (await verifyPassword(supervisor.password, stored.verifier));
      const passwordHash = unchanged ? stored.verifier! : await hashPassword(supervisor.password);
      await center.run('applySupervisor', { supervisor: { username: supervisor.username, passwordHash } });
      return;
    }
    if (stored.username !== null) await center.run('applySupervisor', { supervisor: null });
    if ((await center.query('agentCount', {})).count > 0) return;
    this.#setupCode = newSetupCode();
    log.info(`The desk has no supervisor yet. Open ${address} and enter this code, once: ${this.#setupCode}`);
  }

  /** True until the first person has been added. */
  async setupNeeded(): Promise<boolean> {
    if (this.#setupCode !== null && (await this.#options.center.query('agentCount', {})).count > 0) this.#setupCode = null;
    return this.#setupCode !== null;
  }

  /** The session a request belongs to, or null; being asked counts as activity. */
  async sessionOf(request: IncomingMessage): Promise<Session | null> {
    const token = this.#options.cookie.read(request);
    return token === null || token === '' ? null : this.touch(hashToken(token));
  }

  async touch(tokenHash: string): Promise<Session | null> {
    const found = await this.#options.center.run('touchSession', { tokenHash, at: this.#options.clock.now() });
    return found === null ? null : { id: found.sessionId, tokenHash, agent: found.agent };
  }

  /**
   * Checks a password and opens a session, under a new token whatever the browser had before.
   * @returns the person and the `Set-Cookie` header
   * @throws CenterError `SIGN_IN_FAILED` (the same for an unknown user, a wrong password and a disabled one) or `SIGN_IN_BLOCKED`
   */
  async signIn(request: IncomingMessage, username: string, password: string): Promise<{ agent: AgentView; cookie: string }> {
    const keys = await this.#admit(request, username.normalize('NFKC').trim().toLowerCase());
    const facts = await this.#options.center.query('credentials', { username });
    const right = await verifyPassword(password, facts.passwordHash);
    if (!right || facts.agentId === null || facts.passwordHash === null || facts.disabled) {
      throw new CenterError('SIGN_IN_FAILED', 'The username or the password is wrong.');
    }
    return this.#open(request, facts.agentId, facts.passwordHash, keys);
  }

  /**
   * Adds the first supervisor with the code from the log, and signs them in.
   * @throws CenterError `SETUP_CODE_WRONG`, `SIGN_IN_BLOCKED`, `WEAK_PASSWORD`
   */
  async setUp(
    request: IncomingMessage,
    given: { code: string; username: string; name: string; password: string },
  ): Promise<{ agent: AgentView; cookie: string }> {
    const keys = await this.#admit(request, '\0setup');
    if (!(await this.setupNeeded()) || this.#setupCode === null || !isSetupCode(given.code, this.#setupCode)) {
      throw new CenterError('SETUP_CODE_WRONG', 'This is not the code in the log, or it has been used.');
    }
    requireGoodPassword(given.password, given.username);
    const passwordHash = await hashPassword(given.password);
    const { username, name } = given;
    const agent = await this.#options.center.run('addAgent', {
      actorId: null,
      agent: { username, name, role: 'supervisor', passwordHash },
    });
    this.#setupCode = null;
    return this.#open(request, agent.id, passwordHash, keys);
  }

  /** Ends the session of a request; the answer takes the cookie away. */
  async signOut(request: IncomingMessage): Promise<string> {
    const token = this.#options.cookie.read(request);
    if (token !== null) await this.#options.center.run('signOut', { tokenHash: hashToken(token) });
    return this.#options.cookie.write(request, '');
  }

  /** Counts the attempt before anything is checked. */
  async #admit(request: IncomingMessage, name: string): Promise<string[]> {
    const { center, clock, log } = this.#options;
    const hash = (text: string) => createHash('sha256').update(text).digest('hex');
    const keys = [backoffKey('account', hash(name)), backoffKey('address', hash(peerNetwork(request)))];
    const at = clock.now();
    const { blockedUntil } = await center.run('admitSignIn', { keys, at });
    if (blockedUntil === null) return keys;
    const seconds = Math.max(1, Math.ceil((blockedUntil - at) / 1000));
    // One line for each block: whoever guesses on must not fill the log.
    if (blockedUntil > this.#blockLogged) {
      this.#blockLogged = blockedUntil;
      log.warn(`Sign-in attempts are held back for ${seconds} s; the last one came from ${peerAddress(request)}.`);
    }
    throw new CenterError('SIGN_IN_BLOCKED', `Too many attempts. Try again in ${seconds} seconds.`, {
      details: { retryAfterSeconds: seconds },
    });
  }

  async #open(request: IncomingMessage, agentId: string, passwordHash: string, keys: string[]) {
    const { center, clock, cookie } = this.#options;
    const token = newToken();
    const old = cookie.read(request);
    const { agent } = await center.run('signIn', {
      agentId,
      passwordHash,
      tokenHash: hashToken(token),
      endsTokenHash: old === null || old === '' ? null : hashToken(old),
      keys,
      at: clock.now(),
    });
    return { agent, cookie: cookie.write(request, token) };
  }
}

/** What an admin configures is applied as it is; they are told what a person on the Team page would be. */
function warnOfWeakPassword({ username, password }: { username: string; password: string }, log: DeskLog): void {
  try {
    requireGoodPassword(password, username);
  } catch (error) {
    log.warn(`The supervisor's password in the contact-center node is weak. ${String(error)}`);
  }
}

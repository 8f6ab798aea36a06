import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CenterError, isCenterError } from '../../../lib/domain/errors.ts';
import { BodyTooLarge, BodyTooSlow, readBody, sendJson } from '../../../lib/http/mounted.ts';
import type { DeskLog } from '../desk-log.ts';
import type { Session } from '../people/sign-in.ts';
import type { DeskParts, Route } from '../routes/route.ts';
import { sendError } from './errors.ts';
import { BODY, type Schema } from './schema.ts';
import { parseStrictJson, parseStrictQuery } from './strict-json.ts';

/** Bytes of a request's body. */
const BODY_LIMIT = 64 * 1024;

/** Milliseconds a body may take to arrive. */
const BODY_WITHIN_MS = 10_000;

/** Longer parts of a path name nothing of ours. */
const LONGEST_PARAM = 128;

/** Answers the requests to a table of routes: access, checks, errors. */
export class Dispatcher {
  readonly #routes: readonly Route[];
  readonly #parts: DeskParts;
  readonly #log: DeskLog;

  constructor(routes: readonly Route[], parts: DeskParts, log: DeskLog) {
    this.#routes = routes;
    this.#parts = parts;
    this.#log = log;
  }

  /** @param path decoded, without the query */
  async handle(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    try {
      await this.#answer(request, response, path);
    } catch (error) {
      this.#refuse(request, response, error);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const { route, params } = this.#find(request, response, path);
    const { guard, signIn } = this.#parts;
    guard.requireSafeTransport(request);
    guard.requireSameSite(request, route.method !== 'GET');
    await signIn.prepare();
    const session = await signIn.sessionOf(request);
    requireAccess(route, session);
    const search = (request.url ?? '').split('?').slice(1).join('?');
    const query = check(route.query, parseStrictQuery(search), 'The query');
    const body = route.method === 'GET' || route.upload === true ? undefined : await readJson(request, route.body);
    const answer = await route.handle({ request, response, params, query, body, session }, this.#parts);
    if (route.answer === 'events' || route.answer === 'file') return;
    if (route.answer === null) response.writeHead(204, { 'cache-control': 'no-store' }).end();
    else sendJson(response, route.status ?? 200, answer);
  }

  #find(request: IncomingMessage, response: ServerResponse, path: string): { route: Route; params: Record<string, string> } {
    const methods: string[] = [];
    for (const route of this.#routes) {
      const params = matchPath(route.path, path);
      if (params === null) continue;
      if (route.method === request.method) return { route, params };
      methods.push(route.method);
    }
    if (methods.length === 0) throw new CenterError('NOT_FOUND', 'There is nothing at this address.');
    response.setHeader('allow', methods.join(', '));
    throw new CenterError('METHOD_NOT_ALLOWED', `This address understands ${methods.join(', ')}.`);
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      // A caller that went away is no news.
      if (!isCenterError(error) && request.complete) this.#log.warn(`The desk's answer broke off: ${String(error)}`);
      return;
    }
    // What was not read of the body must not be taken for the next request.
    const headers: Record<string, string> = request.complete ? {} : { connection: 'close' };
    if (error instanceof BodyTooLarge) sendError(response, new CenterError('TOO_LARGE', error.message), headers);
    else if (error instanceof BodyTooSlow) sendError(response, new CenterError('INVALID_REQUEST', error.message), headers);
    else if (isCenterError(error)) sendError(response, error, headers);
    else {
      const id = randomUUID();
      this.#log.warn(`The desk could not answer ${request.method} (${id}): ${String(error)}`);
      sendError(response, new CenterError('INTERNAL_ERROR', `Something went wrong. The log names it: ${id}.`), headers);
    }
  }
}

/** The parameters of a path that fits, or null. */
function matchPath(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index]!;
    if (!part.startsWith(':')) {
      if (part !== value) return null;
    } else if (value === '' || value.length > LONGEST_PARAM) return null;
    else params[part.slice(1)] = value;
  }
  return params;
}

/** @throws CenterError `SIGNED_OUT`, `FORBIDDEN` */
function requireAccess(route: Route, session: Session | null): void {
  if (route.access === 'public') return;
  if (session === null) throw new CenterError('SIGNED_OUT', 'Sign in first.');
  if (route.access === 'supervisor' && session.agent.role !== 'supervisor') {
    throw new CenterError('FORBIDDEN', 'This is for supervisors.');
  }
}

/** Without a schema nothing may be given. */
function check(schema: Schema<unknown> | undefined, value: Record<string, unknown>, at: string): unknown {
  if (schema !== undefined) return schema.check(value, at);
  const [name] = Object.keys(value);
  if (name !== undefined) throw new CenterError('INVALID_REQUEST', `${at} has a field nobody knows: ${name.slice(0, 40)}.`);
  return value;
}

async function readJson(request: IncomingMessage, schema: Schema<unknown> | undefined): Promise<unknown> {
  const type = request.headers['content-type'];
  const isJson = type !== undefined && /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type);
  // A form of another site can send text, never JSON; so a type that is named is JSON, and a body names one.
  if (!isJson && (type !== undefined || schema !== undefined)) {
    throw new CenterError('JSON_REQUIRED', 'Changes are sent as application/json.');
  }
  const raw = await readBody(request, BODY_LIMIT, BODY_WITHIN_MS);
  if (raw.length > 0 && !isJson) throw new CenterError('JSON_REQUIRED', 'Changes are sent as application/json.');
  const source = decodeUtf8(raw);
  if (schema === undefined && source === '') return undefined;
  const value = parseStrictJson(source);
  if (schema !== undefined) return schema.check(value, BODY);
  if (typeof value !== 'object' || value === null) throw new CenterError('INVALID_REQUEST', 'The body must be an object.');
  return check(undefined, value as Record<string, unknown>, BODY);
}

function decodeUtf8(raw: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
  } catch (cause) {
    throw new CenterError('INVALID_REQUEST', 'The body is not UTF-8.', { cause });
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Center } from '../../../lib/center/center.ts';
import type { ErrorCode } from '../../../lib/domain/errors.ts';
import type { Channel } from '../../../lib/twilio/channel.ts';
import type { RequestGuard } from '../http/guard.ts';
import { described, text, type Schema } from '../http/schema.ts';
import type { LiveHub } from '../live/live-hub.ts';
import type { Session, SignIn } from '../people/sign-in.ts';

/** Who may call a route. What they may see of an object is decided in the query, by the agent's id. */
export type Access = 'public' | 'agent' | 'supervisor';

/** What the routes work with. */
export interface DeskParts {
  center: Center;
  /** Null where no account can be asked. */
  channel: Channel | null;
  signIn: SignIn;
  guard: RequestGuard;
  hub: LiveHub;
  /** The OpenAPI document, as JSON. */
  openApi(): unknown;
}

/** One request, checked. */
export interface Call<Query, Body> {
  request: IncomingMessage;
  response: ServerResponse;
  params: Record<string, string>;
  query: Query;
  body: Body;
  /** Signed in; never null where the route's access is not "public". */
  session: Session | null;
}

export interface Route<Query = unknown, Body = unknown, Answer = unknown> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `:name` stands for one part of the path. */
  path: string;
  access: Access;
  /** One line for the OpenAPI document. */
  summary: string;
  query?: Schema<Query>;
  body?: Schema<Body>;
  /** The body is a file, whatever its type; the handler reads it. */
  upload?: true;
  /**
   * Null: nothing is said (204). "events": the handler keeps the response open as an event stream. "file": the handler answers with
   * bytes.
   */
  answer: Schema<Answer> | null | 'events' | 'file';
  /** 200 unless said otherwise. */
  status?: number;
  /** The refusals a caller should expect besides those of every route. */
  errors?: ErrorCode[];
  handle(call: Call<Query, Body>, parts: DeskParts): Promise<Answer>;
}

/** Gives a route's handler the types of its own schemas. */
export function route<Query, Body, Answer>(spec: Route<Query, Body, Answer>): Route {
  return spec as Route;
}

/** The signed-in agent's id, on routes where there is always one. */
export function agentOf(call: { session: Session | null }): string {
  if (call.session === null) throw new Error('This route has no session: its access is "public".');
  return call.session.agent.id;
}

/** The id of what a request creates, chosen by its sender: sent again because the answer was lost, it creates nothing twice. */
export const newThing = () =>
  described(
    text({ min: 8, max: 64, pattern: /^[A-Za-z0-9_-]+$/ }),
    'Chosen by the sender; a repeated request creates nothing twice',
  );

import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpHost } from './http-host.ts';
import type { Next } from './http-host.ts';
import type { HttpApp } from './runtime-api.ts';

/**
 * Puts a host at the head of the root app's stack, before the editor's body parsers: with the editor at "/" they
 * would have consumed the raw bytes, over which Twilio's signature is made, before anything on `RED.httpNode` runs.
 */
export function hostAtHead(httpNode: HttpApp): HttpHost {
  const host = new HttpHost({ basePath: () => httpNode.path?.() ?? '' });
  const root = rootOf(httpNode);
  const layer = (request: IncomingMessage, response: ServerResponse, next: Next): void => host.handle(request, response, next);
  root.use(layer);
  // Express 4 keeps the stack in `_router` and throws on `router`; Express 5 has `router` only.
  const stack = (root._router ?? root.router)?.stack;
  const at = stack?.findIndex((entry) => entry.handle === layer) ?? -1;
  if (stack !== undefined && at > 0) stack.unshift(...stack.splice(at, 1));
  return host;
}

function rootOf(app: HttpApp): HttpApp {
  let root = app;
  while (root.parent !== undefined) root = root.parent;
  return root;
}

import type { Center } from '../../lib/center/center.ts';
import { systemClock, type Clock } from '../../lib/center/clock.ts';
import { CenterError } from '../../lib/domain/errors.ts';
import type { MountedHandler } from '../../lib/http/mounted.ts';
import type { Channel } from '../../lib/twilio/channel.ts';
import { Dispatcher } from './http/dispatch.ts';
import { sendError } from './http/errors.ts';
import { RequestGuard } from './http/guard.ts';
import { setSecurityHeaders } from './http/security-headers.ts';
import { StaticFiles } from './http/static-files.ts';
import { LiveHub } from './live/live-hub.ts';
import { openApiDocument } from './openapi.ts';
import type { DeskLog } from './desk-log.ts';
import { SessionCookie } from './people/session-cookie.ts';
import { SignIn } from './people/sign-in.ts';
import { ROUTES } from './routes/index.ts';

export interface DeskOptions {
  center: Center;
  /** What Twilio has to be asked for; without it the desk has no templates and shows no typing. */
  channel?: Channel;
  /** Where browsers see the desk, without a slash at the end: "/desk" or "/red/desk". */
  basePath: string;
  /** The desk's address from outside; decides cookies and origin checks. Empty when it is reached directly. */
  publicUrl: string;
  /** Allows a desk without TLS off the loopback. */
  allowHttp: boolean;
  /** The supervisor of the node's configuration; without one, a one-time set-up code goes to the log. */
  supervisor: { username: string; password: string } | null;
  /** Folder of the built page. */
  webRoot: string;
  log: DeskLog;
  /** The machine's clock, for sessions. */
  clock?: Clock;
  heartbeatMs?: number;
  graceMs?: number;
}

export interface Desk {
  handler: MountedHandler;
  /** Ends live updates and takes the agents' presence away. Requests after that are answered 503. */
  close(): Promise<void>;
}

/** The agents' desk over a center: the page, its API and its live updates, as one part of our HTTP handler. */
export function createDesk(options: DeskOptions): Desk {
  const { center, basePath, publicUrl, allowHttp, supervisor, webRoot, log, clock = systemClock } = options;
  const guard = new RequestGuard(publicUrl, allowHttp);
  const cookie = new SessionCookie(guard, center.file);
  const address = publicUrl === '' ? `${basePath}/` : `${publicUrl.replace(/\/$/, '')}/`;
  const signIn = new SignIn({ center, clock, cookie, supervisor, address, log });
  const hub = new LiveHub({
    center,
    touch: (tokenHash) => signIn.touch(tokenHash),
    log,
    heartbeatMs: options.heartbeatMs,
    graceMs: options.graceMs,
  });
  const parts = {
    center,
    channel: options.channel ?? null,
    signIn,
    guard,
    hub,
    openApi: () => openApiDocument(ROUTES, basePath),
  };
  const api = new Dispatcher(ROUTES, parts, log);
  const page = new StaticFiles(webRoot);
  // At once, so that the set-up code is in the log before anybody looks; a failure is tried again by the next request.
  signIn.prepare().catch((error: unknown) => log.warn(`The desk's sign-in is not ready yet: ${String(error)}`));

  let closed = false;
  return {
    handler(request, response, subPath) {
      setSecurityHeaders(response);
      if (closed) {
        sendError(response, new CenterError('STORE_UNAVAILABLE', 'The desk is being restarted. Try again.'), {
          connection: 'close',
          'retry-after': '2',
        });
        return;
      }
      const path = subPath === '' ? '/' : subPath;
      if (path === '/api' || path.startsWith('/api/')) {
        void api.handle(request, response, path);
        return;
      }
      const [pathname = ''] = (request.url ?? '').split('?');
      if (path === '/' && !pathname.endsWith('/')) {
        // The page's own addresses are relative.
        response.writeHead(308, { location: `${basePath}/`, 'cache-control': 'no-store' }).end();
        return;
      }
      page.serve(request, response, path).catch((error: unknown) => {
        log.warn(`A file of the desk's page could not be read: ${String(error)}`);
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
    },
    close() {
      closed = true;
      return hub.close();
    },
  };
}

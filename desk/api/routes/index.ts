import { conversationRoutes } from './conversation-routes.ts';
import { failedMessageRoutes } from './failed-message-routes.ts';
import { liveRoutes } from './live-routes.ts';
import { mediaRoutes } from './media-routes.ts';
import { moveRoutes } from './move-routes.ts';
import { noteRoutes } from './note-routes.ts';
import { presenceRoutes } from './presence-routes.ts';
import type { Route } from './route.ts';
import { sendingRoutes } from './sending-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { supervisionRoutes } from './supervision-routes.ts';
import { teamRoutes } from './team-routes.ts';

/** Every route of the desk. What is not in this table is answered 404; the OpenAPI document and the access tests read it too. */
export const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...presenceRoutes,
  ...conversationRoutes,
  ...moveRoutes,
  ...mediaRoutes,
  ...failedMessageRoutes,
  ...sendingRoutes,
  ...noteRoutes,
  ...teamRoutes,
  ...supervisionRoutes,
  ...liveRoutes,
];

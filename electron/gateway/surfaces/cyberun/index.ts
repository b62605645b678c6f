import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { agentRoutes } from './agents.ts';
import { authRoutes } from './auth.ts';
import { credentialRoutes } from './credentials.ts';
import { eventRoutes } from './events.ts';
import { presignRoute } from './files.ts';
import { inspectRoute } from './inspect.ts';
import { taskRoutes } from './tasks.ts';
import { workflowRoutes } from './workflows.ts';

/** The native API, below `/api/v1`. */
export function nativeRoutes(app: App, rooms: Rooms): void {
  authRoutes(app, rooms);
  credentialRoutes(app, rooms);
  workflowRoutes(app, rooms);
  inspectRoute(app, rooms);
  taskRoutes(app, rooms);
  eventRoutes(app, rooms);
  presignRoute(app, rooms);
  agentRoutes(app, rooms);
}

import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { agentRoutes } from './agents.ts';
import { authRoutes } from './auth.ts';
import { batchRoute } from './batch.ts';
import { credentialRoutes } from './credentials.ts';
import { engineChangeRoutes } from './engine-changes.ts';
import { engineRoutes } from './engines.ts';
import { eventRoutes } from './events.ts';
import { featureRoutes } from './features.ts';
import { presignRoute } from './files.ts';
import { inspectRoute } from './inspect.ts';
import { invitationRoutes } from './invitations.ts';
import { memberRoutes } from './members.ts';
import { outputRoutes } from './outputs.ts';
import { pairingRoutes } from './pairing.ts';
import { queueRoutes } from './queue.ts';
import { taskRoutes } from './tasks.ts';
import { teamRoutes } from './teams.ts';
import { userRoutes } from './users.ts';
import { workflowRoutes } from './workflows.ts';

/** The native API, below `/api/v1`. */
export function nativeRoutes(app: App, rooms: Rooms): void {
  authRoutes(app, rooms);
  userRoutes(app, rooms);
  teamRoutes(app, rooms);
  memberRoutes(app, rooms);
  invitationRoutes(app, rooms);
  featureRoutes(app, rooms);
  credentialRoutes(app, rooms);
  pairingRoutes(app, rooms);
  workflowRoutes(app, rooms);
  inspectRoute(app, rooms);
  taskRoutes(app, rooms);
  queueRoutes(app, rooms);
  batchRoute(app, rooms);
  eventRoutes(app, rooms);
  presignRoute(app, rooms);
  outputRoutes(app, rooms);
  agentRoutes(app, rooms);
  engineRoutes(app, rooms);
  engineChangeRoutes(app, rooms);
}

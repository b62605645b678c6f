import type { NodeInfos } from './agents/node-infos.ts';
import type { AgentRegistry } from './agents/registry.ts';
import type { Roster } from './agents/roster.ts';
import type { Cloud } from './cloud/cloud.ts';
import type { GatewayConfig } from './config.ts';
import type { Engines } from './engines/engines.ts';
import type { Files } from './files/files.ts';
import type { Janitor } from './files/janitor.ts';
import type { Multipart } from './files/multipart.ts';
import type { ObjectStore } from './files/object-store.ts';
import type { Signer } from './files/signer.ts';
import type { Storage } from './files/storage.ts';
import type { GalleryRooms } from './gallery/open.ts';
import type { Identity } from './identity/identity.ts';
import type { Models } from './models/models.ts';
import type { Dispatcher } from './scheduling/dispatcher.ts';
import type { Store } from './store/store.ts';
import type { TaskEvents } from './tasks/events.ts';
import type { Tasks } from './tasks/tasks.ts';
import type { Webhooks } from './webhooks/webhooks.ts';
import type { Inspection } from './workflows/inspection.ts';
import type { Presets } from './workflows/presets.ts';
import type { Workflows } from './workflows/workflows.ts';

/** What the surfaces may call. */
export interface Rooms {
  readonly config: GatewayConfig;
  /** Names this gateway to the world, the same for ever: `gw-1a2b3c4d`. */
  readonly gatewayId: string;
  readonly store: Store;
  readonly identity: Identity;
  readonly objects: ObjectStore;
  readonly signer: Signer;
  readonly files: Files;
  readonly multipart: Multipart;
  readonly storage: Storage;
  readonly janitor: Janitor;
  readonly models: Models;
  readonly workflows: Workflows;
  readonly presets: Presets;
  readonly events: TaskEvents;
  readonly tasks: Tasks;
  readonly agents: AgentRegistry;
  readonly roster: Roster;
  readonly engines: Engines;
  readonly gallery: GalleryRooms;
  readonly nodeInfos: NodeInfos;
  readonly inspection: Inspection;
  readonly scheduler: Dispatcher;
  readonly cloud: Cloud;
  readonly webhooks: Webhooks;
}

import { join } from 'node:path';
import type { Logger } from 'pino';
import type { AgentRegistry } from '../agents/registry.ts';
import type { ObjectStore } from '../files/object-store.ts';
import type { Signer } from '../files/signer.ts';
import type { Storage } from '../files/storage.ts';
import type { Store } from '../store/store.ts';
import type { TaskSignals } from '../tasks/signals.ts';
import type { Workflows } from '../workflows/workflows.ts';
import { ModelFetches } from './fetches.ts';
import { Inventory } from './inventory.ts';
import { ModelLibrary } from './library.ts';
import { ModelSync } from './sync.ts';
import type { ModelUploads } from './uploads.ts';

export interface ModelsPorts {
  readonly store: Store;
  readonly objects: ObjectStore;
  readonly signer: Signer;
  readonly storage: Storage;
  readonly uploads: ModelUploads;
  readonly agents: AgentRegistry;
  readonly workflows: Workflows;
  readonly signals: TaskSignals;
  readonly dataDir: string;
  readonly clock: () => number;
  readonly log: Logger;
  /** Something about the models of a team is different, for those who look. */
  tell(teamId: string): void;
  /** May this team have models of its own? */
  allowed(teamId: string): boolean;
}

/** The models of teams: their library, what comes into it, what agents have and what they shall have. */
export class Models {
  readonly library: ModelLibrary;
  readonly uploads: ModelUploads;
  readonly fetches: ModelFetches;
  readonly inventory: Inventory;
  readonly sync: ModelSync;

  constructor(ports: ModelsPorts) {
    const { store, objects, clock, log, agents, workflows, dataDir, tell } = ports;
    this.uploads = ports.uploads;
    this.library = new ModelLibrary({
      ...{ store, objects, clock },
      changed: (teamId) => {
        tell(teamId);
        this.sync.changed(teamId);
      },
    });
    const { library } = this;
    this.fetches = new ModelFetches({
      ...{ store, objects, library, clock, log, changed: tell, storage: ports.storage },
      folder: join(dataDir, 'model-downloads'),
    });
    this.inventory = new Inventory({ library, agents, workflows, dataDir });
    this.sync = new ModelSync({ ...ports, library });
    this.#tellOfAgents(agents, tell);
  }

  /** An agent's list is another object with each change, and so is what it says of its sync. */
  #tellOfAgents(agents: AgentRegistry, tell: (teamId: string) => void): void {
    const seen = new WeakMap<object, readonly unknown[]>();
    agents.onChange((session) => {
      const now = [session.connected, session.models.list, session.sync];
      const before = seen.get(session);
      if (before && now.every((one, place) => one === before[place])) return;
      seen.set(session, now);
      tell(session.teamId);
    });
  }
}

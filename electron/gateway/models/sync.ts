import type { WantedModel } from '#shared/link/models.ts';
import { modelPathOf } from '#shared/models/paths.ts';
import type { AgentRegistry } from '../agents/registry.ts';
import type { AgentSession } from '../agents/session.ts';
import type { ReadableFile } from '../files/files.ts';
import type { Signer } from '../files/signer.ts';
import type { ModelRow } from '../store/rows/models.ts';
import type { Store } from '../store/store.ts';
import type { TaskSignals } from '../tasks/signals.ts';
import type { Workflows } from '../workflows/workflows.ts';
import { type ModelLibrary, nameOf } from './library.ts';

export interface SyncPorts {
  readonly store: Store;
  readonly library: ModelLibrary;
  readonly agents: AgentRegistry;
  readonly workflows: Workflows;
  readonly signals: TaskSignals;
  readonly signer: Signer;
  /** May this team have models of its own? */
  allowed(teamId: string): boolean;
}

/** A download of twenty gigabytes over a slow line takes a night; whoever comes later asks again. */
const addressMs = 24 * 3_600_000;
/** As many as fit into one message. */
const mostModels = 2000;

const modelAddress = (id: string): string => `/api/v1/agent/models/${id}`;

/** Tells agents which models they shall have: all active ones of their team, those that tasks wait for first. */
export class ModelSync {
  readonly #ports: SyncPorts;
  /** Rises with each change of a team's list. */
  readonly #versions = new Map<string, number>();
  /** What each session was told last: of which connection, and which version. */
  readonly #told = new WeakMap<AgentSession, string>();
  readonly #urgent = new Map<string, string>();

  constructor(ports: SyncPorts) {
    this.#ports = ports;
    ports.agents.onChange((session) => this.#tell(session));
    ports.signals.listen({ inLine: (tasks) => this.#inLine(new Set(tasks.map(({ team_id }) => team_id))) });
  }

  /** The library of a team is another now, or it may have none any more. */
  changed(teamId: string): void {
    this.#versions.set(teamId, (this.#versions.get(teamId) ?? 0) + 1);
    for (const session of this.#ports.agents.list(teamId)) this.#tell(session);
  }

  /** The model under a signed address. */
  permitted(id: string, query: Readonly<Record<string, string | undefined>>): ReadableFile | undefined {
    const { signer, store } = this.#ports;
    if (!signer.verify(modelAddress(id), query, [])) return undefined;
    const [row] = store.read.hot<ModelRow>('SELECT * FROM models WHERE id = ?', id);
    if (row?.status !== 'active' || !this.#ports.allowed(row.team_id)) return undefined;
    return {
      sha256: row.sha256,
      size: row.file_size,
      contentType: 'application/octet-stream',
      name: nameOf(row),
    };
  }

  /** Other models may be urgent now. Most tasks need none that anybody has to fetch. */
  #inLine(teams: ReadonlySet<string>): void {
    for (const teamId of teams) {
      if (!this.#versions.has(teamId) && this.#ports.library.all(teamId).length === 0) continue;
      const urgent = [...this.#wanted(teamId)].sort().join('\n');
      if (urgent === (this.#urgent.get(teamId) ?? '')) continue;
      this.#urgent.set(teamId, urgent);
      this.changed(teamId);
    }
  }

  #tell(session: AgentSession): void {
    const { teamId, connected, connectedAt } = session;
    if (!connected) return;
    const now = `${connectedAt} ${this.#versions.get(teamId) ?? 0} ${this.#ports.allowed(teamId)}`;
    if (this.#told.get(session) === now && !session.wantsModels) return;
    this.#told.set(session, now);
    session.wantsModels = false;
    session.tell({ type: 'sync_models', models: this.#list(teamId) });
  }

  #list(teamId: string): WantedModel[] {
    if (!this.#ports.allowed(teamId)) return [];
    const wanted = this.#wanted(teamId);
    const rank = ({ model_path }: ModelRow) => (wanted.has(model_path) ? 0 : 1);
    return this.#ports.library
      .all(teamId)
      .filter(({ status }) => status === 'active')
      .sort((one, other) => rank(one) - rank(other))
      .slice(0, mostModels)
      .map(({ id, model_path, file_size, sha256 }) => ({
        ...{ id, path: model_path, size: file_size, sha256 },
        url: this.#ports.signer.sign({ path: modelAddress(id), claims: {} }, addressMs),
      }));
  }

  /** What tasks wait for. */
  #wanted(teamId: string): ReadonlySet<string> {
    const { store, workflows } = this.#ports;
    const waiting = store.read.hot<{ snapshot_id: string }>(
      `SELECT DISTINCT snapshot_id FROM tasks WHERE team_id = ? AND status IN ('pending','waiting') LIMIT 200`,
      teamId,
    );
    return new Set(
      waiting.flatMap(({ snapshot_id }) => workflows.version(snapshot_id).requiredModels.map(modelPathOf)),
    );
  }
}

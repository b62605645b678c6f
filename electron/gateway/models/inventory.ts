import { statfs } from 'node:fs/promises';
import type { ModelInfo } from '#shared/link/models.ts';
import { fileNameOf, folderOf } from '#shared/models/paths.ts';
import type {
  DuplicateModel,
  InventoryItem,
  InventoryQuery,
  MissingModel,
  ModelSummary,
} from '#shared/wire/models.ts';
import type { AgentRegistry } from '../agents/registry.ts';
import type { AgentSession } from '../agents/session.ts';
import type { ModelRow } from '../store/rows/models.ts';
import type { Workflows } from '../workflows/workflows.ts';
import type { ModelLibrary } from './library.ts';
import { needsOf, type TeamNeed } from './needs.ts';

export interface InventoryPorts {
  readonly library: ModelLibrary;
  readonly agents: AgentRegistry;
  readonly workflows: Workflows;
  /** Of the gateway itself. */
  readonly dataDir: string;
}

/** One file of one agent. */
interface Held {
  readonly session: AgentSession;
  readonly model: ModelInfo;
}

/** A path with every file that lies there on some agent. */
interface Place {
  readonly path: string;
  readonly held: Held[];
}

/** All models of a team's studio: on agents, in the library, in workflows. */
export class Inventory {
  readonly #ports: InventoryPorts;

  constructor(ports: InventoryPorts) {
    this.#ports = ports;
  }

  /** What is on agents and in the library, by path. */
  list(teamId: string, query: InventoryQuery): { models: InventoryItem[]; total: number } {
    const copies = new Map<AgentSession, ReadonlyMap<string, number>>();
    for (const session of this.#ports.agents.list(teamId)) copies.set(session, copiesOf(session));
    const library = byPath(this.#ports.library.all(teamId));
    const needs = needsOf(teamId, this.#ports.workflows);
    const places = this.#places(teamId);
    for (const path of library.keys()) if (!places.has(path)) places.set(path, { path, held: [] });
    const items = [...places.values()]
      .map((place) => itemOf(place, library.get(place.path), needs.get(place.path), copies))
      .filter((item) => fits(item, query))
      .sort((one, other) => (one.model_path < other.model_path ? -1 : 1));
    const from = (query.current_page - 1) * query.per_page;
    return { models: items.slice(from, from + query.per_page), total: items.length };
  }

  async summary(teamId: string): Promise<ModelSummary> {
    const { agents, library, dataDir } = this.#ports;
    const sessions = agents.list(teamId);
    const places = this.#places(teamId);
    const rows = library.all(teamId);
    const duplicates = sessions.flatMap(duplicatesOf);
    const { bavail, bsize } = await statfs(dataDir);
    return {
      folders: foldersOf(places),
      missing: this.#missing(teamId, places, sessions),
      duplicates: duplicates.sort((one, other) => other.reclaimable_bytes - one.reclaimable_bytes),
      reclaimable_bytes: duplicates.reduce((sum, one) => sum + one.reclaimable_bytes, 0),
      unread: sessions.reduce(
        (sum, { models }) =>
          sum + (models.list?.models.filter(({ sha256, file }) => file && !sha256).length ?? 0),
        0,
      ),
      agents: sessions.map(agentOf),
      library: {
        count: rows.length,
        bytes: rows.reduce((sum, { file_size }) => sum + file_size, 0),
        disk_free: bavail * bsize,
      },
    };
  }

  #places(teamId: string): Map<string, Place> {
    const places = new Map<string, Place>();
    for (const session of this.#ports.agents.list(teamId)) {
      for (const model of session.models.list?.models ?? []) {
        const place = places.get(model.path) ?? { path: model.path, held: [] };
        place.held.push({ session, model });
        places.set(model.path, place);
      }
    }
    return places;
  }

  /** What workflows name and no agent has. While no agent has told anything, nobody can say. */
  #missing(
    teamId: string,
    places: ReadonlyMap<string, Place>,
    sessions: readonly AgentSession[],
  ): MissingModel[] {
    if (!sessions.some(({ models }) => models.list !== undefined)) return [];
    const library = byPath(this.#ports.library.all(teamId));
    const byName = Map.groupBy(places.keys(), fileNameOf);
    return [...needsOf(teamId, this.#ports.workflows).values()]
      .filter(({ path }) => !places.has(path))
      .map(({ path, url, sha256, workflows }) => ({
        ...{ model_path: path, url, sha256, workflows },
        model_id: library.get(path)?.id ?? null,
        model_status: library.get(path)?.status ?? null,
        fetching: sessions
          .filter(({ sync }) => sync.fetching.includes(path))
          .map(({ agentId, sync }) => ({
            agent_id: agentId,
            percent: sync.percent,
            is_stuck: sync.phase === 'stuck',
          })),
        lies_at: lyingAt(path, sha256, byName, places),
      }))
      .sort((one, other) => other.workflows.length - one.workflows.length);
  }
}

/** An active one before a disabled one of the same path. */
function byPath(rows: readonly ModelRow[]): Map<string, ModelRow> {
  const found = new Map<string, ModelRow>();
  for (const row of rows) if (!found.has(row.model_path)) found.set(row.model_path, row);
  return found;
}

function itemOf(
  { path, held }: Place,
  row: ModelRow | undefined,
  need: TeamNeed | undefined,
  copies: ReadonlyMap<AgentSession, ReadonlyMap<string, number>>,
): InventoryItem {
  const best = held.find(({ model }) => model.sha256) ?? held[0];
  const facts = best?.model ?? (row && (JSON.parse(row.facts_json) as ModelInfo));
  const sha256 = best ? (best.model.sha256 ?? null) : (row?.sha256 ?? null);
  return {
    ...{ model_path: path, folder: folderOf(path), file_name: fileNameOf(path) },
    ...{ size: best?.model.size ?? row?.file_size ?? 0, sha256 },
    ...{ format: facts?.format ?? 'other', kind: facts?.kind ?? 'unknown' },
    ...{ base: facts?.base ?? '', title: facts?.title ?? '' },
    problem: differs(held, row) || (facts?.problem ?? ''),
    agents: [...Map.groupBy(held, ({ session }) => session.agentId)].map(([agent_id, files]) => ({
      agent_id,
      engines: [...new Set(files.flatMap(({ model }) => model.engines))],
    })),
    workflows: need?.workflows ?? [],
    model_id: row?.id ?? null,
    model_status: row?.status ?? null,
    copies: Math.max(0, ...held.map(({ session, model }) => copies.get(session)?.get(model.id) ?? 0)),
  };
}

/** The same name with other bytes in it makes the same workflow another picture on each machine. */
function differs(held: readonly Held[], row: ModelRow | undefined): string {
  const hashes = new Set(held.flatMap(({ model }) => model.sha256 ?? []));
  if (hashes.size > 1)
    return 'Files of this name differ between agents: the same workflow gives other results there.';
  if (row && hashes.size === 1 && !hashes.has(row.sha256))
    return 'The file on agents is another one than the library’s.';
  return '';
}

function fits(item: InventoryItem, { folder, agent_id, text }: InventoryQuery): boolean {
  if (folder !== undefined && item.folder !== folder) return false;
  if (agent_id !== undefined && !item.agents.some((one) => one.agent_id === agent_id)) return false;
  if (!text) return true;
  const words = [item.model_path, item.title, item.base, item.kind, item.sha256 ?? '']
    .join('\n')
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => words.includes(word));
}

/** Files of the same content on one machine; two names of one file are one file. */
function twins({ models }: AgentSession): ModelInfo[][] {
  const hashed = (models.list?.models ?? []).filter(({ sha256, file }) => sha256 && file);
  return [...Map.groupBy(hashed, ({ sha256 }) => sha256).values()].filter(
    (same) => new Set(same.map(({ file }) => file)).size > 1,
  );
}

function copiesOf(session: AgentSession): ReadonlyMap<string, number> {
  return new Map(
    twins(session).flatMap((same) => {
      const others = new Set(same.map(({ file }) => file)).size - 1;
      return same.map(({ id }) => [id, others] as const);
    }),
  );
}

const duplicatesOf = (session: AgentSession): DuplicateModel[] =>
  twins(session).map((same) => {
    const files = new Set(same.map(({ file }) => file)).size;
    const { size = 0, sha256 = '' } = same[0] ?? {};
    return {
      agent_id: session.agentId,
      ...{ sha256, size, reclaimable_bytes: size * (files - 1) },
      model_paths: same.map(({ path }) => path).sort(),
    };
  });

function foldersOf(places: ReadonlyMap<string, Place>): ModelSummary['folders'] {
  const folders = [...Map.groupBy(places.values(), ({ path }) => folderOf(path))];
  return folders
    .map(([folder, all]) => ({
      folder,
      count: all.length,
      bytes: all.reduce((sum, { held }) => sum + (held[0]?.model.size ?? 0), 0),
    }))
    .sort((one, other) => (one.folder < other.folder ? -1 : 1));
}

function lyingAt(
  path: string,
  sha256: string | null,
  byName: ReadonlyMap<string, readonly string[]>,
  places: ReadonlyMap<string, Place>,
): string[] {
  const same = [...places.values()]
    .filter(({ held }) => sha256 !== null && held.some(({ model }) => model.sha256 === sha256))
    .map((place) => place.path);
  return [...new Set([...same, ...(byName.get(fileNameOf(path)) ?? [])])].slice(0, 10);
}

function agentOf(session: AgentSession): ModelSummary['agents'][number] {
  const { list } = session.models;
  const files = new Map(list?.models.map((model) => [model.file ?? model.id, model.size]));
  return {
    agent_id: session.agentId,
    is_known: list !== undefined,
    count: list?.models.length ?? 0,
    bytes: [...files.values()].reduce((sum, size) => sum + size, 0),
    disk_folder: list?.disk?.folder ?? '',
    disk_total: list?.disk?.total ?? 0,
    disk_free: list?.disk?.free ?? 0,
    sync_phase: session.sync.phase,
    sync_detail: session.sync.detail,
    sync_percent: session.sync.percent,
  };
}

import type { EngineChoice } from '../create.ts';
import type { Fleet } from '../fleet.ts';
import { type EngineRecord, isLaunchable } from '../registry/record.ts';
import type { EngineRegistry } from '../registry/registry.ts';

/** The built-in engine is always there; its file exists only once somebody has changed something about it. */
const builtIn: EngineRecord = {
  id: 'starter',
  kind: 'starter',
  created: '1970-01-01T00:00:00.000Z',
  state: 'ready',
  serves: true,
};

const withBuiltIn = (records: readonly EngineRecord[]): EngineRecord[] =>
  records.some(({ kind }) => kind === 'starter') ? [...records] : [...records, builtIn];

/** Every engine of the machine, and what is served without being written down: an address given at the start. */
export async function recordsOf(registry: EngineRegistry, fleet: Fleet): Promise<EngineRecord[]> {
  const records = withBuiltIn(await registry.list());
  const unknown = fleet.seats.filter(({ name }) => !records.some(({ id }) => id === name));
  return [
    ...records,
    ...unknown.map(
      ({ engine, name }): EngineRecord => ({
        id: name,
        kind: 'attach',
        created: builtIn.created,
        url: engine.url || 'http://unknown',
        headers: {},
        state: 'ready',
        serves: true,
      }),
    ),
  ];
}

/** What starts with Atelier: all that serve and are wholly there. */
export async function servingChoices(
  registry: EngineRegistry,
  starter: EngineChoice,
): Promise<EngineChoice[]> {
  const records = withBuiltIn(await registry.list());
  return records
    .filter(({ serves, state }) => serves && state === 'ready')
    .map((record) => choiceOf(record, registry, starter));
}

/** How an engine of the registry is served. */
export function choiceOf(
  record: EngineRecord,
  registry: EngineRegistry,
  starter: EngineChoice,
): EngineChoice {
  if (record.kind === 'starter') return starter;
  if (isLaunchable(record)) return { kind: 'launch', record, registry };
  return { kind: 'url', name: record.id, url: record.url, headers: record.headers };
}

/** Writes down a change; the built-in engine gets its file by it. */
export async function saveRecord(registry: EngineRegistry, record: EngineRecord): Promise<void> {
  await ((await registry.find(record.id)) ? registry.save(record) : registry.add(record));
}

/** The engine of this name, the built-in one included. */
export async function findRecord(registry: EngineRegistry, id: string): Promise<EngineRecord | undefined> {
  return withBuiltIn(await registry.list()).find((record) => record.id === id);
}

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ask, pipPatienceMs } from '../install/machine.ts';
import { installedPack, installedPacks } from '../packs/installed.ts';
import { versionOf } from '../registry/checkout.ts';
import { engineRecord, type LaunchableRecord, sourceVersion } from '../registry/record.ts';

/** How an engine stood: enough to bring it back. */
export const snapshot = z.object({
  /** Its file's name: the time, so that names sort as time does. */
  id: z.string(),
  taken: z.iso.datetime(),
  reason: z.string(),
  source: sourceVersion,
  /** As `pip freeze` prints it; empty when this Python has no pip. */
  packages: z.array(z.string()),
  packs: z.array(installedPack),
  settings: engineRecord,
});
export type Snapshot = z.infer<typeof snapshot>;

/** How the engine stands now. Reads only. */
export async function presentState(record: LaunchableRecord, reason: string): Promise<Snapshot> {
  const taken = new Date().toISOString();
  const [source, freeze, packs] = await Promise.all([
    versionOf(record.path),
    ask(record.python, ['-m', 'pip', 'freeze', '--all', '--disable-pip-version-check'], pipPatienceMs),
    installedPacks(record),
  ]);
  const packages = freeze ? freeze.split(/\r?\n/).filter(Boolean) : [];
  return { id: taken.replace(/[:.]/g, '-'), taken, reason, source, packages, packs, settings: record };
}

/** Writes down how the engine stands, as is done before every change. */
export async function takeSnapshot(
  record: LaunchableRecord,
  folder: string,
  reason: string,
): Promise<Snapshot> {
  const made = await presentState(record, reason);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The settings may hold secrets in the environment.
  await writeFile(join(folder, `${made.id}.json`), `${JSON.stringify(made, null, 2)}\n`, {
    flag: 'wx',
    mode: 0o600,
  });
  return made;
}

/** All of them, the newest last. */
export async function snapshotsIn(folder: string): Promise<Snapshot[]> {
  const names = (await readdir(folder).catch((): string[] => []))
    .filter((name) => name.endsWith('.json'))
    .sort();
  return Promise.all(
    names.map(async (name) => snapshot.parse(JSON.parse(await readFile(join(folder, name), 'utf8')))),
  );
}

/** The one that is named, wholly or by an unmistakable beginning; `latest` is the newest. */
export async function findSnapshot(folder: string, wanted: string): Promise<Snapshot> {
  const all = await snapshotsIn(folder);
  const matching = wanted === 'latest' ? all.slice(-1) : all.filter(({ id }) => id.startsWith(wanted));
  const [found] = matching;
  if (found && matching.length === 1) return found;
  throw new Error(
    matching.length > 1
      ? `${matching.length} snapshots begin with "${wanted}"; name one wholly.`
      : `There is no snapshot "${wanted}".${all.length > 0 ? ` There are: ${all.map(({ id }) => id).join(', ')}.` : ' None has been taken yet.'}`,
  );
}

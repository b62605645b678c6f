import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

/** A pack may bring a pin of its own, so its paths are not believed. */
function isInside(path: string): boolean {
  return !/^[\\/]|[:\\]/.test(path) && !path.split('/').includes('..');
}

/** What a pack out of the registry is pinned to; lies in the pack, as git's own record does in others. */
const packPin = z.object({
  id: z.string(),
  version: z.string(),
  /** Of the archive. */
  sha256: z.string(),
  registry: z.string(),
  repository: z.string().default(''),
  /** Its files as they came, by their path, with their SHA-256. */
  files: z.record(z.string().refine(isInside), z.string()),
});
export type PackPin = z.infer<typeof packPin>;

const pinFile = '.atelier-pack.json';

export async function readPin(pack: string): Promise<PackPin | undefined> {
  const text = await readFile(join(pack, pinFile), 'utf8').catch(() => '{}');
  try {
    return packPin.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export async function writePin(pack: string, pin: PackPin): Promise<void> {
  await writeFile(join(pack, pinFile), `${JSON.stringify(pin, null, 2)}\n`);
  // ComfyUI-Manager tells by this file that a pack comes from the registry.
  await writeFile(join(pack, '.tracking'), Object.keys(pin.files).join('\n'));
}

/** The files that are not as they came. */
export async function changedFiles(pack: string, { files }: PackPin): Promise<string[]> {
  const changed: string[] = [];
  for (const [name, sha256] of Object.entries(files)) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(pack, name)), hash).catch(() => undefined);
    if (hash.digest('hex') !== sha256) changed.push(name);
  }
  return changed;
}

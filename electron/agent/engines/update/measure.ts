import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ask } from '../install/machine.ts';

/** Bytes on the disk under a folder; a file with several names counts once, links are not followed. */
export async function sizeOf(folder: string): Promise<number> {
  const seen = new Set<string>();
  let bytes = 0;
  const walk = async (path: string): Promise<void> => {
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const name = join(path, entry.name);
      if (entry.isDirectory()) {
        await walk(name);
        continue;
      }
      if (!entry.isFile()) continue;
      const { size, nlink, dev, ino } = await lstat(name);
      const key = `${dev}:${ino}`;
      if (nlink > 1 && seen.has(key)) continue;
      if (nlink > 1) seen.add(key);
      bytes += size;
    }
  };
  await walk(folder);
  return bytes;
}

const places = z.array(z.string());
const placesProgram =
  'import json, sysconfig; print(json.dumps(sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})))';

/** Bytes of the packages of a Python, wherever it keeps them. */
export async function packagesSize(python: string): Promise<number> {
  const said = await ask(python, ['-c', placesProgram]);
  const found = said ? places.safeParse(JSON.parse(said)).data : undefined;
  const sizes = await Promise.all((found ?? []).map(sizeOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}

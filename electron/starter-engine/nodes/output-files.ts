import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, normalize } from 'node:path';
import { isInside } from './folders.ts';
import { NodeError, type SavedFile } from './node.ts';

interface Counter {
  next: number;
  /** The folder's change time when `next` was true: any other means that somebody else wrote there. */
  changed: bigint;
}

/** Counters by folder and prefix, so that a folder of 10,000 pictures is not listed for each one more. */
const counters = new Map<string, Counter>();
const maxCounters = 256;

/** ComfyUI's `%…%` in prefixes: the picture's size and the local time. */
function expandTokens(prefix: string, width: number, height: number): string {
  const now = new Date();
  const two = (value: number) => String(value).padStart(2, '0');
  const tokens: Record<string, string> = {
    width: String(width),
    height: String(height),
    year: String(now.getFullYear()),
    month: two(now.getMonth() + 1),
    day: two(now.getDate()),
    hour: two(now.getHours()),
    minute: two(now.getMinutes()),
    second: two(now.getSeconds()),
  };
  return prefix.replace(/%(\w+)%/g, (whole, name: string) => tokens[name] ?? whole);
}

async function changeTime(folder: string): Promise<bigint> {
  return (await stat(folder, { bigint: true })).mtimeNs;
}

/** One more than the highest `<name>_<number>_…` in the folder. */
async function scan(folder: string, name: string): Promise<number> {
  let highest = 0;
  for (const file of await readdir(folder)) {
    if (!file.startsWith(`${name}_`)) continue;
    const digits = /^\d+/.exec(file.slice(name.length + 1))?.[0];
    if (digits) highest = Math.max(highest, Number(digits));
  }
  return highest + 1;
}

async function nextCounter(folder: string, name: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const known = counters.get(join(folder, name));
  return known && known.changed === (await changeTime(folder)) ? known.next : scan(folder, name);
}

async function remember(folder: string, name: string, next: number): Promise<void> {
  if (counters.size >= maxCounters) counters.clear();
  counters.set(join(folder, name), { next, changed: await changeTime(folder) });
}

/** Where a node writes: names `<prefix>_<5 digits>_.<extension>` and never over a file that is there. */
interface OutputPlace {
  save(extension: string, bytes: Uint8Array, batchNumber?: number): Promise<SavedFile>;
}

/** Resolves a `filename_prefix` for pictures of this size; refuses one that leaves the folder. */
export async function outputPlace(
  root: string,
  type: SavedFile['type'],
  prefix: string,
  size: { readonly width: number; readonly height: number },
): Promise<OutputPlace> {
  const path = normalize(expandTokens(prefix, size.width, size.height));
  const subfolder = dirname(path) === '.' ? '' : dirname(path);
  const name = basename(path);
  const folder = join(root, subfolder);
  const escapes = subfolder.startsWith('/') || path.includes('\0') || !isInside(root, folder);
  if (escapes || name === '' || name === '..') {
    throw new NodeError(`Saving image outside the output folder is not allowed: "${prefix}".`, 'Exception');
  }
  let counter = await nextCounter(folder, name);
  return {
    async save(extension, bytes, batchNumber = 0) {
      for (;;) {
        const stem = name.replaceAll('%batch_num%', String(batchNumber));
        const filename = `${stem}_${String(counter).padStart(5, '0')}_.${extension}`;
        counter++;
        try {
          await writeFile(join(folder, filename), bytes, { flag: 'wx' });
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
          throw error;
        }
        await remember(folder, name, counter);
        return { filename, subfolder, type };
      }
    },
  };
}

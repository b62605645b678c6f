import { closeSync, fsync, openSync, renameSync, writeSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { assignment, manifestEntry } from '#shared/link/protocol.ts';
import { taskFailure } from '#shared/wire/tasks.ts';

/** How an attempt ended, as it is told to the gateway. */
export const conclusion = z.discriminatedUnion('type', [
  z.object({ type: z.literal('completed'), outputs: z.array(manifestEntry) }),
  z.object({ type: z.literal('failed'), failure: taskFailure }),
  z.object({ type: z.literal('cancelled') }),
  z.object({ type: z.literal('declined'), reason: z.string(), rest: z.boolean().optional() }),
]);
export type Conclusion = z.infer<typeof conclusion>;

/** What is on disk of an attempt that we answer for. */
export const journalRecord = z.object({
  assignment,
  cancelled: z.boolean(),
  /** The engine it was given to; unknown in records of earlier versions. */
  engine: z.string().optional(),
  conclusion: conclusion.optional(),
});
export type JournalRecord = z.infer<typeof journalRecord>;

/** The attempts that this agent has taken, one file each, until the gateway has acknowledged how they ended. */
export class Journal {
  readonly #folder: string;
  readonly #pending = new Set<Promise<void>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async open(): Promise<JournalRecord[]> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const records: JournalRecord[] = [];
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      const record = name.endsWith('.json') ? await readRecord(path) : undefined;
      // A temporary file of a write that was cut off, or a record that can't be read: nothing we could answer for.
      if (record) records.push(record);
      else await rm(path, { force: true });
    }
    return records;
  }

  /**
   * Writes a record whole or not at all; throws when that can't be done. When it returns, the record survives a crash
   * of this process; when the promise resolves, one of the machine. The two are apart because an engine that runs here
   * dies with the machine, so work may begin after the first. Synchronous on purpose: some kilobytes into the page
   * cache take a tenth of a millisecond, through the thread pool many times that, and every run waits for it.
   */
  save(record: JournalRecord): Promise<void> {
    const path = this.#path(record.assignment.attempt_id);
    const file = openSync(`${path}.new`, 'w', 0o600);
    try {
      writeSync(file, JSON.stringify(record));
      renameSync(`${path}.new`, path);
    } catch (error) {
      closeSync(file);
      throw error;
    }
    return this.#keepTrack(syncFile(file).finally(() => closeSync(file)));
  }

  remove(id: string): Promise<void> {
    return this.#keepTrack(rm(this.#path(id), { force: true }));
  }

  /** Resolves when everything asked for so far is done. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#pending);
  }

  #keepTrack(work: Promise<void>): Promise<void> {
    this.#pending.add(work);
    const done = (): void => void this.#pending.delete(work);
    work.then(done, done);
    return work;
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}

const syncFile = promisify(fsync);

async function readRecord(path: string): Promise<JournalRecord | undefined> {
  try {
    return journalRecord.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { assignment, manifestEntry } from '#shared/link/protocol.ts';
import { taskFailure } from '#shared/wire/tasks.ts';

/** How an attempt ended, as it is told to the gateway. */
export const conclusion = z.discriminatedUnion('type', [
  z.object({ type: z.literal('completed'), outputs: z.array(manifestEntry) }),
  z.object({ type: z.literal('failed'), failure: taskFailure }),
  z.object({ type: z.literal('cancelled') }),
  z.object({ type: z.literal('declined'), reason: z.string() }),
]);
export type Conclusion = z.infer<typeof conclusion>;

/** What is on disk of an attempt that we answer for. */
export const journalRecord = z.object({
  assignment,
  cancelled: z.boolean(),
  conclusion: conclusion.optional(),
});
export type JournalRecord = z.infer<typeof journalRecord>;

/** The attempts that this agent has taken, one file each, until the gateway has acknowledged how they ended. */
export class Journal {
  readonly #folder: string;
  /** Writes follow each other, so that attempts stay in the order in which they came; syncing goes on beside. */
  #writes: Promise<unknown> = Promise.resolve();

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
   * Writes a record whole or not at all. `written` survives a crash of this process, `durable` one of the machine.
   * The two are apart because an engine that runs here dies with the machine: work may begin after the first.
   */
  save(record: JournalRecord): { written: Promise<void>; durable: Promise<void> } {
    const path = this.#path(record.assignment.attempt_id);
    const file = this.#inTurn(() => write(path, JSON.stringify(record)));
    const durable = file.then(async (open) => {
      await open.sync().finally(() => open.close());
    });
    const written = file.then(() => undefined);
    // Who waits for only one of them must not be punished for the other.
    for (const one of [written, durable]) one.catch(() => undefined);
    return { written, durable };
  }

  remove(id: string): Promise<void> {
    return this.#inTurn(() => rm(this.#path(id), { force: true }));
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#writes.then(work);
    this.#writes = done.catch(() => undefined);
    return done;
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}

async function write(path: string, text: string): Promise<FileHandle> {
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(text);
    await rename(`${path}.new`, path);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readRecord(path: string): Promise<JournalRecord | undefined> {
  try {
    return journalRecord.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { endGroup, processStartTime } from './processes.ts';

/** The process of a supervised program, on disk, so that whoever comes next finds it. */
const processRecord = z.object({
  pid: z.int().positive(),
  start_time: z.string(),
  token: z.string(),
  url: z.string().nullable(),
  /** The Atelier that watches it; `null` when it was started to run by itself. */
  keeper: z.object({ pid: z.int().positive(), start_time: z.string() }).nullish(),
});
export type ProcessRecord = z.infer<typeof processRecord>;

/** Whole or not at all: half a record would lose the process. */
export async function saveProcessRecord(path: string, record: ProcessRecord): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** It has ended, or another process has its number by now. */
export const gone = async (record: ProcessRecord): Promise<boolean> =>
  (await processStartTime(record.pid)) !== record.start_time;

/** This Atelier, as a record names it. */
export const ourselves = async (): Promise<ProcessRecord['keeper']> => ({
  pid: process.pid,
  start_time: (await processStartTime(process.pid)) ?? '',
});

/** The process id of another living Atelier that watches this process. */
export async function keeperOf(record: ProcessRecord): Promise<number | undefined> {
  const { keeper } = record;
  if (!keeper || keeper.pid === process.pid) return undefined;
  return (await processStartTime(keeper.pid)) === keeper.start_time ? keeper.pid : undefined;
}

/** What a program's record says, when the process it names still runs. */
export async function runningProcess(recordPath: string): Promise<ProcessRecord | undefined> {
  const record = await readProcessRecord(recordPath);
  return record && !(await gone(record)) ? record : undefined;
}

export async function readProcessRecord(path: string): Promise<ProcessRecord | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  try {
    return processRecord.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Ends a recorded process and its group, and the record with it. */
export async function endRecorded(recordPath: string, stopMs: number): Promise<void> {
  const record = await runningProcess(recordPath);
  if (record) await endGroup(record.pid, () => gone(record), stopMs);
  await rm(recordPath, { force: true });
}

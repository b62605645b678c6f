import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sourceVersion } from '../registry/record.ts';

/** One output of a canary: a file kept beside the report, or words. */
const canaryOutput = z.object({
  node_id: z.string(),
  kind: z.enum(['image', 'video', 'audio', 'text', 'file']),
  name: z.string(),
  /** Where it lies, seen from the report; absent for words. */
  file: z.string().optional(),
  sha256: z.string(),
});
export type CanaryOutput = z.infer<typeof canaryOutput>;

const canaryRun = z.object({
  succeeded: z.boolean(),
  /** Why it failed. */
  reason: z.string(),
  seconds: z.number(),
  /** The most graphics memory in use on the whole GPU meanwhile, in bytes; absent where it is not known. */
  peak_vram: z.number().optional(),
  outputs: z.array(canaryOutput),
});
export type CanaryRun = z.infer<typeof canaryRun>;

const difference = z.object({
  node_id: z.string(),
  words: z.string(),
  /** Of two pictures of one size: the share of pixels that differ, and the largest difference of a channel (0..255). */
  pixels: z.object({ share: z.number(), largest: z.number() }).optional(),
});
export type Difference = z.infer<typeof difference>;

export const canaryVerdict = z.enum(['same', 'differs', 'broken', 'was broken before too', 'mended']);
export type CanaryVerdict = z.infer<typeof canaryVerdict>;

export const canaryReport = z.object({
  engine: z.string(),
  made: z.iso.datetime(),
  from: sourceVersion,
  to: sourceVersion,
  /** `safe`: switch. `look`: something differs, or nothing was tried. `broken`: something that ran does not run. */
  overall: z.enum(['safe', 'look', 'broken']),
  /** What speaks against it besides the canaries: node packs that no longer import, packages that do not fit. */
  notes: z.array(z.string()),
  canaries: z.array(
    z.object({
      name: z.string(),
      verdict: canaryVerdict,
      words: z.string(),
      differences: z.array(difference),
      /** How long it took in the copy, as a multiple of now. */
      duration_ratio: z.number().optional(),
      now: canaryRun,
      next: canaryRun,
    }),
  ),
});
export type CanaryReport = z.infer<typeof canaryReport>;
export type CanaryResult = CanaryReport['canaries'][number];

export const reportPath = (folder: string): string => join(folder, 'canaries.json');

export async function keepReport(folder: string, report: CanaryReport): Promise<void> {
  const draft = `${reportPath(folder)}.draft`;
  await writeFile(draft, `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, reportPath(folder));
}

/** The report that lies in this folder, if one does. */
export async function reportIn(folder: string): Promise<CanaryReport | undefined> {
  const text = await readFile(reportPath(folder), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : canaryReport.parse(JSON.parse(text));
}

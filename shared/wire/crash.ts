import { z } from 'zod';

/** Why an engine ended, or a run in it, as far as it can be told. */
export const crashCauses = [
  'out_of_vram',
  'out_of_memory',
  'driver',
  'driver_reset',
  'missing_module',
  'bad_option',
  'port_taken',
  'disk_full',
  'hang',
  'segfault',
  'killed',
  'not_found',
  'in_use',
  'unreachable',
  'unknown',
] as const;
export const crashCause = z.enum(crashCauses).meta({ id: 'CrashCause' });
export type CrashCause = z.infer<typeof crashCause>;

/**
 * A crash in its three parts, for whoever shows them apart: in the `details` of a task's failure and in what an engine
 * tells of itself. The `message` and the `reason` beside it are the same in one paragraph.
 */
export const crashReport = z.object({
  cause: crashCause,
  what: z.string().meta({ description: 'What happened and why.' }),
  fix: z.string().meta({ description: 'What to do about it.' }),
  pack: z.string().optional().meta({ description: 'The node pack that had a hand in it.' }),
  engine: z.string().optional().meta({ description: 'Which engine it was, by its name on its agent.' }),
});
export type CrashReport = z.infer<typeof crashReport>;

/**
 * May the run that was executed be tried again, once? What comes by accident from outside may; what the same run would
 * meet again may not.
 */
const again: Readonly<Record<CrashCause, boolean>> = {
  killed: true,
  segfault: true,
  hang: true,
  port_taken: true,
  driver_reset: true,
  in_use: true,
  unreachable: true,
  unknown: true,
  out_of_vram: false,
  out_of_memory: false,
  disk_full: false,
  missing_module: false,
  driver: false,
  bad_option: false,
  not_found: false,
};

export const mayRunAgain = (cause: CrashCause): boolean => again[cause];

/** The report in one paragraph. */
export const crashWords = ({ what, fix }: CrashReport): string => `${what} ${fix}`;

import { z } from 'zod';
import { launchOptions } from '#shared/wire/engines.ts';
import { installedPack } from '../packs/installed.ts';

export const torchBuild = z.enum(['cuda', 'rocm', 'xpu', 'mps', 'cpu']);
export type TorchBuild = z.infer<typeof torchBuild>;

/** What the copy of an engine takes over from it. */
export const copyOf = z.object({
  engine: z.string(),
  /** The folder of `versions/` in the engine's own folder that gets the new source and environment, for good. */
  version: z.string(),
  /** Its packages as `pip freeze` prints them, without PyTorch. */
  packages: z.array(z.string()),
  /** What `pip check` finds wrong with it before. */
  unmet: z.array(z.string()),
  /** Where its node packs, models and inputs lie. */
  base: z.string(),
  packs: z.array(installedPack),
  /** The folder of its own source, for files in it that are the user's. */
  path: z.string(),
  /** A repository on this machine that has most of the history already. */
  history: z.string().optional(),
});
export type CopyOf = z.infer<typeof copyOf>;

/** What to install; kept beside the install, so that it goes on with the same after a break. */
export const installRequest = z.object({
  id: z.string(),
  /** The address of a git repository or of an archive, or either on this machine. */
  source: z.string().min(1).default('https://github.com/comfyanonymous/ComfyUI.git'),
  /** A commit, tag or branch; the newest when left out. */
  commit: z.string().optional(),
  /** Of the archive. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'A SHA-256 has 64 hexadecimal digits')
    .optional(),
  /** Which PyTorch; found out by looking at the machine when left out. */
  torch: torchBuild.optional(),
  /** Where PyTorch comes from; `null` = where other packages come from. */
  torchIndex: z.string().nullable().optional(),
  torchPackages: z.array(z.string()).default(['torch', 'torchvision', 'torchaudio']),
  python: z.string().optional(),
  installer: z.enum(['auto', 'uv', 'pip']).default('auto'),
  /** A file of versions that must be kept to. */
  constraint: z.string().optional(),
  /** Requirements of ComfyUI to leave out. */
  skip: z.array(z.string()).default([]),
  /** Packages on top of the requirements. */
  with: z.array(z.string()).default([]),
  pipArgs: z.array(z.string()).default([]),
  options: launchOptions.prefault({}),
  env: z.record(z.string(), z.string()).default({}),
  /** This is an update: a copy of another engine with a new source. */
  copyOf: copyOf.optional(),
});
export type InstallRequest = z.infer<typeof installRequest>;

export const stepNames = [
  ...(['source', 'environment', 'torch', 'present packages', 'requirements'] as const),
  ...(['node packs', 'first start'] as const),
];
export type StepName = (typeof stepNames)[number];

/** What only the copy of an engine needs. */
const copySteps: readonly StepName[] = ['present packages', 'node packs'];

export const stepsOf = ({ copyOf: copy }: InstallRequest): StepName[] =>
  stepNames.filter((name) => copy || !copySteps.includes(name));

/** What each step depends on: when that changes, the step and all after it are done again. */
const depends: Readonly<Record<StepName, readonly (keyof InstallRequest)[]>> = {
  source: ['source', 'commit', 'sha256'],
  environment: ['python', 'installer'],
  torch: ['torch', 'torchIndex', 'torchPackages'],
  'present packages': ['copyOf'],
  requirements: ['constraint', 'skip', 'with', 'pipArgs'],
  'node packs': [],
  'first start': ['options', 'env'],
};

/** The steps of an earlier try that still hold for this request. */
export function stillDone(
  earlier: InstallRequest,
  done: readonly StepName[],
  request: InstallRequest,
): StepName[] {
  const changed = stepNames.findIndex((step) =>
    depends[step].some((key) => JSON.stringify(earlier[key]) !== JSON.stringify(request[key])),
  );
  return stepNames.filter((step, index) => done.includes(step) && (changed < 0 || index < changed));
}

import { z } from 'zod';
import { launchOptions } from '#shared/wire/engines.ts';

export const torchBuild = z.enum(['cuda', 'rocm', 'xpu', 'mps', 'cpu']);
export type TorchBuild = z.infer<typeof torchBuild>;

/** What to install; kept beside the install, so that it goes on with the same after a break. */
export const installRequest = z.object({
  id: z.string(),
  /** The address of a git repository, a local one, or an archive on this machine. */
  source: z.string().min(1).default('https://github.com/comfyanonymous/ComfyUI.git'),
  /** A commit, tag or branch; the newest when left out. */
  commit: z.string().optional(),
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
});
export type InstallRequest = z.infer<typeof installRequest>;

export const stepNames = ['source', 'environment', 'torch', 'requirements', 'first start'] as const;
export type StepName = (typeof stepNames)[number];

/** What each step depends on: when that changes, the step and all after it are done again. */
const depends: Readonly<Record<StepName, readonly (keyof InstallRequest)[]>> = {
  source: ['source', 'commit'],
  environment: ['python', 'installer'],
  torch: ['torch', 'torchIndex', 'torchPackages'],
  requirements: ['constraint', 'skip', 'with', 'pipArgs'],
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

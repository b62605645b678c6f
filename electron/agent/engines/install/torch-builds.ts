import { z } from 'zod';
import type { TorchBuild } from './request.ts';

/**
 * Where PyTorch publishes the builds that the general registry doesn't have. As of PyTorch 2.14 (its RELEASE.md):
 * CUDA 12.6 is the last build for Maxwell, Pascal and Volta, 13.0 is stable; 12.8 ended with PyTorch 2.11.
 */
const root = 'https://download.pytorch.org/whl';

export interface TorchSource {
  readonly index: string | null;
  /** The reason for this very build, where there is a choice. */
  readonly why?: string;
}

/** What a NVIDIA driver says of itself and its GPUs. */
export interface NvidiaFacts {
  /** The newest CUDA that the driver runs, as 12.8. */
  readonly cuda: number;
  /** The least and the greatest compute capability of the GPUs. */
  readonly capability: { readonly least: number; readonly most: number } | undefined;
}

/** The newest PyTorch build that this driver and these GPUs can run. */
export function cudaSource(facts: NvidiaFacts | undefined): TorchSource {
  if (!facts) return { index: `${root}/cu130`, why: 'the driver does not tell its CUDA version' };
  const { cuda, capability } = facts;
  const driver = `the driver runs CUDA up to ${cuda.toFixed(1)}`;
  if (capability && capability.least < 7.5) {
    const why = `a GPU of compute capability ${capability.least.toFixed(1)} needs the CUDA 12.6 build, the last one for it`;
    return { index: `${root}/cu126`, why };
  }
  if (cuda >= 13) return { index: `${root}/cu130`, why: driver };
  const newer = 'a driver of series 580 or newer would allow the CUDA 13 build';
  if (capability && capability.most >= 10) {
    // The CUDA 12.6 build has no code for Blackwell.
    return {
      index: `${root}/cu128`,
      why: `${driver}, which for this GPU means PyTorch up to 2.11; ${newer}`,
    };
  }
  const old = cuda < 12 ? 'too old for any build of today: update it' : newer;
  return { index: `${root}/cu126`, why: `${driver}; ${old}` };
}

const indexes: Readonly<Record<Exclude<TorchBuild, 'cuda'>, string | null>> = {
  rocm: `${root}/rocm7.2`,
  xpu: `${root}/xpu`,
  cpu: `${root}/cpu`,
  mps: null,
};

export const torchSource = (build: TorchBuild, nvidia: NvidiaFacts | undefined): TorchSource =>
  build === 'cuda' ? cudaSource(nvidia) : { index: indexes[build] };

/** Where a version with a local label (`2.14.0+cu130`) came from; `null` for a plain one. */
export function indexOfLabel(version: string): string | null {
  const label = /\+((?:cu|rocm|xpu|cpu)[\d.]*)$/.exec(version)?.[1];
  return label ? `${root}/${label}` : null;
}

const facts = z.object({ cuda: z.coerce.number().positive(), capabilities: z.array(z.coerce.number()) });

/** Reads `nvidia-smi -q -x` (its XML) and the list of compute capabilities, one a line. */
export function readNvidia(
  xml: string | undefined,
  capabilities: string | undefined,
): NvidiaFacts | undefined {
  const read = facts.safeParse({
    cuda: /<cuda_version>\s*([\d.]+)\s*<\/cuda_version>/.exec(xml ?? '')?.[1],
    capabilities: (capabilities ?? '').split(/\r?\n/).filter((line) => /^\s*\d+\.\d+\s*$/.test(line)),
  });
  if (!read.success) return undefined;
  const { cuda, capabilities: seen } = read.data;
  const capability = seen.length > 0 ? { least: Math.min(...seen), most: Math.max(...seen) } : undefined;
  return { cuda, capability };
}

import { describe, expect, it } from 'vitest';
import { type EngineInfo, machineInfo } from '#shared/link/protocol.ts';
import { labelsOf, Machine, platformArch } from '../../../../electron/agent/machine/machine.ts';
import { readGpuTable } from '../../../../electron/agent/machine/nvidia.ts';

const engine = (flavour: string, deviceType: string): EngineInfo => ({
  name: flavour,
  tool: 'comfyui',
  flavour,
  version: '',
  pytorch_version: '',
  state: 'ready',
  reason: '',
  devices: [{ name: 'd', type: deviceType, vram_total: 0, vram_free: 0 }],
  node_types: [],
});

describe('Machine', () => {
  it('tells the machine as the link wants it', async () => {
    expect(machineInfo.safeParse(await new Machine().sample()).success).toBe(true);
  });

  it.each([
    ['linux', 'x64', 'linux/amd64'],
    ['darwin', 'arm64', 'darwin/arm64'],
    ['win32', 'x64', 'windows/amd64'],
  ])('writes %s on %s as %s does', (system, processor, words) => {
    expect(platformArch(system, processor)).toBe(words);
  });

  it('labels an agent by its engine, its GPU and its owner’s words', async () => {
    const machine = { ...(await new Machine().sample()), gpus: [] };
    expect(labelsOf(machine, [engine('starter', 'cpu')], [])).toEqual(['comfyui', 'starter', 'cpu']);
    expect(labelsOf(machine, [engine('comfyui', 'cuda')], ['sd15', 'gpu'])).toEqual([
      'comfyui',
      'gpu',
      'sd15',
    ]);
  });
});

describe('readGpuTable', () => {
  it('reads one GPU a line, in bytes, and passes over lines that make no sense', () => {
    const table = 'NVIDIA GeForce RTX 4090, 24564, 23000\nNVIDIA A, [N/A], [N/A]\n\n';
    expect(readGpuTable(table)).toEqual([
      {
        name: 'NVIDIA GeForce RTX 4090',
        type: 'cuda',
        vram_total: 24564 * 1024 * 1024,
        vram_free: 23000 * 1024 * 1024,
      },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { type EngineInfo, machineInfo } from '#shared/link/protocol.ts';
import { labelsOf, Machine, platformArch } from '../../../../electron/agent/machine/machine.ts';

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

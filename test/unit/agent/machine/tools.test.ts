import { describe, expect, it } from 'vitest';
import { readAmdSmi, readRocmSmi } from '../../../../electron/agent/machine/amd.ts';
import { readAccelerators } from '../../../../electron/agent/machine/apple.ts';
import { xpuSmi } from '../../../../electron/agent/machine/intel.ts';
import { readGpuTable } from '../../../../electron/agent/machine/nvidia.ts';
import { readPlist } from '../../../../electron/agent/machine/plist.ts';
import * as samples from './samples.ts';

const mebibyte = 1024 * 1024;

describe('nvidia-smi', () => {
  it('tells a GPU a line, with what the GPU has, and leaves out one without memory of its own', () => {
    expect(readGpuTable(samples.nvidiaTable)).toEqual([
      {
        index: 0,
        uuid: 'GPU-5a1c8f0e-1111-2222-3333-444455556666',
        name: 'NVIDIA GeForce RTX 4090',
        type: 'cuda',
        vram_total: 24564 * mebibyte,
        vram_free: 23000 * mebibyte,
        load_percent: 37,
        temperature_c: 61,
        power_w: 212.55,
        power_limit_w: 450,
      },
      {
        index: 1,
        uuid: 'GPU-5a1c8f0e-aaaa-bbbb-cccc-ddddeeeeffff',
        name: 'NVIDIA A40-8Q',
        type: 'cuda',
        vram_total: 8192 * mebibyte,
        vram_free: 8000 * mebibyte,
      },
    ]);
  });

  it('reads nothing from words', () => {
    expect(readGpuTable('No devices were found\n\n')).toEqual([]);
    expect(readGpuTable('0, GPU-1, A, 10, [Unknown Error], 1, 1, 1, 1')).toEqual([]);
  });
});

describe('amd-smi and rocm-smi', () => {
  it('reads ROCm 6, past a warning, with the hot spot where there is no edge', () => {
    expect(readAmdSmi(samples.amdStatic6, samples.amdMetric6)).toEqual([
      {
        index: 0,
        name: 'AMD Instinct MI210',
        type: 'rocm',
        vram_total: 65520 * mebibyte,
        vram_free: 65000 * mebibyte,
        load_percent: 73,
        temperature_c: 61,
        power_w: 142,
        power_limit_w: 290,
      },
    ]);
  });

  it('reads ROCm 7, and leaves out a GPU that tells nothing', () => {
    expect(readAmdSmi(samples.amdStatic7, samples.amdMetric7)).toEqual([
      {
        index: 0,
        name: 'AMD Radeon AI PRO R9700',
        type: 'rocm',
        vram_total: 32624 * mebibyte,
        vram_free: 32000 * mebibyte,
        temperature_c: 44,
        power_w: 22,
        power_limit_w: 300,
      },
    ]);
  });

  it('reads the older tool’s labels in all their spellings, and no card from the system’s own entry', () => {
    const gpus = readRocmSmi(samples.rocmCards).sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
    expect(gpus).toEqual([
      {
        index: 0,
        name: 'AMD Instinct MI300X',
        type: 'rocm',
        vram_total: 205822885888,
        vram_free: 205822885888 - 2654650368,
        load_percent: 0,
        temperature_c: 39,
        power_w: 141,
      },
      {
        index: 1,
        name: 'Radeon RX 7900 XTX',
        type: 'rocm',
        vram_total: 25753026560,
        vram_free: 25753025560,
        load_percent: 12,
        temperature_c: 45,
        power_w: 60,
        power_limit_w: 303,
      },
    ]);
  });

  it('says so when the tool speaks no JSON', () => {
    expect(() => readAmdSmi(samples.amdStatic7, 'Segmentation fault')).toThrow();
    expect(() => readRocmSmi('<html></html>')).toThrow();
  });
});

describe('xpu-smi', () => {
  const asked: string[] = [];
  const ask = async (...args: string[]): Promise<string> => {
    asked.push(args.join(' '));
    const [command, flag, id] = args;
    if (command === 'discovery' && flag === '-j') return samples.intelDevices;
    return (command === 'discovery' ? samples.intelDetails : samples.intelStats)[Number(id)] ?? '';
  };

  it('reads the device’s figures or joins those of its tiles, and leaves out one that tells no memory', async () => {
    const tool = xpuSmi();
    const gpus = await tool.read(ask);
    expect(gpus).toEqual([
      {
        index: 0,
        name: 'Intel(R) Arc(TM) A770 Graphics',
        type: 'xpu',
        vram_total: 17179869184,
        vram_free: 17179869184 - 1024 * mebibyte,
        load_percent: 8.5,
        temperature_c: 53,
        power_w: 44.69,
      },
      {
        index: 1,
        name: 'Intel(R) Data Center GPU Max 1550',
        type: 'xpu',
        vram_total: 137438953472,
        vram_free: 137438953472 - 1024 * mebibyte,
        load_percent: 75,
        temperature_c: 47,
        power_w: 300,
      },
    ]);
    asked.length = 0;
    expect(await tool.read(ask)).toEqual(gpus);
    expect(asked.toSorted()).toEqual(['stats -d 0 -j', 'stats -d 1 -j', 'stats -d 2 -j']);
  });
});

describe('ioreg', () => {
  it('tells load and memory of an Apple GPU, which shares the machine’s memory', () => {
    expect(readAccelerators(samples.appleRegistry, 48 * 1024 ** 3)).toEqual([
      {
        index: 0,
        name: 'Apple M4 Pro',
        type: 'mps',
        vram_total: 48 * 1024 ** 3,
        vram_free: 48 * 1024 ** 3 - 1270726656,
        load_percent: 12,
      },
    ]);
    expect(readAccelerators('', 1)).toEqual([]);
  });
});

describe('readPlist', () => {
  const plist = (body: string): unknown =>
    readPlist(`<?xml version="1.0"?><plist version="1.0">${body}</plist>`);

  it('reads every kind of value', () => {
    expect(
      plist(
        '<dict><key>a &lt;b&gt;</key><array><integer>-2</integer><real>1.5</real><true/><false/><string/></array>' +
          '<key>d</key><dict/><key>t</key><date>2026-01-01T00:00:00Z</date></dict>',
      ),
    ).toEqual({ 'a <b>': [-2, 1.5, true, false, ''], d: {}, t: '2026-01-01T00:00:00Z' });
  });

  it.each(['garbage', '<plist version="1.0"><array><dict>', '<plist version="1.0"></plist>'])(
    'refuses %s',
    (text) => {
      expect(() => readPlist(text)).toThrow();
    },
  );
});

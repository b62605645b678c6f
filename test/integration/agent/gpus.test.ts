import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GpuOptions, MachineGpus } from '../../../electron/agent/machine/gpus.ts';
import { isRunning } from '../../helpers/processes.ts';
import * as samples from '../../unit/agent/machine/samples.ts';

/** Scripts that stand in for the makers' tools, run as the real ones are. */
describe.skipIf(process.platform === 'win32')('the GPUs of this machine', () => {
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier gpus é '));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** Puts a tool there that notes each call and then does what `body` says. */
  const put = (name: string, body: string): Promise<void> =>
    writeFile(join(folder, name), `#!/bin/sh\ncd "$(dirname "$0")"\necho "$*" >> ${name}.calls\n${body}\n`, {
      mode: 0o755,
    });
  const print = async (name: string, text: string, key = 'out'): Promise<string> => {
    await writeFile(join(folder, `${name}.${key}`), text);
    return `cat ${name}.${key}`;
  };
  const calls = async (name: string): Promise<string[]> =>
    (await readFile(join(folder, `${name}.calls`), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const gpus = (options: GpuOptions = {}): MachineGpus =>
    new MachineGpus({ folders: [join(folder, 'nowhere'), folder], ...options });
  const soon = { timeout: 15_000, interval: 10 };
  const brief = { sampleMs: 1000, restMs: 60_000 };

  it('asks the tools that are there, all makers in one list, and looks for no others', async () => {
    await put('nvidia-smi', await print('nvidia-smi', samples.nvidiaTable));
    await put('rocm-smi', await print('rocm-smi', samples.rocmCards));
    const source = gpus();
    const [sample] = await Promise.all([source.sample(), source.sample()]);
    expect(sample.map(({ type, index }) => `${type} ${index}`)).toEqual([
      'cuda 0',
      'cuda 1',
      'rocm 1',
      'rocm 0',
    ]);
    // Two samples at once are one call.
    expect(await calls('nvidia-smi')).toEqual([
      '--query-gpu=index,uuid,name,memory.total,memory.free,utilization.gpu,temperature.gpu,power.draw,power.limit --format=csv,noheader,nounits',
    ]);
    await source.sample();
    expect(await calls('nvidia-smi')).toHaveLength(2);
  });

  it('finds them on the PATH', async () => {
    await put('nvidia-smi', await print('nvidia-smi', samples.nvidiaTable));
    const before = process.env.PATH;
    process.env.PATH = `${folder}${delimiter}${before}`;
    try {
      expect((await new MachineGpus().sample()).filter(({ type }) => type === 'cuda')).toHaveLength(2);
    } finally {
      process.env.PATH = before;
    }
  });

  it('has none where no tool is, and takes no folder and no plain file for one', async () => {
    await writeFile(join(folder, 'nvidia-smi'), 'not to be run');
    expect(await gpus().sample()).toEqual([]);
  });

  it.each([
    ['ends with an error', 'echo "NVIDIA-SMI has failed" >&2; exit 9'],
    ['prints garbage', 'head -c 5000 /dev/urandom; echo; echo "x, GPU-1, Card, 10, 5, 1e3, 1, -5, 1"'],
    ['is killed', 'kill -SEGV $$'],
  ])('has none of a tool that %s, and the others all the same', async (_what, body) => {
    await put('nvidia-smi', body);
    await put('rocm-smi', await print('rocm-smi', samples.rocmCards));
    expect((await gpus().sample()).map(({ type }) => type)).toEqual(['rocm', 'rocm']);
  });

  it('kills a tool that hangs, with its children, and leaves it alone for a while', async () => {
    await put('nvidia-smi', 'sleep 300 & echo $! > child; wait');
    const source = gpus({ timings: brief });
    expect(await source.sample()).toEqual([]);
    const child = Number(await readFile(join(folder, 'child'), 'utf8'));
    await expect.poll(() => isRunning(child), soon).toBe(false);
    expect(await source.sample()).toEqual([]);
    expect(await calls('nvidia-smi')).toHaveLength(1);
  });

  it.runIf(process.platform === 'linux')('does not wait for one that can not be killed', async () => {
    // Like a process stuck in the driver: out of our reach, and it keeps the pipe open.
    await put('nvidia-smi', 'setsid sleep 300 & echo $! > child; sleep 300');
    await put('rocm-smi', await print('rocm-smi', samples.rocmCards));
    expect((await gpus({ timings: brief }).sample()).map(({ type }) => type)).toEqual(['rocm', 'rocm']);
    const child = Number(await readFile(join(folder, 'child'), 'utf8'));
    expect(await isRunning(child)).toBe(true);
    process.kill(child, 'SIGKILL');
  });

  it('keeps of a GPU whose tool fails what lasts, and asks again after the rest', async () => {
    await put('nvidia-smi', `test -e broken && exit 1; ${await print('nvidia-smi', samples.nvidiaTable)}`);
    const source = gpus({ timings: { sampleMs: 10_000, restMs: 1 } });
    const [first] = await source.sample();
    expect(first).toMatchObject({ load_percent: 37, temperature_c: 61, power_w: 212.55 });
    await writeFile(join(folder, 'broken'), '');
    const { load_percent: _l, temperature_c: _t, power_w: _p, ...lasting } = first ?? {};
    expect((await source.sample())[0]).toEqual(lasting);
    await rm(join(folder, 'broken'));
    await expect.poll(async () => (await source.sample())[0], soon).toEqual(first);
  });

  it('prefers the better tool of a maker, and takes the other when that fails', async () => {
    await print('amd-smi', samples.amdStatic7, 'static');
    await print('amd-smi', samples.amdMetric7, 'metric');
    await put('amd-smi', 'test -e broken && exit 1; cat amd-smi.$1');
    await put('rocm-smi', await print('rocm-smi', samples.rocmCards));
    const source = gpus({ timings: { sampleMs: 10_000, restMs: 60_000 } });
    expect((await source.sample()).map(({ name }) => name)).toEqual(['AMD Radeon AI PRO R9700']);
    await source.sample();
    expect(await calls('amd-smi')).toEqual(['static --json', 'metric --json', 'metric --json']);
    expect(existsSync(join(folder, 'rocm-smi.calls'))).toBe(false);
    await writeFile(join(folder, 'broken'), '');
    await source.sample();
    expect((await source.sample()).map(({ name }) => name)).toEqual([
      'Radeon RX 7900 XTX',
      'AMD Instinct MI300X',
    ]);
  });

  it('gives Intel’s tool a device at a time', async () => {
    await print('xpu-smi', samples.intelDevices, 'discovery');
    await Promise.all(samples.intelDetails.map((text, id) => print('xpu-smi', text, `discovery${id}`)));
    await Promise.all(samples.intelStats.map((text, id) => print('xpu-smi', text, `stats${id}`)));
    await put('xpu-smi', 'test "$2" = -d && cat "xpu-smi.$1$3" || cat xpu-smi.discovery');
    expect((await gpus().sample()).map(({ name, load_percent }) => [name, load_percent])).toEqual([
      ['Intel(R) Arc(TM) A770 Graphics', 8.5],
      ['Intel(R) Data Center GPU Max 1550', 75],
    ]);
  });
});

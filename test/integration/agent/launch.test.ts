import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CrashReport } from '#shared/wire/crash.ts';
import { comfyUiProgram } from '../../../electron/agent/engines/launch/comfyui-program.ts';
import { ServerProcess } from '../../../electron/agent/engines/server-process.ts';
import { Supervisor, supervisorTimings } from '../../../electron/agent/engines/supervisor.ts';
import { HttpClient } from '../../../electron/agent/http.ts';
import { bindPort } from '../../helpers/processes.ts';
import { FakeComfyUi } from './fake-comfyui.ts';
import { Bench, tinyGraph } from './support.ts';

const timings = {
  ...supervisorTimings,
  readyMs: 1500,
  stopMs: 1000,
  firstRestartMs: 10,
  mostRestartMs: 20,
  loopLimit: 1,
};

describe('a ComfyUI under our roof', () => {
  let fake: FakeComfyUi;
  let http: HttpClient;
  let supervisor: Supervisor;
  let ups: string[];
  let downs: CrashReport[];
  let lines: number;

  const start = (record = fake.record, changes = {}): Promise<void> => {
    const program = comfyUiProgram(record, fake.registry, http);
    supervisor = new Supervisor(program, pino({ level: 'silent' }), { ...timings, ...changes });
    return supervisor.start({
      up: (url) => ups.push(url),
      down: (report) => downs.push(report),
      line: () => {
        lines += 1;
      },
    });
  };
  const up = (): Promise<void> =>
    expect.poll(() => [...ups, ...downs], { timeout: 25_000 }).toEqual([expect.stringMatching(/^http/)]);
  const down = async (): Promise<CrashReport> => {
    await expect.poll(() => downs.length, { timeout: 25_000 }).toBe(1);
    return downs[0]!;
  };

  /** No process, no port, no record; the log and what can be made again stay. */
  const nothingLeft = async (): Promise<void> => {
    expect(await fake.processes()).toEqual([]);
    for (const url of ups) await bindPort(url);
    const { folder } = fake.registry.files('fake');
    const kept = ['comfyui.log', 'comfyui.log.1', 'extra_model_paths.yaml', 'offered-options.json'];
    const files = await readdir(folder).catch(() => []);
    expect(files.filter((name) => !kept.includes(name))).toEqual([]);
  };

  beforeEach(async () => {
    fake = await FakeComfyUi.make();
    http = new HttpClient();
    [ups, downs, lines] = [[], [], 0];
  });
  afterEach(async () => {
    await supervisor?.stop();
    http.close();
    await nothingLeft();
    await fake.remove();
  });

  it('runs on loopback and a free port, and leaves no process, port or record', async () => {
    await start();
    await up();
    expect(ups[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${ups[0]}/system_stats`)).status).toBe(200);
    await supervisor.stop();
    await expect(fetch(ups[0] ?? '')).rejects.toThrow();
    expect((await readdir(fake.registry.files('fake').folder)).sort()).toEqual([
      'comfyui.log',
      'extra_model_paths.yaml',
      'offered-options.json',
    ]);
  });

  it.each([
    ['exit', 'unknown', 'It ended by itself with exit code 1'],
    ['vram', 'out_of_vram', 'The graphics memory ran out'],
    ['memory', 'out_of_memory', 'The memory of the machine ran out'],
    ['driver', 'driver', 'PyTorch and the graphics driver do not fit together'],
    ['reset', 'driver_reset', 'The graphics driver was reset or lost the GPU'],
    ['module', 'missing_module', 'The Python module "shiny" is missing'],
    ['option', 'bad_option', 'It refused its options: unrecognized arguments: --shiny'],
    ['port', 'port_taken', 'Another program took its port'],
    ['disk', 'disk_full', 'The disk is full'],
    ['crash', 'segfault', 'It crashed in native code (SIGSEGV)'],
    ['kill', 'killed', 'It was killed from outside'],
    ['term', 'killed', 'It was ended from outside by SIGTERM'],
    ['missing', 'not_found', 'The program could not be run'],
    ['hang', 'hang', 'It hung: it neither printed, computed nor answered any more'],
    ['pack-hang', 'hang', 'It hung while its node packs were being imported'],
  ])('tells the cause when it ends by: %s', async (mode, cause, words) => {
    await fake.misbehave(mode);
    await start();
    const report = await down();
    expect(report).toMatchObject({ cause, fix: expect.stringMatching(/\.$/) });
    expect(report.what).toContain(`The engine "fake" stopped. ${words}`);
    if (mode === 'module' || mode === 'pack-hang') expect(report.pack).toBe('shiny-pack');
  });

  it('gives up a start that computes for ever and prints nothing', async () => {
    await fake.misbehave('spin');
    await start(fake.record, { readyMs: 60_000, silentMs: 2000 });
    expect(await down()).toMatchObject({ cause: 'hang', what: expect.stringContaining('being imported') });
  });

  it('says so when its Python is gone', async () => {
    await start({ ...fake.record, python: `${fake.folder}/no such python` });
    expect(await down()).toMatchObject({
      cause: 'not_found',
      what: expect.stringMatching(/no such python or the folder .* is not there any more/),
    });
  });

  it('waits for a slow start as long as it prints', async () => {
    await fake.misbehave('late');
    await start(fake.record, { readyMs: 1000 });
    await up();
  });

  it('keeps up with a flood of lines', async () => {
    await fake.misbehave('flood');
    await start();
    await up();
    await expect.poll(() => lines, { timeout: 10_000 }).toBeGreaterThan(50_000);
  });

  it.each(['deaf', 'grandchild'])('ends one that is: %s', async (mode) => {
    await fake.misbehave(mode);
    await start();
    await up();
  });

  it('refuses options that this very checkout does not offer, before it starts anything', async () => {
    await start({ ...fake.record, options: { ...fake.record.options, extra: ['--lowvrm'] } });
    expect(await down()).toEqual({
      cause: 'bad_option',
      what: expect.stringContaining(
        'The engine "fake" could not be started. This ComfyUI does not know --lowvrm. Did you mean --lowvram?',
      ),
      fix: 'Correct the options of the engine "fake".',
    });
  });

  it('is taken over by the next Atelier when it was left running', async () => {
    const program = comfyUiProgram(fake.record, fake.registry, http);
    const left = await ServerProcess.launch(program, () => undefined);
    const url = await left.address(timings, AbortSignal.timeout(15_000));
    await left.release();
    await start();
    await up();
    expect(ups).toEqual([url]);
  });

  it('is not taken for ours when somebody else answers', async () => {
    const other = createServer((_request, response) =>
      response.end('{"system":{"argv":["main.py"]},"devices":[]}'),
    );
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as { port: number };
    const program = comfyUiProgram(fake.record, fake.registry, http);
    expect(await program.identify(`http://127.0.0.1:${port}`, '')).toBe(false);
    await new Promise((done) => other.close(done));
  });

  it('runs workflows, and the agent tells the engine by its name', async () => {
    const bench = await Bench.start({ kind: 'launch', record: fake.record, registry: fake.registry });
    try {
      const order = bench.gateway.assign(tinyGraph(7));
      await bench.gateway.hear(order.attempt_id, 'completed');
      const told = bench.gateway.heard.findLast((one) => one.type === 'engine_state');
      expect(told).toMatchObject({ engine: { name: 'fake', flavour: 'comfyui', state: 'ready' } });
    } finally {
      await bench.stop();
    }
  });

  it('starts and stops again and again without leaving a process or a file handle', async () => {
    const cycles = Number(process.env.ATELIER_CYCLES ?? 5);
    const handles = async () => (await readdir('/proc/self/fd')).length;
    let before = 0;
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      [ups, downs] = [[], []];
      await start();
      await up();
      await supervisor.stop();
      await nothingLeft();
      if (cycle === 0) before = await handles();
    }
    // Kept connections to engines that are gone close a moment later.
    await expect.poll(handles, { timeout: 10_000 }).toBeLessThanOrEqual(before + 2);
    await expect(readFile(fake.registry.files('fake').processRecord)).rejects.toThrow('ENOENT');
  }, 600_000);
});

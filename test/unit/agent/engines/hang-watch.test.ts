import { afterEach, describe, expect, it } from 'vitest';
import { HangWatch } from '../../../../electron/agent/engines/comfyui/hang-watch.ts';
import { ComfyUiRun } from '../../../../electron/agent/engines/comfyui/run.ts';

const host = {
  name: 'main',
  clientId: 'c',
  client: () => {
    throw new Error('no server');
  },
  socketGeneration: () => 0,
  packOf: () => undefined,
  broken: () => undefined,
  closed: () => undefined,
};
const listener = {
  started: () => undefined,
  progress: () => undefined,
  preview: () => undefined,
  log: () => undefined,
};

describe('HangWatch', () => {
  let watch: HangWatch;
  afterEach(() => watch.stop());

  /** A watch over a run that has begun; counts how often it was asked, and tells which run hung. */
  const over = (worked: boolean, patienceMs = 100) => {
    const run = new ComfyUiRun('r', {}, listener, host);
    run.handle({ type: 'execution_start', data: { prompt_id: 'r' } });
    const seen = { asked: 0, hung: [] as ComfyUiRun[] };
    watch = new HangWatch({
      patienceMs,
      executing: () => (run.running ? run : undefined),
      worked: async () => {
        seen.asked += 1;
        return worked;
      },
      hung: (one) => seen.hung.push(one),
    });
    watch.start();
    return { run, seen };
  };

  it('tells of a run about which nothing is heard while nothing computes', async () => {
    const { run, seen } = over(false);
    await expect.poll(() => seen.hung).toEqual([run]);
  });

  it('never takes a run for hung when it was told so', async () => {
    const never = over(false, 0);
    const other = watch;
    const { seen } = over(false);
    await expect.poll(() => seen.hung.length).toBeGreaterThan(0);
    expect(never.seen).toEqual({ asked: 0, hung: [] });
    other.stop();
  });

  it('keeps quiet while the engine computes, or once the run is over', async () => {
    const { seen } = over(true);
    await expect.poll(() => seen.asked).toBeGreaterThan(30);
    expect(seen.hung).toEqual([]);
  });

  it('tells of a run that does not stop when it was asked to, though it computes', async () => {
    const { run, seen } = over(true);
    void run.interrupt();
    await expect.poll(() => seen.hung).toEqual([run]);
    run.close();
  });

  it('keeps quiet as long as something is heard', async () => {
    const { run, seen } = over(false);
    for (let n = 0; n < 30; n += 1) {
      const before = seen.asked;
      watch.sign();
      await expect.poll(() => seen.asked, { interval: 1 }).toBeGreaterThan(before);
    }
    expect(seen.hung).toEqual([]);
    run.close();
    const before = seen.asked;
    await expect.poll(() => seen.asked).toBeGreaterThan(before + 30);
    expect(seen.hung).toEqual([]);
  });
});

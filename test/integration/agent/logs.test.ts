import { stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../helpers/programs.ts';
import { FakeComfyUi } from './fake-comfyui.ts';
import { Bench, probeGraph } from './support.ts';

const megabyte = 1024 ** 2;

describe('an engine that prints without end', { timeout: 120_000 }, () => {
  let fake: FakeComfyUi;
  let bench: Bench;

  beforeEach(async () => {
    fake = await FakeComfyUi.make();
  });
  afterEach(async () => {
    await bench.stop();
    expect(await fake.processes()).toEqual([]);
    await fake.remove();
  });

  it('neither fills the disk nor our memory, and its run goes on', async () => {
    await fake.misbehave('gigabyte');
    await fake.registry.add(fake.record);
    const before = process.memoryUsage().rss;
    bench = await Bench.start({ kind: 'launch', record: fake.record, registry: fake.registry });
    const { gateway } = bench;
    const order = gateway.assign(probeGraph('ok', { steps: 60, seconds: 0.1 }));
    await gateway.hear(order.attempt_id, 'completed');
    const { log } = fake.registry.files('fake');
    await expect
      .poll(async () => (await logs()).includes('the flood is over'), { timeout: 90_000, interval: 500 })
      .toBe(true);
    // The last look may find up to the part that was printed since the one before.
    expect((await stat(log)).size).toBeLessThan(60 * megabyte);
    expect((await stat(`${log}.1`)).size).toBeLessThan(60 * megabyte);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * megabyte);
    const told = gateway.about(order.attempt_id, 'log');
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThan(200);
  });

  const logs = async (): Promise<string> =>
    (await runCli(['engine', 'logs', 'fake', '--lines', '20', '--data', `${fake.folder}/data`])).stdout;
});

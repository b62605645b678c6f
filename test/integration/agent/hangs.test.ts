import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type RunningEngine, startEngine } from '../../helpers/engine.ts';
import { isRunning } from '../../helpers/processes.ts';
import { Bench, probeGraph, starterEngine, tinyGraph } from './support.ts';

const patience = { hangMs: 2000, attachedHangMs: 2000, interruptMs: 5000 };

describe('a run that goes no further', { timeout: 120_000 }, () => {
  let bench: Bench;
  let attached: RunningEngine | undefined;

  const enginePid = async (): Promise<number> => {
    const text = await readFile(join(bench.dataDir, 'agent/engines/starter.json'), 'utf8');
    return (JSON.parse(text) as { pid: number }).pid;
  };
  const told = () => {
    const last = bench.gateway.heard.findLast((one) => one.type === 'engine_state');
    return last?.type === 'engine_state' ? last.engine : undefined;
  };

  afterEach(async () => {
    await bench.stop();
    await attached?.stop();
    attached = undefined;
  });

  it('fails with the node it stands at, and its engine is ended and started again', async () => {
    bench = await Bench.start(starterEngine, { hang: patience });
    const { gateway } = bench;
    const order = gateway.assign(probeGraph('hang'));
    await gateway.hear(order.attempt_id, 'accepted');
    const first = await enginePid();
    const { failure } = await gateway.hear(order.attempt_id, 'failed');
    expect(failure).toMatchObject({
      code: 'engine_crashed',
      retryable: true,
      node_id: '2',
      node_type: 'EngineProbe',
      message: expect.stringContaining(
        'It was executing node "The probe" (EngineProbe, node 2) of the node pack "engine-probe".',
      ),
      details: { cause: 'hang', what: expect.stringContaining('It hung'), fix: expect.any(String) },
    });
    await gateway.hear(gateway.assign(tinyGraph(1)).attempt_id, 'completed');
    expect(await enginePid()).not.toBe(first);
    expect(await isRunning(first)).toBe(false);
  });

  it('is only interrupted where the engine takes that', async () => {
    // Others' engines are judged by what they tell alone; the probe itself looks for interruptions all the time.
    attached = await startEngine(['--probe-nodes']);
    bench = await Bench.start({ kind: 'url', url: attached.url }, { hang: patience });
    const { gateway } = bench;
    const order = gateway.assign(probeGraph('ok', { seconds: 600 }));
    const { failure } = await gateway.hear(order.attempt_id, 'failed');
    expect(failure).toMatchObject({
      retryable: true,
      node_id: '2',
      details: {
        cause: 'hang',
        what: expect.stringContaining('for 2 s it neither told anything nor computed'),
      },
    });
    await gateway.hear(gateway.assign(tinyGraph(2)).attempt_id, 'completed');
    expect(told()?.state).toBe('ready');
    expect(await isRunning(attached.pid)).toBe(true);
  });

  it('never ends an engine that others run; it is used again once it was restarted', async () => {
    attached = await startEngine(['--probe-nodes']);
    bench = await Bench.start({ kind: 'url', url: attached.url }, { hang: patience });
    const { gateway } = bench;
    const order = gateway.assign(probeGraph('hang'));
    const { failure } = await gateway.hear(order.attempt_id, 'failed');
    expect(failure).toMatchObject({
      details: { cause: 'hang', fix: expect.stringContaining('it has to be restarted there') },
    });
    expect(await isRunning(attached.pid)).toBe(true);
    expect(told()).toMatchObject({ state: 'crashed', cause: 'hang' });
    const port = new URL(attached.url).port;
    await attached.stop();
    attached = await startEngine(['--probe-nodes', '--port', port]);
    await gateway.hear(gateway.assign(tinyGraph(3)).attempt_id, 'completed');
    expect(told()).toMatchObject({ state: 'ready', reason: '' });
    expect(told()).not.toHaveProperty('cause');
  });

  it('is left alone as long as it tells something', async () => {
    bench = await Bench.start(starterEngine, { hang: { ...patience, hangMs: 3000 } });
    const { gateway } = bench;
    const order = gateway.assign(probeGraph('ok', { steps: 5, seconds: 1 }));
    await gateway.hear(order.attempt_id, 'completed');
  });
});

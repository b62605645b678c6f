import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bench, probeGraph, tinyGraph } from './support.ts';

describe('an agent that is lent', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start();
  });
  afterAll(() => bench.stop());

  it('runs what can touch nothing of its owner’s, and tells no log', async () => {
    const order = bench.gateway.assign(tinyGraph(0x123456), { foreign: true });
    expect((await bench.gateway.hear(order.attempt_id, 'completed')).outputs).toHaveLength(1);
    expect(bench.gateway.about(order.attempt_id, 'progress').length).toBeGreaterThan(0);
    expect(bench.gateway.about(order.attempt_id, 'log')).toEqual([]);
  });

  it('refuses a graph that would send a picture of its owner’s home', async () => {
    const graph = {
      '1': { class_type: 'LoadImage', inputs: { image: 'private.png' } },
      '2': { class_type: 'PreviewImage', inputs: { images: ['1', 0] } },
    };
    const order = bench.gateway.assign(graph, { foreign: true });
    const { failure } = await bench.gateway.hear(order.attempt_id, 'failed');
    expect(failure).toMatchObject({ code: 'engine_rejected', retryable: false });
    expect(failure.message).toContain('LoadImage opens a file (image) that did not come with the run');
  });

  it('refuses nodes that are not ComfyUI’s own', async () => {
    const graph = probeGraph('ok', { steps: 1, seconds: 0.01, seed: 1 });
    const order = bench.gateway.assign(graph, { foreign: true });
    const { failure } = await bench.gateway.hear(order.attempt_id, 'failed');
    expect(failure.message).toContain('is not one of ComfyUI’s own nodes');
  });
});

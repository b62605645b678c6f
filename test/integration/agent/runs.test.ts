import { createHash } from 'node:crypto';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineChoice } from '../../../electron/agent/engines/create.ts';
import { Bench, probeGraph, starterEngine, tinyGraph } from './support.ts';

/** A real ComfyUI with the probe node, when one is at hand: it is the judge of the wire. */
const comfyUi = process.env.ATELIER_TEST_COMFYUI;
const engines: [string, EngineChoice][] = [['the starter engine', starterEngine]];
if (comfyUi) engines.push(['a ComfyUI', { kind: 'url', url: comfyUi }]);

/** Engines keep results between runs, and a ComfyUI outlives the test: no two graphs are the same. */
let used = Math.floor(Math.random() * 0xffff00);
const fresh = (): number => {
  used += 1;
  return used % 0xffffff;
};

const picture = (red: number): Buffer => {
  const canvas = createCanvas(5, 4);
  const context = canvas.getContext('2d');
  context.fillStyle = `rgb(${red}, 20, 30)`;
  context.fillRect(0, 0, 5, 4);
  return canvas.toBuffer('image/png');
};

describe.each(engines)('an attempt on %s', (_name, choice) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start(choice);
  });
  afterAll(() => bench.stop());

  it('is carried from order to outputs, with progress and previews on the way', async () => {
    const { gateway } = bench;
    const order = gateway.assign(probeGraph('ok', { steps: 8, seconds: 0.1, seed: fresh() }));
    const done = await gateway.end(order.attempt_id);
    expect(done).toMatchObject({ type: 'completed', fence: order.fence });
    const [output] = gateway.about(order.attempt_id, 'completed')[0]!.outputs;
    expect(output).toMatchObject({
      node_id: '3',
      kind: 'image',
      content_type: 'image/png',
      temporary: false,
      width: 32,
      height: 24,
    });
    const bytes = gateway.outputs.get(output!.name)!;
    expect(output!.size).toBe(bytes.length);
    expect(output!.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));

    const told = gateway.heard.filter((one) => 'attempt_id' in one && one.attempt_id === order.attempt_id);
    expect(told.map((one) => one.type).slice(0, 2)).toEqual(['received', 'accepted']);
    expect(told.at(-1)?.type).toBe('completed');
    const progress = gateway.about(order.attempt_id, 'progress');
    expect(progress.map((one) => one.progress)).toEqual(
      progress.map((one) => one.progress).toSorted((a, b) => a - b),
    );
    expect(progress).toContainEqual(
      expect.objectContaining({ current_node: '2', current_node_title: 'The probe', step_total: 8 }),
    );
    const preview = gateway.about(order.attempt_id, 'preview')[0]!;
    expect(preview.content_type).toBe('image/jpeg');
    expect((await loadImage(Buffer.from(preview.data_base64, 'base64'))).width).toBeGreaterThan(0);
  });

  it('has its outputs also when the engine had everything from before', async () => {
    const graph = tinyGraph(fresh());
    const orders = [bench.gateway.assign(graph), bench.gateway.assign(graph)];
    const [first, second] = await Promise.all(
      orders.map((one) => bench.gateway.hear(one.attempt_id, 'completed')),
    );
    expect(second!.outputs).toEqual(first!.outputs);
    expect(first!.outputs).toHaveLength(1);
  });

  it('gets its input file, once for all runs that use it', async () => {
    const { gateway } = bench;
    const red = fresh() % 256;
    const input = gateway.offer(picture(red), '1', 'image', 'my picture ü.png');
    const graph = {
      '1': { class_type: 'LoadImage', inputs: { image: 'to be filled' } },
      '2': { class_type: 'PreviewImage', inputs: { images: ['1', 0] } },
    };
    const first = gateway.assign(graph, { inputs: [input] });
    const { outputs } = await gateway.hear(first.attempt_id, 'completed');
    expect(outputs).toMatchObject([{ temporary: true, width: 5, height: 4 }]);
    const shown = await loadImage(gateway.outputs.get(outputs[0]!.name)!);
    const context = createCanvas(5, 4).getContext('2d');
    context.drawImage(shown, 0, 0);
    expect([...context.getImageData(0, 0, 1, 1).data]).toEqual([red, 20, 30, 255]);
    const downloads = gateway.downloads;
    await gateway.hear(gateway.assign(graph, { inputs: [input] }).attempt_id, 'completed');
    expect(gateway.downloads).toBe(downloads);
  });

  it('streams big files in and out', async () => {
    const canvas = createCanvas(800, 700);
    const context = canvas.getContext('2d');
    const noise = context.createImageData(800, 700);
    for (let at = 0; at < noise.data.length; at++) noise.data[at] = at % 4 === 3 ? 255 : Math.random() * 256;
    context.putImageData(noise, 0, 0);
    const order = bench.gateway.assign(
      {
        '1': { class_type: 'LoadImage', inputs: { image: '' } },
        '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'big' } },
      },
      { inputs: [bench.gateway.offer(canvas.toBuffer('image/png'), '1', 'image', 'noise.png')] },
    );
    const [output] = (await bench.gateway.hear(order.attempt_id, 'completed')).outputs;
    expect(output).toMatchObject({ width: 800, height: 700 });
    expect(output!.size).toBeGreaterThan(1024 * 1024);
    const bytes = bench.gateway.outputs.get(output!.name)!;
    expect(output!.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    context.drawImage(await loadImage(bytes), 0, 0);
    const came = Buffer.from(context.getImageData(0, 0, 800, 700).data);
    expect(came.equals(Buffer.from(noise.data))).toBe(true);
  });

  it('is failed when its input is not what was uploaded', async () => {
    const { gateway } = bench;
    const input = gateway.offer(picture(fresh() % 256), '1', 'image', 'a.png');
    const order = gateway.assign(
      { '1': { class_type: 'LoadImage', inputs: { image: 'x' } } },
      { inputs: [{ ...input, url: '/file/none' }] },
    );
    expect(await gateway.end(order.attempt_id)).toMatchObject({
      type: 'failed',
      failure: { code: 'input_failed', message: expect.stringContaining('a.png'), node_id: '1' },
    });
  });

  it('keeps the words that a node shows as a text file', async () => {
    const order = bench.gateway.assign({
      '1': { class_type: 'PrimitiveString', inputs: { value: `schön ${fresh()}` } },
      '2': { class_type: 'PreviewAny', inputs: { source: ['1', 0] } },
    });
    const { outputs } = await bench.gateway.hear(order.attempt_id, 'completed');
    expect(outputs).toMatchObject([{ node_id: '2', kind: 'text', name: 'text_00001.txt', temporary: false }]);
    expect(bench.gateway.outputs.get('text_00001.txt')?.toString()).toContain('schön');
  });

  it('fails with the node’s title and words when a node raises', async () => {
    const order = bench.gateway.assign(probeGraph('raise', { seed: fresh() }));
    const { failure } = await bench.gateway.hear(order.attempt_id, 'failed');
    expect(failure).toMatchObject({ code: 'engine_error', node_id: '2', node_type: 'EngineProbe' });
    expect(failure.message).toContain('"The probe" (EngineProbe, node 2)');
    expect(failure.message).toContain('raised on request');
  });

  it('says when it was the memory', async () => {
    const order = bench.gateway.assign(probeGraph('oom', { seed: fresh() }));
    expect((await bench.gateway.hear(order.attempt_id, 'failed')).failure.code).toBe('out_of_memory');
  });

  it('fails in words when the engine refuses the graph, and the engine goes on', async () => {
    const { gateway } = bench;
    const unknown = gateway.assign({ '1': { class_type: 'NoSuchNode', inputs: {} } });
    const missing = gateway.assign({ '3': { class_type: 'SaveImage', inputs: { filename_prefix: 'x' } } });
    const words = async (id: string) => (await gateway.hear(id, 'failed')).failure;
    expect(await words(unknown.attempt_id)).toMatchObject({
      code: 'engine_rejected',
      retryable: false,
      message: expect.stringContaining('no node type "NoSuchNode"'),
    });
    expect((await words(missing.attempt_id)).message).toContain(
      'SaveImage (node 3): input "images" is missing',
    );
    expect(gateway.about(unknown.attempt_id, 'accepted')).toEqual([]);
    await gateway.hear(gateway.assign(tinyGraph(fresh())).attempt_id, 'completed');
  });

  it('waits in the engine’s queue while another runs, and each can be cancelled without touching the others', async () => {
    const { gateway } = bench;
    const [running, staged, last] = [500, 500, 1].map((steps) =>
      gateway.assign(probeGraph('ok', { steps, seconds: 0.05, seed: fresh() })),
    );
    await gateway.hear(running!.attempt_id, 'accepted');
    await gateway.hear(staged!.attempt_id, 'received');
    gateway.order({ type: 'cancel', attempt_id: staged!.attempt_id, fence: staged!.fence, reason: 'test' });
    expect(await gateway.end(staged!.attempt_id)).toMatchObject({ type: 'cancelled' });
    expect(gateway.about(staged!.attempt_id, 'accepted')).toEqual([]);
    expect(gateway.about(last!.attempt_id, 'accepted')).toEqual([]);
    gateway.order({ type: 'cancel', attempt_id: running!.attempt_id, fence: running!.fence, reason: 'test' });
    expect(await gateway.end(running!.attempt_id)).toMatchObject({
      type: 'cancelled',
      fence: running!.fence,
    });
    await gateway.hear(last!.attempt_id, 'completed');
  });

  it('sends an output again from the start when the connection breaks', async () => {
    bench.gateway.brokenUploads = 2;
    const order = bench.gateway.assign(tinyGraph(fresh()));
    const { outputs } = await bench.gateway.hear(order.attempt_id, 'completed');
    expect(bench.gateway.brokenUploads).toBe(0);
    expect(bench.gateway.outputs.get(outputs[0]!.name)).toHaveLength(outputs[0]!.size);
  });

  it('fails in words when the gateway does not take an output', async () => {
    const order = bench.gateway.assign(tinyGraph(fresh()), { upload_url: '/nowhere?x=1' });
    expect((await bench.gateway.hear(order.attempt_id, 'failed')).failure).toMatchObject({
      code: 'output_failed',
      message: expect.stringContaining('404'),
    });
  });

  it('is cancelled at once when the agent never had it', async () => {
    const attempt_id = '01a207a3-7d2c-719a-a87c-ad932fa628be';
    bench.gateway.order({ type: 'cancel', attempt_id, fence: 99, reason: 'test' });
    expect(await bench.gateway.end(attempt_id)).toMatchObject({ type: 'cancelled', fence: 99 });
  });
});

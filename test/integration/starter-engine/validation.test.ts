/** What a real ComfyUI 0.3.64 answered to the same prompts, beyond the recording in `fixtures`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineClient, type Heard, isOver, picture } from './engine-client.ts';

let client: EngineClient;
beforeAll(async () => {
  client = await EngineClient.start();
});
afterAll(() => client?.engine.stop());

const empty = (over: Record<string, unknown> = {}) => ({
  class_type: 'EmptyImage',
  inputs: { width: 64, height: 64, batch_size: 1, color: 255, ...over },
});
const invert = (from: unknown) => ({ class_type: 'ImageInvert', inputs: { image: [from, 0] } });
const shown = (images: unknown) => ({ class_type: 'PreviewImage', inputs: { images } });
const told = (source: unknown) => ({ class_type: 'PreviewAny', inputs: { source } });

interface Answer {
  readonly prompt_id?: string;
  readonly error?: { type: string; message: string; details: string };
  readonly node_errors: Record<string, { errors: { type: string; message: string; details: string }[] }>;
}

async function ask(prompt: unknown): Promise<{ status: number; body: Answer }> {
  const { status, body } = await client.post('/prompt', { prompt, client_id: 'validation' });
  return { status, body: body as Answer };
}

interface Entry {
  readonly prompt: [number, string, Record<string, { inputs: Record<string, unknown> }>];
  readonly outputs: Record<string, { text?: string[] }>;
}

/** Runs a prompt that must be accepted; returns what the history keeps of it. */
async function ran(prompt: unknown): Promise<Entry> {
  const heard: Heard[] = await client.listen('validation');
  const { status, body } = await ask(prompt);
  expect(status).toBe(200);
  const id = body.prompt_id as string;
  await expect.poll(() => isOver(heard, id), { timeout: 20_000, interval: 10 }).toBe(true);
  return ((await client.get(`/history/${id}`)).body as Record<string, Entry>)[id] as Entry;
}

describe('cycles', () => {
  it('are refused, and the engine lives on', async () => {
    const { status, body } = await ask({ '1': invert('2'), '2': invert('1'), '3': shown(['2', 0]) });
    expect([status, body.error?.type]).toEqual([400, 'prompt_outputs_failed_validation']);
    expect((await ask({ '1': invert('1'), '3': shown(['1', 0]) })).status).toBe(400);
    expect((await client.get('/prompt')).status).toBe(200);
  });

  it('do not keep a good output beside them from running', async () => {
    const beside = { '1': invert('2'), '2': invert('1'), '3': shown(['2', 0]) };
    const { outputs } = await ran({ ...beside, '4': empty(), '5': shown(['4', 0]) });
    expect(Object.keys(outputs)).toEqual(['5']);
  });
});

describe('links', () => {
  it.each([
    ['to a slot that is not there', ['1', 1], 'tuple index out of range'],
    ['to a slot that is no number', ['1', 'x'], 'tuple indices must be integers or slices, not str'],
    ['to a node that is not there', ['9', 0], "'9'"],
    ['to a node by number', [1, 0], '1'],
  ])('%s are refused', async (_what, link, details) => {
    const { status, body } = await ask({ '1': empty(), '2': shown(link) });
    expect(status).toBe(400);
    expect(body.node_errors['2']?.errors).toMatchObject([{ type: 'exception_during_validation', details }]);
  });

  it('that fail behind another node are told of that node, with the input that led there', async () => {
    const { body } = await ask({ '1': empty(), '2': invert('9'), '3': shown(['2', 0]) });
    expect(Object.keys(body.node_errors)).toEqual(['2']);
    expect(body.node_errors['2']?.errors).toMatchObject([
      {
        type: 'exception_during_inner_validation',
        details: "'9'",
        extra_info: { input_name: 'images', linked_node: ['2', 0], exception_type: 'KeyError' },
      },
    ]);
  });

  it('of a text do not fit a list of choices', async () => {
    const scale = { image: ['1', 0], upscale_method: ['0', 0], width: 8, height: 8, crop: 'disabled' };
    const { status, body } = await ask({
      '0': { class_type: 'PrimitiveString', inputs: { value: 'area' } },
      '1': empty(),
      '2': { class_type: 'ImageScale', inputs: scale },
      '3': shown(['2', 0]),
    });
    expect(status).toBe(400);
    expect(body.node_errors['2']?.errors[0]?.type).toBe('return_type_mismatch');
  });
});

describe('values', () => {
  it('are cast as Python casts them, and the history shows them so', async () => {
    const { prompt } = await ran({
      '1': empty({ width: ' 2_0 ', height: 3.9, batch_size: true, color: { __value__: 25 } }),
      '2': shown(['1', 0]),
    });
    expect(prompt[2]['1']?.inputs).toEqual({ width: 20, height: 3, batch_size: 1, color: 25 });
  });

  it.each([
    ['PrimitiveBoolean', 'false', 'True'],
    ['PrimitiveString', 1.5, '1.5'],
    ['PrimitiveString', null, 'None'],
    ['PrimitiveString', { a: "x'y", b: null, c: true }, `{'a': "x'y", 'b': None, 'c': True}`],
  ])('of %s: %j reads %s', async (class_type, value, text) => {
    const { outputs } = await ran({ '1': { class_type, inputs: { value } }, '2': told(['1', 0]) });
    expect(outputs['2']?.text).toEqual([text]);
  });

  it.each([
    ['20.5', "invalid literal for int() with base 10: '20.5'"],
    [`it's "q" \n`, `invalid literal for int() with base 10: 'it\\'s "q" \\n'`],
    [null, "int() argument must be a string, a bytes-like object or a real number, not 'NoneType'"],
  ])('that are no whole numbers (%j) are refused in Python’s words', async (width, words) => {
    const { status, body } = await ask({ '1': empty({ width }), '2': shown(['1', 0]) });
    expect(status).toBe(400);
    expect(body.node_errors['1']?.errors[0]?.details).toContain(words);
  });

  it('beyond their bounds are told as the floats that they are', async () => {
    const { body } = await ask({
      '1': { class_type: 'SolidMask', inputs: { value: 2, width: 1, height: 1 } },
      '2': { class_type: 'MaskToImage', inputs: { mask: ['1', 0] } },
      '3': shown(['2', 0]),
    });
    expect(body.node_errors['1']?.errors[0]?.message).toBe('Value 2.0 bigger than max of 1.0');
  });
});

describe('requests', () => {
  it.each([[[]], ['x'], [{}]])('without a prompt (%j) are answered with no_prompt', async (body) => {
    const answer = await client.post('/prompt', body);
    expect([answer.status, (answer.body as Answer).error?.type]).toEqual([400, 'no_prompt']);
  });

  it('with a number of their own keep it and use up none', async () => {
    const number = async (more: Record<string, unknown>): Promise<unknown> =>
      ((await client.post('/prompt', { prompt: picture(1), ...more })).body as { number: unknown }).number;
    const before = (await number({})) as number;
    expect(await number({ number: '7' })).toBe(7);
    expect(await number({ number: 3.5, front: true })).toBe(3.5);
    expect(await number({ front: true })).toBe(-(before + 1));
    expect(await number({})).toBe(before + 2);
    const refused = await client.fetch('/prompt', {
      method: 'POST',
      body: JSON.stringify({ prompt: picture(1), number: 'x' }),
    });
    expect(refused.status).toBe(500);
  });

  it('run only the outputs that are asked for', async () => {
    const prompt = { ...picture(41, 'target'), '4': shown(['2', 0]) };
    const run = (partial_execution_targets: unknown) =>
      client.post('/prompt', { prompt, partial_execution_targets });
    expect((await run(['nope'])).status).toBe(400);
    expect((await run([])).status).toBe(400);
    const id = ((await run(['4'])).body as Answer).prompt_id as string;
    const entry = async () => ((await client.get(`/history/${id}`)).body as Record<string, Entry>)[id];
    await expect.poll(entry, { timeout: 20_000, interval: 20 }).toBeDefined();
    expect(Object.keys((await entry())?.outputs ?? {})).toEqual(['4']);
  });
});

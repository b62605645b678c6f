import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineClient, type Heard, isOver, type Message, picture, probe } from './engine-client.ts';

const fixture = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(join(import.meta.dirname, 'fixtures', name), 'utf8'));

let client: EngineClient;
beforeAll(async () => {
  client = await EngineClient.start();
});
afterAll(() => client?.engine.stop());

const over = (heard: readonly Heard[], id: string) =>
  expect.poll(() => isOver(heard, id), { timeout: 20_000, interval: 10 }).toBe(true);

/** Messages without what differs from run to run. */
function comparable(heard: readonly Heard[]): unknown[] {
  return heard.map((one) => {
    const { type, data } = one as Message;
    const { timestamp: _when, prompt_id: _id, ...kept } = structuredClone(data);
    if (type === 'progress_state') {
      for (const state of Object.values(kept.nodes as Record<string, Record<string, unknown>>))
        delete state.prompt_id;
    }
    return { type, data: kept };
  });
}

/** All that was told of one run, by type. */
const types = (heard: readonly Heard[], id: string): string[] =>
  heard.flatMap((one) => ('data' in one && one.data.prompt_id === id ? [one.type] : []));

describe('as a real ComfyUI said it', () => {
  it('tells a run, and the same again from the cache, message by message', async () => {
    const heard = await client.listen('client');
    await over(heard, await client.submit(picture(255), { client_id: 'client' }));
    await over(heard, await client.submit(picture(255), { client_id: 'client' }));
    expect(comparable(heard)).toEqual(await fixture('run-then-same-again.json'));
  });

  it('refuses prompts with the same words', async () => {
    const cases = (await fixture('rejected-prompts.json')) as {
      sent: Record<string, unknown>;
      reply: unknown;
    }[];
    expect(cases.length).toBeGreaterThan(10);
    for (const { sent, reply } of cases) {
      const answer = await client.post('/prompt', sent);
      expect(answer.status).toBe(400);
      // Tracebacks are Python's; everything else is the same.
      const said = JSON.parse(
        JSON.stringify(answer.body).replaceAll('"traceback":[]', '"traceback":["<frames>"]'),
      );
      expect(said).toEqual(reply);
    }
  });

  it('runs what is good of a prompt and names what is not', async () => {
    const graph = { ...picture(7), '4': { class_type: 'SaveImage', inputs: { filename_prefix: 'bad' } } };
    const heard = await client.listen('partial');
    const { status, body } = await client.post('/prompt', { prompt: graph, client_id: 'partial' });
    expect(status).toBe(200);
    const { prompt_id, node_errors } = body as { prompt_id: string; node_errors: Record<string, unknown> };
    expect(Object.keys(node_errors)).toEqual(['4']);
    await over(heard, prompt_id);
    const history = (await client.get(`/history/${prompt_id}`)).body as Record<string, { outputs: object }>;
    expect(Object.keys(history[prompt_id]?.outputs ?? {})).toEqual(['3']);
  });
});

describe('what goes wrong in a run', () => {
  it('tells a node that raises and ends the run there', async () => {
    const heard = await client.listen('raises');
    const id = await client.submit(probe('raise'), { client_id: 'raises' });
    await over(heard, id);
    const error = heard.find((one) => one.type === 'execution_error') as Message;
    expect(error.data).toMatchObject({
      node_id: '2',
      node_type: 'EngineProbe',
      exception_type: 'ValueError',
      exception_message: 'engine probe: raised on request\n',
    });
    expect(types(heard, id)).not.toContain('execution_success');
    const { body } = await client.get(`/history/${id}`);
    expect(body).toMatchObject({ [id]: { status: { status_str: 'error', completed: false }, outputs: {} } });
  });

  it('stops only the run that is named, and tells it', async () => {
    const heard = await client.listen('stops');
    const id = await client.submit(probe('ok', 1000, 0.05), { client_id: 'stops' });
    await expect.poll(() => types(heard, id), { timeout: 20_000 }).toContain('progress');
    expect((await client.post('/interrupt', { prompt_id: 'another' })).status).toBe(200);
    expect((await client.get('/queue')).body).toMatchObject({
      queue_running: [expect.arrayContaining([id])],
    });
    await client.post('/interrupt', { prompt_id: id });
    await over(heard, id);
    expect(types(heard, id).slice(-2)).toEqual(['execution_interrupted', 'executing']);
    expect((await client.get(`/api/jobs/${id}`)).body).toMatchObject({ status: 'cancelled' });
  });
});

describe('previews', () => {
  const kinds = (heard: readonly Heard[]) =>
    new Set(heard.flatMap((one) => ('frame' in one ? [one.frame.readUInt32BE(0)] : [])));

  it('come plain to clients that said nothing, and with metadata to those that asked', async () => {
    const plain = await client.listen('plain');
    const rich = await client.listen('rich', { supports_preview_metadata: true });
    await expect.poll(() => rich.some(({ type }) => type === 'feature_flags')).toBe(true);
    await over(plain, await client.submit(probe('ok', 3), { client_id: 'plain' }));
    const id = await client.submit(probe('ok', 5), { client_id: 'rich' });
    await over(rich, id);
    expect([...kinds(plain)]).toEqual([1]);
    expect([...kinds(rich)]).toEqual([4]);
    const frame = rich.find((one) => 'frame' in one) as { frame: Buffer };
    const length = frame.frame.readUInt32BE(4);
    expect(JSON.parse(frame.frame.toString('utf8', 8, 8 + length))).toMatchObject({
      node_id: '2',
      prompt_id: id,
    });
    expect(frame.frame.subarray(8 + length, 10 + length)).toEqual(Buffer.from([0xff, 0xd8]));
  });
});

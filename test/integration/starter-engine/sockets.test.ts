import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { EngineClient, type Heard, isOver, type Message, probe } from './engine-client.ts';

let client: EngineClient;
beforeAll(async () => {
  client = await EngineClient.start();
});
afterAll(() => client?.engine.stop());

const poll = (what: () => unknown) => expect.poll(what, { timeout: 20_000, interval: 10 });
const has = (heard: readonly Heard[], type: string): boolean => heard.some((one) => one.type === type);
const frames = (heard: readonly Heard[]): number[] =>
  heard.flatMap((one) => (one.type === 'binary' && 'frame' in one ? [one.frame.readUInt32BE(0)] : []));

/** A socket that says what it is told to. */
async function talk(id: string, ...words: string[]): Promise<Message[]> {
  const socket = new WebSocket(`${client.engine.url.replace('http', 'ws')}/ws?clientId=${id}`);
  onTestFinished(() => socket.terminate());
  const heard: Message[] = [];
  socket.on('message', (data, binary) => {
    if (!binary) heard.push(JSON.parse(String(data)) as Message);
  });
  await new Promise((done, failed) => socket.once('open', done).once('error', failed));
  for (const one of words) socket.send(one);
  return heard;
}

describe('feature flags', () => {
  const flags = '{"type":"feature_flags","data":{"supports_preview_metadata":true}}';

  it('are heard after what was no message', async () => {
    const heard = await talk('nonsense', '{nope', '[1]', flags);
    await poll(() => has(heard, 'feature_flags')).toBe(true);
  });

  it('are not heard after another message', async () => {
    const late = await talk('late', '{"type":"x"}', flags);
    const early = await talk('early', flags);
    await poll(() => has(early, 'feature_flags')).toBe(true);
    const id = await client.submit(probe('ok', 1), { client_id: 'late' });
    await poll(() => isOver(late, id)).toBe(true);
    expect(has(late, 'feature_flags')).toBe(false);
  });
});

describe('a run that names no client', () => {
  it('tells its steps to everybody, with plain previews, and its end to nobody', async () => {
    const rich = await client.listen('rich', { supports_preview_metadata: true });
    const other = await client.listen('other');
    const id = await client.submit(probe('ok', 3));
    const isIdle = async () => Object.keys((await client.get(`/history/${id}`)).body as object).length > 0;
    await poll(isIdle).toBe(true);
    for (const heard of [rich, other]) {
      await poll(() => frames(heard).length).toBe(3);
      expect(new Set(frames(heard))).toEqual(new Set([1]));
      expect(has(heard, 'progress')).toBe(true);
      expect(has(heard, 'executing') || has(heard, 'execution_success')).toBe(false);
    }
  });

  it('is stopped by an interrupt whatever that one’s body says, and everybody hears of it', async () => {
    const heard = await client.listen('hears');
    await client.submit(probe('ok', 1000, 0.05));
    await poll(() => has(heard, 'progress')).toBe(true);
    const answer = await client.fetch('/interrupt', { method: 'POST', body: '{nope' });
    expect(answer.status).toBe(200);
    await poll(() => has(heard, 'execution_interrupted')).toBe(true);
  });
});

describe('a client that comes back in the middle', () => {
  it('hears which node is at work, and all that follows', async () => {
    const before = await client.listen('back');
    const id = await client.submit(probe('ok', 1000, 0.05), { client_id: 'back' });
    await poll(() => has(before, 'progress')).toBe(true);
    const again = await client.listen('back');
    await poll(() => has(again, 'progress')).toBe(true);
    expect(again.slice(0, 2)).toMatchObject([
      { type: 'status', data: { sid: 'back', status: { exec_info: { queue_remaining: 1 } } } },
      { type: 'executing', data: { node: '2' } },
    ]);
    await client.post('/interrupt', { prompt_id: id });
    await poll(() => isOver(again, id)).toBe(true);
    expect(isOver(before, id)).toBe(false);
  });
});

describe('two nodes of the same content', () => {
  it('run once, and the second is told as done with nothing to show', async () => {
    const heard = await client.listen('twins');
    const empty = { class_type: 'EmptyImage', inputs: { width: 8, height: 8, batch_size: 1, color: 78 } };
    const shown = (from: string) => ({ class_type: 'PreviewImage', inputs: { images: [from, 0] } });
    const graph = { a: empty, b: empty, c: shown('a'), d: shown('b') };
    const id = await client.submit(graph, { client_id: 'twins' });
    await poll(() => isOver(heard, id)).toBe(true);
    const executed = heard.flatMap((one) => ('data' in one && one.type === 'executed' ? [one.data] : []));
    expect(executed.filter(({ output }) => output === null).map(({ node }) => node)).toEqual(['b']);
    const started = heard.flatMap((one) =>
      'data' in one && one.type === 'executing' ? [one.data.node] : [],
    );
    expect(started).toEqual(['a', 'c', null]);
  });
});

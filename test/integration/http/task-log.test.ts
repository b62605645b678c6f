import { beforeAll, describe, expect, it } from 'vitest';
import { mostKept } from '../../../electron/gateway/tasks/logs.ts';
import type { TaskLog } from '../../../shared/wire/task-log.ts';
import { LinkAgent } from './link-agent.ts';
import { soon, withGateway } from './support.ts';

const gateway = withGateway();
let workflow = '';
beforeAll(async () => {
  workflow = await gateway.import();
});

const log = async (id: string, query = ''): Promise<TaskLog> =>
  (await gateway.call('GET', `/r/tasks/${id}/log${query}`, gateway.keys.integration)).body as TaskLog;
const texts = async (id: string, query = '') => (await log(id, query)).lines.map(({ text }) => text);
const written = async (id: string, format: string, query = '') => {
  const reply = await gateway.fetch(
    'GET',
    `/api/v1/r/tasks/${id}/log?format=${format}${query}`,
    gateway.keys.integration,
  );
  return { type: reply.headers.get('content-type'), text: await reply.text() };
};

/** A task that runs on an agent. */
async function running(agentId: string) {
  const agent = await LinkAgent.join(gateway.url, gateway.keys.agent, { agent_id: agentId });
  const id = await gateway.run(workflow);
  await expect.poll(() => agent.assigned.length, soon).toBe(1);
  const [attempt] = agent.assigned;
  if (!attempt) throw new Error('not assigned');
  agent.accept(attempt);
  return { agent, id, attempt };
}

const said = [
  'got prompt',
  'UserWarning: torch is old',
  '!!! Exception during processing !!!',
  'Traceback (most recent call last):',
  '  File "nodes.py", line 1, in run',
  'RuntimeError: out of luck',
  'Prompt executed in 0.1 seconds',
];

describe('the log of a task', () => {
  it('is what the engine said, by lines, while it runs and when it is over', async () => {
    const { agent, id, attempt } = await running('says');
    agent.log(attempt, ...said.slice(0, 2));
    await expect.poll(() => texts(id), soon).toEqual(said.slice(0, 2));
    agent.log(attempt, ...said.slice(2));
    agent.complete(attempt);
    await expect.poll(() => texts(id), soon).toEqual(said);
    const whole = await log(id);
    expect(whole).toMatchObject({ next: 7, dropped_lines: 0 });
    expect(whole.lines[3]).toEqual({
      line: 3,
      at: expect.stringMatching(/Z$/),
      level: 'error',
      attempt: 1,
      text: said[3],
    });
  });

  it('is filtered by level and search, and goes on after a line', async () => {
    const { agent, id, attempt } = await running('filters');
    agent.log(attempt, ...said);
    await expect.poll(() => texts(id), soon).toHaveLength(7);
    expect(await texts(id, '?level=error')).toEqual(said.slice(3, 6));
    expect(await texts(id, '?level=warning')).toEqual([said[1], ...said.slice(3, 6)]);
    expect(await texts(id, '?search=PROMPT')).toEqual([said[0], said[6]]);
    // Line 4 is of a traceback that began before what is asked for.
    expect((await log(id, '?after=4')).lines.map(({ level }) => level)).toEqual(['error', 'error', 'info']);
    expect((await log(id, '?after=7')).lines).toEqual([]);
    agent.complete(attempt);
  });

  it('comes as text and as JSON lines', async () => {
    const { agent, id, attempt } = await running('formats');
    agent.log(attempt, 'one', 'two');
    await expect.poll(() => texts(id), soon).toHaveLength(2);
    expect(await written(id, 'text')).toEqual({ type: 'text/plain; charset=utf-8', text: 'one\ntwo\n' });
    const lines = await written(id, 'jsonl', '&search=two');
    expect(lines.type).toBe('application/x-ndjson; charset=utf-8');
    expect(JSON.parse(lines.text)).toMatchObject({ line: 1, text: 'two', level: 'info' });
    agent.complete(attempt);
  });

  it('tells attempts apart, and numbers on over them', async () => {
    const { agent, id, attempt } = await running('first-try');
    agent.log(attempt, 'first');
    agent.say({ type: 'declined', attempt_id: attempt.attempt_id, fence: attempt.fence, reason: 'no' });
    await agent.leave();
    const second = await LinkAgent.join(gateway.url, gateway.keys.agent, { agent_id: 'second-try' });
    await expect.poll(() => second.assigned.length, soon).toBe(1);
    const again = second.assigned[0] ?? attempt;
    second.accept(again);
    second.log(again, 'second');
    await expect.poll(() => texts(id), soon).toEqual(['first', 'second']);
    expect((await log(id)).lines).toMatchObject([
      { line: 0, attempt: 1 },
      { line: 1, attempt: 2 },
    ]);
    second.complete(again);
  });

  it('keeps the newest lines only, and says how many it dropped', async () => {
    const { agent, id, attempt } = await running('chatty');
    const { logs } = gateway.gateway.rooms.tasks;
    for (let n = 0; n < 12; n += 1) {
      logs.add(
        id,
        attempt.attempt_id,
        Array.from({ length: 500 }, (_, line) => `line ${n * 500 + line}`),
      );
      await logs.flush(0);
    }
    const { lines, next, dropped_lines } = await log(id);
    expect({ next, dropped_lines, count: lines.length }).toEqual({
      next: 6000,
      dropped_lines: 1000,
      count: mostKept.lines,
    });
    expect(lines[0]).toMatchObject({ line: 1000, text: 'line 1000' });
    logs.add(id, attempt.attempt_id, [`${'x'.repeat(mostKept.bytes)}`]);
    await logs.flush(0);
    expect((await log(id)).lines).toMatchObject([{ line: 6000 }]);
    agent.complete(attempt);
  });

  it('is of the own team only, and empty for a task that said nothing', async () => {
    const id = await gateway.run(workflow);
    expect(await log(id)).toEqual({ lines: [], next: 0, dropped_lines: 0 });
    const path = `/r/tasks/${id}/log`;
    expect((await gateway.call('GET', path, await gateway.foreignKey())).status).toBe(404);
    expect((await gateway.call('GET', `${path}?level=loud`, gateway.keys.integration)).status).toBe(400);
  });
});

import { beforeAll, describe, expect, it, vi } from 'vitest';
import { readEvents, type ServerSentEvent } from '../../../shared/sse.ts';
import { taskEvents } from '../../../shared/wire/events.ts';
import { send, soon, withGateway } from './support.ts';

const gateway = withGateway({ timings: { sseHeartbeatMs: 25 } });
let workflow = '';

beforeAll(async () => {
  workflow = await gateway.import();
});

/** One open stream: what came so far, and its end. */
class Listening {
  readonly events: ServerSentEvent[] = [];
  readonly reply: Response;
  /** Resolves when the gateway ends the stream. */
  readonly ended: Promise<void>;

  constructor(reply: Response) {
    this.reply = reply;
    this.ended = this.#read();
    this.ended.catch(() => undefined);
  }

  async #read(): Promise<void> {
    if (!this.reply.body) throw new Error('no stream');
    for await (const event of readEvents(this.reply.body)) this.events.push(event);
  }

  /** `event:status` of each event. */
  get told(): string[] {
    return this.events.map(({ event, data }) => {
      const { status } = JSON.parse(data) as { status?: string };
      return event === 'status' ? `status:${status}` : event;
    });
  }
}

async function listen(id: string, headers: Record<string, string> = {}, query = ''): Promise<Listening> {
  const path = `/api/v1/r/tasks/${id}/events${query}`;
  return new Listening(await gateway.fetch('GET', path, gateway.keys.integration, { headers }));
}

const waitingTask = async (): Promise<string> => {
  const id = await gateway.run(workflow);
  const status = async () =>
    ((await gateway.call('GET', `/r/tasks/${id}`, gateway.keys.integration)).body as { task_status: string })
      .task_status;
  await expect.poll(status, soon).toBe('waiting');
  return id;
};
const picture = { name: 'p.png', bytes: Buffer.from('a picture') };

describe('the stream of a task', () => {
  it('tells its life from where it stands to its end, and closes itself', async () => {
    const id = await waitingTask();
    const stream = await listen(id);
    expect(stream.reply.status).toBe(200);
    expect(stream.reply.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(stream.reply.headers.get('cache-control')).toContain('no-cache');
    await expect.poll(() => stream.told, soon).toEqual(['status:waiting']);
    const running = await gateway.perform(id);
    await running.complete(picture);
    await stream.ended;
    expect(stream.told).toEqual(['status:waiting', 'status:queued', 'status:running', 'completed']);
    expect(JSON.parse(stream.events[0]?.data ?? '')).toMatchObject({
      task_id: id,
      status: 'waiting',
      timestamp: expect.stringMatching(/Z$/),
      reason: expect.stringMatching(/agent/),
    });
    expect(JSON.parse(stream.events.at(-1)?.data ?? '')).toMatchObject({
      task_id: id,
      output: { storage_key: expect.stringContaining('p.png'), image_count: 1 },
      outputs: [{ name: 'p.png', url: expect.stringContaining('sig=') }],
    });
  });

  it('says of a failure what went wrong, and of a cancellation that it was one', async () => {
    const failing = await waitingTask();
    const failed = await listen(failing);
    await (await gateway.perform(failing)).fail('out of paint');
    await failed.ended;
    expect(JSON.parse(failed.events.at(-1)?.data ?? '')).toMatchObject({
      task_id: failing,
      error: expect.stringContaining('out of paint'),
    });
    const cancelling = await waitingTask();
    const cancelled = await listen(cancelling);
    await gateway.call('POST', `/r/tasks/${cancelling}/cancel`, gateway.keys.integration);
    await cancelled.ended;
    expect(cancelled.told.at(-1)).toBe('cancelled');
  });

  it('sends each JSON on one line, in the shapes of the contract', async () => {
    const id = await waitingTask();
    const reply = gateway.fetch('GET', `/api/v1/r/tasks/${id}/events`, gateway.keys.integration);
    const stream = await reply;
    const running = await gateway.perform(id);
    const { events, config } = gateway.gateway.rooms;
    const task = { id, team_id: gateway.owner.teamId };
    events.live(task, 'progress', { progress: 0.5, current_node: '3', step_current: 10, step_total: 20 });
    events.log(task, ['first\nsecond', '\r\nthird']);
    await running.complete(picture);
    const words = await stream.text();
    expect(config.timings.sseHeartbeatMs).toBe(25);
    const frames = words.split('\n\n').filter((frame) => frame !== '' && !frame.startsWith(':'));
    for (const frame of frames) {
      const lines = frame.split('\n');
      const event = lines.find((line) => line.startsWith('event: '))?.slice(7) ?? '';
      const data = lines.filter((line) => line.startsWith('data: '));
      expect(
        lines.every((line) => /^(id|event|data): /.test(line)),
        frame,
      ).toBe(true);
      expect(data, frame).toHaveLength(1);
      const shape = taskEvents[event as keyof typeof taskEvents];
      expect(shape.safeParse(JSON.parse(data[0]?.slice(6) ?? '')).error, frame).toBeUndefined();
    }
    expect(frames.some((frame) => frame.includes('event: progress'))).toBe(true);
    expect(frames.some((frame) => frame.includes('event: log'))).toBe(true);
  });

  it('shows who joins in the middle the last progress and the last preview', async () => {
    const id = await waitingTask();
    await gateway.perform(id);
    const { events } = gateway.gateway.rooms;
    const task = { id, team_id: gateway.owner.teamId };
    for (const progress of [0.25, 0.75]) {
      events.live(task, 'progress', { progress, current_node: '3', step_current: 1, step_total: 4 });
    }
    events.live(task, 'preview', { content_type: 'image/png', data_base64: 'aGk=' });
    const stream = await listen(id);
    await expect.poll(() => stream.told, soon).toEqual(['status:running', 'progress', 'preview']);
    expect(JSON.parse(stream.events[1]?.data ?? '')).toMatchObject({ progress: 0.75 });
    await gateway.call('POST', `/r/tasks/${id}/cancel`, gateway.keys.integration);
    await stream.ended;
  });

  it('is kept open by a heartbeat that is no event', async () => {
    const id = await waitingTask();
    const reply = await gateway.fetch('GET', `/api/v1/r/tasks/${id}/events`, gateway.keys.integration);
    const reader = reply.body?.getReader();
    let words = '';
    while (!words.includes(': heartbeat\n\n: heartbeat\n\n')) {
      const part = await reader?.read();
      if (part?.done !== false) throw new Error(`the stream ended: ${words}`);
      words += Buffer.from(part.value).toString();
    }
    await reader?.cancel();
  });

  it('of a task that is over tells the end and closes', async () => {
    const id = await waitingTask();
    await (await gateway.perform(id)).complete(picture);
    const stream = await listen(id);
    await stream.ended;
    expect(stream.told).toEqual(['completed']);
  });

  it('says that the status can’t be read, and goes on', async () => {
    const id = await waitingTask();
    const spy = vi.spyOn(gateway.gateway.rooms.events, 'since').mockImplementation(() => {
      throw new Error('the disk has gone');
    });
    const stream = await listen(id);
    await expect.poll(() => stream.told, soon).toEqual(['error']);
    spy.mockRestore();
    expect(taskEvents.error.safeParse(JSON.parse(stream.events[0]?.data ?? '')).success).toBe(true);
    expect(stream.events[0]?.data).not.toContain('disk');
    await gateway.call('POST', `/r/tasks/${id}/cancel`, gateway.keys.integration);
    await stream.ended;
    expect(stream.told).toEqual(['error', 'cancelled']);
  });

  it('survives events that come after its end', async () => {
    const id = await waitingTask();
    const stream = await listen(id);
    await expect.poll(() => stream.told, soon).toEqual(['status:waiting']);
    const { tasks, events } = gateway.gateway.rooms;
    await tasks.cancel(gateway.owner.teamId, id);
    // The reply is ended but not yet closed: the agent has not heard of it and still sends.
    events.log({ id, team_id: gateway.owner.teamId }, ['late']);
    await stream.ended;
    expect(stream.told).toEqual(['status:waiting', 'cancelled']);
    expect((await gateway.call('GET', `/r/tasks/${id}`, gateway.keys.integration)).status).toBe(200);
  });

  it('has no HEAD, which would never be answered', async () => {
    const id = await waitingTask();
    const reply = await gateway.fetch('HEAD', `/api/v1/r/tasks/${id}/events`, gateway.keys.integration);
    expect(reply.status).toBe(404);
  });
});

describe('resuming', () => {
  /** A completed task and the ids of all its stored events. */
  async function whole(): Promise<{ id: string; ids: string[]; told: string[] }> {
    const id = await waitingTask();
    const stream = await listen(id);
    await expect.poll(() => stream.told, soon).toEqual(['status:waiting']);
    await (await gateway.perform(id)).complete(picture);
    await stream.ended;
    return { id, ids: stream.events.map((event) => event.id ?? ''), told: stream.told };
  }

  it('goes on after any event, missing and repeating none', async () => {
    const { id, ids, told } = await whole();
    for (const [index, last] of ids.entries()) {
      const byHeader = await listen(id, { 'last-event-id': last });
      const byQuery = await listen(id, {}, `?last_event_id=${last}`);
      for (const stream of [byHeader, byQuery]) {
        await stream.ended;
        expect(stream.told).toEqual(told.slice(index + 1));
        expect(stream.events.map((event) => event.id)).toEqual(ids.slice(index + 1));
      }
    }
  });

  it('goes on with what comes next when nothing was missed', async () => {
    const id = await waitingTask();
    const first = await listen(id);
    await expect.poll(() => first.told, soon).toEqual(['status:waiting']);
    const again = await listen(id, { 'last-event-id': first.events[0]?.id ?? '' });
    await gateway.perform(id);
    await expect.poll(() => again.told, soon).toEqual(['status:queued', 'status:running']);
    await gateway.call('POST', `/r/tasks/${id}/cancel`, gateway.keys.integration);
    await again.ended;
    await first.ended;
  });

  it('tells everything from the very beginning after 0', async () => {
    const { id, told } = await whole();
    const stream = await listen(id, { 'last-event-id': '0' });
    await stream.ended;
    expect(stream.told).toEqual(['status:pending', ...told]);
  });

  it('begins anew after an id that is not of this task’s past', async () => {
    const id = await waitingTask();
    for (const strange of ['999999999', 'abc', '-4', '1.5']) {
      const stream = await listen(id, { 'last-event-id': strange });
      await expect.poll(() => stream.told, soon).toEqual(['status:waiting']);
      await stream.reply.body?.cancel().catch(() => undefined);
    }
    const last = await listen(id, { 'last-event-id': '999999999' });
    await gateway.call('POST', `/r/tasks/${id}/cancel`, gateway.keys.integration);
    await last.ended;
    expect(last.told.at(-1)).toBe('cancelled');
  });
});

describe('the stream of a team', () => {
  it('tells the own team’s tasks and lists, and nobody else’s', async () => {
    const ours = new Listening(await gateway.fetch('GET', '/api/v1/events', gateway.keys.integration));
    const theirs = new Listening(await gateway.fetch('GET', '/api/v1/events', await gateway.foreignKey()));
    await gateway.import({ workflow_slug: 'told' });
    const id = await waitingTask();
    await expect
      .poll(() => ours.told, soon)
      .toEqual(expect.arrayContaining(['workflows_changed', 'status:pending', 'status:waiting']));
    expect(
      ours.events.filter(({ event }) => event === 'status').map(({ data }) => JSON.parse(data)),
    ).toContainEqual(expect.objectContaining({ task_id: id }));
    expect(theirs.events).toEqual([]);
    await Promise.all(
      [ours.reply.body, theirs.reply.body].map((body) => body?.cancel().catch(() => undefined)),
    );
  });
});

it('asks for a credential like everything else', async () => {
  const id = await waitingTask();
  const reply = await send(`${gateway.url}/api/v1/r/tasks/${id}/events`);
  expect(reply.status).toBe(401);
});

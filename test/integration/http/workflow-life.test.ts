import { describe, expect, it } from 'vitest';
import { sampleWorkflow, soon, text, withGateway } from './support.ts';

const gateway = withGateway();
const owner = (method: string, path: string, json?: unknown) =>
  gateway.call(method, path, gateway.keys.jwt, json === undefined ? {} : { json });
const list = async (query = '') => {
  const { body } = await owner('GET', `/workflows?${query}`);
  return (body as { workflow_list: { workflow_slug: string }[] }).workflow_list.map(
    (one) => one.workflow_slug,
  );
};

describe('create', () => {
  it('makes a new workflow, and refuses a slug that is taken without touching what has it', async () => {
    const json = { ...sampleWorkflow, workflow_slug: 'made-new' };
    const made = await owner('POST', '/workflows', json);
    expect(made.status).toBe(200);
    const again = await owner('POST', '/workflows', { ...json, display_name: 'Other' });
    expect(again).toMatchObject({
      status: 409,
      body: { error_code: 'conflict', error_message: expect.stringContaining('made-new') },
    });
    expect((await owner('GET', `/workflows/${text(made, 'id')}`)).body).toMatchObject({
      version: 1,
      display_name: sampleWorkflow.display_name,
    });
  });

  it('of one slug at the same time makes one and refuses the other', async () => {
    const json = { ...sampleWorkflow, workflow_slug: 'raced' };
    const both = await Promise.all([owner('POST', '/workflows', json), owner('POST', '/workflows', json)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });
});

describe('delete', () => {
  it('leaves the tasks their history, frees the slug, and hides the workflow everywhere', async () => {
    const id = await gateway.import({ workflow_slug: 'goes' });
    const done = await gateway.run(id);
    await (await gateway.perform(done)).complete({ name: 'a.png', bytes: Buffer.from('picture') });
    const running = await gateway.run(id);
    const performance = await gateway.perform(running);
    expect((await owner('DELETE', `/workflows/${id}`)).status).toBe(204);

    expect(await list()).not.toContain('goes');
    for (const path of [
      `/workflows/${id}`,
      `/workflows/${id}/snapshots`,
      `/r/workflows/slug/goes`,
      `/r/workflows/slug/${encodeURIComponent(`~${id}`)}`,
    ]) {
      expect((await owner('GET', path)).status, path).toBe(404);
    }
    expect((await owner('DELETE', `/workflows/${id}`)).status).toBe(404);
    expect((await owner('POST', `/r/workflows/${id}/run`, {})).status).toBe(404);

    expect((await owner('GET', `/r/tasks/${done}`)).body).toMatchObject({
      workflow_slug: 'goes',
      workflow_name: sampleWorkflow.display_name,
    });
    expect((await owner('GET', `/r/tasks/${done}/result`)).body).toMatchObject({
      outputs: [{ name: 'a.png' }],
    });
    // What is under way ends as if nothing had happened.
    await performance.complete({ name: 'b.png', bytes: Buffer.from('another') });
    expect((await owner('GET', `/r/tasks/${running}`)).body).toMatchObject({ task_status: 'completed' });

    const next = await gateway.import({ workflow_slug: 'goes' });
    expect(next).not.toBe(id);
    expect((await owner('GET', `/workflows/${next}`)).body).toMatchObject({ version: 1 });
    expect((await owner('DELETE', `/workflows/${next}`)).status).toBe(204);
  });
});

describe('tags', () => {
  it('are set by an update without a new version, kept by an import without them, and found', async () => {
    const id = await gateway.import({ workflow_slug: 'tagged' });
    await gateway.import({ workflow_slug: 'other-tags', tags: ['portraits', '100%'] });
    expect((await owner('PUT', `/workflows/${id}`, { tags: ['Portrait', 'portrait', ' Sea '] })).status).toBe(
      200,
    );
    const shown = await owner('GET', `/workflows/${id}`);
    expect(shown.body).toMatchObject({ version: 1, tags: ['portrait', 'sea'] });
    await gateway.import({ workflow_slug: 'tagged', description: 'again' });
    expect((await owner('GET', `/workflows/${id}`)).body).toMatchObject({
      version: 2,
      tags: ['portrait', 'sea'],
    });

    expect(await list('tag=Portrait')).toEqual(['tagged']);
    expect(await list(`tag=${encodeURIComponent('100%')}`)).toEqual(['other-tags']);
    expect(await list('tag=1%250')).toEqual([]);
    expect(await list('text=traits')).toEqual(['other-tags']);
    expect((await owner('GET', '/workflows/tags')).body).toEqual({
      tag_list: ['100%', 'portrait', 'portraits', 'sea'].map((tag) => ({ tag, count: 1 })),
    });
    expect((await owner('PUT', `/workflows/${id}`, { tags: ['a"b'] })).status).toBe(400);
  });

  it('are in the file that an export gives', async () => {
    const id = await gateway.import({ workflow_slug: 'tagged-out', tags: ['out'] });
    expect((await owner('GET', `/workflows/${id}/export`)).body).toMatchObject({ tags: ['out'] });
  });
});

it('lists starred ones alone, and by name', async () => {
  const id = await gateway.import({ workflow_slug: 'starred-one', display_name: 'aaa' });
  await gateway.import({ workflow_slug: 'unstarred', display_name: 'AAB' });
  await owner('PUT', `/workflows/${id}/star`, { is_starred: true });
  expect(await list('is_starred=true')).toEqual(['starred-one']);
  expect(await list('is_starred=false')).not.toContain('starred-one');
  expect((await list('sort=name')).slice(0, 2)).toEqual(['starred-one', 'unstarred']);
});

it('estimates from finished runs, and says nothing before the first', async () => {
  const id = await gateway.import({ workflow_slug: 'timed' });
  expect((await owner('GET', `/workflows/${id}/estimate`)).body).toEqual({
    run_count: 0,
    median_ms: null,
    slowest_ms: null,
  });
  const { store } = gateway.gateway.rooms;
  for (const seconds of [1, 5, 60]) {
    const task = await gateway.run(id);
    await (await gateway.perform(task)).complete();
    await store.write((writer) =>
      writer.hotRun(
        'UPDATE tasks SET started_at = 1000, completed_at = ? WHERE id = ?',
        1000 + seconds * 1000,
        task,
      ),
    );
  }
  const failed = await gateway.run(id);
  await (await gateway.perform(failed)).fail('no');
  await expect
    .poll(async () => (await owner('GET', `/r/tasks/${failed}`)).body, soon)
    .toMatchObject({
      task_status: 'failed',
    });
  expect((await owner('GET', `/workflows/${id}/estimate`)).body).toEqual({
    run_count: 3,
    median_ms: 5000,
    slowest_ms: 60_000,
  });
});

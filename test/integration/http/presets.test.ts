import { describe, expect, it } from 'vitest';
import { type Reply, text, withGateway } from './support.ts';

const gateway = withGateway();

/** Calls as a member of the owner's team. */
async function person(role: 'admin' | 'member' | 'viewer') {
  const { jwt } = await gateway.stranger(role);
  return (method: string, path: string, json?: unknown): Promise<Reply> =>
    gateway.call(method, path, jwt, {
      headers: { 'x-team-id': gateway.owner.teamId },
      ...(json === undefined ? {} : { json }),
    });
}

const names = ({ body }: Reply) =>
  (body as { preset_list: { preset_name: string }[] }).preset_list.map((one) => one.preset_name);

describe('presets', () => {
  it('are seen by their owner alone until they are shared', async () => {
    const at = `/workflows/${await gateway.import({ workflow_slug: 'with-presets' })}/presets`;
    const [one, other, viewer] = [await person('member'), await person('member'), await person('viewer')];
    const made = await one('POST', at, { preset_name: ' Dawn ', values: { prompt: 'dawn', width: 640 } });
    expect(made).toMatchObject({
      status: 200,
      body: { preset_name: 'Dawn', values: { prompt: 'dawn', width: 640 }, is_shared: false, is_mine: true },
    });
    const mine = `${at}/${text(made, 'id')}`;
    expect(names(await one('GET', at))).toEqual(['Dawn']);
    expect(names(await other('GET', at))).toEqual([]);
    expect((await other('PUT', mine, { preset_name: 'Stolen' })).status).toBe(404);
    expect((await other('DELETE', mine)).status).toBe(404);

    await one('PUT', mine, { is_shared: true, values: { prompt: 'dusk' } });
    expect((await viewer('GET', at)).body).toMatchObject({
      preset_list: [
        { preset_name: 'Dawn', values: { prompt: 'dusk' }, is_mine: false, made_by: 'Other User' },
      ],
    });
    // To use, not to change; admins look after what is shared.
    expect((await other('PUT', mine, { preset_name: 'Mine now' })).status).toBe(403);
    expect((await other('DELETE', mine)).status).toBe(403);
    expect((await viewer('POST', at, { preset_name: 'x', values: {} })).status).toBe(403);
    expect((await (await person('admin'))('DELETE', mine)).status).toBe(204);
    expect(names(await one('GET', at))).toEqual([]);
  });

  it('have one name each, by person', async () => {
    const at = `/workflows/${await gateway.import({ workflow_slug: 'twin-presets' })}/presets`;
    const [one, other] = [await person('member'), await person('member')];
    const body = { preset_name: 'Dawn', values: {}, is_shared: true };
    const made = await one('POST', at, body);
    expect((await one('POST', at, body)).status).toBe(409);
    expect((await other('POST', at, body)).status).toBe(200);
    const second = await one('POST', at, { ...body, preset_name: 'Dusk' });
    expect((await one('PUT', `${at}/${text(second, 'id')}`, { preset_name: 'Dawn' })).status).toBe(409);
    expect((await one('PUT', `${at}/${text(made, 'id')}`, { preset_name: 'Dawn' })).status).toBe(200);
    expect(names(await one('GET', at))).toEqual(['Dawn', 'Dawn', 'Dusk']);
  });

  it('are bounded', async () => {
    const at = `/workflows/${await gateway.import({ workflow_slug: 'large-presets' })}/presets`;
    const one = await person('member');
    const values = { prompt: 'x'.repeat(65 * 1024) };
    expect((await one('POST', at, { preset_name: 'Huge', values })).status).toBe(400);
  });

  it('end with their workflow for everybody', async () => {
    const id = await gateway.import({ workflow_slug: 'ending-presets' });
    const one = await person('admin');
    await one('POST', `/workflows/${id}/presets`, { preset_name: 'Dawn', values: {} });
    await one('DELETE', `/workflows/${id}`);
    expect((await one('GET', `/workflows/${id}/presets`)).status).toBe(404);
  });
});

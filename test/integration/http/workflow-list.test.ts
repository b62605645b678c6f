import { expect, it } from 'vitest';
import { withGateway } from './support.ts';

const gateway = withGateway();

const found = async (query: string) => {
  const { status, body } = await gateway.call('GET', `/r/workflows?${query}`, gateway.keys.integration);
  expect(status).toBe(200);
  const { workflow_list, page_meta } = body as {
    workflow_list: { workflow_slug: string }[];
    page_meta: { total_count: number };
  };
  expect(page_meta.total_count).toBe(workflow_list.length);
  return workflow_list.map(({ workflow_slug }) => workflow_slug);
};

it('finds workflows by text in name, description and slug, and by status', async () => {
  await gateway.import({
    workflow_slug: 'sea-view',
    display_name: '100% Blue',
    description: 'waves_and foam',
  });
  const other = await gateway.import({ workflow_slug: 'hills', display_name: 'Green' });
  await gateway.call('PUT', `/workflows/${other}`, gateway.keys.jwt, {
    json: { workflow_status: 'disabled' },
  });
  for (const words of ['100%', 'bLUE', 's_and', 'SEA-']) {
    expect(await found(`text=${encodeURIComponent(words)}`)).toEqual(['sea-view']);
  }
  for (const words of ['1%0', 'sea_view'])
    expect(await found(`text=${encodeURIComponent(words)}`)).toEqual([]);
  expect(await found('workflow_status=disabled')).toEqual(['hills']);
  expect(await found('workflow_status=disabled&text=sea')).toEqual([]);
  expect(await found('tool_type=comfyui')).toEqual(['hills', 'sea-view']);
});

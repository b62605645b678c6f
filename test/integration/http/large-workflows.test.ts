import { expect, it } from 'vitest';
import { sampleWorkflow, withGateway } from './support.ts';

const gateway = withGateway({ limits: { bodyBytes: 20_000, workflowBytes: 60_000 } });

/** A workflow whose text alone has so many bytes. */
const ofSize = (bytes: number) => ({
  '6': { class_type: 'CLIPTextEncode', inputs: { text: 'x'.repeat(bytes), clip: ['4', 0] } },
});
const post = (path: string, json: unknown) => gateway.call('POST', path, gateway.keys.jwt, { json });

it('takes whole workflows beyond what other requests may hold, up to a limit of their own', async () => {
  const body = (bytes: number) => ({
    ...sampleWorkflow,
    workflow_slug: 'large',
    parameters: [],
    workflow_json: ofSize(bytes),
  });
  for (const path of ['/workflows/import', '/workflows/inspect']) {
    const json = (bytes: number) => (path.endsWith('inspect') ? { workflow: ofSize(bytes) } : body(bytes));
    expect((await post(path, json(40_000))).status, path).toBe(200);
    expect((await post(path, json(70_000))).status, path).toBe(413);
  }
  const values = { prompt: 'x'.repeat(40_000) };
  expect((await post('/r/workflows/slug/large/run', { parameters: values })).status).toBe(413);
});

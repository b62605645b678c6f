import { expect, it } from 'vitest';
import { type Reply, send, text, withGateway } from './support.ts';

/**
 * The examples of Cyberun's documentation, as our digest of it has them, replayed in the order in which a person would:
 * each answers with the documented code and fields. What the examples leave to the reader (ids, keys) comes from the
 * answers before.
 */
const gateway = withGateway({ limits: { triesPerMinute: 1000 } });

interface Example {
  readonly what: string;
  readonly call: () => Promise<Reply> | Reply;
  readonly status: number;
  /** Documented fields; `null` where the documentation has no body. */
  readonly fields?: Readonly<Record<string, unknown>> | null;
  /** What this caller must not be told. */
  readonly hides?: readonly string[];
  /** What later examples need of the answer. */
  readonly keep?: (reply: Reply) => void;
}

const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
const words = expect.any(String);
const count = expect.any(Number);
const list = expect.any(Array);
const page_meta = { current_page: 1, per_page: 20, total_count: count };
const done = { is_success: true };
const id = { id: uuid };
const refused = { error_message: expect.stringMatching(/\S/) };

const kept: Record<string, string> = {};
const keep =
  (name: string, field = 'id') =>
  (reply: Reply): void => {
    kept[name] = text(reply, field);
  };
const of = (name: string): string => kept[name] ?? `no ${name} was kept`;

const as = (key: () => string | null) => (method: string, path: string, json?: unknown) =>
  gateway.call(method, path, key(), json === undefined ? {} : { json });
const anyone = as(() => null);
const user = as(() => gateway.keys.jwt);
const program = as(() => gateway.keys.integration);
const device = as(() => gateway.keys.device);

/** Seed 000, with the fields that its page left for the reader to fill in. */
const seedWorkflow = {
  workflow_slug: 'sd-portrait-v2',
  display_name: 'SD 1.5 Portrait Generator',
  workflow_json: {
    '5': { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 1 } },
    '6': { class_type: 'CLIPTextEncode', inputs: { text: 'a portrait photo', clip: ['4', 0] } },
    '10': { class_type: 'LoadImage', inputs: { image: 'example.png' } },
  },
  description: '<string>',
  parameters: [
    { key: 'prompt', node_id: '6', field: 'text', type: 'string', label: 'Positive Prompt', required: true },
    { key: 'width', node_id: '5', field: 'width', type: 'number', min: 64, max: 2048, default: 512 },
    { key: 'input_image', node_id: '10', field: 'image', type: 'file', accept: ['image/*'] },
  ],
  tool_type: 'comfyui',
  required_labels: ['gpu', 'sd15'],
  task_timeout: 0,
  max_retries: 0,
  preferred_gpu: 'RTX_4090',
  default_dispatch_target: 'agent',
  min_vram_gb: 24,
  required_models: ['checkpoints/sdxl-base.safetensors', 'loras/style.safetensors'],
};

const workflowFields = {
  ...{ id: uuid, workflow_slug: 'sd-portrait-v2', display_name: 'SD 1.5 Portrait Generator' },
  ...{ description: '<string>', version: 1, workflow_status: 'active', created_at: time, updated_at: time },
  ...{ parameters: list, required_labels: ['gpu', 'sd15'], task_timeout: 0, max_retries: 0 },
  ...{ preferred_gpu: 'RTX_4090', default_dispatch_target: 'agent', min_vram_gb: 24, tool_type: 'comfyui' },
  required_models: ['checkpoints/sdxl-base.safetensors', 'loras/style.safetensors'],
};
const taskFields = {
  ...{ id: uuid, workflow_id: uuid, task_status: words, retry_count: 0, created_at: time },
  ...{ started_at: null, completed_at: null, agent_labels: [], gateway_id: expect.stringMatching(/^gw-/) },
  ...{ gpu_type: '', dispatch_target: 'agent', target_pool: 'team', tool_type: 'comfyui' },
};
const credentialFields = {
  ...{ id: uuid, kind: 'integration', display_name: 'CI', key_status: 'active', created_at: time },
  ...{ key_prefix: expect.stringMatching(/^sk-.{9}$/), last_used_at: null, expires_at: time },
};

const accounts: readonly Example[] = [
  {
    what: 'login with a wrong password: one message for every reason',
    call: () =>
      anyone('POST', '/auth/login', { email_address: 'nobody@example.org', user_password: 'wrong' }),
    status: 401,
    fields: { error_message: 'invalid email or password' },
  },
  {
    what: 'login',
    call: async () => {
      const { identity } = gateway.gateway.rooms;
      const email_address = identity.user(gateway.owner.userId)?.email ?? '';
      await identity.setPassword(email_address, 'a long password');
      return anyone('POST', '/auth/login', { email_address, user_password: 'a long password' });
    },
    status: 200,
    fields: { access_token: words, refresh_token: words, expires_in: 3600 },
    keep: keep('refresh', 'refresh_token'),
  },
  {
    what: 'refresh: the same three fields',
    call: () => anyone('POST', '/auth/refresh', { refresh_token: of('refresh') }),
    status: 200,
    fields: { access_token: words, refresh_token: words, expires_in: 3600 },
  },
  {
    what: 'refresh with a token that was used',
    call: () => anyone('POST', '/auth/refresh', { refresh_token: of('refresh') }),
    status: 401,
    fields: refused,
  },
  {
    what: 'the own profile',
    call: () => user('GET', '/users/me'),
    status: 200,
    fields: {
      ...{ id: uuid, first_name: words, last_name: words, display_name: words, email_address: words },
      team_list: [expect.objectContaining({ id: uuid, display_name: words })],
      feature_flags: expect.objectContaining({
        global: {
          features: expect.objectContaining({
            registration: false,
            oauth: false,
            mcp_server: expect.any(Boolean),
          }),
          quotas: expect.objectContaining({ max_users: -1, max_teams: -1, max_agents: -1 }),
        },
        account: {
          features: expect.objectContaining({ manual_team_creation: true, team_invitation_accept: true }),
          quotas: expect.objectContaining({ max_owned_teams: -1 }),
        },
      }),
    },
  },
  {
    what: 'change the own password',
    call: () =>
      user('PUT', '/users/me/password', {
        current_password: 'a long password',
        new_password: 'another long password',
      }),
    status: 200,
    fields: done,
  },
  {
    what: 'a team call of a user who names no team',
    call: () => gateway.call('GET', '/workflows', gateway.keys.jwt, { headers: { 'x-team-id': '' } }),
    status: 400,
    fields: refused,
  },
  {
    what: 'rename the team',
    call: () => user('PUT', '/teams/current', { display_name: 'Acme' }),
    status: 200,
    fields: id,
  },
  {
    what: 'invite somebody; without mail the token comes back',
    call: () => user('POST', '/invitations', { email_address: 'ada@example.org', invitation_role: 'member' }),
    status: 200,
    fields: { id: uuid, invitation_token: words },
  },
  {
    what: 'invite them twice',
    call: () => user('POST', '/invitations', { email_address: 'ada@example.org', invitation_role: 'member' }),
    status: 409,
    fields: refused,
  },
  {
    what: 'pending invitations',
    call: () => user('GET', '/invitations'),
    status: 200,
    fields: {
      invitation_list: [
        expect.objectContaining({ id: uuid, email_address: 'ada@example.org', invitation_role: 'member' }),
      ],
      page_meta,
    },
  },
  {
    what: 'remove a member who is none',
    call: () => user('DELETE', `/members/${crypto.randomUUID()}`),
    status: 404,
    fields: refused,
  },
  {
    what: 'hand the team over to somebody who is no member',
    call: () => user('POST', '/teams/current/transfer', { new_owner_id: crypto.randomUUID() }),
    status: 404,
    fields: refused,
  },
];

const credentials: readonly Example[] = [
  {
    what: 'create an integration key: the secret, once',
    call: () =>
      user('POST', '/credentials', { kind: 'integration', display_name: 'CI', expires_in_days: 30 }),
    status: 200,
    fields: {
      ...{ id: uuid, kind: 'integration', key_prefix: expect.stringMatching(/^sk-/) },
      raw_key: expect.stringMatching(/^sk-/),
    },
    keep: keep('credential'),
  },
  {
    what: 'create a device key: refused',
    call: () => user('POST', '/credentials', { kind: 'device', display_name: 'x' }),
    status: 400,
    fields: refused,
  },
  {
    what: 'create a key with a device key: refused',
    call: () => device('POST', '/credentials', { kind: 'integration', display_name: 'x' }),
    status: 403,
    fields: refused,
  },
  {
    what: 'list integration keys',
    call: () => user('GET', '/credentials?kind=integration'),
    status: 200,
    fields: { credentials: expect.arrayContaining([expect.objectContaining(credentialFields)]), page_meta },
  },
  {
    what: 'revoke a key by its prefix: refused',
    call: () => user('DELETE', '/credentials/sk-abcd1234'),
    status: 400,
    fields: refused,
  },
  {
    what: 'revoke a key',
    call: () => user('DELETE', `/credentials/${of('credential')}`),
    status: 204,
    fields: null,
  },
  {
    what: 'start a pairing',
    call: () => anyone('POST', '/desktop/pair/start'),
    status: 200,
    fields: {
      ...{ device_code: words, user_code: expect.stringMatching(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/) },
      ...{
        verification_uri: expect.stringContaining('/desktop/pair?user_code='),
        expires_in: 300,
        interval: 2,
      },
    },
    keep: (reply) => {
      keep('deviceCode', 'device_code')(reply);
      keep('userCode', 'user_code')(reply);
    },
  },
  {
    what: 'poll before anybody has confirmed',
    call: () => anyone('POST', '/desktop/pair/poll', { device_code: of('deviceCode') }),
    status: 200,
    fields: { status: 'pending' },
  },
  {
    what: 'confirm it, however the code is typed',
    call: () =>
      user('POST', '/desktop/pair/confirm', { user_code: of('userCode').toLowerCase().replace('-', ' ') }),
    status: 204,
    fields: null,
  },
  {
    what: 'poll: the keys, once',
    call: () => anyone('POST', '/desktop/pair/poll', { device_code: of('deviceCode') }),
    status: 200,
    fields: { status: 'approved', raw_key: expect.stringMatching(/^dk-/) },
    keep: keep('paired', 'raw_key'),
  },
  {
    what: 'poll again: consumed',
    call: () => anyone('POST', '/desktop/pair/poll', { device_code: of('deviceCode') }),
    status: 404,
    fields: refused,
  },
  {
    what: 'a device ends itself',
    call: () => gateway.call('POST', '/auth/device/revoke', of('paired')),
    status: 200,
  },
];

const workflows: readonly Example[] = [
  {
    what: 'import a workflow (seed 000)',
    call: () => device('POST', '/workflows/import', seedWorkflow),
    status: 200,
    fields: id,
    keep: keep('workflow'),
  },
  {
    what: 'its details, for a user',
    call: () => user('GET', `/workflows/${of('workflow')}`),
    status: 200,
    fields: { ...workflowFields, workflow_json: seedWorkflow.workflow_json },
  },
  {
    what: 'import it again: the same workflow, one version on',
    call: () => device('POST', '/workflows/import', seedWorkflow),
    status: 200,
    fields: id,
    keep: (reply) => expect(text(reply, 'id')).toBe(of('workflow')),
  },
  {
    what: 'its details at the runtime, for a key: no graph',
    call: () => program('GET', `/r/workflows/${of('workflow')}`),
    status: 200,
    fields: { ...workflowFields, version: 2 },
    hides: ['workflow_json'],
  },
  {
    what: 'an older version by its slug',
    call: () => program('GET', '/r/workflows/slug/sd-portrait-v2@1'),
    status: 200,
    fields: workflowFields,
    hides: ['workflow_json'],
  },
  {
    what: 'workflows of the runtime',
    call: () => program('GET', '/r/workflows'),
    status: 200,
    fields: { workflow_list: [expect.objectContaining({ workflow_slug: 'sd-portrait-v2' })], page_meta },
  },
  {
    what: 'update a workflow: given fields change',
    call: () =>
      device('PUT', `/workflows/${of('workflow')}`, {
        required_labels: [],
        min_vram_gb: 0,
        required_models: [],
      }),
    status: 200,
    fields: id,
  },
  {
    what: 'a workflow that is not there',
    call: () => program('GET', `/r/workflows/${crypto.randomUUID()}`),
    status: 404,
    fields: refused,
  },
];

const bytes = Buffer.from('a very small photo');
/** The answer of a plain upload, in the form of the others. */
const put = async (url: string, headers: Record<string, string>, body: Buffer): Promise<Reply> => {
  const { status } = await send(url, { method: 'PUT', headers, body });
  return { status, headers: new Headers(), body: null };
};
const slotHeaders = { 'Content-Length': String(bytes.length), 'If-None-Match': '*' };

const files: readonly Example[] = [
  {
    what: 'presign a file',
    call: () =>
      program('POST', '/r/files/presign', {
        file_name: 'photo.png',
        file_size: bytes.length,
        content_type: 'image/png',
      }),
    status: 200,
    fields: {
      file_key: expect.stringMatching(/^inputs\/[^/]+\/[^/]+\/aW1hZ2UvcG5n\/photo\.png$/),
      upload_url: expect.stringMatching(/^http/),
      upload_headers: slotHeaders,
    },
    keep: (reply) => {
      keep('file', 'file_key')(reply);
      keep('upload', 'upload_url')(reply);
    },
  },
  {
    what: 'upload without the signed headers',
    call: () => put(of('upload'), { 'Content-Length': String(bytes.length) }, bytes),
    status: 403,
  },
  { what: 'upload', call: () => put(of('upload'), slotHeaders, bytes), status: 200 },
  { what: 'upload once more', call: () => put(of('upload'), slotHeaders, bytes), status: 412 },
  {
    what: 'presign another, and initiate its upload in parts',
    call: async () => {
      const slot = await program('POST', '/r/files/presign', {
        file_name: 'film.mp4',
        file_size: 250_000_000,
        content_type: 'video/mp4',
      });
      keep('film', 'file_key')(slot);
      return user('POST', '/uploads/multipart/initiate', {
        storage_key: of('film'),
        file_size: 250_000_000,
      });
    },
    status: 200,
    fields: {
      upload_id: words,
      storage_key: expect.stringMatching(/^inputs\//),
      part_size: 104_857_600,
      part_count: 3,
    },
  },
];

const run = (parameters: unknown, more: object = {}) =>
  program('POST', `/r/workflows/${of('workflow')}/run`, { parameters, ...more });
const bad = (what: string, parameters: object): Example => ({
  what: `run refused: ${what}`,
  call: () => run(parameters),
  status: 400,
  fields: refused,
});

const tasks: readonly Example[] = [
  {
    what: 'run a workflow (seed 001)',
    call: () =>
      run(
        { prompt: 'sunset over ocean', width: 1024, input_image: of('file') },
        { dispatch_target: 'agent', target_pool: 'team', submitter_region: 'us-east', tool_type: 'comfyui' },
      ),
    status: 202,
    fields: { task_id: uuid },
    keep: keep('task', 'task_id'),
  },
  {
    what: 'run it by its slug and version',
    call: () => program('POST', '/r/workflows/slug/sd-portrait-v2@2/run', { parameters: { prompt: 'x' } }),
    status: 202,
    fields: { task_id: uuid },
    keep: keep('second', 'task_id'),
  },
  bad('an unknown key', { prompt: 'x', nonsense: 1 }),
  bad('a required key is missing', {}),
  bad('text for a number', { prompt: 'x', width: 'wide' }),
  bad('out of range', { prompt: 'x', width: 4096 }),
  bad('a file that was never uploaded', {
    prompt: 'x',
    input_image: 'inputs/019abc12-3456/550e8400-e29b/photo.png',
  }),
  {
    what: 'a task',
    call: () => program('GET', `/r/tasks/${of('task')}`),
    status: 200,
    fields: { ...taskFields, task_error: '' },
  },
  {
    what: 'tasks, by status',
    call: () => program('GET', '/r/tasks?current_page=1&per_page=20'),
    status: 200,
    fields: { task_list: expect.arrayContaining([expect.objectContaining(taskFields)]), page_meta },
  },
  {
    what: 'the result of a task that is not over',
    call: () => program('GET', `/r/tasks/${of('task')}/result`),
    status: 200,
    fields: { id: uuid, task_status: words, task_output: null, download_url: null },
  },
  {
    what: 'cancel a task',
    call: () => program('POST', `/r/tasks/${of('second')}/cancel`),
    status: 200,
    fields: done,
  },
  {
    what: 'cancel it again: nothing to do, and no error',
    call: () => program('POST', `/r/tasks/${of('second')}/cancel`),
    status: 200,
    fields: done,
  },
  {
    what: 'the result of a cancelled task',
    call: () => program('GET', `/r/tasks/${of('second')}/result`),
    status: 200,
    fields: { task_status: 'cancelled', task_output: null, download_url: null },
  },
  {
    what: 'the result of a task that is done',
    call: async () => {
      const made = await gateway.perform(of('task'));
      await made.complete({ name: 'output.png', bytes: Buffer.from('picture') });
      return program('GET', `/r/tasks/${of('task')}/result`);
    },
    status: 200,
    fields: {
      ...{ id: uuid, task_status: 'completed', task_error: '' },
      task_output: expect.objectContaining({
        storage_key: expect.stringMatching(/^tasks\//),
        image_count: 1,
      }),
      download_url: expect.stringMatching(/^http/),
    },
  },
];

const webhooks: readonly Example[] = [
  {
    what: 'create a webhook',
    call: () =>
      user('POST', '/webhooks', {
        display_name: 'CI',
        webhook_url: 'https://93.184.215.14/hooks/atelier',
        webhook_events: ['task.completed', 'task.failed'],
      }),
    status: 200,
    fields: { id: uuid },
    keep: keep('webhook'),
  },
  {
    what: 'a webhook, with its secret',
    call: () => user('GET', `/webhooks/${of('webhook')}`),
    status: 200,
    fields: {
      ...{ id: uuid, display_name: 'CI', webhook_url: 'https://93.184.215.14/hooks/atelier' },
      ...{
        webhook_secret: expect.stringMatching(/^whsec_/),
        webhook_events: ['task.completed', 'task.failed'],
      },
      ...{ webhook_status: 'active', created_at: time, last_delivered_at: null },
    },
  },
  {
    what: 'update a webhook: given fields change',
    call: () => user('PUT', `/webhooks/${of('webhook')}`, { webhook_events: ['task.failed'] }),
    status: 200,
    fields: id,
  },
  {
    what: 'rotate its secret',
    call: () => user('POST', `/webhooks/${of('webhook')}/rotate-secret`),
    status: 200,
    fields: { webhook_secret: expect.stringMatching(/^whsec_/) },
  },
  {
    what: 'a webhook that is not https',
    call: () =>
      user('POST', '/webhooks', {
        display_name: 'CI',
        webhook_url: 'http://example.com/',
        webhook_events: ['task.completed'],
      }),
    status: 400,
    fields: refused,
  },
];

const agents: readonly Example[] = [
  {
    what: 'connected agents: none',
    call: () => user('GET', '/agents'),
    status: 200,
    fields: { agent_list: [], page_meta: { ...page_meta, total_count: 0 } },
  },
  {
    what: 'connected agents, for a key',
    call: () => program('GET', '/r/agents'),
    status: 200,
    fields: { agent_list: [], page_meta: { ...page_meta, total_count: 0 } },
  },
  {
    what: 'management with an integration key',
    call: () => program('GET', '/agents'),
    status: 403,
    fields: refused,
  },
  {
    what: 'the runtime with an agent key',
    call: () => gateway.call('GET', '/r/tasks', gateway.keys.agent),
    status: 403,
    fields: refused,
  },
];

const groups = { accounts, credentials, workflows, files, tasks, webhooks, agents };
const examples = Object.entries(groups).flatMap(([group, all]) =>
  all.map((example) => [`${group}: ${example.what}`, example] as const),
);

it.each(examples)('%s', async (_what, { call, status, fields, hides = [], keep: take }) => {
  const reply = await call();
  expect(reply.status, JSON.stringify(reply.body)).toBe(status);
  if (fields === null) expect(reply.body).toBeNull();
  else if (fields) expect(reply.body).toMatchObject(fields);
  for (const name of hides) expect(reply.body).not.toHaveProperty(name);
  take?.(reply);
});

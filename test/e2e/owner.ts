import { setTimeout as pause } from 'node:timers/promises';

/** The studio's owner without a desk: makes what a test then looks at. */
export interface StudioOwner {
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Runs a workflow by its slug; resolves with the task's id. */
  run(slug: string, parameters: Record<string, unknown>): Promise<string>;
  /** Waits until a task has a status. */
  until(taskId: string, status: string): Promise<void>;
  /** Signs in somebody new with a role in the owner's team; resolves with what a tab keeps of it. */
  invite(role: 'member' | 'viewer'): Promise<string>;
}

export async function ownerOf(url: string): Promise<StudioOwner> {
  const ask = async (method: string, path: string, headers: Record<string, string>, body?: unknown) => {
    const reply = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path} answered ${reply.status}: ${text}`);
    return (text === '' ? null : JSON.parse(text)) as Record<string, unknown>;
  };
  const { access_token } = await ask('POST', '/auth/local', {}, {});
  const authorization = `Bearer ${String(access_token)}`;
  const me = (await ask('GET', '/users/me', { authorization })) as { team_list?: { id: string }[] };
  const headers = { authorization, 'x-team-id': me.team_list?.[0]?.id ?? '' };
  const call = (method: string, path: string, body?: unknown) => ask(method, path, headers, body);
  return {
    call,
    async run(slug, parameters) {
      const { task_id } = await call('POST', `/r/workflows/slug/${slug}/run`, { parameters });
      return String(task_id);
    },
    async until(taskId, status) {
      for (let tries = 0; tries < 600; tries += 1) {
        if ((await call('GET', `/r/tasks/${taskId}`)).task_status === status) return;
        await pause(100);
      }
      throw new Error(`the task never was ${status}`);
    },
    async invite(role) {
      const email = `${role}-${Date.now()}@example.org`;
      const body = { email_address: email, invitation_role: role };
      const { invitation_token } = await call('POST', '/invitations', body);
      const joining = { invitation_token, user_password: 'a long password' };
      const session = await ask('POST', '/auth/accept-invitation', {}, joining);
      const { access_token: access, refresh_token: refresh, expires_in } = session;
      return JSON.stringify({ access, refresh, ends_at: Date.now() + Number(expires_in) * 1000 });
    },
  };
}

/** A workflow with the fields of its probe node as parameters; resolves with its slug. */
export async function importProbe(owner: StudioOwner, name: string): Promise<string> {
  const slug = name.toLowerCase().replaceAll(' ', '-');
  const parameter = (key: string, type: string) => ({ key, type, node_id: '2', field: key });
  await owner.call('POST', '/workflows/import', {
    workflow_slug: slug,
    display_name: name,
    workflow_json: {
      '1': { class_type: 'EmptyImage', inputs: { width: 320, height: 240, batch_size: 1, color: 16747084 } },
      '2': {
        class_type: 'EngineProbe',
        inputs: { image: ['1', 0], steps: 4, seconds_per_step: 0.05, mode: 'ok', seed: 7 },
        _meta: { title: 'Sampler' },
      },
      '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'Study' } },
    },
    parameters: [
      parameter('steps', 'number'),
      parameter('seconds_per_step', 'number'),
      parameter('mode', 'string'),
      parameter('seed', 'number'),
    ],
  });
  return slug;
}

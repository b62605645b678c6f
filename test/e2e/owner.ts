/** Talks to a studio on this machine as its owner, for what a test needs to be there before a person looks. */
export interface Owner {
  call(method: string, path: string, json?: unknown): Promise<Record<string, unknown>>;
  import(body: Readonly<Record<string, unknown>>): Promise<string>;
  run(slug: string, parameters?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Waits until the task stands so. */
  until(taskId: string, status: string): Promise<void>;
  /** Somebody who came in by invitation, as the desk keeps its sign-in. */
  member(email: string, role: 'admin' | 'member' | 'viewer', name?: string): Promise<string>;
}

const json = { 'content-type': 'application/json' };

async function ask(url: string, path: string, init: RequestInit): Promise<Record<string, unknown>> {
  const reply = await fetch(`${url}/api/v1${path}`, init);
  if (!reply.ok) throw new Error(`${init.method} ${path} answered ${reply.status}: ${await reply.text()}`);
  return reply.status === 204 ? {} : ((await reply.json()) as Record<string, unknown>);
}

export async function ownerOf(url: string): Promise<Owner> {
  const { access_token } = await ask(url, '/auth/local', { method: 'POST', headers: json, body: '{}' });
  const authorization = `Bearer ${String(access_token)}`;
  const me = await ask(url, '/users/me', { method: 'GET', headers: { authorization } });
  const team = (me.team_list as { id: string }[])[0]?.id ?? '';
  const call = (method: string, path: string, body?: unknown) =>
    ask(url, path, {
      method,
      headers: { authorization, 'x-team-id': team, ...(body === undefined ? {} : json) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    call,
    import: async (body) => String((await call('POST', '/workflows/import', body)).id),
    run: async (slug, parameters = {}) =>
      String((await call('POST', `/r/workflows/slug/${slug}/run`, { parameters })).task_id),
    async until(taskId, status) {
      for (;;) {
        const { task_status, task_error } = await call('GET', `/r/tasks/${taskId}`);
        if (task_status === status) return;
        if (task_status === 'failed') throw new Error(`the task failed: ${String(task_error)}`);
        await new Promise((done) => setTimeout(done, 100));
      }
    },
    async member(email, role, name = email) {
      const { invitation_token } = await call('POST', '/invitations', {
        email_address: email,
        invitation_role: role,
      });
      const tokens = await ask(url, '/auth/accept-invitation', {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ invitation_token, user_password: 'a long password', display_name: name }),
      });
      return JSON.stringify({
        access: tokens.access_token,
        refresh: tokens.refresh_token,
        ends_at: Date.now() + 3_600_000,
      });
    },
  };
}

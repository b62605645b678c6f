/** Talks to a studio on this machine as its owner, for what a test needs to be there. */
export class StudioApi {
  readonly #url: string;
  readonly #headers: Record<string, string>;

  private constructor(url: string, token: string, team: string) {
    this.#url = `${url}/api/v1`;
    this.#headers = {
      authorization: `Bearer ${token}`,
      'x-team-id': team,
      'content-type': 'application/json',
    };
  }

  static async signIn(url: string): Promise<StudioApi> {
    const headers = { 'content-type': 'application/json' };
    const signedIn = await fetch(`${url}/api/v1/auth/local`, { method: 'POST', headers, body: '{}' });
    const { access_token } = (await signedIn.json()) as { access_token: string };
    const authorization = `Bearer ${access_token}`;
    const me = await fetch(`${url}/api/v1/users/me`, { headers: { authorization } });
    const { team_list } = (await me.json()) as { team_list: { id: string }[] };
    return new StudioApi(url, access_token, team_list[0]?.id ?? '');
  }

  async call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const reply = await fetch(this.#url + path, {
      method,
      headers: this.#headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    return (await reply.json()) as Record<string, unknown>;
  }

  /** Runs a workflow and waits until it is done. */
  async run(slug: string, parameters: Record<string, unknown>): Promise<void> {
    const { task_id } = await this.call('POST', `/r/workflows/slug/${slug}/run`, { parameters });
    for (;;) {
      const { task_status, task_error } = await this.call('GET', `/r/tasks/${String(task_id)}`);
      if (task_status === 'completed') return;
      if (task_status === 'failed') throw new Error(String(task_error));
      await new Promise((done) => setTimeout(done, 250));
    }
  }
}

import { WebSocket } from 'ws';
import { readEvents } from '#shared/sse.ts';

/** A graph whose pictures all differ, so that no engine answers from its cache. */
export function tinyGraph(color: number) {
  return {
    '1': { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color } },
    '2': { class_type: 'ImageInvert', inputs: { image: ['1', 0] } },
    '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'bench' } },
  };
}

/** Talks to an engine directly, as its own page does: submit, follow the socket, read the history, fetch the picture. */
export class DirectClient {
  readonly #url: string;
  readonly #id: string;
  readonly #socket: WebSocket;
  readonly #ended = new Map<string, () => void>();

  private constructor(url: string, socket: WebSocket, id: string) {
    this.#url = url;
    this.#socket = socket;
    this.#id = id;
    socket.on('message', (data, binary) => {
      if (binary) return;
      const message = JSON.parse(String(data)) as {
        type: string;
        data: { node?: string | null; prompt_id?: string };
      };
      if (message.type === 'executing' && message.data.node === null)
        this.#ended.get(message.data.prompt_id ?? '')?.();
    });
  }

  static async open(url: string): Promise<DirectClient> {
    const id = crypto.randomUUID();
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws?clientId=${id}`);
    await new Promise((done, failed) => socket.once('open', done).once('error', failed));
    return new DirectClient(url, socket, id);
  }

  async run(color: number): Promise<void> {
    const prompt_id = crypto.randomUUID();
    const ended = new Promise<void>((done) => this.#ended.set(prompt_id, done));
    const reply = await fetch(`${this.#url}/prompt`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: tinyGraph(color), client_id: this.#id, prompt_id }),
    });
    if (reply.status !== 200) throw new Error(`the engine refused: ${await reply.text()}`);
    await reply.arrayBuffer();
    await ended;
    const history = (await (await fetch(`${this.#url}/history/${prompt_id}`)).json()) as Record<
      string,
      { outputs: Record<string, { images: { filename: string; subfolder: string; type: string }[] }> }
    >;
    const image = history[prompt_id]?.outputs['3']?.images[0];
    if (!image) throw new Error('no picture in the history');
    await (await fetch(`${this.#url}/view?${new URLSearchParams(image)}`)).arrayBuffer();
  }

  close(): void {
    this.#socket.close();
  }
}

/** Talks to a studio as any program would: submit, follow the events, fetch the result and its picture. */
export class StudioClient {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  workflowId = '';

  constructor(url: string, key: string) {
    this.#url = `${url}/api/v1`;
    this.#headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  }

  async importTiny(): Promise<void> {
    const body = {
      workflow_slug: 'bench',
      display_name: 'Bench',
      workflow_json: tinyGraph(0),
      parameters: [{ key: 'color', type: 'number', node_id: '1', field: 'color', required: true }],
    };
    this.workflowId = ((await this.json('POST', '/workflows/import', body)) as { id: string }).id;
  }

  async submit(color: number): Promise<string> {
    const reply = await this.json('POST', `/r/workflows/${this.workflowId}/run`, { parameters: { color } });
    return (reply as { task_id: string }).task_id;
  }

  async run(color: number): Promise<void> {
    const id = await this.submit(color);
    const stream = await fetch(`${this.#url}/r/tasks/${id}/events`, { headers: this.#headers });
    if (!stream.body) throw new Error('no events');
    for await (const { event, data } of readEvents(stream.body)) {
      if (event === 'failed') throw new Error(data);
      if (event === 'completed') break;
    }
    const result = (await this.json('GET', `/r/tasks/${id}/result`)) as { download_url: string };
    await (await fetch(result.download_url)).arrayBuffer();
  }

  async json(method: string, path: string, body?: unknown): Promise<unknown> {
    const reply = await fetch(this.#url + path, {
      method,
      headers: this.#headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    return reply.json();
  }
}

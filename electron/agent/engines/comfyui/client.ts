import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Graph } from '#shared/comfy/graph.ts';
import type { EngineFile } from '#shared/comfy/outputs.ts';
import type { HttpClient, HttpReply } from '../../http.ts';
import { type HistoryEntry, historyEntry, queueReply, type SystemStats, systemStats } from './wire.ts';

/** Where a run stands in the engine: waiting, executing, over (with its history), or not known. */
export type RunPlace = 'pending' | 'running' | HistoryEntry | undefined;

export interface PromptReply {
  readonly status: number;
  readonly body: unknown;
}

/** The HTTP half of ComfyUI's protocol, at one address. Throws on a broken connection and on replies that make no sense. */
export class ComfyUiClient {
  readonly #http: HttpClient;
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(http: HttpClient, url: string, headers: Readonly<Record<string, string>> = {}) {
    this.#http = http;
    this.#url = url;
    this.#headers = headers;
  }

  submit(promptId: string, clientId: string, graph: Graph): Promise<PromptReply> {
    return this.#post('/prompt', { prompt: graph, prompt_id: promptId, client_id: clientId });
  }

  /** Looks in the queue first: a run moves from there to the history, never back, so it can't slip through. */
  async find(promptId: string): Promise<RunPlace> {
    const queue = queueReply.parse((await this.#get('/queue')).body);
    if (queue.queue_running.some((item) => item[1] === promptId)) return 'running';
    if (queue.queue_pending.some((item) => item[1] === promptId)) return 'pending';
    const history = (await this.#get(`/history/${promptId}`)).body as Record<string, unknown> | undefined;
    return history?.[promptId] === undefined ? undefined : historyEntry.parse(history[promptId]);
  }

  async deleteQueued(promptId: string): Promise<void> {
    await this.#post('/queue', { delete: [promptId] });
  }

  async interrupt(promptId: string): Promise<void> {
    await this.#post('/interrupt', { prompt_id: promptId });
  }

  /** Unloads its models and forgets results that it keeps, after the run at work if there is one. */
  async free(): Promise<void> {
    const { status } = await this.#post('/free', { unload_models: true, free_memory: true });
    if (status !== 200) throw new Error(`the engine answered ${status} to POST /free`);
  }

  async systemStats(signal?: AbortSignal): Promise<SystemStats> {
    return systemStats.parse((await this.#get('/system_stats', signal)).body);
  }

  async nodeInfo(): Promise<object> {
    return ((await this.#get('/object_info')).body as object | undefined) ?? {};
  }

  /** Asks for the engine's log on the socket. Internal to ComfyUI, so a refusal is no fault. */
  async subscribeLogs(clientId: string): Promise<void> {
    const body = JSON.stringify({ enabled: true, clientId });
    await this.#http.json(`${this.#url}/internal/logs/subscribe`, {
      method: 'PATCH',
      headers: this.#headers,
      body,
    });
  }

  /** True when the input folder has a file of this name and size. */
  async hasInput(name: string, size: number, signal: AbortSignal): Promise<boolean> {
    const query = new URLSearchParams({ filename: name, type: 'input' });
    const reply = await this.#request(`/view?${query}`, { method: 'HEAD', signal });
    reply.body.resume();
    return reply.status === 200 && Number(reply.headers['content-length']) === size;
  }

  /** Streams a file into the input folder; returns the name that LoadImage and its kin take. */
  async upload(
    name: string,
    contentType: string,
    size: number,
    body: Readable,
    signal: AbortSignal,
  ): Promise<string> {
    const boundary = `atelier-${randomUUID()}`;
    const head = Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="image"; filename="${name}"\r\nContent-Type: ${contentType}\r\n\r\n`,
    );
    const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
    async function* parts(): AsyncGenerator<Buffer> {
      yield head;
      for await (const chunk of body) yield chunk as Buffer;
      yield tail;
    }
    const reply = await this.#http.json(`${this.#url}/upload/image`, {
      method: 'POST',
      headers: {
        ...this.#headers,
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'content-length': head.length + size + tail.length,
      },
      body: Readable.from(parts(), { objectMode: false }),
      signal,
    });
    const stored = reply.body as { name?: unknown; subfolder?: unknown } | undefined;
    if (reply.status !== 200 || typeof stored?.name !== 'string') {
      throw new Error(`the engine answered ${reply.status} to the upload of ${name}`);
    }
    return stored.subfolder ? `${stored.subfolder}/${stored.name}` : stored.name;
  }

  async view(
    file: EngineFile,
    signal: AbortSignal,
  ): Promise<{ body: Readable; size: number | undefined; contentType: string }> {
    const query = new URLSearchParams({
      filename: file.filename,
      subfolder: file.subfolder,
      type: file.type,
    });
    const reply = await this.#request(`/view?${query}`, { signal });
    if (reply.status !== 200) {
      reply.body.resume();
      throw new Error(`the engine answered ${reply.status} for its output ${file.filename}`);
    }
    const { 'content-length': length, 'content-type': contentType } = reply.headers;
    return {
      body: reply.body,
      size: length === undefined ? undefined : Number(length),
      contentType: contentType ?? 'application/octet-stream',
    };
  }

  #request(path: string, options: { method?: 'GET' | 'HEAD'; signal: AbortSignal }): Promise<HttpReply> {
    return this.#http.request(this.#url + path, { headers: this.#headers, ...options });
  }

  async #get(path: string, signal?: AbortSignal): Promise<PromptReply> {
    const reply = await this.#http.json(this.#url + path, { headers: this.#headers, signal });
    if (reply.status !== 200 || reply.body === undefined) {
      throw new Error(`the engine answered ${reply.status} to GET ${path}`);
    }
    return reply;
  }

  #post(path: string, body: unknown): Promise<PromptReply> {
    return this.#http.json(this.#url + path, {
      method: 'POST',
      headers: this.#headers,
      body: JSON.stringify(body),
    });
  }
}

import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { z } from 'zod';
import type { Graph } from '#shared/comfy/graph.ts';
import { type EngineFile, type EngineOutput, readOutputs } from '#shared/comfy/outputs.ts';

/** What we read of the cloud's replies (comfyui-protocol.md section 15); the rest passes by. */
const promptReply = z.object({ prompt_id: z.string().min(1) });
const uploadReply = z.object({ name: z.string().min(1), subfolder: z.string().catch('') });
const statusReply = z.object({ status: z.string(), error_message: z.string().nullish() });
const jobReply = z.object({
  outputs: z.record(z.string(), z.record(z.string(), z.unknown()).nullable().catch(null)).catch({}),
  execution_error: z
    .object({
      exception_message: z.string().catch(''),
      exception_type: z.string().catch(''),
      node_id: z.coerce.string().optional().catch(undefined),
      node_type: z.string().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});
const problem = z.object({ error: z.union([z.string(), z.object({ message: z.string() })]) });

export type CloudJob = z.infer<typeof jobReply>;

/** The cloud did not do what was asked. `status` 0: it could not be reached. */
export class CloudError extends Error {
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }

  /** Asking again in a while may help. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status >= 500;
  }
}

/** Nothing is said for so long while a reply is due: the connection is taken for dead. */
const patienceMs = 60_000;

/**
 * ComfyUI Cloud's HTTP API for one key. The key goes to the cloud's own address and nowhere else: files lie with a
 * storage host that the cloud redirects to.
 */
export class CloudClient {
  readonly #base: string;
  readonly #key: string;
  readonly #signal: AbortSignal;

  constructor(base: string, key: string, signal: AbortSignal) {
    this.#base = base;
    this.#key = key;
    this.#signal = signal;
  }

  /** Puts a graph in the cloud's queue; returns the job's id. It is charged for from here on. */
  async submit(graph: Graph): Promise<string> {
    const body = JSON.stringify({ prompt: graph });
    const headers = { 'content-type': 'application/json' };
    const reply = await this.#json('/api/prompt', { method: 'POST', headers, body });
    const said = problem.safeParse(reply).data?.error;
    // It accepts a request whose graph it does not.
    if (said) throw new CloudError(400, typeof said === 'string' ? said : said.message);
    return promptReply.parse(reply).prompt_id;
  }

  status(jobId: string): Promise<z.infer<typeof statusReply>> {
    return this.#read(`/api/job/${encodeURIComponent(jobId)}/status`, statusReply);
  }

  job(jobId: string): Promise<CloudJob> {
    return this.#read(`/api/jobs/${encodeURIComponent(jobId)}`, jobReply);
  }

  /** Takes a job out of the queue, or stops it. */
  async cancel(jobId: string): Promise<void> {
    const body = JSON.stringify({ delete: [jobId] });
    const headers = { 'content-type': 'application/json' };
    const response = await this.#fetch(`${this.#base}/api/queue`, { method: 'POST', headers, body }, true);
    await response.body?.cancel();
  }

  /** Streams an input up; returns the name that the graph must use. */
  async upload(input: { name: string; contentType: string; size: number; body: Readable }): Promise<string> {
    const boundary = `atelier-${randomUUID()}`;
    const name = input.name.replace(/["\r\n]/g, '_');
    const head = Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="image"; filename="${name}"\r\n` +
        `content-type: ${input.contentType}\r\n\r\n`,
    );
    const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
    const body = Readable.from(sequence(head, input.body, tail), { objectMode: false });
    const init: RequestInit & { readonly duplex: 'half' } = {
      method: 'POST',
      headers: {
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'content-length': String(head.length + input.size + tail.length),
      },
      body: Readable.toWeb(body) as globalThis.ReadableStream,
      duplex: 'half',
    };
    const reply = await this.#json('/api/upload/image', init);
    const stored = uploadReply.parse(reply);
    return stored.subfolder ? `${stored.subfolder}/${stored.name}` : stored.name;
  }

  /** An output's bytes. */
  async open(file: EngineFile): Promise<{ body: Readable; contentType: string }> {
    const { filename, subfolder, type } = file;
    const query = new URLSearchParams({ filename, subfolder, type });
    const first = await this.#fetch(`${this.#base}/api/view?${query}`, { redirect: 'manual' }, true);
    const response = await this.#redirected(first);
    if (!response.ok || !response.body) throw await refusal(response);
    const body = Readable.fromWeb(response.body as ReadableStream);
    return { body, contentType: response.headers.get('content-type') ?? '' };
  }

  /** To the storage host it goes without the key. */
  async #redirected(response: Response): Promise<Response> {
    const to = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || to === null) return response;
    await response.body?.cancel();
    const target = new URL(to, this.#base);
    if (target.protocol !== new URL(this.#base).protocol) {
      throw new CloudError(502, `it sent us on to an address that is not safe (${target.protocol})`);
    }
    return this.#fetch(target.href, {}, false);
  }

  async #read<Reply>(path: string, schema: z.ZodType<Reply>): Promise<Reply> {
    const parsed = schema.safeParse(await this.#json(path));
    if (parsed.success) return parsed.data;
    throw new CloudError(502, 'it answered in a form that this version of Atelier does not know');
  }

  async #json(path: string, init: RequestInit = {}): Promise<unknown> {
    const response = await this.#fetch(this.#base + path, init, true);
    if (!response.ok) throw await refusal(response);
    return response.json().catch((cause: unknown) => {
      throw new CloudError(502, 'it answered with something that is not JSON', { cause });
    });
  }

  async #fetch(url: string, init: RequestInit, ours: boolean): Promise<Response> {
    const headers = { ...init.headers, ...(ours && { 'x-api-key': this.#key }) };
    // A long upload may take its time; what is due after it may not.
    const limit = init.body instanceof Object ? [] : [AbortSignal.timeout(patienceMs)];
    const signal = AbortSignal.any([this.#signal, ...limit]);
    try {
      return await fetch(url, { ...init, headers, signal });
    } catch (cause) {
      if (this.#signal.aborted) throw cause;
      throw new CloudError(0, 'it could not be reached', { cause });
    }
  }
}

/** Everything that the nodes of a finished job made. */
export const outputsOfJob = ({ outputs }: CloudJob): EngineOutput[] =>
  Object.entries(outputs).flatMap(([node, ui]) => readOutputs(node, ui));

async function* sequence(...parts: (Buffer | Readable)[]): AsyncGenerator<Buffer> {
  for (const part of parts) {
    if (Buffer.isBuffer(part)) yield part;
    else yield* part as AsyncIterable<Buffer>;
  }
}

async function refusal(response: Response): Promise<CloudError> {
  const said = problem.safeParse(await response.json().catch(() => undefined)).data?.error;
  const words = typeof said === 'string' ? said : said?.message;
  return new CloudError(response.status, words || `it answered ${response.status}`);
}

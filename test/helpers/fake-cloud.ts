import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A job as the cloud has it. */
export interface CloudJob {
  readonly id: string;
  readonly prompt: Record<string, { class_type: string; inputs: Record<string, unknown> }>;
  status: string;
  error?: { exception_type: string; exception_message: string; node_id?: string };
}

/**
 * ComfyUI Cloud as its documentation has it (comfyui-protocol.md section 15), with another host for its files: whatever
 * comes there with the key is a leak.
 */
export class FakeCloud {
  readonly key = 'cfy_0123456789abcdefghijklmn';
  readonly jobs = new Map<string, CloudJob>();
  readonly cancelled: string[] = [];
  readonly uploads: string[] = [];
  /** Answers of this status instead of what was asked, one after the other. */
  readonly refusals: { status: number; error: string }[] = [];
  readonly leaks: string[] = [];
  /** What every file has in it. */
  readonly picture = Buffer.from('not a picture, but its bytes');
  url = '';
  #files = '';

  static async open(): Promise<FakeCloud> {
    const cloud = new FakeCloud();
    cloud.#files = await listen((request, reply) => {
      if (request.headers['x-api-key'] !== undefined) cloud.leaks.push(request.url ?? '');
      reply.writeHead(200, { 'content-type': 'image/png' }).end(cloud.picture);
    });
    cloud.url = await listen((request, reply) => void cloud.#answer(request, reply));
    return cloud;
  }

  /** The only job there is. */
  get job(): CloudJob {
    const [job] = this.jobs.values();
    if (!job) throw new Error('there is no job');
    return job;
  }

  async #answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const json = (status: number, body: unknown): void => {
      reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const body = await bodyOf(request);
    const refusal = this.refusals.shift();
    if (refusal) return json(refusal.status, { error: refusal.error });
    if (request.headers['x-api-key'] !== this.key) return json(401, { error: 'invalid API key' });
    const { pathname } = new URL(request.url ?? '', this.url);
    const [, , kind, id = ''] = pathname.split('/');
    const job = this.jobs.get(id);
    switch (`${request.method} ${kind}`) {
      case 'POST prompt': {
        const made = { id: crypto.randomUUID(), prompt: JSON.parse(body).prompt, status: 'submitted' };
        this.jobs.set(made.id, made);
        return json(200, { prompt_id: made.id });
      }
      case 'POST upload':
        this.uploads.push(body);
        return json(200, { name: 'abc123.png', subfolder: '', type: 'input' });
      case 'POST queue':
        this.cancelled.push(...JSON.parse(body).delete);
        return json(200, {});
      case 'GET job':
        return job ? json(200, { status: job.status }) : json(404, { error: 'no such job' });
      case 'GET jobs':
        return json(200, { id, outputs: made(), ...(job?.error && { execution_error: job.error }) });
      case 'GET view':
        reply.writeHead(302, { location: `${this.#files}/signed?token=1` }).end();
        return;
      default:
        return json(404, { error: 'not found' });
    }
  }
}

const made = () => ({
  '9': {
    images: [
      { filename: 'x_00001_.png', subfolder: '', type: 'output' },
      { filename: 'mine.png', subfolder: '', type: 'input' },
    ],
    text: ['a caption'],
  },
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function listen(answer: (request: IncomingMessage, reply: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

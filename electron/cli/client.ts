import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { Readable } from 'node:stream';
import type { z } from 'zod';
import { readEvents } from '#shared/sse.ts';
import { errorReply, idReply } from '#shared/wire/common.ts';
import { type TaskEvent, taskEvents } from '#shared/wire/events.ts';
import { presignReply } from '#shared/wire/files.ts';
import { type InspectWorkflowReply, inspectWorkflowReply } from '#shared/wire/inspect.ts';
import { runReply, type TaskResult, taskResult } from '#shared/wire/tasks.ts';
import { type importWorkflowRequest, type WorkflowDetail, workflowDetail } from '#shared/wire/workflows.ts';

const contentTypes: Record<string, string> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.mp4': 'video/mp4',
  '.webm': 'video/webm',
  '.mp3': 'audio/mpeg',
  '.flac': 'audio/flac',
  '.wav': 'audio/wav',
};

/** The native API as a command uses it: over HTTP with a key, like any other program. */
export class ApiClient {
  readonly #base: string;
  readonly #key: string;

  constructor(gateway: string, key: string) {
    this.#base = `${gateway.replace(/\/+$/, '')}/api/v1`;
    this.#key = key;
  }

  async importWorkflow(body: z.input<typeof importWorkflowRequest>) {
    return (await this.#send(idReply, 'POST', '/workflows/import', body)).id;
  }

  inspect(workflow: Readonly<Record<string, unknown>>): Promise<InspectWorkflowReply> {
    return this.#send(inspectWorkflowReply, 'POST', '/workflows/inspect', { workflow });
  }

  workflow(id: string): Promise<WorkflowDetail> {
    return this.#send(workflowDetail, 'GET', `/r/workflows/${id}`);
  }

  async run(workflowId: string, parameters: Record<string, unknown>): Promise<string> {
    return (await this.#send(runReply, 'POST', `/r/workflows/${workflowId}/run`, { parameters })).task_id;
  }

  async cancel(taskId: string): Promise<void> {
    await this.#fetch('POST', `/r/tasks/${taskId}/cancel`);
  }

  result(taskId: string): Promise<TaskResult> {
    return this.#send(taskResult, 'GET', `/r/tasks/${taskId}/result`);
  }

  /** Uploads a file of this machine as an input; returns its `file_key`. */
  async upload(path: string): Promise<string> {
    const { size } = await stat(path);
    const content_type = contentTypes[extname(path).toLowerCase()] ?? 'application/octet-stream';
    const slot = await this.#send(presignReply, 'POST', '/r/files/presign', {
      file_name: basename(path),
      file_size: size,
      content_type,
    });
    const body = Readable.toWeb(createReadStream(path)) as unknown as BodyInit;
    const reply = await fetch(slot.upload_url, {
      method: 'PUT',
      headers: slot.upload_headers,
      body,
      duplex: 'half',
    } as RequestInit);
    await refuse(reply);
    return slot.file_key;
  }

  /** The life of a task until its end; picks the stream up again where it broke. */
  async *events(taskId: string): AsyncGenerator<TaskEvent> {
    let last = '';
    for (;;) {
      const reply = await this.#fetch('GET', `/r/tasks/${taskId}/events`, undefined, {
        accept: 'text/event-stream',
        ...(last ? { 'last-event-id': last } : {}),
      });
      if (!reply.body) throw new Error('the gateway sent no event stream');
      for await (const { event, data, id } of readEvents(reply.body)) {
        if (id) last = id;
        if (!(event in taskEvents)) continue;
        const name = event as TaskEvent['event'];
        yield { event: name, data: taskEvents[name].parse(JSON.parse(data)) } as TaskEvent;
        if (name === 'completed' || name === 'failed' || name === 'cancelled') return;
      }
    }
  }

  /** The bytes behind a signed address. */
  async download(url: string): Promise<Readable> {
    const reply = await fetch(new URL(url, this.#base));
    await refuse(reply);
    if (!reply.body) throw new Error('the gateway sent an empty file');
    return Readable.fromWeb(reply.body as import('node:stream/web').ReadableStream);
  }

  async #send<Schema extends z.ZodType>(schema: Schema, method: string, path: string, body?: unknown) {
    const reply = await this.#fetch(method, path, body);
    return schema.parse(await reply.json());
  }

  async #fetch(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const reply = await fetch(this.#base + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new Error(`No gateway answers at ${this.#base}: is it running?`, { cause: error });
    });
    await refuse(reply);
    return reply;
  }
}

/** Throws the gateway's own words for anything but success. */
async function refuse(reply: Response): Promise<void> {
  if (reply.ok) return;
  const parsed = errorReply.safeParse(await reply.json().catch(() => undefined));
  throw new Error(
    parsed.success ? parsed.data.error_message : `The gateway answered with status ${reply.status}.`,
  );
}

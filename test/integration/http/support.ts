import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, expect } from 'vitest';
import type { GatewayOptions } from '../../../electron/gateway/config.ts';
import { createGateway, type Gateway } from '../../../electron/gateway/gateway.ts';
import type { Owner } from '../../../electron/gateway/identity/identity.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON; `null` when there is none. Tests look at it through matchers, or pick a text with `text`. */
  readonly body: unknown;
}

export interface MadeFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly kind?: 'text' | 'video';
  readonly content_type?: string;
  readonly temporary?: boolean;
}

/** A task that runs, in a test's hands. */
export interface Performance {
  complete(...made: readonly MadeFile[]): Promise<void>;
  fail(message: string): Promise<void>;
}

export interface CallOptions {
  readonly json?: unknown;
  readonly headers?: Record<string, string>;
  /** Sent as it is, instead of `json`. */
  readonly raw?: string;
}

/** A real gateway without an agent: a real database in a folder of its own, real HTTP on a free port. */
export class TestGateway {
  gateway!: Gateway;
  url = '';
  folder = '';
  owner!: Owner;
  /** One key of each kind for the owner's team, and the owner's sign-in. */
  readonly keys = { integration: '', device: '', agent: '', jwt: '' };

  async open(options: Partial<GatewayOptions>): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'atelier-http-'));
    this.gateway = await createGateway({
      dataDir: this.folder,
      log: pino({ level: 'silent' }),
      version: '0.0.0-test',
      port: 0,
      ...options,
    });
    this.url = (await this.gateway.start()).url;
    const { identity } = this.gateway.rooms;
    this.owner = await identity.ensureOwner();
    for (const kind of ['integration', 'device', 'agent'] as const) {
      this.keys[kind] = await identity.createKey({
        kind,
        name: kind,
        teamId: this.owner.teamId,
        ...(kind === 'device' ? { userId: this.owner.userId } : {}),
      });
    }
    this.keys.jwt = (await identity.localSignIn()).access_token;
  }

  async close(): Promise<void> {
    await this.gateway?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A call below `/api/v1`. A sign-in gets the owner's team in X-Team-ID, unless the headers say otherwise. */
  async call(method: string, path: string, key: string | null, options: CallOptions = {}): Promise<Reply> {
    const reply = await this.fetch(method, `/api/v1${path}`, key, options);
    const text = await reply.text();
    const isJson = (reply.headers.get('content-type') ?? '').includes('application/json');
    return { status: reply.status, headers: reply.headers, body: isJson ? JSON.parse(text) : null };
  }

  fetch(method: string, path: string, key: string | null, options: CallOptions = {}): Promise<Response> {
    const { json, raw, headers } = options;
    const body = raw ?? (json === undefined ? undefined : JSON.stringify(json));
    return fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(key === this.keys.jwt ? { 'x-team-id': this.owner.teamId } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
  }

  /** A second user in a team of their own, signed in; and a member of the owner's team when a role is given. */
  async stranger(
    role?: 'admin' | 'member' | 'viewer',
  ): Promise<{ jwt: string; userId: string; teamId: string }> {
    const { store, identity } = this.gateway.rooms;
    const n = crypto.randomUUID();
    const [userId, teamId] = [crypto.randomUUID(), crypto.randomUUID()];
    const member = (team_id: string, as: 'owner' | 'admin' | 'member' | 'viewer') =>
      store.sql.insertInto('members').values({ team_id, user_id: userId, role: as, created_at: 1 });
    await store.write((writer) => {
      writer.run(
        store.sql.insertInto('users').values({
          id: userId,
          email: `${n}@example.org`,
          first_name: 'Other',
          last_name: 'User',
          display_name: 'Other User',
          password_hash: null,
          disabled: 0,
          created_at: 1,
        }),
      );
      writer.run(
        store.sql.insertInto('teams').values({ id: teamId, display_name: 'Elsewhere', created_at: 1 }),
      );
      writer.run(member(teamId, 'owner'));
      if (role) writer.run(member(this.owner.teamId, role));
    });
    await identity.setPassword(`${n}@example.org`, 'a long password');
    const { access_token } = await identity.login(`${n}@example.org`, 'a long password');
    return { jwt: access_token, userId, teamId };
  }

  /** An integration key of another team. */
  async foreignKey(): Promise<string> {
    const { teamId } = await this.stranger();
    return this.gateway.rooms.identity.createKey({ kind: 'integration', name: 'foreign', teamId });
  }

  /** Imports a workflow with these changes to the sample; returns its id. */
  async import(changes: Record<string, unknown> = {}): Promise<string> {
    const reply = await this.call('POST', '/workflows/import', this.keys.device, {
      json: { ...sampleWorkflow, ...changes },
    });
    if (reply.status !== 200) throw new Error(`import: ${JSON.stringify(reply.body)}`);
    return text(reply, 'id');
  }

  /** Runs a workflow as the integration key; returns the task's id. */
  async run(workflowId: string, json: unknown = {}): Promise<string> {
    const reply = await this.call('POST', `/r/workflows/${workflowId}/run`, this.keys.integration, { json });
    if (reply.status !== 202) throw new Error(`run: ${JSON.stringify(reply.body)}`);
    return text(reply, 'task_id');
  }

  /** Stands in for an agent: takes a task, as far as the gateway is concerned, and says that it runs. */
  async perform(taskId: string): Promise<Performance> {
    const { tasks } = this.gateway.rooms;
    const { attempts } = tasks;
    // The scheduler has its say first: it may be about to find that nobody can take it.
    await expect.poll(() => tasks.find(this.owner.teamId, taskId).status, soon).toBe('waiting');
    const agent = { key: 'test/gpu-01', agentId: 'gpu-01', labels: ['gpu'], gpuType: 'Test GPU' };
    const [opened] = await attempts.open([{ taskId, agent, reason: 'the only one' }]);
    if (!opened) throw new Error(`task ${taskId} is not in line`);
    await attempts.accepted(opened);
    return {
      fail: (message) => attempts.failed(opened, { code: 'engine_error', message, retryable: false }),
      complete: async (...made) => {
        const { objects } = this.gateway.rooms;
        const outputs = made.map(async ({ name, bytes, ...more }) => {
          const stored = await objects.put(Readable.from([bytes]));
          const picture = {
            node_id: '9',
            kind: 'image',
            content_type: 'image/png',
            temporary: false,
          } as const;
          return { ...stored, name, ...picture, ...more };
        });
        await attempts.completed(opened, await Promise.all(outputs));
      },
    };
  }

  /** Presigns and uploads; returns the `file_key`. */
  async upload(key: string, name: string, type: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    const slot = await this.presign(key, name, type, bytes.length);
    const reply = await fetch(slot.url, { method: 'PUT', headers: slot.headers, body: bytes });
    if (reply.status !== 200) throw new Error(`upload: ${await reply.text()}`);
    return slot.file_key;
  }

  async presign(key: string, file_name: string, content_type: string, file_size: number) {
    const reply = await this.call('POST', '/r/files/presign', key, {
      json: { file_name, file_size, content_type },
    });
    if (reply.status !== 200) throw new Error(`presign: ${JSON.stringify(reply.body)}`);
    const { upload_headers } = reply.body as { upload_headers: Record<string, string> };
    return { file_key: text(reply, 'file_key'), url: text(reply, 'upload_url'), headers: upload_headers };
  }
}

/** A gateway for all tests of a file. */
export function withGateway(options: Partial<GatewayOptions> = {}): TestGateway {
  const gateway = new TestGateway();
  beforeAll(() => gateway.open(options));
  afterAll(() => gateway.close());
  return gateway;
}

/** A text of a reply's body. */
export function text(reply: Reply, field: string): string {
  const value = (reply.body as Record<string, unknown> | null)?.[field];
  if (typeof value !== 'string') throw new Error(`no text "${field}" in ${JSON.stringify(reply.body)}`);
  return value;
}

/** Seed 000's workflow with a parameter of every type, none required. */
export const sampleWorkflow = {
  workflow_slug: 'sd-portrait-v2',
  display_name: 'SD 1.5 Portrait Generator',
  workflow_json: {
    '3': { class_type: 'KSampler', inputs: { sampler_name: 'euler', latent_image: ['5', 0] } },
    '5': { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 1 } },
    '6': { class_type: 'CLIPTextEncode', inputs: { text: 'a portrait photo', clip: ['4', 0] } },
    '10': { class_type: 'LoadImage', inputs: { image: 'example.png' } },
  },
  parameters: [
    { key: 'prompt', type: 'string', label: 'Positive Prompt', node_id: '6', field: 'text' },
    { key: 'width', type: 'number', node_id: '5', field: 'width', min: 64, max: 2048, default: 512 },
    {
      key: 'sampler',
      type: 'select',
      node_id: '3',
      field: 'sampler_name',
      options: ['euler', 'euler_ancestral', 'dpmpp_2m'],
      default: 'euler',
    },
    { key: 'tiled', type: 'boolean', node_id: '3', field: 'tiled' },
    { key: 'input_image', type: 'file', node_id: '10', field: 'image', accept: ['image/*'] },
  ],
};

/** How long a test may wait for what happens by itself. */
export const soon = { timeout: 10_000, interval: 20 };

/** A request with exactly these headers: `fetch` writes some of its own and refuses others. */
export function send(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: Uint8Array | string } = {},
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((done, failed) => {
    const sent = request(
      url,
      { method: options.method ?? 'GET', headers: options.headers ?? {} },
      (reply) => {
        let body = '';
        reply.setEncoding('utf8');
        reply.on('data', (chunk: string) => {
          body += chunk;
        });
        reply.on('end', () => done({ status: reply.statusCode ?? 0, headers: reply.headers, body }));
      },
    );
    sent.on('error', failed);
    sent.end(options.body);
  });
}

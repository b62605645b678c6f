import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type RunningEngine, startEngine } from '../../helpers/engine.ts';

export interface Message {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

/** What a socket heard: messages, and binary frames by their kind. */
export type Heard = Message | { readonly type: 'binary'; readonly frame: Buffer };

/** A started engine and what a client says to it. */
export class EngineClient {
  readonly engine: RunningEngine;

  constructor(engine: RunningEngine) {
    this.engine = engine;
  }

  static async start(): Promise<EngineClient> {
    return new EngineClient(await startEngine(['--probe-nodes', '--preview-method', 'auto']));
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.engine.url + path, init);
  }

  async get(path: string): Promise<{ status: number; body: unknown }> {
    const reply = await this.fetch(path);
    return { status: reply.status, body: await reply.json() };
  }

  async post(path: string, body: unknown): Promise<{ status: number; body: unknown }> {
    const reply = await this.fetch(path, { method: 'POST', body: JSON.stringify(body) });
    const text = await reply.text();
    return { status: reply.status, body: text === '' ? '' : JSON.parse(text) };
  }

  /** Submits a graph; returns its id. */
  async submit(prompt: unknown, more: Record<string, unknown> = {}): Promise<string> {
    const { body } = await this.post('/prompt', { prompt, prompt_id: randomUUID(), ...more });
    return (body as { prompt_id: string }).prompt_id;
  }

  /** A socket, from its first message on. */
  async listen(clientId: string, flags?: Record<string, unknown>): Promise<Heard[]> {
    const heard: Heard[] = [];
    const socket = new WebSocket(`${this.engine.url.replace('http', 'ws')}/ws?clientId=${clientId}`);
    onTestFinished(() => socket.terminate());
    socket.on('message', (data: Buffer, binary) => {
      heard.push(binary ? { type: 'binary', frame: data } : (JSON.parse(String(data)) as Message));
    });
    await new Promise((done, failed) => socket.once('open', done).once('error', failed));
    if (flags) socket.send(JSON.stringify({ type: 'feature_flags', data: flags }));
    return heard;
  }
}

/** True when the run of this id is over for the client: its history is readable from then on. */
export const isOver = (heard: readonly Heard[], promptId: string): boolean =>
  heard.some(
    (one) =>
      one.type === 'executing' && 'data' in one && one.data.node === null && one.data.prompt_id === promptId,
  );

export const picture = (color: number, prefix = 'wire') => ({
  '1': { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color } },
  '2': { class_type: 'ImageInvert', inputs: { image: ['1', 0] } },
  '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: prefix } },
});

export const probe = (mode: string, steps = 4, seconds = 0.02) => ({
  '1': { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 255 } },
  '2': {
    class_type: 'EngineProbe',
    inputs: { image: ['1', 0], steps, seconds_per_step: seconds, mode, seed: 0 },
  },
  '3': { class_type: 'PreviewImage', inputs: { images: ['2', 0] } },
});

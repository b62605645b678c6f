import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Audience, PromptEngine } from '../execution/engine.ts';
import { isObject } from '../execution/prompt.ts';
import type { Preview, Progress, RunVoice } from '../execution/run.ts';
import { serverFeatures } from './features.ts';
import type { EngineLog } from './log.ts';
import { isForeign } from './origin.ts';

interface Client {
  readonly socket: WebSocket;
  /** It said that it reads previews with metadata. */
  metadata: boolean;
}

const terminalSize = { cols: 80, rows: 24 };

/** `/ws`: one socket for each client id, the newest counts (comfyui-protocol.md section 5). */
export class Sockets implements Audience {
  readonly #clients = new Map<string, Client>();
  readonly #logReaders = new Set<string>();
  readonly #log: EngineLog;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 });
  #engine: PromptEngine | undefined;

  constructor(log: EngineLog) {
    this.#log = log;
    log.onEntry((entry) => {
      const data = { entries: [entry], size: terminalSize };
      for (const reader of this.#logReaders) this.#send('logs', data, reader);
    });
  }

  get size(): number {
    return this.#clients.size;
  }

  attach(server: Server, engine: PromptEngine): void {
    this.#engine = engine;
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  subscribeLogs(client: string, enabled: boolean): void {
    if (enabled) this.#logReaders.add(client);
    else this.#logReaders.delete(client);
  }

  broadcast(event: string, data: Record<string, unknown>): void {
    this.#send(event, data, undefined);
  }

  voiceOf(client: string | undefined): RunVoice {
    return {
      client,
      send: (event, data) => this.#send(event, data, client),
      progress: (progress, preview) => this.#progress(progress, preview, client),
    };
  }

  log(line: string): void {
    this.#log.say(line);
  }

  close(): void {
    for (const { socket } of this.#clients.values()) socket.terminate();
    this.#server.close();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://engine');
    if (url.pathname !== '/ws' && url.pathname !== '/api/ws') {
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
    } else if (isForeign(request.headers)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    } else {
      const id = url.searchParams.get('clientId') || randomUUID().replaceAll('-', '');
      this.#server.handleUpgrade(request, socket, head, (opened) => this.#opened(id, opened));
    }
  }

  #opened(id: string, socket: WebSocket): void {
    const client: Client = { socket, metadata: false };
    this.#clients.set(id, client);
    this.#send('status', { status: this.#engine?.queueInfo, sid: id }, id);
    const at = this.#engine?.current;
    if (at?.client === id && at.node !== undefined) this.#send('executing', { node: at.node }, id);
    const onMessage = (text: unknown): void => {
      if (this.#firstMessage(id, client, String(text))) socket.off('message', onMessage);
    };
    socket.on('message', onMessage);
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      if (this.#clients.get(id) !== client) return;
      this.#clients.delete(id);
      this.#logReaders.delete(id);
    });
  }

  /** A client says what it can in its first message, or never. False when this was no message. */
  #firstMessage(id: string, client: Client, text: string): boolean {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      this.log(`Invalid JSON received from client ${id}`);
    }
    if (!isObject(message)) return false;
    if (message.type === 'feature_flags') {
      client.metadata = isObject(message.data) && message.data.supports_preview_metadata === true;
      this.#send('feature_flags', serverFeatures, id);
    }
    return true;
  }

  /**
   * A preview with metadata goes before its `progress`, one without after it; never both. What goes to everybody goes
   * without.
   */
  #progress(progress: Progress, preview: Preview | undefined, id: string | undefined): void {
    const { node, prompt_id } = progress;
    const rich = id !== undefined && this.#clients.get(id)?.metadata === true;
    if (preview && rich) this.#sendFrame(frameWithMetadata(preview, node, prompt_id), id);
    this.#send('progress', { ...progress }, id);
    if (preview && !rich) this.#sendFrame(plainFrame(preview), id);
  }

  #sendFrame(frame: Buffer, id: string | undefined): void {
    for (const { socket } of this.#readers(id)) socket.send(frame);
  }

  /** `id` undefined = everybody. */
  #readers(id: string | undefined): Client[] {
    if (id === undefined) return [...this.#clients.values()];
    const client = this.#clients.get(id);
    return client ? [client] : [];
  }

  #send(type: string, data: unknown, id: string | undefined): void {
    const text = JSON.stringify({ type, data });
    for (const { socket } of this.#readers(id)) socket.send(text);
  }
}

const frameKinds = { previewImage: 1, previewWithMetadata: 4 };

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function plainFrame({ mime, bytes }: Preview): Buffer {
  return Buffer.concat([uint32(frameKinds.previewImage), uint32(mime === 'image/png' ? 2 : 1), bytes]);
}

function frameWithMetadata({ mime, bytes }: Preview, node: string, promptId: string): Buffer {
  const metadata = Buffer.from(
    JSON.stringify({
      node_id: node,
      prompt_id: promptId,
      display_node_id: node,
      parent_node_id: null,
      real_node_id: node,
      image_type: mime,
    }),
  );
  return Buffer.concat([uint32(frameKinds.previewWithMetadata), uint32(metadata.length), metadata, bytes]);
}

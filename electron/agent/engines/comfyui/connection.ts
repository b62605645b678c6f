import type { EngineInfo } from '#shared/link/protocol.ts';
import type { HttpClient } from '../../http.ts';
import { ComfyUiClient } from './client.ts';
import { classesOf } from './node-classes.ts';
import { packsOf } from './packs.ts';
import { ComfyUiSocket, type SocketListener, type SocketTimings, socketTimings } from './socket.ts';

export interface ConnectionOptions {
  /** Names this agent to the server, so that messages find it again. */
  readonly clientId: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly http: HttpClient;
  readonly socketTimings?: SocketTimings;
}

/** What a server tells of itself, and its node packs by the node types that they bring. */
export interface Learnt
  extends Pick<EngineInfo, 'version' | 'pytorch_version' | 'devices' | 'node_types' | 'node_info_hash'> {
  readonly packs: ReadonlyMap<string, string>;
}

/** One server at one address, from the moment it is up until it is gone. */
export class Connection {
  readonly url: string;
  readonly client: ComfyUiClient;
  readonly socket: ComfyUiSocket;

  constructor(
    url: string,
    { clientId, headers = {}, http, socketTimings: timings = socketTimings }: ConnectionOptions,
    listener: SocketListener,
  ) {
    const query = new URLSearchParams({ clientId });
    this.url = url;
    this.client = new ComfyUiClient(http, url, headers);
    this.socket = new ComfyUiSocket(`${url.replace(/^http/, 'ws')}/ws?${query}`, headers, listener, timings);
  }

  /** Asks what the server is. Throws when it does not answer as ComfyUI does. */
  async learn(): Promise<Learnt> {
    const [stats, nodeInfo] = await Promise.all([
      this.client.systemStats(),
      this.client.nodeInfo().catch(() => undefined),
    ]);
    return {
      version: stats.system.comfyui_version,
      pytorch_version: stats.system.pytorch_version,
      devices: stats.devices,
      ...classesOf(nodeInfo),
      packs: packsOf(nodeInfo ?? {}),
    };
  }
}

import type { HttpClient } from '../../http.ts';
import { ComfyUiClient } from './client.ts';
import { ComfyUiSocket, type SocketListener, type SocketTimings, socketTimings } from './socket.ts';

export interface ConnectionOptions {
  /** Names this agent to the server, so that messages find it again. */
  readonly clientId: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly http: HttpClient;
  readonly socketTimings?: SocketTimings;
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
}

import type { EngineDevice } from '#shared/wire/engines.ts';
import type { ComfyUiClient } from './client.ts';

/** Memory of the devices, asked of a server every few seconds while it is up; a busy server may take its time. */
export class LiveFigures {
  readonly #everyMs: number;
  readonly #tell: (devices: EngineDevice[]) => void;
  #client: ComfyUiClient | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(everyMs: number, tell: (devices: EngineDevice[]) => void) {
    this.#everyMs = everyMs;
    this.#tell = tell;
  }

  /** From now on this server is asked. */
  start(client: ComfyUiClient): void {
    this.stop();
    this.#client = client;
    this.#wait(client);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#client = undefined;
  }

  #wait(client: ComfyUiClient): void {
    this.#timer = setTimeout(() => void this.#ask(client), this.#everyMs).unref();
  }

  async #ask(client: ComfyUiClient): Promise<void> {
    const patience = AbortSignal.timeout(Math.max(5000, this.#everyMs));
    const stats = await client.systemStats(patience).catch(() => undefined);
    if (this.#client !== client) return;
    if (stats) this.#tell(stats.devices);
    this.#wait(client);
  }
}

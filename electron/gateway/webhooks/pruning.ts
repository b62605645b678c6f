import type { Logger } from 'pino';
import type { Store, Writer } from '../store/store.ts';
import { endOrphans, pruneMany, pruneOld } from './outbox.ts';

export interface PruningPorts {
  readonly store: Store;
  readonly clock: () => number;
  readonly log: Logger;
}

/** How long the log is kept, and how much of it for each webhook. */
const keptMs = 7 * 86_400_000;
const keptForOne = 500;
const everyMs = 3_600_000;
/** So many rows go in one unit of work: others want to write too. */
const batch = 500;

/** Keeps the log of deliveries from growing for ever. What is not over is never touched. */
export class Pruning {
  readonly #ports: PruningPorts;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(ports: PruningPorts) {
    this.#ports = ports;
  }

  start(): void {
    const run = () => {
      this.prune().catch((error: unknown) => {
        if (!this.#stopped) this.#ports.log.error({ err: error }, 'the log of webhooks could not be pruned');
      });
    };
    this.#timer = setInterval(run, everyMs);
    this.#timer.unref();
    const before = this.#ports.clock();
    void this.#ports.store.write((writer) => endOrphans(writer, before)).then(run, run);
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }

  async prune(): Promise<void> {
    const { store, clock } = this.#ports;
    await this.#all((writer) => pruneOld(writer, clock() - keptMs, batch));
    const webhooks = store.read.hot<{ webhook_id: string }>(
      'SELECT webhook_id FROM webhook_deliveries GROUP BY webhook_id HAVING COUNT(*) > ?',
      keptForOne,
    );
    for (const { webhook_id } of webhooks)
      await this.#all((writer) => pruneMany(writer, webhook_id, keptForOne, batch));
  }

  async #all(some: (writer: Writer) => number): Promise<void> {
    while (!this.#stopped && (await this.#ports.store.write(some)) > 0);
  }
}

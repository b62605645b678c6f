import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { AppError } from '#shared/errors.ts';
import { bytesInWords } from '#shared/sizes.ts';
import type { CleanReply, Retention } from '#shared/wire/storage.ts';
import type { Store } from '../store/store.ts';
import { dayMs, type Expired, Expiry } from './expiry.ts';
import { LooseObjects } from './loose-objects.ts';
import type { Multipart } from './multipart.ts';
import type { ObjectStore } from './object-store.ts';
import { referencesTo } from './references.ts';

export interface JanitorPorts {
  readonly store: Store;
  readonly objects: ObjectStore;
  readonly multipart: Multipart;
  /** What other rooms give up themselves, before it is looked for what nobody refers to. */
  readonly first?: () => Promise<void>;
  readonly retention: () => Retention;
  readonly clock: () => number;
  readonly log: Logger;
}

const minuteMs = 60_000;
/** After the start: agents come back first, and bring what they have. */
const firstAfterMs = 10 * minuteMs;
const everyMs = 60 * minuteMs;
/** Uploads in parts that nobody has gone on with. */
const abandonedAfterMs = 3 * dayMs;
/** Looking at every file on the disk is for once a day. */
const strayEverySweeps = 24;
/** Between two slices everybody else has a turn. */
const restMs = 2;
const uploadsAtOnce = 200;

/**
 * Takes away what is not needed any more: rows whose time is over, then the bytes that no row refers to. In slices that
 * are whole by themselves: nobody waits for it, and it can be killed at any moment and go on another day.
 */
export class Janitor {
  readonly #ports: JanitorPorts;
  readonly #expiry: Expiry;
  readonly #loose: LooseObjects;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<CleanReply> | undefined;
  #sweeps = 0;
  #stopped = false;

  constructor(ports: JanitorPorts) {
    this.#ports = ports;
    const rest = () => this.#rest();
    this.#expiry = new Expiry({ ...ports, rest });
    this.#loose = new LooseObjects({ ...ports, rest });
  }

  start(): void {
    this.#next(firstAfterMs);
  }

  /** Ends after the slice that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#sweeping?.catch(() => undefined);
  }

  #next(afterMs: number): void {
    this.#timer = setTimeout(() => {
      this.sweep()
        .catch((error: unknown) => {
          if (!this.#stopped) this.#ports.log.error({ err: error }, 'the clean-up could not be ended');
        })
        .finally(() => {
          if (!this.#stopped) this.#next(everyMs);
        });
    }, afterMs);
    this.#timer.unref();
  }

  /** What a sweep would take away now. */
  async plan(): Promise<CleanReply> {
    const inputs = await all(this.#expiry.inputs());
    const outputs = await all(this.#expiry.outputs());
    const loose = await all(this.#loose.find());
    const uploads = this.#ports.multipart.abandoned(this.#abandonedBefore(), uploadsAtOnce);
    const freed = [...loose, ...this.#last([...inputs, ...outputs])].reduce((sum, { size }) => sum + size, 0);
    return {
      inputs: inputs.length,
      outputs: outputs.length,
      uploads: uploads.ids.length,
      freed_bytes: freed + uploads.bytes,
    };
  }

  /** One for each object that has no reference but these: only they free anything. */
  #last(rows: readonly Expired[]): Expired[] {
    const bySha = new Map<string, Expired[]>();
    for (const row of rows) {
      if (row.sha256 !== null) bySha.set(row.sha256, [...(bySha.get(row.sha256) ?? []), row]);
    }
    return [...bySha].flatMap(([sha256, same]) =>
      referencesTo(this.#ports.store.read, sha256) === same.length ? same.slice(0, 1) : [],
    );
  }

  /** One at a time: who asks while one is under way gets its answer. */
  sweep(): Promise<CleanReply> {
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  async #sweep(): Promise<CleanReply> {
    const { multipart, objects, clock, log } = this.#ports;
    await this.#ports.first?.();
    let [inputs, outputs] = [0, 0];
    for await (const page of this.#expiry.inputs()) inputs += await this.#expiry.removeInputs(page);
    for await (const page of this.#expiry.outputs()) outputs += await this.#expiry.removeOutputs(page);
    const uploads = await multipart.sweep(this.#abandonedBefore(), uploadsAtOnce);
    let freed_bytes = uploads.bytes + (await this.#loose.remove());
    if (this.#sweeps++ % strayEverySweeps === 0) {
      await multipart.sweepStrays();
      await objects.removeTemporary(clock() - dayMs);
      freed_bytes += await this.#loose.removeStrays();
    }
    const done = { inputs, outputs, uploads: uploads.ids.length, freed_bytes };
    if (Object.values(done).some((count) => count > 0)) {
      log.info(done, `cleaned up: ${bytesInWords(freed_bytes)} freed`);
    }
    return done;
  }

  readonly #abandonedBefore = (): number => this.#ports.clock() - abandonedAfterMs;

  async #rest(): Promise<void> {
    await pause(restMs);
    if (this.#stopped) throw new AppError('unavailable');
  }
}

async function all<Row>(pages: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}

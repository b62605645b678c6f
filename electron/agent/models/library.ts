import { stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import type { ModelDisk, ModelInfo } from '#shared/link/models.ts';
import { HashCache } from './hash-cache.ts';
import { Learner } from './learner.ts';
import { ModelReader } from './model-reader.ts';
import { emptyStock, type KnownFolders, type ServedEngine, type Stock, takeStock } from './stock.ts';
import { type ModelNews, ModelTeller } from './teller.ts';

export interface LibraryPorts {
  /** What this machine has. */
  engines(): Promise<readonly ServedEngine[]>;
  /** Who of them answers where: when that changes, there may be other models. */
  address(): string;
  /** The agent's own folder: what was learned of models is kept there. */
  readonly dataDir: string;
  /** Where models that are fetched go; `undefined` when no engine of ours looks there. */
  sharedModels(): string | undefined;
  readonly connected: () => boolean;
  send(news: ModelNews): void;
  readonly log: Logger;
}

/** How often it looks for files that others have brought or taken away. */
const lookMs = 30_000;
/** Engines tell many things at once when they start. */
const settleMs = 300;
/** Hashes are told a few at a time. */
const tellMs = 2000;

/** The models of this machine: looks, reads, and tells the gateway. */
export class ModelLibrary {
  readonly #ports: LibraryPorts;
  readonly #cache: HashCache;
  readonly #learner: Learner;
  readonly #teller: ModelTeller;
  readonly #folders: KnownFolders = new Map();
  readonly #listeners: (() => void)[] = [];
  readonly reader = new ModelReader();
  #stock: Stock = emptyStock;
  #disk: ModelDisk | undefined;
  #looked = false;
  #looking: Promise<void> | undefined;
  #again = false;
  #lookTimer: NodeJS.Timeout | undefined;
  #tellTimer: NodeJS.Timeout | undefined;
  #engines = '';
  #stopped = false;

  constructor(ports: LibraryPorts) {
    this.#ports = ports;
    this.#cache = new HashCache(join(ports.dataDir, 'models', 'known.json'));
    this.#teller = new ModelTeller((news) => ports.send(news));
    const { log } = ports;
    this.#learner = new Learner({
      reader: this.reader,
      cache: this.#cache,
      log,
      learned: () => this.#tellSoon(),
    });
  }

  async start(): Promise<void> {
    await this.#cache.open();
    void this.look();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#lookTimer);
    clearTimeout(this.#tellTimer);
    this.#learner.stop();
    await this.reader.stop();
    await Promise.all([this.#looking, this.#learner.idle()]);
    await this.#cache.save();
  }

  /** Told after each look and each thing learned. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** The models here, with all that is known of them. */
  get models(): ModelInfo[] {
    return [...this.#stock.models.values()].map(({ info, file }) =>
      file ? { ...info, ...known(this.#cache.of(file)) } : info,
    );
  }

  /** It has looked at the folders once. */
  get looked(): boolean {
    return this.#looked;
  }

  /** Where the file of a model lies on this machine. */
  fileOf(id: string): string | undefined {
    return this.#stock.models.get(id)?.file?.absolute;
  }

  /** A gateway that knows nothing of us has welcomed us. */
  introduce(): void {
    this.#teller.forget();
    this.#tell();
  }

  /** Engines have come, gone, or answer at another address. */
  enginesChanged(): void {
    const now = this.#ports.address();
    if (now === this.#engines) return;
    this.#engines = now;
    this.#lookIn(settleMs);
  }

  /** Looks at all folders; called meanwhile, it looks once more. */
  look(): Promise<void> {
    if (this.#looking) {
      this.#again = true;
      return this.#looking;
    }
    clearTimeout(this.#lookTimer);
    this.#lookTimer = undefined;
    const began = Date.now();
    this.#looking = this.#look()
      .catch((error: unknown) => this.#ports.log.error({ err: error }, 'could not look for models'))
      .finally(() => {
        this.#looking = undefined;
        // A machine whose disks take long to read is not kept busy with it.
        this.#lookIn(this.#again ? 0 : Math.max(lookMs, 50 * (Date.now() - began)));
        this.#again = false;
      });
    return this.#looking;
  }

  /** A file has come whose hash was made on the way: it need not be read again. */
  async arrived(absolute: string, sha256: string): Promise<void> {
    // A look that has begun already may not see it.
    await this.#looking;
    const { size, mtimeMs } = await stat(absolute);
    this.#cache.keep({ absolute, size, modified: Math.round(mtimeMs) }, { sha256 });
    await this.look();
  }

  /** Resolves when every file has been read. */
  async known(): Promise<void> {
    await this.#looking;
    await this.#learner.idle();
  }

  async #look(): Promise<void> {
    const stock = await takeStock(await this.#ports.engines(), this.#folders);
    this.#disk = await diskOf(this.#ports.sharedModels());
    if (this.#stopped) return;
    this.#stock = stock;
    this.#looked = true;
    const files = [...stock.models.values()].flatMap(({ file }) => file ?? []);
    this.#cache.retain(new Set(files.map(({ absolute }) => absolute)));
    this.#learner.learn(files);
    this.#tell();
  }

  #lookIn(ms: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#lookTimer);
    this.#lookTimer = setTimeout(() => void this.look(), ms);
    this.#lookTimer.unref();
  }

  #tellSoon(): void {
    this.#tellTimer ??= setTimeout(() => this.#tell(), tellMs);
    this.#tellTimer.unref();
  }

  #tell(): void {
    clearTimeout(this.#tellTimer);
    this.#tellTimer = undefined;
    if (!this.#looked || this.#stopped) return;
    // Another hears it with the next welcome.
    if (this.#ports.connected()) this.#teller.tell(this.models, this.#stock.known, this.#disk);
    for (const listener of this.#listeners) listener();
  }
}

const known = ({ facts, sha256 }: ReturnType<HashCache['of']>): Partial<ModelInfo> => ({
  ...facts,
  ...(sha256 && { sha256 }),
});

/** The disk of a folder that may not be there yet. */
export async function diskOf(folder: string | undefined): Promise<ModelDisk | undefined> {
  if (folder === undefined) return undefined;
  for (let path = folder; ; path = dirname(path)) {
    const facts = await statfs(path).catch(() => undefined);
    if (facts) return { folder, total: facts.blocks * facts.bsize, free: facts.bavail * facts.bsize };
    if (path === dirname(path)) return undefined;
  }
}

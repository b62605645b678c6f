import type { Logger } from 'pino';
import type { AgentMessage, GatewayMessage } from '#shared/link/protocol.ts';
import type { EngineChoice } from '../engines/create.ts';
import type { Engine } from '../engines/engine.ts';
import type { Fleet } from '../engines/fleet.ts';
import { isLaunchable } from '../engines/registry/record.ts';
import type { EngineRegistry } from '../engines/registry/registry.ts';
import type { HttpClient } from '../http.ts';
import type { LiveMessage } from '../link/link.ts';
import { diskOf, ModelLibrary } from './library.ts';
import type { ServedEngine } from './stock.ts';
import { Syncer } from './sync/syncer.ts';
import type { ModelNews } from './teller.ts';

export interface ModelsPorts {
  readonly fleet: Fleet;
  /** The engines of this machine, those too that are not served now. */
  readonly registry: EngineRegistry | undefined;
  readonly dataDir: string;
  readonly gatewayUrl: string;
  readonly http: HttpClient;
  readonly log: Logger;
  readonly link: {
    readonly connected: boolean;
    send(message: ModelNews): Promise<void>;
    tell(message: LiveMessage): void;
  };
}

/** The models of one machine: what is there, told to the gateway; and what the team wants to be there. */
export class Models {
  readonly #ports: ModelsPorts;
  readonly #choices = new Map<string, EngineChoice>();
  readonly library: ModelLibrary;
  readonly #syncer: Syncer;
  /** Where the engines of this machine all look. */
  #folder: string | undefined;

  constructor(ports: ModelsPorts) {
    this.#ports = ports;
    const { dataDir, log, link, http, gatewayUrl } = ports;
    this.library = new ModelLibrary({
      engines: () => this.#engines(),
      address: () =>
        this.#served()
          .map(({ name, url }) => `${name} ${url}`)
          .join(),
      dataDir,
      sharedModels: () => this.#folder,
      connected: () => link.connected,
      send: (news) => void link.send(news),
      log,
    });
    const { library } = this;
    this.#syncer = new Syncer({
      ...{ gatewayUrl, http, log },
      // Before the first look everything would seem to be missing.
      folder: () => (library.looked ? this.#folder : undefined),
      models: () => library.models,
      fileOf: (id) => library.fileOf(id),
      hash: (path) => library.reader.hash(path),
      disk: diskOf,
      arrived: (path, sha256) => library.arrived(path, sha256),
      tell: (state) => link.tell({ type: 'sync', ...state } satisfies AgentMessage),
      askAgain: () => link.tell({ type: 'want_models' }),
    });
    library.onChange(() => this.#syncer.lookAgain());
  }

  /** How an engine came to be one says where its models lie. */
  made(engine: Engine, choice: EngineChoice): Engine {
    this.#choices.set(engine.info.name, choice);
    return engine;
  }

  start(): Promise<void> {
    return this.library.start();
  }

  async stop(): Promise<void> {
    await this.#syncer.stop();
    await this.library.stop();
  }

  /** The gateway has welcomed us. */
  welcomed({ resumed }: Extract<GatewayMessage, { type: 'welcome' }>): void {
    if (!resumed) this.library.introduce();
    this.#syncer.tell();
  }

  enginesChanged(): void {
    this.library.enginesChanged();
  }

  want(models: Extract<GatewayMessage, { type: 'sync_models' }>['models']): void {
    this.#syncer.want(models);
  }

  #served(): ServedEngine[] {
    return this.#ports.fleet.seats.flatMap(({ name, engine }) => {
      const choice = this.#choices.get(name);
      return choice ? [{ name, url: engine.url, choice, http: this.#ports.http }] : [];
    });
  }

  /** Models of an engine that is stopped are on the disk all the same. */
  async #engines(): Promise<ServedEngine[]> {
    const { registry, http } = this.#ports;
    const served = this.#served();
    const records = (await registry?.list().catch(() => undefined)) ?? [];
    const resting = records
      .filter(isLaunchable)
      .filter(({ id, state }) => state === 'ready' && !served.some(({ name }) => name === id));
    const all = [
      ...served,
      ...resting.flatMap((record): ServedEngine[] =>
        registry ? [{ name: record.id, url: '', choice: { kind: 'launch', record, registry }, http }] : [],
      ),
    ];
    const launched = all.map(({ choice }) => choice).find((choice) => choice.kind === 'launch');
    this.#folder = launched?.registry.sharedModels;
    return all;
  }
}

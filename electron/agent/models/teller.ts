import type { ModelDisk, ModelInfo } from '#shared/link/models.ts';
import type { ReliableMessage } from '../link/mailbox.ts';

export type ModelNews = Extract<ReliableMessage, { type: 'models_changed' }>;

/** Models in one message: far below the longest that the link takes, however long their names are. */
const batch = 500;

/** Tells a gateway what it has not heard yet of the models here, in pieces. */
export class ModelTeller {
  readonly #send: (news: ModelNews) => void;
  /** By id, as the gateway was told last; `undefined`: it was told nothing in this session. */
  #told: Map<string, string> | undefined;
  #around = '';

  constructor(send: (news: ModelNews) => void) {
    this.#send = send;
  }

  /** The gateway knows nothing of us any more. */
  forget(): void {
    this.#told = undefined;
  }

  /** `known`: the engines whose models are all in the list. */
  tell(models: readonly ModelInfo[], known: readonly string[], disk: ModelDisk | undefined): void {
    const anew = this.#told === undefined;
    const told = this.#told ?? new Map<string, string>();
    const now = new Map(models.map((model) => [model.id, JSON.stringify(model)]));
    const changed = models.filter(({ id }) => told.get(id) !== now.get(id));
    const removed = [...told.keys()].filter((id) => !now.has(id));
    const around = JSON.stringify([known, rounded(disk)]);
    if (!anew && changed.length + removed.length === 0 && around === this.#around) return;
    this.#told = now;
    this.#around = around;
    const pieces = Math.max(1, Math.ceil(changed.length / batch), Math.ceil(removed.length / batch));
    for (let n = 0; n < pieces; n += 1) {
      const piece = <One>(all: readonly One[]): One[] => all.slice(n * batch, (n + 1) * batch);
      this.#send({
        type: 'models_changed',
        anew: anew && n === 0,
        more: n < pieces - 1,
        changed: piece(changed),
        removed: piece(removed),
        known: [...known],
        ...(disk && { disk }),
      });
    }
  }
}

/** Disks move all the time; a hundred megabytes are worth telling. */
const rounded = (disk: ModelDisk | undefined): string =>
  disk ? `${disk.folder} ${Math.round(disk.free / 1e8)}` : '';

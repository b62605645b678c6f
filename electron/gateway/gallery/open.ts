import { join } from 'node:path';
import type { GatewayConfig } from '../config.ts';
import type { Files } from '../files/files.ts';
import type { ObjectStore } from '../files/object-store.ts';
import type { Signer } from '../files/signer.ts';
import { outputsOf } from '../store/repositories/tasks.ts';
import type { Store } from '../store/store.ts';
import type { TaskEvents } from '../tasks/events.ts';
import type { TaskSignals } from '../tasks/signals.ts';
import { fillThumbnails } from './fill.ts';
import { Gallery } from './gallery.ts';
import { Thumbnails } from './thumbnails.ts';
import { Zips } from './zips.ts';

interface Ports {
  readonly config: GatewayConfig;
  readonly store: Store;
  readonly objects: ObjectStore;
  readonly signer: Signer;
  readonly files: Files;
  readonly signals: TaskSignals;
  readonly events: TaskEvents;
}

/** The gallery and what belongs to it. */
export interface GalleryRooms {
  readonly outputs: Gallery;
  readonly thumbnails: Thumbnails;
  readonly zips: Zips;
  /** Begins what is done in the background. */
  start(): void;
  stop(): Promise<void>;
}

const sweepEveryMs = 3_600_000;

export function openGallery({ config, store, objects, signer, files, signals, events }: Ports): GalleryRooms {
  const { clock, log, timings } = config;
  const folder = join(config.dataDir, 'thumbnails');
  const thumbnails = new Thumbnails({ store, objects, signer, clock, log, folder });
  const outputs = new Gallery({
    store,
    files,
    thumbnails,
    clock,
    keepDeletedMs: timings.keepDeletedMs,
    changed: (teamId) => events.changed(teamId, 'outputs_changed'),
  });
  signals.listen({
    ended: (task, status) => {
      if (status === 'completed') thumbnails.soon(outputsOf(store.read, task.id));
    },
  });
  const stopping = new AbortController();
  const tell = (what: string) => (error: unknown) => log.error({ err: error }, `could not ${what}`);
  const sweep = () => void outputs.sweep().catch(tell('remove deleted outputs'));
  let filling: Promise<void> = Promise.resolve();
  let sweeping: NodeJS.Timeout | undefined;
  return {
    outputs,
    thumbnails,
    zips: new Zips(objects, clock),
    start() {
      sweep();
      sweeping = setInterval(sweep, sweepEveryMs).unref();
      filling = fillThumbnails(store, thumbnails, stopping.signal).catch(tell('draw older pictures small'));
    },
    async stop() {
      clearInterval(sweeping);
      stopping.abort();
      await thumbnails.stop();
      await filling;
    },
  };
}

import { join } from 'node:path';
import type { GatewayConfig } from '../config.ts';
import type { Features } from '../identity/features.ts';
import { ModelUploads } from '../models/uploads.ts';
import type { Store } from '../store/store.ts';
import { DiskObjectStore } from './disk-object-store.ts';
import { Files } from './files.ts';
import { Janitor } from './janitor.ts';
import { Multipart } from './multipart.ts';
import { readRetention } from './retention.ts';
import { Signer } from './signer.ts';
import { Storage } from './storage.ts';

/** The parts of the files room, on a gateway's data folder. */
export async function openFiles(config: GatewayConfig, store: Store, features: Features) {
  const { dataDir, clock, limits, timings, log } = config;
  const objects = await DiskObjectStore.open(join(dataDir, 'objects'));
  const signer = await Signer.open(store, clock);
  const common = { store, objects, signer, clock, signedUrlMs: timings.signedUrlMs };
  const storage = new Storage({ read: store.read, features, folder: dataDir });
  const files = new Files({ ...common, storage, fileBytes: limits.fileBytes });
  const modelUploads = new ModelUploads({ ...common, storage, fileBytes: limits.fileBytes });
  const multipart = new Multipart({
    ...common,
    destinations: [files.inputs, modelUploads.destination],
    partBytes: limits.partBytes,
  });
  const retention = () => readRetention(store);
  const first = () => modelUploads.sweep();
  const janitor = new Janitor({ store, objects, multipart, retention, clock, log, first });
  return { objects, signer, files, multipart, modelUploads, storage, janitor };
}

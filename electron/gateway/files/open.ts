import { join } from 'node:path';
import type { GatewayConfig } from '../config.ts';
import { ModelUploads } from '../models/uploads.ts';
import type { Store } from '../store/store.ts';
import { DiskObjectStore } from './disk-object-store.ts';
import { Files } from './files.ts';
import { Multipart } from './multipart.ts';
import { Signer } from './signer.ts';

/** The parts of the files room, on a gateway's data folder. */
export async function openFiles({ dataDir, clock, limits, timings }: GatewayConfig, store: Store) {
  const objects = await DiskObjectStore.open(join(dataDir, 'objects'));
  const signer = await Signer.open(store, clock);
  const common = { store, objects, signer, clock, signedUrlMs: timings.signedUrlMs };
  const files = new Files({ ...common, fileBytes: limits.fileBytes });
  const modelUploads = new ModelUploads({ ...common, fileBytes: limits.fileBytes });
  const multipart = new Multipart({
    ...common,
    destinations: [files.inputs, modelUploads.destination],
    partBytes: limits.partBytes,
  });
  return { objects, signer, files, multipart, modelUploads };
}

import type { Readable } from 'node:stream';
import { AppError } from '#shared/errors.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';

/**
 * Takes in the bytes of an upload that was announced with its size.
 *
 * @throws AppError `too_large`, `upload_mismatch`
 */
export async function takeAnnounced(
  objects: ObjectStore,
  stream: Readable,
  announced: number,
): Promise<StoredObject> {
  const stored = await objects.put(stream, { maxBytes: announced });
  if (stored.size === announced) return stored;
  throw new AppError(
    'upload_mismatch',
    `The upload has ${stored.size} bytes, but ${announced} were announced. Ask for a new address and send the whole file.`,
  );
}

import { AppError } from '#shared/errors.ts';
import type { UploadPartRow, UploadRow } from '../store/rows/files.ts';
import type { Place } from './object-store.ts';

/** A part as a client knows it. */
export interface PartTag {
  readonly number: number;
  readonly etag: string;
}

/** Names in one message. */
const mostNamed = 20;

export const partCountOf = ({ size, part_size }: UploadRow): number => Math.ceil(size / part_size);

/** Where a part belongs in its upload. */
export function placeOf({ size, part_size }: UploadRow, number: number): Place {
  const start = (number - 1) * part_size;
  return { start, size: Math.min(part_size, size - start) };
}

/** Throws unless all parts are here, and are the ones that the client means. */
export function requireWhole(
  upload: UploadRow,
  parts: readonly UploadPartRow[],
  tags: readonly PartTag[] = [],
): void {
  const here = new Map(parts.map(({ number, etag }) => [number, etag]));
  const all = Array.from({ length: partCountOf(upload) }, (_, index) => index + 1);
  const missing = all.filter((number) => !here.has(number));
  if (missing.length > 0) {
    const named = missing.slice(0, mostNamed).join(', ') + (missing.length > mostNamed ? ', …' : '');
    throw new AppError('conflict', `Not all parts are here: missing ${named}. Upload them, then complete.`, {
      missing_parts: missing.slice(0, mostNamed),
    });
  }
  const wrong = tags.find(({ number, etag }) => here.get(number) !== etag);
  if (wrong) {
    throw new AppError(
      'upload_mismatch',
      `Part ${wrong.number} here is not the one with the ETag "${wrong.etag}"; upload it again.`,
      { part_number: wrong.number },
    );
  }
}

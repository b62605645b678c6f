import type { ObjectRow } from '../schema.ts';
import type { Writer } from '../store.ts';

/** Enters an object whose bytes are in the object store, in the unit of work that enters who refers to it. */
export function enterObject(
  writer: Writer,
  { sha256, size }: Pick<ObjectRow, 'sha256' | 'size'>,
  now: number,
): void {
  writer.hotRun(
    'INSERT INTO objects (sha256, size, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    sha256,
    size,
    now,
  );
}

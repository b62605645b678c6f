import type { Readable } from 'node:stream';

export interface StoredObject {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** Bytes by the name of their content. Local disk by default; anything that can do these three may stand in. */
export interface ObjectStore {
  /**
   * Takes a stream in. The object is durable when this resolves; a stream that breaks or is longer than `maxBytes`
   * leaves nothing.
   *
   * @throws AppError `too_large`
   */
  put(stream: Readable, options?: { readonly maxBytes?: number }): Promise<StoredObject>;
  /** Bytes `start` to `end`, both included; everything without a range. */
  open(sha256: string, range?: { readonly start: number; readonly end: number }): Readable;
  has(sha256: string): Promise<boolean>;
}

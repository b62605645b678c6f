import type { Readable } from 'node:stream';

export interface StoredObject {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** Bytes by the name of their content. Local disk by default; anything that can do these may stand in. */
export interface ObjectStore {
  /** Where uploads in parts wait until they are whole. */
  readonly parts: PartStore;
  /**
   * Takes a stream in. The object is durable when this resolves; a stream that breaks or is longer than `maxBytes`
   * leaves nothing.
   *
   * @throws AppError `too_large`
   */
  put(stream: Readable, options?: { readonly maxBytes?: number }): Promise<StoredObject>;
  /** Makes the object `sha256` of an upload in parts that is whole; it may have been made of it before. */
  adopt(id: string, sha256: string): Promise<void>;
  /** Bytes `start` to `end`, both included; everything without a range. */
  open(sha256: string, range?: { readonly start: number; readonly end: number }): Readable;
  has(sha256: string): Promise<boolean>;
  /**
   * Takes an object away, unless its bytes came (again) since `before`, or `release` says that it is needed. Nobody can
   * bring the same bytes meanwhile.
   *
   * @param before milliseconds since 1970
   * @returns how many bytes that freed
   */
  remove(sha256: string, before: number, release: () => Promise<boolean>): Promise<number>;
  /** Names of all objects, by pages. */
  list(): AsyncIterable<readonly string[]>;
  /** Removes what was half-written and left behind before then. */
  removeTemporary(before: number): Promise<void>;
}

/** Where a part belongs, in bytes. */
export interface Place {
  readonly start: number;
  readonly size: number;
}

/** The bytes of uploads in parts, by the upload's id. Which parts are whole is not known here. */
export interface PartStore {
  /**
   * Writes a part to its place; durable when this resolves. One that breaks leaves its place in ruins.
   *
   * @returns SHA-256 hex of the part
   * @throws AppError `upload_mismatch` when it has another size
   */
  write(id: string, place: Place, stream: Readable): Promise<string>;
  /** Reads the whole once. */
  sum(id: string): Promise<StoredObject>;
  remove(id: string): Promise<void>;
  /** Ids of all that wait. */
  list(): Promise<string[]>;
}

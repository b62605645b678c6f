/** Bytes of a file, read with care: every length in a file may lie, so reading past the end gives `undefined`. */
export class Bytes {
  readonly data: Uint8Array;
  readonly #view: DataView;

  constructor(data: Uint8Array) {
    this.data = data;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  get length(): number {
    return this.data.length;
  }

  has(at: number, size: number): boolean {
    return at >= 0 && size >= 0 && at + size <= this.data.length;
  }

  u8(at: number): number | undefined {
    return this.data[at];
  }

  u16(at: number, little = false): number | undefined {
    return this.has(at, 2) ? this.#view.getUint16(at, little) : undefined;
  }

  u32(at: number, little = false): number | undefined {
    return this.has(at, 4) ? this.#view.getUint32(at, little) : undefined;
  }

  /** A length of 64 bits; what does not fit a number is far past any end anyway. */
  u64(at: number, little = false): number | undefined {
    return this.has(at, 8) ? Number(this.#view.getBigUint64(at, little)) : undefined;
  }

  /** The part from `start` to `end`, cut at the end of the file. */
  slice(start: number, end: number): Bytes {
    const from = Math.min(Math.max(0, start), this.length);
    return new Bytes(this.data.subarray(from, Math.max(from, Math.min(end, this.length))));
  }

  /** Parts of a file put together. */
  joined(parts: readonly Uint8Array[]): Bytes {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return new Bytes(whole);
  }

  /** One character for each byte, for marks and tags. */
  ascii(at: number, size: number): string {
    return String.fromCharCode(...this.data.subarray(at, Math.min(at + Math.min(size, 64), this.length)));
  }

  text(start = 0, end = this.length, encoding = 'utf-8'): string {
    return new TextDecoder(encoding).decode(
      this.data.subarray(start, Math.max(start, Math.min(end, this.length))),
    );
  }

  /** Where a byte stands, at `limit` at the latest; -1 when it is not there. */
  find(byte: number, from: number, limit: number): number {
    const end = Math.min(limit, this.length);
    const at = this.data.subarray(from, end).indexOf(byte);
    return at < 0 ? -1 : from + at;
  }
}

/** Texts that a file carries, by their names in lower case; the first of a name wins. */
export type Tags = Map<string, string>;

/** Names that matter here; a file may carry thousands of others. */
const wanted = new Set(['prompt', 'workflow', 'parameters', 'comment', 'usercomment']);

export function addTag(tags: Tags, name: string, text: () => string): void {
  const key = name.trim().toLowerCase();
  if (wanted.has(key) && !tags.has(key)) tags.set(key, text());
}

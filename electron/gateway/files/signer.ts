import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { settingOr } from '../store/repositories/settings.ts';
import type { Store } from '../store/store.ts';

/** What a signed address permits, and what goes with it. Signed together: none can be changed alone. */
export interface SignedAddress {
  readonly path: string;
  /** Query values under the signature, such as the size of an upload. */
  readonly claims: Readonly<Record<string, string>>;
}

/** Signs addresses so that whoever holds one may use it until it expires, without a key. */
export class Signer {
  readonly #key: Buffer;
  readonly #clock: () => number;

  constructor(key: string, clock: () => number) {
    this.#key = Buffer.from(key, 'base64url');
    this.#clock = clock;
  }

  static async open(store: Store, clock: () => number): Promise<Signer> {
    return new Signer(
      await settingOr(store, 'address_key', () => randomBytes(32).toString('base64url')),
      clock,
    );
  }

  /**
   * @returns `path?<claims>&exp=<ms>&sig=<mac>`, valid for at least `ttlMs`. The expiry is rounded up, so that the same
   * file keeps the same address for a while and browsers can cache it.
   */
  sign({ path, claims }: SignedAddress, ttlMs: number): string {
    const step = Math.max(1000, Math.floor(ttlMs / 4));
    const exp = String(Math.ceil((this.#clock() + ttlMs) / step) * step);
    const query = new URLSearchParams({ ...claims, exp, sig: this.#mac(path, claims, exp) });
    return `${path}?${query}`;
  }

  /** Is this query a valid signature of `path`? Returns its claims; values that were not signed are left out. */
  verify(path: string, query: Readonly<Record<string, string | undefined>>, names: readonly string[]) {
    const { exp = '', sig = '' } = query;
    const claims: Record<string, string> = {};
    for (const name of names) {
      const value = query[name];
      if (value !== undefined) claims[name] = value;
    }
    const expected = Buffer.from(this.#mac(path, claims, exp));
    const given = Buffer.from(sig);
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
    return Number(exp) > this.#clock() ? claims : undefined;
  }

  #mac(path: string, claims: Readonly<Record<string, string>>, exp: string): string {
    const sorted = Object.entries(claims).sort(([a], [b]) => (a < b ? -1 : 1));
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([path, sorted, exp]))
      .digest('base64url');
  }
}

import { createHash, randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { v7 } from 'uuid';
import { AppError } from '#shared/errors.ts';
import type { TokenReply } from '#shared/wire/identity.ts';
import type { RefreshTokenRow } from '../store/schema.ts';
import type { Store } from '../store/store.ts';

const accessSeconds = 3600;
const refreshMs = 30 * 86_400_000;

const hash = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * Sign-in tokens: a JWT for an hour, and an opaque refresh token for thirty days that can be used once. Using one a
 * second time means somebody copied it, so every token of that sign-in ends.
 */
export class Tokens {
  readonly #store: Store;
  readonly #key: Uint8Array;
  readonly #clock: () => number;

  constructor(store: Store, signingKey: string, clock: () => number) {
    this.#store = store;
    this.#key = Buffer.from(signingKey, 'base64url');
    this.#clock = clock;
  }

  issue(userId: string): Promise<TokenReply> {
    return this.#issue(userId, v7());
  }

  async refresh(token: string): Promise<TokenReply> {
    const now = this.#clock();
    const row = await this.#store.write((writer) => {
      const [found] = writer.hot<RefreshTokenRow>(
        'SELECT * FROM refresh_tokens WHERE token_hash = ?',
        hash(token),
      );
      if (!found || found.expires_at <= now) return undefined;
      if (found.used_at !== null) {
        writer.hotRun('DELETE FROM refresh_tokens WHERE family_id = ?', found.family_id);
        return undefined;
      }
      writer.hotRun('UPDATE refresh_tokens SET used_at = ? WHERE token_hash = ?', now, found.token_hash);
      return found;
    });
    if (!row) throw new AppError('unauthorized', 'This refresh token is used up or expired; sign in again.');
    return this.#issue(row.user_id, row.family_id);
  }

  /** The user an access token speaks for, or `undefined`. */
  async verify(token: string): Promise<string | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: ['HS256'],
        issuer: 'atelier',
        currentDate: new Date(this.#clock()),
      });
      return payload.sub;
    } catch {
      return undefined;
    }
  }

  async #issue(userId: string, family: string): Promise<TokenReply> {
    const now = this.#clock();
    const refresh = randomBytes(32).toString('base64url');
    await this.#store.write((writer) => {
      writer.hotRun('DELETE FROM refresh_tokens WHERE expires_at <= ?', now);
      writer.hotRun(
        'INSERT INTO refresh_tokens (token_hash, user_id, family_id, expires_at, used_at) VALUES (?, ?, ?, ?, NULL)',
        hash(refresh),
        userId,
        family,
        now + refreshMs,
      );
    });
    const access = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('atelier')
      .setSubject(userId)
      .setIssuedAt(Math.floor(now / 1000))
      .setExpirationTime(Math.floor(now / 1000) + accessSeconds)
      .sign(this.#key);
    return { access_token: access, refresh_token: refresh, expires_in: accessSeconds };
  }
}

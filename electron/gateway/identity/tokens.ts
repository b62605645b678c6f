import { createHash, randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { v7 } from 'uuid';
import { AppError } from '#shared/errors.ts';
import type { TokenReply } from '#shared/wire/identity.ts';
import type { RefreshTokenRow } from '../store/rows/identity.ts';
import type { Store, Writer } from '../store/store.ts';

const accessSeconds = 3600;
const refreshMs = 30 * 86_400_000;

const hash = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Who is signed in, and by which sign-in. */
export interface SignIn {
  readonly userId: string;
  readonly family: string;
}

/** Ends every sign-in of a user, except the one with this family. */
export function endSignIns(writer: Writer, userId: string, except = ''): void {
  writer.hotRun('DELETE FROM refresh_tokens WHERE user_id = ? AND family_id <> ?', userId, except);
}

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

  /** The user and sign-in an access token speaks for; `undefined` once that sign-in was ended. */
  async verify(token: string): Promise<SignIn | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: ['HS256'],
        issuer: 'atelier',
        currentDate: new Date(this.#clock()),
      });
      const { sub, sid } = payload;
      return sub !== undefined && typeof sid === 'string' && this.#lives(sid)
        ? { userId: sub, family: sid }
        : undefined;
    } catch {
      return undefined;
    }
  }

  /** Every token of a sign-in ends with its family, the access token that is still running included. */
  #lives(family: string): boolean {
    return (
      this.#store.read.hot('SELECT 1 FROM refresh_tokens WHERE family_id = ? LIMIT 1', family).length > 0
    );
  }

  /** Signs out: ends the sign-in that a refresh token belongs to. An unknown one changes nothing. */
  async end(token: string): Promise<void> {
    await this.#store.write((writer) =>
      writer.hotRun(
        `DELETE FROM refresh_tokens WHERE family_id IN
          (SELECT family_id FROM refresh_tokens WHERE token_hash = ?)`,
        hash(token),
      ),
    );
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
    const access = await new SignJWT({ sid: family })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('atelier')
      .setSubject(userId)
      .setIssuedAt(Math.floor(now / 1000))
      .setExpirationTime(Math.floor(now / 1000) + accessSeconds)
      .sign(this.#key);
    return { access_token: access, refresh_token: refresh, expires_in: accessSeconds };
  }
}

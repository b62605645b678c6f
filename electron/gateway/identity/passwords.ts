import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** Cost of a hash: 32 MiB and about 0.3 s, the same in Node and in Electron (style-and-deps.md 2.2). */
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const keyLength = 32;
/** More at once would only exhaust memory: sign-ins are rare. */
const atOnce = 2;

let active = 0;
const waiting: (() => void)[] = [];

async function derive(password: string, salt: Buffer, options: typeof cost): Promise<Buffer> {
  if (active >= atOnce) await new Promise<void>((turn) => waiting.push(turn));
  active += 1;
  try {
    return await new Promise<Buffer>((done, failed) =>
      scrypt(password.normalize('NFKC'), salt, keyLength, options, (error, key) =>
        error ? failed(error) : done(key),
      ),
    );
  } finally {
    active -= 1;
    waiting.shift()?.();
  }
}

/** A self-describing hash: `scrypt$N$r$p$salt$key`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Compared against when there is no account, so that an answer takes as long as for a wrong password. */
const nobody = `scrypt$${cost.N}$${cost.r}$${cost.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** Does the password fit? `stored` null (no account, no password) costs the same and is always false. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [, N, r, p, salt = '', expected = ''] = (stored ?? nobody).split('$');
  const options = { ...cost, N: Number(N), r: Number(r), p: Number(p) };
  const key = await derive(password, Buffer.from(salt, 'base64url'), options);
  const fits = timingSafeEqual(key, Buffer.from(expected, 'base64url'));
  return fits && stored !== null;
}

/** Was it made with other costs than today's? Then the next sign-in makes it anew. */
export const isOutdated = (stored: string): boolean =>
  !stored.startsWith(`scrypt$${cost.N}$${cost.r}$${cost.p}$`);

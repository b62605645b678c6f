import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmod, link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#shared/errors.ts';

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** First byte of what is sealed, so that another way of sealing can be told apart one day. */
const format = 1;

/** What was sealed can't be read any more: another key, or changed bytes. */
export class UnreadableSecretError extends AppError {
  constructor(options?: ErrorOptions) {
    super(
      'conflict',
      'The secret can’t be read: secrets.key in the data folder is not the file it was sealed with. Put that one back, or make a new secret.',
      undefined,
      options,
    );
    this.name = 'UnreadableSecretError';
  }
}

/**
 * Secrets of others that have to be used again, so can't be hashed: sealed with AES-256-GCM before they go into the
 * database. The key is a file beside it that only the user can read; whoever gets a copy of the database alone reads none.
 */
export class Secrets {
  readonly #key: Buffer;

  private constructor(key: Buffer) {
    this.#key = key;
  }

  /** Makes the key at the first start. */
  static async open(dataDir: string): Promise<Secrets> {
    return new Secrets(await keyOf(join(dataDir, 'secrets.key')));
  }

  /** `place` says what it belongs to; it opens nowhere else. */
  seal(text: string, place: string): Uint8Array {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(format), nonce, cipher.getAuthTag(), sealed]);
  }

  /** @throws UnreadableSecretError */
  unseal(sealed: Uint8Array, place: string): string {
    const bytes = Buffer.from(sealed);
    const [nonceEnd, tagEnd] = [1 + nonceBytes, 1 + nonceBytes + tagBytes];
    if (bytes[0] !== format || bytes.length < tagEnd) throw new UnreadableSecretError();
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(1, nonceEnd), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(nonceEnd, tagEnd));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new UnreadableSecretError({ cause });
    }
  }
}

async function keyOf(path: string): Promise<Buffer> {
  const kept = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!kept) return makeKey(path);
  const key = Buffer.from(kept.toString('utf8'), 'base64');
  if (key.length !== keyBytes) {
    throw new Error(
      `${path} is damaged, so what it protects can’t be read. Put it back from a copy; or delete it, and then rotate the ` +
        'secrets of webhooks and enter keys of cloud services again.',
    );
  }
  await chmod(path, 0o600);
  return key;
}

/** On disk whole or not at all: under another name first, then linked, which never replaces one that is there. */
async function makeKey(path: string): Promise<Buffer> {
  const key = randomBytes(keyBytes);
  const draft = `${path}.new`;
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${key.toString('base64')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await link(draft, path);
  await rm(draft, { force: true });
  return key;
}

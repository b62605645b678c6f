import { mkdir, open, rm, stat, statfs } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { type Ask, checkReply, follow, Hopeless, validatorOf } from './download.ts';

export interface Receiving {
  readonly url: string;
  /** Where it goes, and what has come already lies. */
  readonly part: string;
  /** What the server named that by; empty when nobody knows. */
  readonly validator: string;
  /** Of the whole, if it was told. */
  readonly size: number | null;
  readonly ask: Ask;
  readonly signal: AbortSignal;
  free(): Promise<number>;
  /** The server answers: it goes on at `begin`, of `size` bytes. */
  begins(begin: number, size: number | null, validator: string): Promise<void>;
  /** So many bytes are here. */
  came(bytes: number): void;
}

/** Stays free on the disk. */
const reserve = 1_000_000_000;

/** Brings the rest of a file. What a break leaves is gone on with the next time, if it is the same file still. */
export async function receive(what: Receiving): Promise<void> {
  const { url, part, validator, ask, signal } = what;
  signal.throwIfAborted();
  await mkdir(dirname(part), { recursive: true, mode: 0o700 });
  const have = (await stat(part).catch(() => undefined))?.size ?? 0;
  // Without a validator the rest of another file might be put behind the beginning of this one.
  const from = validator ? have : 0;
  if (from > 0 && from === what.size) return what.came(from);
  const reply = await follow(url, headersFor(from, validator), ask, signal);
  if (reply.statusCode === 416) {
    reply.destroy();
    await rm(part, { force: true });
    throw new Error('the server has another file now');
  }
  checkReply(reply);
  const begin = reply.statusCode === 206 ? from : 0;
  const length = Number(reply.headers['content-length'] ?? Number.NaN);
  const size = Number.isNaN(length) ? null : begin + length;
  checkSpace(size ?? 0, begin, await what.free());
  await what.begins(begin, size, validatorOf(reply));
  const received = await write(reply, begin, what);
  if (size !== null && received !== size) throw new Error('the connection broke');
}

const headersFor = (from: number, validator: string): Record<string, string> => ({
  // Compressed on the way it would have another size and no ranges.
  'accept-encoding': 'identity',
  'user-agent': 'Atelier',
  ...(from > 0 && { range: `bytes=${from}-`, 'if-range': validator }),
});

async function write(
  reply: IncomingMessage,
  begin: number,
  { part, signal, came }: Receiving,
): Promise<number> {
  const file = await open(part, begin > 0 ? 'a' : 'w', 0o600);
  let received = begin;
  try {
    for await (const chunk of reply as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      await file.writeFile(chunk);
      received += chunk.length;
      came(received);
    }
  } finally {
    reply.destroy();
    await file.close();
  }
  return received;
}

/** It needs its space twice for a moment: as it came, and as an object. */
function checkSpace(size: number, begin: number, free: number): void {
  const need = 2 * size - begin + reserve;
  if (free >= need) return;
  throw new Hopeless(
    `The disk of the gateway is too full: it takes ${(need / 1e9).toFixed(1)} GB, and ${(free / 1e9).toFixed(1)} GB are free. Free some space, then try again.`,
  );
}

export async function freeOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

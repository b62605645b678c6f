import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { errorCode, HttpClient, type HttpReply } from '../../http.ts';
import type { StepContext } from './command.ts';

/** What is known of a file that has come in part: the same address and the same validator, or it begins anew. */
const partFacts = z.object({ url: z.string(), validator: z.string() });
type PartFacts = z.infer<typeof partFacts>;

export interface Download {
  readonly url: string;
  /** The folder that gets the file, by the name in its address. */
  readonly folder: string;
  readonly sha256?: string | undefined;
}

const mostRedirects = 10;
const goesOn = 'Run the same command again: it goes on from there.';

/** Fetches a file and returns where it lies. A break costs nothing: the next call goes on where this one ended. */
export async function download(wanted: Download, context: StepContext): Promise<string> {
  await mkdir(wanted.folder, { recursive: true, mode: 0o700 });
  const name = decodeURIComponent(basename(new URL(wanted.url).pathname)).replace(/[^\w.+-]+/g, '-');
  const path = join(wanted.folder, name);
  const part = `${path}.part`;
  if (await stat(path).catch(() => undefined)) {
    if (!wanted.sha256 || (await sha256Of(path)) === wanted.sha256.toLowerCase()) return path;
    await rm(path);
  }
  const http = new HttpClient();
  try {
    await fetchRest(wanted.url, part, http, context);
  } catch (error) {
    throw context.signal.aborted ? new Error('It was interrupted.') : inWords(error, wanted.url);
  } finally {
    http.close();
  }
  await checkHash(wanted, part);
  await rename(part, path);
  await rm(factsPath(part), { force: true });
  return path;
}

const factsPath = (part: string): string => `${part}.json`;

async function fetchRest(url: string, part: string, http: HttpClient, context: StepContext): Promise<void> {
  const facts = await factsOf(part);
  const size = (await stat(part).catch(() => undefined))?.size ?? 0;
  // Without a validator the rest of another file might be put behind the beginning of this one.
  const from = facts?.url === url && facts.validator ? size : 0;
  const headers: Record<string, string> = {
    // Compressed on the way it would have another size and no ranges.
    'accept-encoding': 'identity',
    ...(from > 0 && facts && { range: `bytes=${from}-`, 'if-range': facts.validator }),
  };
  const reply = await follow(url, headers, http, context.signal);
  if (reply.status === 416) {
    reply.body.resume();
    await rm(part, { force: true });
    return fetchRest(url, part, http, context);
  }
  if (reply.status !== 200 && reply.status !== 206) {
    reply.body.destroy();
    throw new Error(`The server answered ${reply.status} for ${url}. Check the address.`);
  }
  const begin = reply.status === 206 ? from : 0;
  const total = begin + Number(reply.headers['content-length'] ?? Number.NaN);
  if (begin === 0) await rm(part, { force: true });
  await writeFile(factsPath(part), JSON.stringify({ url, validator: validatorOf(reply) }), { mode: 0o600 });
  await receive(reply, part, begin, total, context);
}

/** A weak ETag does not promise the same bytes, so it can't hold two halves together. */
function validatorOf({ headers }: HttpReply): string {
  const tag = headers.etag;
  return tag && !tag.startsWith('W/') ? tag : (headers['last-modified'] ?? '');
}

async function receive(
  { body }: HttpReply,
  part: string,
  begin: number,
  total: number,
  { signal, line }: StepContext,
): Promise<void> {
  const file = await open(part, begin > 0 ? 'a' : 'w', 0o600);
  let size = begin;
  let told = 0;
  try {
    for await (const chunk of body) {
      signal.throwIfAborted();
      await file.writeFile(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size - told < 1e6) continue;
      told = size;
      line(`${megabytes(size)}${Number.isNaN(total) ? '' : ` of ${megabytes(total)}`} MB`);
    }
  } catch (error) {
    if (errorCode(error) === 'ENOSPC' || signal.aborted) throw error;
    throw new Error(broken(size, total));
  } finally {
    await file.close();
  }
  if (!Number.isNaN(total) && size !== total) throw new Error(broken(size, total));
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

const broken = (size: number, total: number): string =>
  `The connection broke after ${megabytes(size)}${Number.isNaN(total) ? '' : ` of ${megabytes(total)}`} MB. ${goesOn}`;

async function follow(
  url: string,
  headers: Readonly<Record<string, string>>,
  http: HttpClient,
  signal: AbortSignal,
): Promise<HttpReply> {
  let at = new URL(url);
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    const reply = await http.request(at.href, { headers, signal });
    const { location } = reply.headers;
    if (reply.status < 300 || reply.status > 399 || !location) return reply;
    reply.body.resume();
    const next = new URL(location, at);
    if (!/^https?:$/.test(next.protocol) || (at.protocol === 'https:' && next.protocol === 'http:')) {
      throw new Error(`${at.host} leads on to ${next.href}, which is not a safe address.`);
    }
    at = next;
  }
  throw new Error(`${url} leads on for ever.`);
}

async function factsOf(part: string): Promise<PartFacts | undefined> {
  const text = await readFile(factsPath(part), 'utf8').catch(() => '{}');
  try {
    return partFacts.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function checkHash({ sha256, url }: Download, part: string): Promise<void> {
  if (!sha256) return;
  const found = await sha256Of(part);
  if (found === sha256.toLowerCase()) return;
  // Half a file would be gone on with; this one is wrong as a whole.
  await rm(part);
  throw new Error(
    `What came from ${url} has the SHA-256 ${found}, not ${sha256.toLowerCase()}: it is not the file that was meant. It was deleted.`,
  );
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function inWords(error: unknown, url: string): Error {
  const code = errorCode(error);
  if (code === 'ENOSPC') return new Error(`The disk is full. Free some space. ${goesOn}`);
  const { message } = error as Error;
  if (!code) return error as Error;
  return new Error(`${new URL(url).host} did not answer (${code || message}). ${goesOn}`);
}

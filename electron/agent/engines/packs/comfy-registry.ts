import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { HttpClient } from '../../http.ts';

/** The registry of node packs, as its documentation describes it. Read leniently: only what is used here. */
export const registryAddress = 'https://api.comfy.org';

const nodeVersion = z.object({
  version: z.string(),
  downloadUrl: z.string().optional(),
  status: z.string().default(''),
  status_reason: z.string().default(''),
  deprecated: z.boolean().default(false),
  createdAt: z.string().default(''),
});

const node = z.object({
  repository: z.string().default(''),
  status: z.string().default(''),
  publisher: z.object({ name: z.string().default('') }).nullish(),
  latest_version: z.object({ version: z.string().default('') }).nullish(),
});

export interface RegistryPack {
  readonly id: string;
  readonly version: string;
  readonly address: string;
  readonly repository: string;
  readonly publisher: string;
  readonly created: string;
  /** What the registry itself holds against it; refused unless somebody insists. */
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

const mostBytes = 1e9;

/** Asks the registry for a pack: the version that is named, or the one that it would install. */
export async function findInRegistry(
  http: HttpClient,
  registry: string,
  id: string,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<RegistryPack> {
  const base = `${registry.replace(/\/+$/, '')}/nodes/${encodeURIComponent(id)}`;
  const query = wanted ? `?version=${encodeURIComponent(wanted)}` : '';
  const about = node.parse(await ask(http, base, signal, `The registry has no node pack "${id}".`));
  const none = `The registry has ${wanted ? `no version ${wanted}` : 'nothing to install'} of "${id}". Its repository may: ${about.repository || 'not told'}.`;
  const found = nodeVersion.parse(await ask(http, `${base}/install${query}`, signal, none));
  if (!found.downloadUrl) throw new Error(none);
  const latest = about.latest_version?.version;
  return {
    ...{ id, version: found.version, address: found.downloadUrl, repository: about.repository },
    ...{ publisher: about.publisher?.name ?? '', created: found.createdAt.slice(0, 10) },
    warnings: [about.status, found.status].flatMap((status) => held(status, found.status_reason)),
    notes: [
      ...(found.deprecated ? ['Its author calls this version outdated.'] : []),
      ...(found.status.endsWith('Pending') ? ['The registry has not checked this version yet.'] : []),
      ...(latest && latest !== found.version ? [`The newest version in the registry is ${latest}.`] : []),
    ],
  };
}

/** `NodeStatusActive`, `NodeVersionStatusPending` and the like. */
function held(status: string, reason: string): string[] {
  const word = /(?:Banned|Deleted|Flagged)$/.exec(status)?.[0].toLowerCase();
  return word ? [`The registry has it as ${word}${reason ? `: ${reason}` : ''}.`] : [];
}

async function ask(http: HttpClient, url: string, signal: AbortSignal, missing: string): Promise<unknown> {
  const { status, body } = await http.json(url, { signal }).catch((error: Error) => {
    throw new Error(
      `The registry at ${new URL(url).host} did not answer (${error.message}). Try again later, or name the pack's repository.`,
    );
  });
  if (status === 404 || status === 400) throw new Error(missing);
  if (status !== 200) throw new Error(`The registry answered ${url} with ${status}. Try again later.`);
  return body;
}

/** Fetches an archive into a file; returns its SHA-256. Follows a few redirects, never from https to plain http. */
export async function download(
  http: HttpClient,
  address: string,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  let url = address;
  for (let hops = 0; hops < 5; hops += 1) {
    if (!/^https?:/.test(url) || (address.startsWith('https:') && !url.startsWith('https:'))) {
      throw new Error(`The archive lies at an address that is not taken: ${url}`);
    }
    const { status, headers, body } = await http.request(url, { signal });
    if (status === 200) {
      const hash = createHash('sha256');
      await pipeline(body, measured(hash), createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal });
      return hash.digest('hex');
    }
    body.destroy();
    if (status < 300 || status > 399 || !headers.location) throw new Error(`${url} answered with ${status}.`);
    url = new URL(headers.location, url).href;
  }
  throw new Error(`${address} leads in a circle.`);
}

function measured(hash: ReturnType<typeof createHash>): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > mostBytes ? new Error('The archive is larger than a node pack can be.') : null, chunk);
    },
  });
}

import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { isIP } from 'node:net';
import { hostOf, isPublicAddress, publicLookup } from './public-address.ts';

/** Asks for an address; resolves with the head of the reply. */
export type Ask = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<IncomingMessage>;

/** A download that will not work by trying again; the words say why and what to do. */
export class Hopeless extends Error {}

const mostRedirects = 5;
const silenceMs = 60_000;

/** @throws Hopeless with what to do */
export function checkAddress(url: URL): void {
  if (url.protocol !== 'https:') throw new Hopeless('Models are fetched by https only. Use https://.');
  if (url.username !== '' || url.password !== '')
    throw new Hopeless('Leave user name and password out of the address.');
  const host = hostOf(url);
  if (isIP(host) && !isPublicAddress(host))
    throw new Hopeless(`${host} is an address of a private network, where models are not fetched from.`);
}

/** By https, to addresses of the internet only: the socket is opened to what was checked. */
export const askPublic: Ask = (url, headers, signal) => {
  checkAddress(url);
  return new Promise((done, failed) => {
    const sent = request(url, { headers, signal, lookup: publicLookup, timeout: silenceMs, agent: false });
    sent.on('timeout', () => sent.destroy(new Error(`no answer for ${silenceMs / 1000} s`)));
    sent.on('response', done);
    sent.on('error', (error: NodeJS.ErrnoException) =>
      failed(error.code === 'EPRIVATE' ? new Hopeless(error.message) : error),
    );
    sent.end();
  });
};

/** Follows where it leads, each step checked like the first. */
export async function follow(
  start: string,
  headers: Readonly<Record<string, string>>,
  ask: Ask,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  let url = new URL(start);
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    const reply = await ask(url, headers, signal);
    const { statusCode: status = 0 } = reply;
    const { location } = reply.headers;
    if (status < 300 || status > 399 || !location) return reply;
    reply.destroy();
    url = new URL(location, url);
  }
  throw new Hopeless('The address leads on for ever; copy the one of the file itself.');
}

/** What the server names the content by. A weak ETag does not promise the same bytes. */
export function validatorOf({ headers }: IncomingMessage): string {
  const tag = headers.etag;
  return tag && !tag.startsWith('W/') ? tag : (headers['last-modified'] ?? '');
}

/** @throws Hopeless for a reply that is no file */
export function checkReply({ statusCode: status = 0, headers }: IncomingMessage): void {
  if (status === 401 || status === 403)
    throw new Hopeless(
      `The server refuses it (${status}): the file may need an account or a licence to be accepted there. Download it in a browser and upload it here.`,
    );
  if (status === 404 || status === 410)
    throw new Hopeless(`The server has no such file (${status}). Check the address.`);
  if (status >= 400 && status < 500 && status !== 408 && status !== 416 && status !== 429)
    throw new Hopeless(`The server answered ${status}. Check the address.`);
  if (status !== 200 && status !== 206 && status !== 416) throw new Error(`the server answered ${status}`);
  if (/^text\/html/.test(headers['content-type'] ?? ''))
    throw new Hopeless(
      'The address leads to a web page, not to a file. Copy the address of the download itself.',
    );
}

import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { AppError, asError } from '#shared/errors.ts';

export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly lookup: LookupFunction;
  readonly timeoutMs: number;
  /** Ends it from outside: the gateway stops. */
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  /** The beginning of it, as far as it is text. */
  readonly text: string;
}

/** So much of an answer is read; the rest is not waited for. */
const readBytes = 4096;
const keptCharacters = 1000;

/**
 * Posts once, on a connection of its own. Redirects are not followed: they are an answer like any other. What throws
 * names the failure with `postProblem`.
 */
export async function post({ url, headers, body, lookup, timeoutMs, signal }: Post): Promise<Answer> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const options: RequestOptions = { method: 'POST', headers, lookup, agent: false, signal: over };
  const response = await new Promise<IncomingMessage>((done, failed) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    send(url, options, done).on('error', failed).end(body);
  });
  return { status: response.statusCode ?? 0, text: await beginning(response) };
}

/** An answer that breaks off or never ends has been given all the same: its status counts. */
async function beginning(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= readBytes) break;
    }
  } catch {
    // What came until then is shown.
  }
  response.destroy();
  const text = Buffer.concat(chunks).subarray(0, readBytes).toString('utf8');
  // Control characters have no place in a log that is shown.
  return text.replace(/[^\P{C}\n\t]/gu, '').slice(0, keptCharacters);
}

/** A failure to get an answer, in words. */
export function postProblem(thrown: unknown, host: string, timeoutMs: number): string {
  if (thrown instanceof AppError) return thrown.message;
  const { code = '', name } = asError(thrown) as NodeJS.ErrnoException;
  if (name === 'AbortError' || name === 'TimeoutError') return `No answer within ${timeoutMs / 1000} s.`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `The name ${host} was not found.`;
  if (code === 'ECONNREFUSED') return `Nothing listens at ${host}.`;
  if (code === 'ECONNRESET' || code === 'EPIPE' || code.startsWith('HPE_'))
    return `${host} broke off without an answer (${code}).`;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) return `${host} does not speak https (${code}).`;
  if (/CERT|SELF_SIGNED|SIGNATURE|ALTNAME|TLS/.test(code))
    return `The certificate of ${host} is not good (${code}).`;
  return `${host} could not be reached (${code || 'unknown'}).`;
}

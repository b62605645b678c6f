import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '#shared/errors.ts';
import type { Files, ReadableFile } from '../files/files.ts';

/** Types a browser would execute or render as a page: they are offered for download only. */
const active =
  /^(text\/html|application\/xhtml|image\/svg|text\/xml|application\/xml|text\/javascript|application\/javascript|text\/css)/;

/** A single byte range; `null` for none (or one that we don't serve, as the standard allows). */
export function parseRange(header: string | undefined, size: number): { start: number; end: number } | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const [, first = '', last = ''] = match;
  // Upside down is not a range at all, and what is not a range is not looked at (RFC 9110, 14.2).
  if (first !== '' && last !== '' && Number(first) > Number(last)) return null;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start >= size || start > end) throw new AppError('range_not_satisfiable', undefined, { size });
  return { start, end };
}

/** Sends a file: whole or a range, or 304 when the client has it. The ETag is the content's own hash. */
export function sendFile(
  files: Files,
  file: ReadableFile,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const etag = `"${file.sha256}"`;
  const range = wantedRange(request, reply, etag, file.size);
  const inert = !active.test(file.contentType);
  const name = encodeURIComponent(file.name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  reply.headers({
    etag,
    'accept-ranges': 'bytes',
    'cache-control': 'private, max-age=3600',
    'content-security-policy': "default-src 'none'; sandbox",
    'content-type': inert ? file.contentType : 'application/octet-stream',
    'content-disposition': `${inert ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`,
  });
  if (hasIt(request.headers['if-none-match'], etag)) return reply.code(304).send();
  const length = range ? range.end - range.start + 1 : file.size;
  reply.header('content-length', length);
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${file.size}`);
  // An empty stream keeps the length that was just said; no body at all would be announced as 0 bytes.
  if (request.method === 'HEAD') return reply.send(Readable.from([]));
  return reply.send(files.open(file, range ?? undefined));
}

/** The range to send: none when the client's part is of another content than ours (`If-Range`). */
function wantedRange(request: FastifyRequest, reply: FastifyReply, etag: string, size: number) {
  const { range, 'if-range': ifRange } = request.headers;
  if (request.method !== 'GET') return null;
  if (ifRange !== undefined && ifRange !== etag) return null;
  try {
    return parseRange(range, size);
  } catch (error) {
    reply.header('content-range', `bytes */${size}`);
    throw error;
  }
}

const hasIt = (header: string | undefined, etag: string): boolean =>
  (header ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === etag || one.trim() === '*');

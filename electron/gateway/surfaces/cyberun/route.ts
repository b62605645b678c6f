import type { FastifySchema } from 'fastify';
import type { z } from 'zod';
import { errorReply } from '#shared/wire/common.ts';

/** What every route says of itself for the API document. */
export interface RouteWords {
  /** The tag of Cyberun's documentation. */
  readonly tag: string;
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  /** True for what Cyberun doesn't have: marked `x-atelier` in the document. */
  readonly ours?: boolean;
  /** `false` = no credential needed. */
  readonly secured?: boolean;
  /** The X-Team-ID header: for users only (the default), for all (`required`: users alone may call), or not at all. */
  readonly team?: 'required' | 'none';
  /** Statuses of errors beside those that all routes share. */
  readonly errors?: readonly number[];
}

interface Shapes {
  readonly body?: z.ZodType;
  readonly querystring?: z.ZodType;
  readonly params?: z.ZodType;
  readonly headers?: z.ZodType;
}

interface StreamReply {
  readonly description: string;
  readonly content: Readonly<Record<string, { readonly schema: z.ZodType }>>;
}

/** A route's schema: its shapes, its replies, the errors that all routes share, and its words. */
export function describe<const In extends Shapes, const Out extends Record<number, z.ZodType | StreamReply>>(
  words: RouteWords,
  shapes: In,
  replies: Out,
) {
  const open = words.secured === false;
  const errors = [
    400,
    ...(open ? [] : [401, 403]),
    ...(shapes.params ? [404] : []),
    ...(shapes.body ? [413, 415] : []),
    ...(words.errors ?? []),
  ];
  return {
    ...shapes,
    tags: [words.tag],
    operationId: words.id,
    summary: words.summary,
    ...(words.description ? { description: words.description } : {}),
    ...(open ? { security: [] } : {}),
    ...(open || words.team === 'none' ? {} : { 'x-team': words.team ?? 'optional' }),
    ...(words.ours ? { 'x-atelier': true } : {}),
    response: { ...Object.fromEntries(errors.map((status) => [status, errorReply])), ...replies } as Out,
  } satisfies FastifySchema;
}

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
}

interface Shapes {
  readonly body?: z.ZodType;
  readonly querystring?: z.ZodType;
  readonly params?: z.ZodType;
  readonly headers?: z.ZodType;
}

/** A route's schema: its shapes, its replies, the errors that all routes share, and its words. */
export function describe<const In extends Shapes, const Out extends Record<number, z.ZodType>>(
  words: RouteWords,
  shapes: In,
  replies: Out,
) {
  const errors = words.secured === false ? [400] : [400, 401, 403, 404];
  return {
    ...shapes,
    tags: [words.tag],
    operationId: words.id,
    summary: words.summary,
    ...(words.description ? { description: words.description } : {}),
    ...(words.secured === false ? { security: [] } : {}),
    ...(words.ours ? { 'x-atelier': true } : {}),
    response: { ...Object.fromEntries(errors.map((status) => [status, errorReply])), ...replies } as Out,
  } satisfies FastifySchema;
}

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { AppError, asError, type ErrorCode } from '#shared/errors.ts';
import type { ErrorReply } from '#shared/wire/common.ts';

/** Fastify's own refusals in our words. */
const fastifyCodes: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'bad_request',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad_request',
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad_request',
};

/** Every thrown thing becomes an AppError here, and nowhere else. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (hasZodFastifySchemaValidationErrors(thrown)) {
    const [issue] = thrown.validation;
    const place = issue?.instancePath.split('/').filter(Boolean).join('.') ?? '';
    return new AppError(
      'validation_failed',
      `${place ? `${place}: ` : ''}${issue?.message ?? 'not valid'} (in the ${thrown.validationContext ?? 'request'})`,
      { field: place },
    );
  }
  const error = asError(thrown) as FastifyError;
  const known = fastifyCodes[error.code];
  if (known) return new AppError(known, known === 'unsupported_media_type' ? undefined : error.message);
  if (error.statusCode === 429) return new AppError('too_many_requests');
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new AppError('bad_request', error.message);
  }
  return new AppError('internal', undefined, undefined, { cause: error });
}

export function envelope(error: AppError): ErrorReply {
  return {
    error_message: error.message,
    error_code: error.code,
    ...(error.details ? { error_details: { ...error.details } } : {}),
  };
}

export function errorHandler(log: Logger) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const error = toAppError(thrown);
    // A client that went away in the middle of its request is not a fault of ours.
    if (request.raw.destroyed && !request.raw.complete) return;
    if (error.status >= 500) {
      log.error(
        { err: error.cause ?? error, method: request.method, url: request.routeOptions.url },
        'request failed',
      );
    }
    if (reply.raw.headersSent) return;
    void reply.code(error.status).type('application/json').serializer(JSON.stringify).send(envelope(error));
  };
}

/** What is not HTTP at all, or has headers without end, is answered on the bare connection. */
export function malformedRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const body = JSON.stringify(envelope(new AppError('bad_request')));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

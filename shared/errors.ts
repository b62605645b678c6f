/**
 * Every error Atelier tells a caller, as data: code, HTTP status, default words. The HTTP layer is the only place
 * that turns one into a response: `{ error_message, error_code, error_details? }` (`error_message` is Cyberun's
 * envelope, spec 1.5; the other two fields are ours).
 */
export const errorCatalogue = {
  bad_request: { status: 400, message: 'The request is malformed.' },
  validation_failed: { status: 400, message: 'The request does not fit the schema.' },
  team_required: { status: 400, message: 'Say which team you mean: send its id in the X-Team-ID header.' },
  invalid_parameter: { status: 400, message: 'A workflow parameter is not valid.' },
  invalid_workflow: { status: 400, message: 'The workflow is not valid.' },
  invalid_file: { status: 400, message: 'The file is not usable here.' },
  webhook_target_refused: { status: 400, message: 'Webhooks don’t go to this address.' },
  upload_mismatch: { status: 400, message: 'The uploaded bytes are not what was announced.' },
  unauthorized: { status: 401, message: 'Sign in, or send a valid key as "Authorization: Bearer …".' },
  invalid_credentials: { status: 401, message: 'invalid email or password' },
  wrong_credential_kind: { status: 403, message: 'This kind of key may not do that.' },
  forbidden: { status: 403, message: 'Your role in this team does not allow that.' },
  feature_disabled: { status: 403, message: 'This feature is switched off.' },
  host_not_allowed: { status: 403, message: 'This address is not one that Atelier answers on.' },
  origin_not_allowed: { status: 403, message: 'Requests from that web page are not allowed.' },
  signature_invalid: {
    status: 403,
    message: 'The signed address is not valid or has expired; ask for a new one.',
  },
  not_found: { status: 404, message: 'resource not found' },
  conflict: { status: 409, message: 'The resource is in a state that does not allow that.' },
  workflow_disabled: { status: 409, message: 'The workflow is disabled; enable it to run it again.' },
  already_exists: { status: 412, message: 'Something already exists there.' },
  too_large: { status: 413, message: 'The body is too large.' },
  unsupported_media_type: { status: 415, message: 'Send JSON, with "Content-Type: application/json".' },
  range_not_satisfiable: { status: 416, message: 'The file is shorter than the range asked for.' },
  quota_exceeded: { status: 429, message: 'A quota is used up.' },
  too_many_requests: { status: 429, message: 'Too many requests; wait a moment and try again.' },
  internal: {
    status: 500,
    message: 'Something went wrong on our side; the log of the gateway has the details.',
  },
  unavailable: { status: 503, message: 'Atelier is starting or stopping; try again in a moment.' },
} as const satisfies Record<string, { status: number; message: string }>;

export type ErrorCode = keyof typeof errorCatalogue;

/** An expected failure with a code of the catalogue. `details` is shown to the caller: never a secret. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message?: string, details?: Record<string, unknown>, options?: ErrorOptions) {
    super(message ?? errorCatalogue[code].message, options);
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }

  /** HTTP status of this error. */
  get status(): number {
    return errorCatalogue[this.code].status;
  }
}

/** Coerces whatever was thrown into an Error, once, at the edge. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

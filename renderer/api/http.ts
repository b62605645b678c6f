import type { z } from 'zod';
import { errorReply } from '#shared/wire/common.ts';
import { i18n } from '../app/i18n.ts';
import { currentTeam, useConnection } from '../state/connection.ts';
import { accessToken, renewToken } from './tokens.ts';

/** A refused or impossible request, in words a person can read. `status` 0: the gateway did not answer. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.details = details;
  }

  /** What “copy details” puts on the clipboard. */
  get report(): string {
    const details = Object.keys(this.details).length ? `\n${JSON.stringify(this.details, null, 2)}` : '';
    return `${this.code} (${this.status})\n${this.message}${details}`;
  }
}

export const unreachable = () => new ApiError(0, 'unreachable', i18n.t('errors.unreachable'));

export const apiBase = '/api/v1';

/** Headers that say who asks, and for which team. */
export function authHeaders(): Record<string, string> {
  const token = accessToken();
  const team = currentTeam();
  return {
    ...(token ? { Authorization: `Bearer ${token}` } : {}),
    ...(team ? { 'X-Team-ID': team.id } : {}),
  };
}

export async function asApiError(response: Response): Promise<ApiError> {
  const parsed = errorReply.safeParse(await response.json().catch(() => null));
  if (!parsed.success) {
    return new ApiError(
      response.status,
      'unexpected',
      i18n.t('errors.unexpected', { status: response.status }),
    );
  }
  const { error_message, error_code, error_details } = parsed.data;
  return new ApiError(response.status, error_code ?? 'unknown', error_message, error_details);
}

/** A fetch that is signed in: an expired token is renewed once and the request repeated. Throws ApiError. */
export async function authorizedFetch(path: string, init: RequestInit = {}): Promise<Response> {
  const attempt = () =>
    fetch(apiBase + path, { ...init, headers: { ...authHeaders(), ...init.headers } }).catch((cause) => {
      if (init.signal?.aborted) throw cause;
      throw unreachable();
    });
  const first = await attempt();
  const response = first.status === 401 && (await renewToken()) ? await attempt() : first;
  // The session is over for good: the gate asks who is there.
  if (response.status === 401) useConnection.setState({ phase: 'starting' });
  if (!response.ok) throw await asApiError(response);
  return response;
}

interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** One call of the native API: the reply is checked against the shared contract, so drift shows at the edge. */
export async function call<Reply>(
  schema: z.ZodType<Reply>,
  path: string,
  options: Call = {},
): Promise<Reply> {
  const { method = 'GET', body, signal } = options;
  const response = await authorizedFetch(path, {
    method,
    ...(signal ? { signal } : {}),
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  const parsed = schema.safeParse(response.status === 204 ? undefined : await response.json());
  if (parsed.success) return parsed.data;
  throw new ApiError(response.status, 'unexpected_reply', i18n.t('errors.unexpectedReply'), {
    path,
    issues: parsed.error.issues.slice(0, 5),
  });
}

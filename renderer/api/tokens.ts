import { z } from 'zod';
import { type TokenReply, tokenReply } from '#shared/wire/identity.ts';

/** Kept for this tab only: two tabs that share one rotating refresh token would sign each other out. */
const storageKey = 'atelier.session';

/** Renewed this long before it ends, so that no request meets an expired one on its way. */
const marginMs = 30_000;

const kept = z.object({ access: z.string(), refresh: z.string(), ends_at: z.number() });
type Kept = z.infer<typeof kept>;

let session = restore();
let renewing: Promise<boolean> | null = null;

/** A reload goes on with the access token: trading tokens at each load would lose the session to a second reload. */
function restore(): Kept | null {
  try {
    return kept.parse(JSON.parse(sessionStorage.getItem(storageKey) ?? ''));
  } catch {
    return null;
  }
}

export const accessToken = (): string | null => session?.access ?? null;
export const hasSession = (): boolean => session !== null;
export const accessIsFresh = (): boolean => session !== null && session.ends_at - marginMs > Date.now();

export function keepTokens({ access_token, refresh_token, expires_in }: TokenReply): void {
  session = { access: access_token, refresh: refresh_token, ends_at: Date.now() + expires_in * 1000 };
  sessionStorage.setItem(storageKey, JSON.stringify(session));
}

export function forgetTokens(): void {
  session = null;
  sessionStorage.removeItem(storageKey);
}

/** Asks for a pair of tokens; null when refused. Throws when the gateway does not answer. */
async function ask(path: string, body: unknown): Promise<TokenReply | null> {
  const response = await fetch(`/api/v1/auth/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status >= 500) throw new Error(`the gateway answered ${response.status}`);
  return response.ok ? tokenReply.parse(await response.json()) : null;
}

async function renew(): Promise<boolean> {
  if (!session) return false;
  // On the gateway's own machine a session that has run out is simply opened again.
  const reply = (await ask('refresh', { refresh_token: session.refresh })) ?? (await ask('local', {}));
  if (!reply) {
    forgetTokens();
    return false;
  }
  keepTokens(reply);
  return true;
}

/** Trades the refresh token for a fresh pair. One trade at a time, however many requests ask for it. */
export function renewToken(): Promise<boolean> {
  renewing ??= renew()
    .catch(() => false)
    .finally(() => {
      renewing = null;
    });
  return renewing;
}

import { type TokenReply, tokenReply } from '#shared/wire/identity.ts';

/** Kept for this tab only: two tabs that share one rotating refresh token would sign each other out. */
const storageKey = 'atelier.refresh';

let access: string | null = null;
let renewing: Promise<boolean> | null = null;

export const accessToken = (): string | null => access;
export const hasRefreshToken = (): boolean => sessionStorage.getItem(storageKey) !== null;

export function keepTokens(reply: TokenReply): void {
  access = reply.access_token;
  sessionStorage.setItem(storageKey, reply.refresh_token);
}

export function forgetTokens(): void {
  access = null;
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
  const refresh_token = sessionStorage.getItem(storageKey);
  if (!refresh_token) return false;
  // On the gateway's own machine a session that has run out is simply opened again.
  const reply = (await ask('refresh', { refresh_token })) ?? (await ask('local', {}));
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

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

async function renew(): Promise<boolean> {
  const refresh = sessionStorage.getItem(storageKey);
  if (!refresh) return false;
  const response = await fetch('/api/v1/auth/refresh', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ refresh_token: refresh }),
  });
  if (!response.ok) {
    if (response.status < 500) forgetTokens();
    return false;
  }
  keepTokens(tokenReply.parse(await response.json()));
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

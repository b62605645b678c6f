import type { z } from 'zod';
import { profile, tokenReply } from '#shared/wire/identity.ts';
import type { joinRequest } from '#shared/wire/teams.ts';
import { useConnection } from '../state/connection.ts';
import { ApiError, apiBase, asApiError, call, unreachable } from './http.ts';
import { accessIsFresh, forgetTokens, hasSession, keepTokens, renewToken } from './tokens.ts';

async function authenticate(path: string, body: unknown): Promise<void> {
  const response = await fetch(apiBase + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw await asApiError(response);
  keepTokens(tokenReply.parse(await response.json()));
}

async function enter(): Promise<void> {
  const me = await call(profile, '/users/me');
  useConnection.setState({ phase: 'ready', profile: me });
}

/** Signs in without asking: with what this tab kept, or because the gateway trusts its own machine. */
export async function signInByItself(): Promise<void> {
  try {
    const goesOn = accessIsFresh() || (hasSession() && (await renewToken()));
    if (!goesOn) await authenticate('/auth/local', {});
    await enter();
  } catch (error) {
    const refused = error instanceof ApiError && error.status >= 400 && error.status < 500;
    useConnection.setState({ phase: refused ? 'signed-out' : 'unreachable' });
  }
}

export async function signIn(email: string, password: string): Promise<void> {
  await authenticate('/auth/login', { email_address: email, user_password: password });
  await enter();
}

/** Comes in by invitation, and is signed in. */
export async function joinByInvitation(body: z.input<typeof joinRequest>): Promise<void> {
  await authenticate('/auth/accept-invitation', body);
}

/** Reads the profile again after it has changed. */
export const refreshProfile = enter;

export function signOut(): void {
  forgetTokens();
  useConnection.setState({ phase: 'signed-out', profile: null });
}

import type { FastifyRequest } from 'fastify';
import { AppError } from '#shared/errors.ts';
import { type Operation, type Right, rights, type Scope } from '#shared/rights.ts';
import { type Role, roleAtLeast } from '#shared/wire/common.ts';
import type { Identity, SignedIn } from '../identity/identity.ts';
import type { CredentialRow, UserRow } from '../store/rows/identity.ts';
import type { Caller, UserCaller } from './caller.ts';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The bearer of a request; throws `unauthorized` without one. */
function bearer(request: FastifyRequest): string {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !token) throw new AppError('unauthorized');
  return token;
}

/** A hook that lets a caller of a scope and role in, and sets `request.caller`. */
export function access(identity: Identity, scope: Scope, need: Role = 'viewer') {
  return async (request: FastifyRequest): Promise<void> => {
    const token = bearer(request);
    const key = /^(sk|ak|dk)-/.test(token) ? liveKey(identity, token) : undefined;
    const caller = key ? keyCaller(identity, key, scope) : await userCaller(identity, request, token);
    if (!roleAtLeast(caller.role, need)) {
      throw new AppError('forbidden', `This needs the role ${need}; yours in this team is ${caller.role}.`);
    }
    request.caller = caller;
  };
}

/** The hook of an endpoint: lets in whom the table of rights lets in. Every route of the native API has one. */
export function permit(identity: Identity, operation: Operation) {
  const right: Right = rights[operation];
  if ('role' in right) return teamAccess(identity, right);
  if (right.scope === 'anyone') return async (): Promise<void> => undefined;
  return accessUser(identity, right.scope);
}

function teamAccess(identity: Identity, { scope, role, feature }: Extract<Right, { role: Role }>) {
  const enter = access(identity, scope, role);
  return async (request: FastifyRequest): Promise<void> => {
    await enter(request);
    if (feature) identity.features.require('team', feature, callerOf(request).teamId);
  };
}

/** A hook for endpoints about the user as such, without a team. Sets `request.user`. */
export function accessUser(identity: Identity, scope: 'user' | 'session' | 'device' | 'operator' = 'user') {
  return async (request: FastifyRequest): Promise<void> => {
    const token = bearer(request);
    if (/^(sk|ak|dk)-/.test(token)) {
      const key = liveKey(identity, token);
      if (key.kind !== 'device' || scope === 'session' || scope === 'operator') {
        throw new AppError('wrong_credential_kind', `A ${key.kind} key may not do this; sign in instead.`);
      }
      request.user = { user: keyUser(identity, key), signIn: null, key };
      return;
    }
    const signed = await signedIn(identity, token);
    if (scope === 'device') {
      throw new AppError('wrong_credential_kind', 'Only a device key (dk-) ends itself here.');
    }
    if (scope === 'operator' && !identity.isOperator(signed.user.id)) {
      throw new AppError(
        'forbidden',
        'Only the owner of this studio may see and set its features and quotas.',
      );
    }
    request.user = { ...signed, key: null };
  };
}

function liveKey(identity: Identity, token: string): CredentialRow {
  const key = identity.verifyKey(token);
  if (!key) throw new AppError('unauthorized', 'This key is unknown, expired or revoked; create a new one.');
  return key;
}

async function signedIn(identity: Identity, token: string): Promise<SignedIn> {
  const signed = await identity.verifyAccess(token);
  if (!signed) throw new AppError('unauthorized', 'Your sign-in has expired; sign in again.');
  return signed;
}

function keyUser(identity: Identity, key: CredentialRow): UserRow {
  const user = key.user_id === null ? undefined : identity.user(key.user_id);
  if (!user || user.disabled) throw new AppError('unauthorized', 'The user of this key is gone.');
  return user;
}

function keyCaller(identity: Identity, key: CredentialRow, scope: Scope): Caller {
  const common = { teamId: key.team_id, credentialId: key.id };
  if (key.kind === 'integration' && scope === 'runtime') {
    return { ...common, kind: 'integration', userId: null, role: 'member', submitterId: key.id };
  }
  if (key.kind === 'device' && scope !== 'jwt-only') {
    const user = keyUser(identity, key);
    const role = identity.roleIn(key.team_id, user.id);
    if (!role) throw new AppError('forbidden', 'The user of this key is no longer in its team.');
    return { ...common, kind: 'device', userId: user.id, role, submitterId: user.id };
  }
  throw new AppError('wrong_credential_kind', refusals[key.kind](scope));
}

const refusals: Record<CredentialRow['kind'], (scope: Scope) => string> = {
  agent: () => 'An agent key (ak-) only opens the agent link; use an integration or device key here.',
  integration: () =>
    'An integration key (sk-) is for the runtime API (/r/…); use a device key or sign in here.',
  device: () =>
    'Keys can only be managed by a signed-in user, so that a stolen device key can’t make others.',
};

async function userCaller(identity: Identity, request: FastifyRequest, token: string): Promise<Caller> {
  const { user } = await signedIn(identity, token);
  const teamId = request.headers['x-team-id'];
  if (typeof teamId !== 'string' || teamId === '') throw new AppError('team_required');
  if (!uuidPattern.test(teamId)) throw new AppError('team_required', 'X-Team-ID must be the UUID of a team.');
  const id = teamId.toLowerCase();
  const role = identity.roleIn(id, user.id);
  if (!role) throw new AppError('forbidden', 'You are not a member of that team.');
  return { kind: 'user', teamId: id, userId: user.id, credentialId: null, role, submitterId: user.id };
}

/** The caller that `access` has set. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new AppError('unauthorized');
  return request.caller;
}

/** The user that `accessUser` has set. */
export function userOf(request: FastifyRequest): UserCaller {
  if (!request.user) throw new AppError('unauthorized');
  return request.user;
}

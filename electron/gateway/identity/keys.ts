import { createHash, randomBytes } from 'node:crypto';
import { type CredentialKind, keyPrefixes } from '#shared/wire/identity.ts';

/** SHA-256 hex; raw keys carry 256 random bits, so a slow hash would add nothing. */
export const hashKey = (raw: string): string => createHash('sha256').update(raw).digest('hex');

/** A new secret of a kind, shown once. */
export const makeKey = (kind: CredentialKind): string =>
  keyPrefixes[kind] + randomBytes(32).toString('base64url');

/** What lists show of a key: its first 12 characters (Cyberun, revoke page). */
export const keyPrefix = (raw: string): string => raw.slice(0, 12);

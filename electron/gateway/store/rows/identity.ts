import type { Role } from '#shared/wire/common.ts';
import type { CredentialKind } from '#shared/wire/identity.ts';

/** Who is there, and what they may do: rows of the identity room. */
export interface TeamRow {
  id: string;
  display_name: string;
  created_at: number;
  /** Set while it is being deleted: nobody is in it any more. */
  deleted_at: number | null;
}

export interface UserRow {
  id: string;
  email: string;
  first_name: string;
  last_name: string;
  display_name: string;
  /** Self-describing scrypt string; null = no password set yet (the local owner before a first LAN login). */
  password_hash: string | null;
  disabled: 0 | 1;
  created_at: number;
}

export interface MemberRow {
  team_id: string;
  user_id: string;
  role: Role;
  created_at: number;
}

export interface RefreshTokenRow {
  /** SHA-256 hex of the token. */
  token_hash: string;
  user_id: string;
  /** All tokens that descend from one sign-in; a reused token ends its whole family. */
  family_id: string;
  expires_at: number;
  used_at: number | null;
}

export interface CredentialRow {
  id: string;
  team_id: string;
  kind: CredentialKind;
  display_name: string;
  /** SHA-256 hex of the raw key (256 random bits need no slow hash). */
  key_hash: string;
  /** First 12 characters. */
  key_prefix: string;
  user_id: string | null;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
  revoked_at: number | null;
  /** The device key that this agent key came with, and ends with. */
  parent_id: string | null;
}

/** An invitation that waits; accepted, cancelled and expired ones are gone. */
export interface InvitationRow {
  id: string;
  team_id: string;
  email: string;
  role: Exclude<Role, 'owner'>;
  /** SHA-256 hex of the one-time token. */
  token_hash: string;
  invited_by: string | null;
  created_at: number;
  expires_at: number;
}

/** A device that waits to be paired; user and team are set once its code was confirmed. */
export interface PairingRow {
  device_code_hash: string;
  /** Eight characters, without the dash. */
  user_code: string;
  team_id: string | null;
  user_id: string | null;
  device_name: string;
  created_at: number;
  expires_at: number;
}

/** A feature (0, 1) or quota that differs from its default; `subject` is '' for all of a scope. */
export interface FeatureSettingRow {
  scope: 'global' | 'account' | 'team';
  subject: string;
  name: string;
  value: number;
}

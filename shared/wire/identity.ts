import { z } from 'zod';
import { pageMeta, role, timestamp, uuid } from './common.ts';

export const emailAddress = z
  .email()
  .max(320)
  .meta({ examples: ['ada@example.org'] });

/** Cyberun spec 3.2. */
export const newPassword = z.string().min(8).max(128);

export const personName = z.string().trim().min(1).max(100);

export const loginRequest = z
  .object({
    email_address: z
      .email()
      .max(320)
      .meta({ examples: ['owner@atelier.local'] }),
    user_password: z.string().min(1).max(1024),
  })
  .meta({ id: 'LoginRequest' });

export const refreshRequest = z
  .object({ refresh_token: z.string().min(1).max(4096) })
  .meta({ id: 'RefreshRequest' });

export const logoutRequest = z
  .object({ refresh_token: z.string().min(1).max(4096) })
  .meta({ id: 'LogoutRequest' });

export const registerRequest = z
  .object({
    email_address: emailAddress,
    user_password: newPassword,
    first_name: personName,
    last_name: personName,
    display_name: personName.optional().meta({ description: 'First and last name when left out.' }),
  })
  .meta({ id: 'RegisterRequest' });

export const changePasswordRequest = z
  .object({
    current_password: z.string().min(1).max(1024).optional().meta({
      description:
        'Required, except for the first password of an account that has none, set on the studio’s own machine.',
    }),
    new_password: newPassword,
  })
  .meta({ id: 'ChangePasswordRequest' });

export const updateProfileRequest = z
  .object({
    first_name: personName.optional(),
    last_name: personName.optional(),
    display_name: personName.optional(),
    email_address: emailAddress.optional(),
  })
  .meta({ id: 'UpdateProfileRequest', description: 'Only what is given changes.' });
export type UpdateProfileRequest = z.infer<typeof updateProfileRequest>;

/** Features on or off, and quotas: -1 unlimited, 0 switched off, above 0 a hard cap. */
export const featureSet = z
  .object({ features: z.record(z.string(), z.boolean()), quotas: z.record(z.string(), z.int()) })
  .meta({ id: 'FeatureSet' });

/** `expires_in` in seconds, of the access token. */
export const tokenReply = z
  .object({
    access_token: z
      .string()
      .meta({ description: 'Send as `Authorization: Bearer …`.', examples: ['eyJhbGciOiJIUzI1NiJ9…'] }),
    refresh_token: z.string().meta({ description: 'Good for one refresh.' }),
    expires_in: z.int().meta({ description: 'Seconds until the access token expires.', examples: [3600] }),
  })
  .meta({ id: 'TokenReply' });
export type TokenReply = z.infer<typeof tokenReply>;

export const teamRef = z
  .object({ id: uuid, display_name: z.string(), team_role: role.optional() })
  .meta({ id: 'TeamRef', description: '`team_role` is ours.' });
export type TeamRef = z.infer<typeof teamRef>;

/** GET /users/me (spec 3.2). */
export const profile = z
  .object({
    id: uuid,
    first_name: z.string(),
    last_name: z.string(),
    display_name: z.string(),
    email_address: z.string(),
    team_list: z.array(teamRef),
    has_password: z.boolean().meta({ description: 'Ours: false for the owner until one is set.' }),
    is_operator: z
      .boolean()
      .meta({ description: 'Ours: this studio is theirs, so they may set features and quotas.' }),
    feature_flags: z.object({
      global: featureSet,
      account: featureSet,
      teams: z.record(z.string(), featureSet).meta({ description: 'By the id of the team.' }),
    }),
  })
  .meta({ id: 'UserProfile' });
export type Profile = z.infer<typeof profile>;

export const credentialKinds = ['integration', 'agent', 'device'] as const;
export const credentialKind = z.enum(credentialKinds).meta({ id: 'CredentialKind' });
export type CredentialKind = z.infer<typeof credentialKind>;

/** Raw keys are `<prefix><43 base64url characters>`; the kind is readable from the key itself. */
export const keyPrefixes = { integration: 'sk-', agent: 'ak-', device: 'dk-' } as const satisfies Record<
  CredentialKind,
  string
>;

export const createCredentialRequest = z
  .object({
    kind: credentialKind,
    display_name: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .meta({ examples: ['Build server'] }),
    expires_in_days: z.int().min(1).max(365).optional().meta({ description: 'Never, when left out.' }),
  })
  .meta({ id: 'CreateCredentialRequest' });

export const createCredentialReply = z
  .object({
    id: uuid,
    kind: credentialKind,
    key_prefix: z.string().meta({ examples: ['sk-abcd12345'] }),
    raw_key: z.string().meta({ description: 'The secret. Keep it now; it is not shown again.' }),
  })
  .meta({ id: 'CreateCredentialResponse' });

export const keyStatuses = ['active', 'expired', 'revoked'] as const;

export const credentialItem = z
  .object({
    id: uuid,
    kind: credentialKind,
    display_name: z.string(),
    key_prefix: z.string(),
    user_id: uuid.nullable(),
    key_status: z.enum(keyStatuses),
    created_at: timestamp,
    last_used_at: timestamp.nullable(),
    expires_at: timestamp.nullable(),
  })
  .meta({ id: 'CredentialListItem' });

export const credentialList = z
  .object({ credentials: z.array(credentialItem), page_meta: pageMeta })
  .meta({ id: 'CredentialList' });

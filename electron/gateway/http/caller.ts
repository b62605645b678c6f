import type { Role } from '#shared/wire/common.ts';
import type { SignIn } from '../identity/tokens.ts';
import type { CredentialRow, UserRow } from '../store/rows/identity.ts';

/** Who makes a team-scoped request, and as what. */
export interface Caller {
  readonly kind: 'user' | 'integration' | 'device';
  readonly teamId: string;
  /** The user, for users and device keys. */
  readonly userId: string | null;
  readonly credentialId: string | null;
  readonly role: Role;
  /** Whose turn a submission uses up: the user, else the key. */
  readonly submitterId: string;
}

/** Who makes a request about themselves: signed in, or with a device key. */
export interface UserCaller {
  readonly user: UserRow;
  readonly signIn: SignIn | null;
  readonly key: CredentialRow | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `access`. */
    caller: Caller | null;
    /** Set by `accessUser`. */
    user: UserCaller | null;
  }
}

import type { Role } from '#shared/wire/common.ts';
import type { UserRow } from '../store/schema.ts';

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

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `access`. */
    caller: Caller | null;
    /** Set by `accessUser`. */
    user: UserRow | null;
  }
}

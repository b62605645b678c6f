import { createHash, randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import { AppError } from '#shared/errors.ts';
import { type Pagination, toTimestamp } from '#shared/wire/common.ts';
import type { TeamRef } from '#shared/wire/identity.ts';
import type { CreateInvitationRequest, InvitationItem, InvitationView } from '#shared/wire/teams.ts';
import type { InvitationRow, UserRow } from '../store/rows/identity.ts';
import type { Reader, Store, Writer } from '../store/store.ts';
import { type Accounts, findUserByEmail } from './accounts.ts';
import type { Features } from './features.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { countMembers, roleOf } from './teams.ts';

export interface InvitationPorts {
  readonly store: Store;
  readonly features: Features;
  readonly accounts: Accounts;
  readonly clock: () => number;
}

/** Who comes with an invitation's token. */
export interface Newcomer {
  readonly password: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly displayName: string | undefined;
}

const lifetimeMs = 7 * 86_400_000;

const hash = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Invitations: one token each, shown once and good once. There is no mail server, so people pass it on themselves. */
export class Invitations {
  readonly #ports: InvitationPorts;

  constructor(ports: InvitationPorts) {
    this.#ports = ports;
  }

  create(
    teamId: string,
    by: string | null,
    wanted: CreateInvitationRequest,
  ): Promise<{ id: string; token: string }> {
    const { store, features, clock } = this.#ports;
    const email = wanted.email_address.toLowerCase();
    const token = randomBytes(32).toString('base64url');
    return store.write((writer) => {
      const now = clock();
      writer.hotRun('DELETE FROM invitations WHERE expires_at <= ?', now);
      const known = findUserByEmail(writer, email);
      if (known && roleOf(writer, teamId, known.id)) {
        throw new AppError('conflict', 'A person with this address is in the team already.');
      }
      const [same] = writer.hot('SELECT 1 FROM invitations WHERE team_id = ? AND email = ?', teamId, email);
      if (same) {
        throw new AppError(
          'conflict',
          'This address has an invitation already; cancel that one to make a new one.',
        );
      }
      features.spend(writer, 'team', 'max_members', countMembers(writer, teamId), teamId);
      const row: InvitationRow = {
        id: v7(),
        team_id: teamId,
        email,
        role: wanted.invitation_role,
        token_hash: hash(token),
        invited_by: by,
        created_at: now,
        expires_at: now + lifetimeMs,
      };
      writer.run(store.sql.insertInto('invitations').values(row));
      return { id: row.id, token };
    });
  }

  /** Those that wait, newest first. */
  list(teamId: string, page: Pagination): { invitations: InvitationItem[]; total: number } {
    const { read } = this.#ports.store;
    const now = this.#ports.clock();
    const rows = read.hot<InvitationRow>(
      'SELECT * FROM invitations WHERE team_id = ? AND expires_at > ? ORDER BY id DESC LIMIT ? OFFSET ?',
      teamId,
      now,
      page.per_page,
      (page.current_page - 1) * page.per_page,
    );
    const [all] = read.hot<{ count: number }>(
      'SELECT COUNT(*) AS count FROM invitations WHERE team_id = ? AND expires_at > ?',
      teamId,
      now,
    );
    const invitations = rows.map((row) => ({
      id: row.id,
      email_address: row.email,
      invitation_role: row.role,
      created_at: toTimestamp(row.created_at),
      expires_at: toTimestamp(row.expires_at),
    }));
    return { invitations, total: all?.count ?? 0 };
  }

  async cancel(teamId: string, id: string): Promise<void> {
    const gone = await this.#ports.store.write((writer) =>
      writer.hotRun('DELETE FROM invitations WHERE team_id = ? AND id = ?', teamId, id),
    );
    if (gone === 0) throw new AppError('not_found', 'There is no such invitation in this team.');
  }

  /** What the holder of a token needs to know before accepting. */
  look(token: string): InvitationView {
    const { read } = this.#ports.store;
    const row = this.#find(read, token);
    const known = findUserByEmail(read, row.email);
    return {
      team_name: row.display_name,
      email_address: row.email,
      invitation_role: row.role,
      has_account: known !== undefined,
      expires_at: toTimestamp(row.expires_at),
    };
  }

  /** A signed-in user accepts; the invitation must be for their address. */
  accept(user: UserRow, token: string): Promise<TeamRef> {
    return this.#ports.store.write((writer) => {
      const row = this.#find(writer, token);
      if (row.email !== user.email) {
        throw new AppError('forbidden', 'This invitation is for another address; sign in with that account.');
      }
      return this.#join(writer, row, user.id);
    });
  }

  /** Somebody who is not signed in: with the password of their account, or with the one for a new account. */
  async join(token: string, newcomer: Newcomer): Promise<{ userId: string; team: TeamRef }> {
    const { store, accounts } = this.#ports;
    const row = this.#find(store.read, token);
    const known = findUserByEmail(store.read, row.email);
    if (known) {
      const usable = known.disabled ? null : known.password_hash;
      if (!(await verifyPassword(newcomer.password, usable))) throw new AppError('invalid_credentials');
      return { userId: known.id, team: await this.accept(known, token) };
    }
    const passwordHash = await hashPassword(newcomer.password);
    return store.write((writer) => {
      const invitation = this.#find(writer, token);
      const user = accounts.add(writer, { ...newcomer, email: invitation.email, passwordHash });
      return { userId: user.id, team: this.#join(writer, invitation, user.id) };
    });
  }

  #join(writer: Writer, row: InvitationRow & { display_name: string }, userId: string): TeamRef {
    const { features, store, clock } = this.#ports;
    features.require('account', 'team_invitation_accept', userId);
    features.spend(writer, 'team', 'max_members', countMembers(writer, row.team_id), row.team_id);
    if (roleOf(writer, row.team_id, userId)) {
      throw new AppError('conflict', 'You are in this team already.');
    }
    const member = { team_id: row.team_id, user_id: userId, role: row.role, created_at: clock() };
    writer.run(store.sql.insertInto('members').values(member));
    writer.hotRun('DELETE FROM invitations WHERE id = ?', row.id);
    return { id: row.team_id, display_name: row.display_name, team_role: row.role };
  }

  #find(reader: Reader, token: string): InvitationRow & { display_name: string } {
    const [row] = reader.hot<InvitationRow & { display_name: string }>(
      `SELECT invitations.*, teams.display_name FROM invitations JOIN teams ON teams.id = invitations.team_id
       WHERE token_hash = ? AND expires_at > ?`,
      hash(token),
      this.#ports.clock(),
    );
    if (!row) {
      throw new AppError(
        'not_found',
        'This invitation is used up, cancelled or expired; ask the team for a new one.',
      );
    }
    return row;
  }
}

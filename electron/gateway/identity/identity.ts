import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import { AppError } from '#shared/errors.ts';
import type { Role } from '#shared/wire/common.ts';
import type { Profile, TokenReply } from '#shared/wire/identity.ts';
import { readSetting, settingOr, writeSetting } from '../store/repositories/settings.ts';
import type { CredentialRow, UserRow } from '../store/schema.ts';
import type { Store } from '../store/store.ts';
import { Credentials, type NewKey } from './credentials.ts';
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts';
import { Tokens } from './tokens.ts';

export interface Owner {
  readonly userId: string;
  readonly teamId: string;
}

/** Users, teams, keys and sign-in. */
export class Identity {
  readonly credentials: Credentials;
  readonly #store: Store;
  readonly #tokens: Tokens;
  readonly #clock: () => number;

  private constructor(store: Store, tokens: Tokens, clock: () => number) {
    this.#store = store;
    this.#tokens = tokens;
    this.#clock = clock;
    this.credentials = new Credentials(store, clock);
  }

  static async open(store: Store, clock: () => number): Promise<Identity> {
    const key = await settingOr(store, 'signing_key', () => randomBytes(32).toString('base64url'));
    return new Identity(store, new Tokens(store, key, clock), clock);
  }

  /** The first user and team: made at the first start, by whichever process comes first. */
  ensureOwner(): Promise<Owner> {
    const known = this.#owner(readSetting(this.#store.read, 'owner'));
    if (known) return Promise.resolve(known);
    const { sql } = this.#store;
    return this.#store.write((writer) => {
      const raced = this.#owner(readSetting(writer, 'owner'));
      if (raced) return raced;
      const now = this.#clock();
      const owner: Owner = { userId: v7(), teamId: v7() };
      writer.run(
        sql.insertInto('users').values({
          id: owner.userId,
          email: 'owner@atelier.local',
          first_name: 'Studio',
          last_name: 'Owner',
          display_name: 'Studio Owner',
          password_hash: null,
          disabled: 0,
          created_at: now,
        }),
      );
      writer.run(
        sql.insertInto('teams').values({ id: owner.teamId, display_name: 'My studio', created_at: now }),
      );
      writer.run(
        sql
          .insertInto('members')
          .values({ team_id: owner.teamId, user_id: owner.userId, role: 'owner', created_at: now }),
      );
      writeSetting(writer, 'owner', JSON.stringify(owner));
      return owner;
    });
  }

  #owner(setting: string | undefined): Owner | undefined {
    return setting === undefined ? undefined : (JSON.parse(setting) as Owner);
  }

  /** Every refusal is the same 401 and takes the same time (Cyberun spec 3.1). */
  async login(email: string, password: string): Promise<TokenReply> {
    const user = this.#userBy('email', email.toLowerCase());
    const usable = user && !user.disabled ? user.password_hash : null;
    if (!(await verifyPassword(password, usable)) || !user) throw new AppError('invalid_credentials');
    if (usable && isOutdated(usable)) await this.setPassword(user.email, password);
    return this.#tokens.issue(user.id);
  }

  refresh(token: string): Promise<TokenReply> {
    return this.#tokens.refresh(token);
  }

  /** The desk on this machine, as the owner. Who may call it is the HTTP layer's to check. */
  async localSignIn(): Promise<TokenReply> {
    return this.#tokens.issue((await this.ensureOwner()).userId);
  }

  async setPassword(email: string, password: string): Promise<void> {
    const hash = await hashPassword(password);
    const { sql } = this.#store;
    await this.#store.write((writer) =>
      writer.run(
        sql.updateTable('users').set({ password_hash: hash }).where('email', '=', email.toLowerCase()),
      ),
    );
  }

  /** The signed-in user of an access token, or `undefined`. */
  async verifyAccess(token: string): Promise<UserRow | undefined> {
    const id = await this.#tokens.verify(token);
    const user = id === undefined ? undefined : this.#userBy('id', id);
    return user?.disabled ? undefined : user;
  }

  user(id: string): UserRow | undefined {
    return this.#userBy('id', id);
  }

  /** A user's role in a team; `undefined` when not a member. */
  roleIn(teamId: string, userId: string): Role | undefined {
    return this.#store.read.hot<{ role: Role }>(
      'SELECT role FROM members WHERE team_id = ? AND user_id = ?',
      teamId,
      userId,
    )[0]?.role;
  }

  verifyKey(raw: string): CredentialRow | undefined {
    return this.credentials.verify(raw);
  }

  /** Makes a key and returns its secret. */
  async createKey(key: NewKey): Promise<string> {
    return (await this.credentials.create(key)).raw;
  }

  profile(user: UserRow): Profile {
    const { sql, read } = this.#store;
    const teams = read.all(
      sql
        .selectFrom('members')
        .innerJoin('teams', 'teams.id', 'members.team_id')
        .where('members.user_id', '=', user.id)
        .orderBy('teams.id')
        .select(['teams.id', 'teams.display_name', 'members.role as team_role']),
    );
    return {
      id: user.id,
      first_name: user.first_name,
      last_name: user.last_name,
      display_name: user.display_name,
      email_address: user.email,
      team_list: teams,
      feature_flags: {
        global: {
          features: {
            registration: false,
            oauth: false,
            email: false,
            oidc_provider: false,
            mcp_server: false,
            auto_team: false,
            notifications: false,
          },
          quotas: { max_users: -1, max_teams: -1, max_agents: -1, max_concurrent_tasks: -1 },
        },
        account: {
          features: { manual_team_creation: false, team_invitation_accept: false },
          quotas: { max_owned_teams: -1 },
        },
        teams: {},
      },
    };
  }

  #userBy(column: 'id' | 'email', value: string): UserRow | undefined {
    return this.#store.read.hot<UserRow>(`SELECT * FROM users WHERE ${column} = ?`, value)[0];
  }
}

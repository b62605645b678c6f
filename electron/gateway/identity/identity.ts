import { randomBytes } from 'node:crypto';
import { AppError } from '#shared/errors.ts';
import type { Role } from '#shared/wire/common.ts';
import type { Profile, TokenReply } from '#shared/wire/identity.ts';
import { settingOr } from '../store/repositories/settings.ts';
import type { CredentialRow, UserRow } from '../store/rows/identity.ts';
import type { Store } from '../store/store.ts';
import { Accounts, findUser, findUserByEmail } from './accounts.ts';
import { Credentials, type NewKey } from './credentials.ts';
import { Departures } from './departures.ts';
import { Features } from './features.ts';
import { Invitations, type Newcomer } from './invitations.ts';
import { Members } from './members.ts';
import { ensureOwner, knownOwner, type Owner } from './owner.ts';
import { Pairing } from './pairing.ts';
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts';
import { roleOf, Teams } from './teams.ts';
import { type SignIn, Tokens } from './tokens.ts';

export type { Owner } from './owner.ts';

/** A signed-in user, and by which sign-in. */
export interface SignedIn {
  readonly user: UserRow;
  readonly signIn: SignIn;
}

/** Users, teams, keys and sign-in. */
export class Identity {
  readonly features: Features;
  readonly departures = new Departures();
  readonly credentials: Credentials;
  readonly accounts: Accounts;
  readonly teams: Teams;
  readonly members: Members;
  readonly invitations: Invitations;
  readonly pairing: Pairing;
  readonly #store: Store;
  readonly #tokens: Tokens;
  readonly #clock: () => number;

  private constructor(store: Store, tokens: Tokens, clock: () => number) {
    this.#store = store;
    this.#tokens = tokens;
    this.#clock = clock;
    this.features = new Features(store);
    const { features, departures } = this;
    this.credentials = new Credentials({ store, features, departures, clock });
    this.accounts = new Accounts(store, features, clock);
    this.teams = new Teams({ store, features, departures, clock });
    this.members = new Members(store, departures);
    this.invitations = new Invitations({ store, features, accounts: this.accounts, clock });
    this.pairing = new Pairing(store, this.credentials, clock);
  }

  static async open(store: Store, clock: () => number): Promise<Identity> {
    const key = await settingOr(store, 'signing_key', () => randomBytes(32).toString('base64url'));
    return new Identity(store, new Tokens(store, key, clock), clock);
  }

  /** The first user and team: made at the first start, by whichever process comes first. */
  ensureOwner(): Promise<Owner> {
    return ensureOwner(this.#store, this.#clock);
  }

  /** Is this the person whose studio it is? */
  isOperator(userId: string): boolean {
    return knownOwner(this.#store.read)?.userId === userId;
  }

  /** Every refusal is the same 401 and takes the same time (Cyberun spec 3.1). */
  async login(email: string, password: string): Promise<TokenReply> {
    const user = findUserByEmail(this.#store.read, email);
    const usable = user && !user.disabled ? user.password_hash : null;
    if (!(await verifyPassword(password, usable)) || !user) throw new AppError('invalid_credentials');
    if (usable && isOutdated(usable)) await this.setPassword(user.email, password);
    return this.#tokens.issue(user.id);
  }

  refresh(token: string): Promise<TokenReply> {
    return this.#tokens.refresh(token);
  }

  logout(refreshToken: string): Promise<void> {
    return this.#tokens.end(refreshToken);
  }

  /** The desk on this machine, as the owner. Who may call it is the HTTP layer's to check. */
  async localSignIn(): Promise<TokenReply> {
    return this.#tokens.issue((await this.ensureOwner()).userId);
  }

  /** A new account with, where the studio is set up so, a team of its own. */
  async register(email: string, newcomer: Newcomer): Promise<TokenReply> {
    this.features.require('global', 'registration');
    const passwordHash = await hashPassword(newcomer.password);
    const user = await this.#store.write((writer) => {
      const added = this.accounts.add(writer, { ...newcomer, email, passwordHash });
      if (this.features.has('global', 'auto_team')) {
        this.teams.add(writer, added.id, `${added.display_name}’s team`.slice(0, 100));
      }
      return added;
    });
    return this.#tokens.issue(user.id);
  }

  /** Accepts an invitation without being signed in, and signs in. */
  async joinWith(token: string, newcomer: Newcomer): Promise<TokenReply> {
    const { userId } = await this.invitations.join(token, newcomer);
    return this.#tokens.issue(userId);
  }

  /** @returns whether there is such an account */
  setPassword(email: string, password: string): Promise<boolean> {
    return this.accounts.setPassword(email, password);
  }

  /** Who an access token speaks for, or `undefined`. */
  async verifyAccess(token: string): Promise<SignedIn | undefined> {
    const signIn = await this.#tokens.verify(token);
    const user = signIn && this.user(signIn.userId);
    return user && !user.disabled ? { user, signIn } : undefined;
  }

  user(id: string): UserRow | undefined {
    return findUser(this.#store.read, id);
  }

  /** A user's role in a team; `undefined` when not a member. */
  roleIn(teamId: string, userId: string): Role | undefined {
    return roleOf(this.#store.read, teamId, userId);
  }

  verifyKey(raw: string): CredentialRow | undefined {
    return this.credentials.verify(raw);
  }

  /** Makes a key and returns its secret. */
  async createKey(key: NewKey): Promise<string> {
    return (await this.credentials.create(key)).raw;
  }

  /** Ends a team; what ran in it has stopped when this resolves. */
  async deleteTeam(teamId: string): Promise<void> {
    await this.teams.delete(teamId);
    this.credentials.forget();
    // The studio's own team went: its owner, its keys and its agent need another one.
    await this.ensureOwner();
  }

  profile(user: UserRow): Profile {
    const teams = this.teams.ofUser(user.id);
    return {
      id: user.id,
      first_name: user.first_name,
      last_name: user.last_name,
      display_name: user.display_name,
      email_address: user.email,
      team_list: teams,
      has_password: user.password_hash !== null,
      is_operator: this.isOperator(user.id),
      feature_flags: {
        global: this.features.of('global'),
        account: this.features.of('account', user.id),
        teams: Object.fromEntries(teams.map(({ id }) => [id, this.features.of('team', id)])),
      },
    };
  }
}

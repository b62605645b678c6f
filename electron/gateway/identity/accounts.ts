import { v7 } from 'uuid';
import { AppError } from '#shared/errors.ts';
import type { UpdateProfileRequest } from '#shared/wire/identity.ts';
import type { UserRow } from '../store/rows/identity.ts';
import type { Reader, Store, Writer } from '../store/store.ts';
import type { Features } from './features.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { endSignIns, type SignIn } from './tokens.ts';

export interface NewUser {
  readonly email: string;
  readonly passwordHash: string | null;
  readonly firstName: string;
  readonly lastName: string;
  /** First and last name when left out. */
  readonly displayName?: string | undefined;
}

/** People: their names and passwords. */
export class Accounts {
  readonly #store: Store;
  readonly #features: Features;
  readonly #clock: () => number;

  constructor(store: Store, features: Features, clock: () => number) {
    this.#store = store;
    this.#features = features;
    this.#clock = clock;
  }

  /** Adds a user inside a unit of work. @throws AppError `conflict` when the address is taken */
  add(writer: Writer, { email, passwordHash, firstName, lastName, displayName }: NewUser): UserRow {
    if (findUserByEmail(writer, email)) {
      throw new AppError('conflict', 'There is an account with this address already; sign in with it.');
    }
    const [row] = writer.hot<{ count: number }>('SELECT COUNT(*) AS count FROM users');
    this.#features.spend(writer, 'global', 'max_users', row?.count ?? 0);
    const address = email.toLowerCase();
    const user: UserRow = {
      id: v7(),
      email: address,
      first_name: firstName,
      last_name: lastName,
      display_name: displayName || [firstName, lastName].filter(Boolean).join(' ') || address,
      password_hash: passwordHash,
      disabled: 0,
      created_at: this.#clock(),
    };
    writer.run(this.#store.sql.insertInto('users').values(user));
    return user;
  }

  /** @returns the user as it is now */
  update(id: string, changes: UpdateProfileRequest): Promise<UserRow> {
    const { email_address, first_name, last_name, display_name } = changes;
    return this.#store.write((writer) => {
      const user = findUser(writer, id);
      if (!user) throw new AppError('unauthorized');
      const email = email_address?.toLowerCase() ?? user.email;
      if (email !== user.email && findUserByEmail(writer, email)) {
        throw new AppError('conflict', 'Another account has this address already.');
      }
      const next = {
        ...user,
        email,
        first_name: first_name ?? user.first_name,
        last_name: last_name ?? user.last_name,
        display_name: display_name ?? user.display_name,
      };
      writer.run(this.#store.sql.updateTable('users').set(next).where('id', '=', id));
      return next;
    });
  }

  /**
   * A new password for who knows the old one. All other sign-ins of the user end: whoever knew the old one is out.
   *
   * @param atHome whether the call comes from the studio's own machine: there an account without a password may set one
   */
  async changePassword(
    user: UserRow,
    signIn: SignIn,
    { current, next, atHome }: { current: string | undefined; next: string; atHome: boolean },
  ): Promise<void> {
    if (user.password_hash === null && !atHome) {
      throw new AppError(
        'forbidden',
        'This account has no password yet; set the first one on the studio’s own machine (atelier password).',
      );
    }
    if (user.password_hash !== null) {
      if (current === undefined) {
        throw new AppError('validation_failed', 'current_password: say the password you have now.', {
          field: 'current_password',
        });
      }
      if (!(await verifyPassword(current, user.password_hash))) {
        throw new AppError('forbidden', 'The current password is not right.');
      }
    }
    const hash = await hashPassword(next);
    await this.#store.write((writer) => {
      // Two changes at the same time: the second one knew a password that is the old one by now.
      if (findUser(writer, user.id)?.password_hash !== user.password_hash) {
        throw new AppError('conflict', 'The password was changed a moment ago; sign in with the new one.');
      }
      writer.hotRun('UPDATE users SET password_hash = ? WHERE id = ?', hash, user.id);
      endSignIns(writer, user.id, signIn.family);
    });
  }

  /** Sets a password without asking for the old one: for the command line, and when a hash is renewed. */
  async setPassword(email: string, password: string): Promise<boolean> {
    const hash = await hashPassword(password);
    return this.#store.write(
      (writer) =>
        writer.hotRun('UPDATE users SET password_hash = ? WHERE email = ?', hash, email.toLowerCase()) > 0,
    );
  }

  /** Ends every sign-in of a user. */
  async endSignIns(email: string): Promise<void> {
    await this.#store.write((writer) => {
      const user = findUserByEmail(writer, email);
      if (user) endSignIns(writer, user.id);
    });
  }
}

export const findUser = (reader: Reader, id: string): UserRow | undefined =>
  reader.hot<UserRow>('SELECT * FROM users WHERE id = ?', id)[0];

export const findUserByEmail = (reader: Reader, email: string): UserRow | undefined =>
  reader.hot<UserRow>('SELECT * FROM users WHERE email = ?', email.toLowerCase())[0];

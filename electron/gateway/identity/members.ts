import { AppError } from '#shared/errors.ts';
import { type Pagination, type Role, toTimestamp } from '#shared/wire/common.ts';
import type { Member } from '#shared/wire/teams.ts';
import type { MemberRow, UserRow } from '../store/rows/identity.ts';
import type { Store, Writer } from '../store/store.ts';
import type { Departures } from './departures.ts';
import { countMembers, roleOf, setRole } from './teams.ts';

/** Who is in a team, and as what. */
export class Members {
  readonly #store: Store;
  readonly #departures: Departures;

  constructor(store: Store, departures: Departures) {
    this.#store = store;
    this.#departures = departures;
  }

  /** In the order in which they came. */
  list(teamId: string, page: Pagination): { members: Member[]; total: number } {
    const { read } = this.#store;
    const rows = read.hot<UserRow & Pick<MemberRow, 'role'> & { joined_at: number }>(
      `SELECT users.*, members.role, members.created_at AS joined_at FROM members
       JOIN users ON users.id = members.user_id WHERE members.team_id = ?
       ORDER BY members.created_at, users.id LIMIT ? OFFSET ?`,
      teamId,
      page.per_page,
      (page.current_page - 1) * page.per_page,
    );
    const members = rows.map((row) => ({
      user_id: row.id,
      display_name: row.display_name,
      first_name: row.first_name,
      last_name: row.last_name,
      email_address: row.email,
      member_role: row.role,
      joined_at: toTimestamp(row.joined_at),
    }));
    return { members, total: countMembers(read, teamId) };
  }

  async setRole(teamId: string, by: string, userId: string, role: Exclude<Role, 'owner'>): Promise<void> {
    if (by === userId) {
      throw new AppError('forbidden', 'You can’t change your own role; ask another admin or the owner.');
    }
    await this.#store.write((writer) => {
      notTheOwner(writer, teamId, userId, 'Transfer the team to give its owner another role.');
      setRole(writer, teamId, userId, role);
    });
  }

  /** Out at once: the next request of theirs is refused, and what they have open for this team ends. */
  async remove(teamId: string, by: string, userId: string): Promise<void> {
    if (by === userId) throw new AppError('conflict', 'To go yourself, leave the team.');
    await this.#store.write((writer) => {
      notTheOwner(writer, teamId, userId, 'The owner can’t be removed; transfer the team first.');
      writer.hotRun('DELETE FROM members WHERE team_id = ? AND user_id = ?', teamId, userId);
    });
    this.#departures.tell({ teamId, userId });
  }
}

function notTheOwner(writer: Writer, teamId: string, userId: string, words: string): void {
  const role = roleOf(writer, teamId, userId);
  if (!role) throw new AppError('not_found', 'There is no such member in this team.');
  if (role === 'owner') throw new AppError('forbidden', words);
}

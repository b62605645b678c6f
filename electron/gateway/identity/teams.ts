import { v7 } from 'uuid';
import { AppError } from '#shared/errors.ts';
import type { Pagination, Role } from '#shared/wire/common.ts';
import type { TeamRef } from '#shared/wire/identity.ts';
import type { TeamRow } from '../store/rows/identity.ts';
import type { Reader, Store, Writer } from '../store/store.ts';
import type { Departures } from './departures.ts';
import type { Features } from './features.ts';

export interface TeamPorts {
  readonly store: Store;
  readonly features: Features;
  readonly departures: Departures;
  readonly clock: () => number;
}

/** What others have to do when a team goes; resolves when nothing of it runs any more. */
export type Closing = (teamId: string) => Promise<void>;

/** So many rows of a deleted team go in one unit of work: others want to write too. */
const batch = 200;

/** Teams as such; who is in them is the members' room. */
export class Teams {
  readonly #ports: TeamPorts;
  #closing: Closing = () => Promise.resolve();

  constructor(ports: TeamPorts) {
    this.#ports = ports;
  }

  onClosing(closing: Closing): void {
    this.#closing = closing;
  }

  /** A user's teams with the role in each, oldest first. */
  ofUser(userId: string): TeamRef[] {
    return this.#ports.store.read.hot<TeamRef>(
      `SELECT teams.id, teams.display_name, members.role AS team_role FROM members
       JOIN teams ON teams.id = members.team_id WHERE members.user_id = ? ORDER BY teams.id`,
      userId,
    );
  }

  page(userId: string, { current_page, per_page }: Pagination): { teams: TeamRef[]; total: number } {
    const all = this.ofUser(userId);
    return { teams: all.slice((current_page - 1) * per_page, current_page * per_page), total: all.length };
  }

  get(teamId: string): TeamRow & { members: number; owner_id: string | null } {
    const { read } = this.#ports.store;
    const team = read.hot<TeamRow>('SELECT * FROM teams WHERE id = ? AND deleted_at IS NULL', teamId)[0];
    if (!team) throw new AppError('not_found');
    return { ...team, members: countMembers(read, teamId), owner_id: ownerOf(read, teamId) ?? null };
  }

  exists(teamId: string): boolean {
    const { read } = this.#ports.store;
    return read.hot('SELECT 1 FROM teams WHERE id = ? AND deleted_at IS NULL', teamId).length > 0;
  }

  /** A new team of a user, who owns it. */
  create(userId: string, displayName: string): Promise<string> {
    return this.#ports.store.write((writer) => this.add(writer, userId, displayName));
  }

  /** The same inside a unit of work, with its quotas. */
  add(writer: Writer, userId: string, displayName: string): string {
    const [row] = writer.hot<{ count: number }>(
      'SELECT COUNT(*) AS count FROM teams WHERE deleted_at IS NULL',
    );
    this.#ports.features.spend(writer, 'global', 'max_teams', row?.count ?? 0);
    this.#mayOwnOneMore(writer, userId);
    return insertTeam(writer, this.#ports.store, { userId, displayName, now: this.#ports.clock() });
  }

  #mayOwnOneMore(writer: Writer, userId: string): void {
    const [owned] = writer.hot<{ count: number }>(
      `SELECT COUNT(*) AS count FROM members WHERE user_id = ? AND role = 'owner'`,
      userId,
    );
    this.#ports.features.spend(writer, 'account', 'max_owned_teams', owned?.count ?? 0, userId);
  }

  async rename(teamId: string, displayName: string): Promise<void> {
    await this.#ports.store.write((writer) =>
      writer.hotRun('UPDATE teams SET display_name = ? WHERE id = ?', displayName, teamId),
    );
  }

  /** Another member becomes the owner, the owner an admin. */
  async transfer(teamId: string, from: string, to: string): Promise<void> {
    if (from === to) throw new AppError('conflict', 'You own this team already.');
    await this.#ports.store.write((writer) => {
      // Looked at again here: of two transfers at the same time the second one is no longer the owner's.
      if (ownerOf(writer, teamId) !== from) throw new AppError('forbidden');
      if (!roleOf(writer, teamId, to)) {
        throw new AppError('not_found', 'The new owner must be a member of this team; invite them first.');
      }
      this.#mayOwnOneMore(writer, to);
      setRole(writer, teamId, from, 'admin');
      setRole(writer, teamId, to, 'owner');
    });
  }

  async leave(teamId: string, userId: string): Promise<void> {
    await this.#ports.store.write((writer) => {
      if (ownerOf(writer, teamId) === userId) {
        throw new AppError('conflict', 'The owner can’t leave: transfer the team first, or delete it.');
      }
      writer.hotRun('DELETE FROM members WHERE team_id = ? AND user_id = ?', teamId, userId);
    });
    this.#ports.departures.tell({ teamId, userId });
  }

  /**
   * Deletes a team for good. When this resolves nobody is in it, its keys are dead and nothing of it runs; its tasks and
   * files go bit by bit afterwards, also over a restart.
   */
  async delete(teamId: string): Promise<void> {
    await this.#ports.store.write((writer) => {
      writer.hotRun('UPDATE teams SET deleted_at = ? WHERE id = ?', this.#ports.clock(), teamId);
      for (const table of [
        'members',
        'credentials',
        'invitations',
        'pairings',
        'webhooks',
        'cloud_accounts',
      ] as const) {
        writer.hotRun(`DELETE FROM ${table} WHERE team_id = ?`, teamId);
      }
    });
    this.#ports.departures.tell({ teamId });
    await this.#closing(teamId);
  }

  /** Goes on with what a stop has interrupted. */
  async resume(): Promise<void> {
    for (const { id } of this.#deleted()) await this.#closing(id);
  }

  #deleted(): TeamRow[] {
    return this.#ports.store.read.hot<TeamRow>('SELECT * FROM teams WHERE deleted_at IS NOT NULL');
  }

  /** Removes what deleted teams have left behind. */
  async sweep(): Promise<void> {
    const { store } = this.#ports;
    for (const { id } of this.#deleted()) {
      const few = `DELETE FROM tasks WHERE id IN (SELECT id FROM tasks WHERE team_id = ? LIMIT ${batch})`;
      while ((await store.write((writer) => writer.hotRun(few, id))) > 0);
      await store.write((writer) => {
        writer.hotRun('DELETE FROM task_counts WHERE team_id = ?', id);
        writer.hotRun(`DELETE FROM feature_settings WHERE scope = 'team' AND subject = ?`, id);
        writer.hotRun('DELETE FROM teams WHERE id = ?', id);
        writer.hotRun('DELETE FROM storage_counts WHERE team_id = ?', id);
      });
    }
  }
}

export function insertTeam(
  writer: Writer,
  { sql }: Store,
  { userId, displayName, now }: { userId: string; displayName: string; now: number },
): string {
  const id = v7();
  writer.run(sql.insertInto('teams').values({ id, display_name: displayName, created_at: now }));
  writer.run(
    sql.insertInto('members').values({ team_id: id, user_id: userId, role: 'owner', created_at: now }),
  );
  return id;
}

export const roleOf = (reader: Reader, teamId: string, userId: string): Role | undefined =>
  reader.hot<{ role: Role }>('SELECT role FROM members WHERE team_id = ? AND user_id = ?', teamId, userId)[0]
    ?.role;

export function setRole(writer: Writer, teamId: string, userId: string, role: Role): void {
  writer.hotRun('UPDATE members SET role = ? WHERE team_id = ? AND user_id = ?', role, teamId, userId);
}

const ownerOf = (reader: Reader, teamId: string): string | undefined =>
  reader.hot<{ user_id: string }>(
    `SELECT user_id FROM members WHERE team_id = ? AND role = 'owner'`,
    teamId,
  )[0]?.user_id;

export const countMembers = (reader: Reader, teamId: string): number =>
  reader.hot<{ count: number }>('SELECT COUNT(*) AS count FROM members WHERE team_id = ?', teamId)[0]
    ?.count ?? 0;

import { v7 } from 'uuid';
import { AppError } from '#shared/errors.ts';
import type { Pagination } from '#shared/wire/common.ts';
import type { CredentialKind } from '#shared/wire/identity.ts';
import type { CredentialRow } from '../store/rows/identity.ts';
import type { Store, Writer } from '../store/store.ts';
import type { Departures } from './departures.ts';
import type { Features } from './features.ts';
import { hashKey, keyPrefix, makeKey } from './keys.ts';

export interface NewKey {
  readonly kind: CredentialKind;
  readonly name: string;
  readonly teamId: string;
  /** The user a device key acts for. */
  readonly userId?: string | undefined;
  readonly expiresInDays?: number | undefined;
  /** The device key that it ends with. */
  readonly parentId?: string | undefined;
}

export interface MadeKey {
  readonly id: string;
  readonly raw: string;
  readonly prefix: string;
}

export interface CredentialPorts {
  readonly store: Store;
  readonly features: Features;
  readonly departures: Departures;
  readonly clock: () => number;
}

/** A remembered key is looked up again after this long, so that another process's revocation is seen. */
const rememberMs = 2000;
const touchMs = 60_000;

/** Keys of programs, agents and devices. Only their hashes are stored. */
export class Credentials {
  readonly #store: Store;
  readonly #features: Features;
  readonly #departures: Departures;
  readonly #clock: () => number;
  readonly #remembered = new Map<string, { row: CredentialRow | undefined; at: number }>();

  constructor({ store, features, departures, clock }: CredentialPorts) {
    this.#store = store;
    this.#features = features;
    this.#departures = departures;
    this.#clock = clock;
  }

  /** Makes a key; the raw secret is in the reply and nowhere else. */
  create(key: NewKey): Promise<MadeKey> {
    return this.#store.write((writer) => this.add(writer, key));
  }

  /** The same inside a unit of work. */
  add(writer: Writer, key: NewKey): MadeKey {
    if (key.kind === 'integration') {
      const [live] = writer.hot<{ count: number }>(
        `SELECT COUNT(*) AS count FROM credentials WHERE team_id = ? AND kind = 'integration'
         AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)`,
        key.teamId,
        this.#clock(),
      );
      this.#features.spend(writer, 'team', 'max_integration_credentials', live?.count ?? 0, key.teamId);
    }
    const raw = makeKey(key.kind);
    const id = v7();
    const now = this.#clock();
    const row: CredentialRow = {
      id,
      team_id: key.teamId,
      kind: key.kind,
      display_name: key.name,
      key_hash: hashKey(raw),
      key_prefix: keyPrefix(raw),
      user_id: key.userId ?? null,
      created_at: now,
      expires_at: key.expiresInDays === undefined ? null : now + key.expiresInDays * 86_400_000,
      last_used_at: null,
      revoked_at: null,
      parent_id: key.parentId ?? null,
    };
    writer.run(this.#store.sql.insertInto('credentials').values(row));
    return { id, raw, prefix: row.key_prefix };
  }

  /** The live credential behind a raw key, or `undefined` (unknown, expired, revoked). */
  verify(raw: string): CredentialRow | undefined {
    const now = this.#clock();
    const hash = hashKey(raw);
    let kept = this.#remembered.get(hash);
    if (!kept || now - kept.at > rememberMs) {
      const [row] = this.#store.read.hot<CredentialRow>('SELECT * FROM credentials WHERE key_hash = ?', hash);
      if (this.#remembered.size >= 10_000) this.#remembered.clear();
      kept = { row, at: now };
      this.#remembered.set(hash, kept);
    }
    const { row } = kept;
    if (!row || row.revoked_at !== null || (row.expires_at !== null && row.expires_at <= now))
      return undefined;
    this.#touch(row, now);
    return row;
  }

  list(
    teamId: string,
    page: Pagination,
    kind: CredentialKind | undefined,
  ): { rows: CredentialRow[]; total: number } {
    const { sql, read } = this.#store;
    let query = sql.selectFrom('credentials').where('team_id', '=', teamId);
    if (kind) query = query.where('kind', '=', kind);
    const total = read.get(query.select((of) => of.fn.countAll<number>().as('count')))?.count ?? 0;
    const rows = read.all(
      query
        .selectAll()
        .orderBy('id', 'desc')
        .limit(page.per_page)
        .offset((page.current_page - 1) * page.per_page),
    );
    return { rows, total };
  }

  /** Ends a key at its next check, and the agent key that came with it. */
  async revoke(teamId: string, id: string): Promise<void> {
    const now = this.#clock();
    const ended = await this.#store.write((writer) => {
      // Revoked twice is revoked since the first time.
      const text = 'UPDATE credentials SET revoked_at = COALESCE(revoked_at, ?) WHERE team_id = ? AND ';
      if (writer.hotRun(`${text} id = ?`, now, teamId, id) === 0) throw new AppError('not_found');
      writer.hotRun(`${text} parent_id = ?`, now, teamId, id);
      return writer.hot<{ id: string }>('SELECT id FROM credentials WHERE id = ? OR parent_id = ?', id, id);
    });
    this.forget();
    for (const { id: credentialId } of ended) this.#departures.tell({ credentialId });
  }

  /** Keys were ended by other means: look each up again. */
  forget(): void {
    this.#remembered.clear();
  }

  /** When a key was last used, at most once a minute on disk: the time is for people. */
  #touch(row: CredentialRow, now: number): void {
    if (row.last_used_at !== null && now - row.last_used_at < touchMs) return;
    row.last_used_at = now;
    const sql = this.#store.sql
      .updateTable('credentials')
      .set({ last_used_at: now })
      .where('id', '=', row.id);
    this.#store.write((writer) => writer.run(sql)).catch(() => undefined);
  }
}

import { AppError } from '#shared/errors.ts';
import type { CloudKeyStatus, SetCloudKeyRequest } from '#shared/wire/cloud.ts';
import { toTimestamp } from '#shared/wire/common.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { CloudAccountRow } from '../store/rows/cloud.ts';
import type { Store } from '../store/store.ts';

export interface AccountPorts {
  readonly store: Store;
  readonly secrets: Secrets;
  readonly clock: () => number;
}

const placeOf = (teamId: string): string => `comfy-cloud:${teamId}`;

/** The teams' accounts at ComfyUI Cloud, one each. */
export class CloudAccounts {
  readonly #ports: AccountPorts;

  constructor(ports: AccountPorts) {
    this.#ports = ports;
  }

  /** @throws AppError `not_found` */
  status(teamId: string): CloudKeyStatus {
    const row = this.#find(teamId);
    if (!row) throw new AppError('not_found', 'No ComfyUI Cloud key is set up for this team.');
    return {
      provider_name: 'comfy_cloud',
      credential_status: row.status,
      cloud_fallback: row.fallback === 1,
      created_at: toTimestamp(row.created_at),
      updated_at: toTimestamp(row.updated_at),
      key_preview: row.key_preview,
    };
  }

  /** Enters a key in place of the one before. */
  async set(teamId: string, { api_key, cloud_fallback }: SetCloudKeyRequest): Promise<CloudKeyStatus> {
    const { store, secrets, clock } = this.#ports;
    const now = clock();
    await store.write((writer) =>
      writer.hotRun(
        `INSERT INTO cloud_accounts (team_id, api_key, key_preview, status, fallback, created_at, updated_at)
         VALUES (?, ?, ?, 'active', ?, ?, ?) ON CONFLICT (team_id) DO UPDATE SET
           api_key = excluded.api_key, key_preview = excluded.key_preview, status = 'active',
           fallback = excluded.fallback, updated_at = excluded.updated_at`,
        teamId,
        secrets.seal(api_key, placeOf(teamId)),
        previewOf(api_key),
        cloud_fallback ? 1 : 0,
        now,
        now,
      ),
    );
    return this.status(teamId);
  }

  /** @throws AppError `not_found` */
  async remove(teamId: string): Promise<void> {
    this.status(teamId);
    await this.#ports.store.write((writer) =>
      writer.hotRun('DELETE FROM cloud_accounts WHERE team_id = ?', teamId),
    );
  }

  /** The cloud has refused the key: it is not tried again. */
  async refused(teamId: string, key: string): Promise<void> {
    if (this.key(teamId) !== key) return;
    const text = `UPDATE cloud_accounts SET status = 'revoked', updated_at = ? WHERE team_id = ?`;
    await this.#ports.store.write((writer) => writer.hotRun(text, this.#ports.clock(), teamId));
  }

  /** The key in use; undefined when there is none. */
  key(teamId: string): string | undefined {
    const row = this.#find(teamId);
    return row?.status === 'active' ? this.#ports.secrets.unseal(row.api_key, placeOf(teamId)) : undefined;
  }

  /** Teams whose tasks may go to the cloud when no agent can run them. */
  fallingBack(): string[] {
    return this.#ports.store.read
      .hot<{ team_id: string }>(`SELECT team_id FROM cloud_accounts WHERE fallback = 1 AND status = 'active'`)
      .map(({ team_id }) => team_id);
  }

  #find(teamId: string): CloudAccountRow | undefined {
    const text = 'SELECT * FROM cloud_accounts WHERE team_id = ?';
    return this.#ports.store.read.hot<CloudAccountRow>(text, teamId)[0];
  }
}

/** Of a short key nothing is shown: it would be all of it. */
const previewOf = (key: string): string => (key.length < 20 ? '…' : `${key.slice(0, 8)}...${key.slice(-4)}`);

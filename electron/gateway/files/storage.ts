import { statfs } from 'node:fs/promises';
import { AppError } from '#shared/errors.ts';
import { bytesInWords } from '#shared/sizes.ts';
import type { StorageKind, StorageReply } from '#shared/wire/storage.ts';
import type { Features } from '../identity/features.ts';
import type { StorageCountRow } from '../store/rows/files.ts';
import type { Reader } from '../store/store.ts';

export interface StoragePorts {
  readonly read: Reader;
  readonly features: Features;
  /** Where the bytes lie. */
  readonly folder: string;
}

const quota = 'max_storage_bytes';

/** How much a team keeps, and how much it may. */
export class Storage {
  readonly #ports: StoragePorts;

  constructor(ports: StoragePorts) {
    this.#ports = ports;
  }

  /**
   * Is there room for so many bytes more? Whoever adds a row asks in the same unit of work.
   *
   * @throws AppError `quota_exceeded`, or `feature_disabled` for a quota of 0
   */
  require(reader: Reader, teamId: string, bytes: number): void {
    const { features } = this.#ports;
    const limit = features.limit('team', quota, teamId, reader);
    if (limit === Number.POSITIVE_INFINITY) return;
    const used = usedBy(counts(reader, teamId));
    if (limit > 0 && used + bytes <= limit) return;
    if (limit === 0) features.spend(reader, 'team', quota, used, teamId);
    throw new AppError(
      'quota_exceeded',
      `This team may keep ${bytesInWords(limit)} and keeps ${bytesInWords(used)}; there is no room for ` +
        `${bytesInWords(bytes)} more. Clean up, or ask the owner of the studio to raise the quota ${quota}.`,
      { quota, limit, used, wanted: bytes },
    );
  }

  async usage(teamId: string): Promise<StorageReply> {
    const { read, features, folder } = this.#ports;
    const rows = counts(read, teamId);
    const disk = await statfs(folder);
    const limit = features.limit('team', quota, teamId);
    const of = (kind: StorageKind) => {
      const row = rows.find((one) => one.kind === kind);
      return { file_count: row?.count ?? 0, total_bytes: row?.bytes ?? 0 };
    };
    return {
      kinds: { inputs: of('inputs'), outputs: of('outputs'), models: of('models'), uploads: of('uploads') },
      used_bytes: usedBy(rows),
      quota_bytes: limit === Number.POSITIVE_INFINITY ? -1 : limit,
      disk_free_bytes: disk.bavail * disk.bsize,
      disk_total_bytes: disk.blocks * disk.bsize,
    };
  }
}

const counts = (reader: Reader, teamId: string): StorageCountRow[] =>
  reader.hot<StorageCountRow>('SELECT * FROM storage_counts WHERE team_id = ?', teamId);

const usedBy = (rows: readonly StorageCountRow[]): number => rows.reduce((sum, { bytes }) => sum + bytes, 0);

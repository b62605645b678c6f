import { AppError } from '#shared/errors.ts';
import {
  type FeatureOf,
  type FeatureScope,
  featureCatalogue,
  featuresToCome,
  type QuotaOf,
} from '#shared/features.ts';
import type { FeatureSettingRow } from '../store/rows/identity.ts';
import type { Reader, Store, Writer } from '../store/store.ts';

/** Features and quotas of one scope, as they are in force. */
export interface FeatureSet {
  readonly features: Record<string, boolean>;
  readonly quotas: Record<string, number>;
}

/** Changes to a scope; `null` goes back to what holds without it. */
export interface FeatureChanges {
  readonly features?: Readonly<Record<string, boolean | null | undefined>> | undefined;
  readonly quotas?: Readonly<Record<string, number | null | undefined>> | undefined;
}

/** What is switched on and how much of it: defaults, overlaid by what the owner has set. */
export class Features {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** `subject`: a team or user with settings of its own; '' for what holds for all others. */
  of(scope: FeatureScope, subject = '', reader: Reader = this.#store.read): FeatureSet {
    const { features, quotas } = featureCatalogue[scope];
    const set = {
      features: { ...features } as Record<string, boolean>,
      quotas: { ...quotas } as Record<string, number>,
    };
    const rows = reader.hot<FeatureSettingRow>(
      `SELECT * FROM feature_settings WHERE scope = ? AND subject IN ('', ?) ORDER BY subject`,
      scope,
      subject,
    );
    for (const { name, value } of rows) {
      if (name in quotas) set.quotas[name] = value;
      else if (name in features && !featuresToCome.has(name)) set.features[name] = value === 1;
    }
    return set;
  }

  /** @throws AppError `feature_disabled` that names the feature */
  require<Scope extends FeatureScope>(scope: Scope, feature: FeatureOf<Scope>, subject = ''): void {
    if (this.of(scope, subject).features[feature]) return;
    throw new AppError(
      'feature_disabled',
      `The feature ${feature} is switched off here; the owner of the studio can switch it on.`,
      { feature, scope },
    );
  }

  has<Scope extends FeatureScope>(scope: Scope, feature: FeatureOf<Scope>, subject = ''): boolean {
    return this.of(scope, subject).features[feature] === true;
  }

  /** How much of it is allowed; `Infinity` when unlimited. */
  limit<Scope extends FeatureScope>(
    scope: Scope,
    quota: QuotaOf<Scope>,
    subject = '',
    reader: Reader = this.#store.read,
  ): number {
    const value = this.of(scope, subject, reader).quotas[quota] ?? 0;
    return value < 0 ? Number.POSITIVE_INFINITY : value;
  }

  /**
   * May there be one more, when there are `used`?
   *
   * @throws AppError `feature_disabled` for a quota of 0, else `quota_exceeded`
   */
  spend<Scope extends FeatureScope>(
    reader: Reader,
    scope: Scope,
    quota: QuotaOf<Scope>,
    used: number,
    subject = '',
  ): void {
    const limit = this.limit(scope, quota, subject, reader);
    if (used < limit) return;
    const raise = 'the owner of the studio can raise it';
    if (limit === 0) {
      throw new AppError('feature_disabled', `The quota ${quota} is 0: this is switched off; ${raise}.`, {
        feature: quota,
        scope,
      });
    }
    throw new AppError('quota_exceeded', `The quota ${quota} of ${limit} is used up; ${raise}.`, {
      quota,
      limit,
      used,
    });
  }

  /** Sets what is given; names that the catalogue doesn't have were refused before. */
  set(scope: FeatureScope, subject: string, { features = {}, quotas = {} }: FeatureChanges): Promise<void> {
    for (const [name, on] of Object.entries(features)) {
      if (on && featuresToCome.has(name)) {
        throw new AppError('conflict', `This version of Atelier has no ${name}, so it can’t be switched on.`);
      }
    }
    return this.#store.write((writer) => {
      for (const [name, value] of [...Object.entries(features), ...Object.entries(quotas)]) {
        if (value !== undefined) keep(writer, scope, subject, name, value === null ? null : Number(value));
      }
    });
  }
}

function keep(writer: Writer, scope: string, subject: string, name: string, value: number | null): void {
  const place = [scope, subject, name] as const;
  writer.hotRun('DELETE FROM feature_settings WHERE scope = ? AND subject = ? AND name = ?', ...place);
  if (value === null) return;
  writer.hotRun(
    'INSERT INTO feature_settings (scope, subject, name, value) VALUES (?, ?, ?, ?)',
    ...place,
    value,
  );
}

import type { FeatureOf, QuotaOf } from '#shared/features.ts';

type ToCome = 'oauth' | 'email' | 'oidc_provider' | 'mcp_server' | 'notifications' | 'container_services';

export type SwitchName = Exclude<FeatureOf<'global'> | FeatureOf<'account'> | FeatureOf<'team'>, ToCome>;
/** Bytes are set where they are seen: in the storage section. */
export type LimitName = Exclude<
  QuotaOf<'global'> | QuotaOf<'account'> | QuotaOf<'team'>,
  'max_storage_bytes'
>;
export const isLimit = (name: string): name is LimitName => name !== 'max_storage_bytes';

const unlimited = -1;

/** A limit as a person types it: nothing means none. `null` for what is no limit at all. */
export function limitOf(text: string): number | null {
  const typed = text.trim();
  if (typed === '') return unlimited;
  const limit = /^\d{1,7}$/.test(typed) ? Number(typed) : Number.NaN;
  return limit <= 1_000_000 ? limit : null;
}

export const limitText = (limit: number): string => (limit === unlimited ? '' : String(limit));

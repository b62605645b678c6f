import { z } from 'zod';
import { type FeatureScope, featureCatalogue } from '../features.ts';
import { featureSet } from './identity.ts';

/** A quota counts things, or bytes where its name says so. */
const mostOf = (name: string): number => (name.endsWith('_bytes') ? Number.MAX_SAFE_INTEGER : 1_000_000);

/** Strict and from the catalogue: a misspelt name is a 400 and not a switch that does nothing. */
function changesOf(scope: FeatureScope) {
  const { features, quotas } = featureCatalogue[scope];
  const each = <Value extends z.ZodType>(names: object, value: (name: string) => Value) =>
    z.strictObject(Object.fromEntries(Object.keys(names).map((name) => [name, value(name)])));
  const back = 'null goes back to the default.';
  return z.strictObject({
    features: each(features, () => z.boolean().nullable().optional().meta({ description: back })).optional(),
    quotas: each(quotas, (name) =>
      z
        .int()
        .min(-1)
        .max(mostOf(name))
        .nullable()
        .optional()
        .meta({ description: `-1 unlimited, 0 switched off, above 0 a hard cap; ${back}` }),
    ).optional(),
  });
}

export const featureFlags = z
  .object({ global: featureSet, account: featureSet, team: featureSet })
  .meta({ id: 'FeatureFlags' });

export const updateFeaturesRequest = z
  .strictObject({
    global: changesOf('global').optional(),
    account: changesOf('account').optional(),
    team: changesOf('team').optional(),
  })
  .meta({ id: 'UpdateFeaturesRequest' });

export const updateTeamFeaturesRequest = changesOf('team').meta({ id: 'UpdateTeamFeaturesRequest' });

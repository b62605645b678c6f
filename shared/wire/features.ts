import { z } from 'zod';
import { type FeatureScope, featureCatalogue } from '../features.ts';
import { featureSet } from './identity.ts';

/** Strict and from the catalogue: a misspelt name is a 400 and not a switch that does nothing. */
function changesOf(scope: FeatureScope) {
  const { features, quotas } = featureCatalogue[scope];
  const each = <Value extends z.ZodType>(names: object, value: Value) =>
    z.strictObject(Object.fromEntries(Object.keys(names).map((name) => [name, value])));
  const back = 'null goes back to the default.';
  return z.strictObject({
    features: each(features, z.boolean().nullable().optional().meta({ description: back })).optional(),
    quotas: each(
      quotas,
      z
        .int()
        .min(-1)
        .max(1_000_000)
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

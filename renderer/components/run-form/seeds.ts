import type { ParameterDef } from '#shared/wire/workflows.ts';

export const isSeed = (def: ParameterDef): boolean =>
  def.type === 'number' && /seed/i.test(`${def.key} ${def.field ?? ''}`);

const largestSeed = 2 ** 32 - 1;

/** A new seed within the bounds of its parameter. */
export function newSeed(def: ParameterDef): number {
  const least = Math.max(0, def.min ?? 0);
  const most = Math.min(largestSeed, def.max ?? largestSeed);
  return least + Math.floor(Math.random() * (most - least + 1));
}

/** New seeds for all that are not locked. */
export const newSeeds = (
  defs: readonly ParameterDef[],
  locked: ReadonlySet<string>,
): Record<string, number> =>
  Object.fromEntries(
    defs.filter((def) => isSeed(def) && !locked.has(def.key)).map((def) => [def.key, newSeed(def)]),
  );

import type { EngineFigures, EngineInfo } from '#shared/link/protocol.ts';

/** What the heartbeat tells of the engines that are up. */
export const figuresOf = (engines: readonly EngineInfo[]): EngineFigures[] =>
  engines.flatMap(({ name, state, devices, queue_remaining }) =>
    state === 'ready' ? [{ name, devices, ...(queue_remaining !== undefined && { queue_remaining }) }] : [],
  );

const figures: readonly string[] = ['devices', 'queue_remaining'] satisfies (keyof EngineInfo)[];

/** Nothing else has changed between the two. What did not change is the same object in both. */
export function sameBarFigures(old: EngineInfo, now: EngineInfo): boolean {
  const keys = new Set([...Object.keys(old), ...Object.keys(now)].filter((key) => !figures.includes(key)));
  return [...keys].every((key) => old[key as keyof EngineInfo] === now[key as keyof EngineInfo]);
}

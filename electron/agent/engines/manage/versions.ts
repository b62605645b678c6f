import type { EngineCandidate } from '#shared/wire/engines.ts';
import type { LaunchableRecord } from '../registry/record.ts';
import type { EngineRegistry } from '../registry/registry.ts';
import { type CanaryResult, reportIn } from '../update/report.ts';
import { previousOf } from '../update/switch.ts';

/** What an engine's card tells of its other versions. */
export async function versionsOf(
  { id }: LaunchableRecord,
  registry: EngineRegistry,
): Promise<{ candidate: EngineCandidate | null; can_switch_back: boolean }> {
  const [candidate, previous] = await Promise.all([registry.candidateOf(id), previousOf(id, registry)]);
  const can_switch_back = previous !== undefined;
  if (!candidate) return { candidate: null, can_switch_back };
  const report = await reportIn(registry.files(candidate.id).folder);
  const { version, commit } = candidate.source;
  return {
    can_switch_back,
    candidate: {
      ...{ version, commit, state: candidate.state === 'ready' ? 'ready' : 'preparing' },
      verdict: report?.overall ?? 'untried',
      canaries: report?.canaries.map(told) ?? [],
    },
  };
}

const told = ({
  name,
  verdict,
  words,
  duration_ratio,
}: CanaryResult): EngineCandidate['canaries'][number] => ({
  ...{ name, words, ...(duration_ratio !== undefined && { duration_ratio }) },
  verdict: verdict === 'was broken before too' ? 'was broken before' : verdict,
});

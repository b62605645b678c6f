import type { UpdatePlanReply } from '#shared/wire/engine-changes.ts';
import type { UpdatePlan } from './plan.ts';

/** A plan as the API tells it. */
export function updatePlanReply({
  from,
  to,
  commits,
  requirements,
  install,
  done,
  nothingNew,
}: UpdatePlan): UpdatePlanReply {
  const { added = [], removed = [] } = requirements ?? {};
  const same = nothingNew && done.length === 0 ? ['It is at this version already.'] : [];
  return {
    ...{ from, to, commits: commits?.ahead ?? null },
    requirements: [...removed.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)],
    ...{ disk_needed: install.disk.needed, disk_free: install.disk.free },
    problems: [...same, ...install.problems],
  };
}

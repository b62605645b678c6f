import { createHash } from 'node:crypto';
import type { PackPlanReply } from '#shared/wire/engine-changes.ts';
import { guardWords } from './guard.ts';
import type { PackPlan } from './plan.ts';

/** A plan as the API tells it. */
export function packPlanReply(plan: PackPlan): PackPlanReply {
  const { name, fetched, before, changes, installScript, guarded, request } = plan;
  return {
    plan_id: planId(plan),
    name,
    source: fetched.address,
    commit: fetched.pin?.version ?? fetched.commit,
    replaces: before ? (before.version ?? before.commit) : null,
    packages: changes.map((change) => ({
      ...{ name: change.name, from: change.from, to: change.to },
      guarded: guardWords(change).length > 0,
    })),
    install_script: installScript,
    problems: request.insist ? [] : [...guarded],
  };
}

/** The same for two plans that would do the same: source, commit, packages with their hashes. */
export function planId({ name, fetched, before, changes, lock, installScript, guarded }: PackPlan): string {
  const all = {
    ...{
      name,
      address: fetched.address,
      commit: fetched.commit,
      archive: fetched.pin?.sha256,
      installScript,
    },
    before: before?.commit || before?.version,
    // pip tells them in an order of its own.
    changes: changes.map(({ name: of, from, to }) => [of, from, to].join(' ')).sort(),
    lock: lock?.toSorted(),
    guarded: guarded.toSorted(),
  };
  return createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 16);
}

/** Why it is not carried out: something has moved since somebody looked; empty when it is what was shown. */
export const movedOn = (plan: PackPlan, shown: string | undefined): string =>
  shown === undefined || shown === planId(plan)
    ? ''
    : `What installing "${plan.name}" would do is no longer what was shown: its source or the packages it needs have moved on. Look at the plan again.`;

import type { PackPlanReply } from '#shared/wire/engine-changes.ts';
import { guardWords } from './guard.ts';
import type { PackPlan } from './plan.ts';

/** A plan as the API tells it. */
export const packPlanReply = ({
  name,
  fetched,
  before,
  changes,
  installScript,
  guarded,
  request,
}: PackPlan): PackPlanReply => ({
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
});

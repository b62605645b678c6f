import { type InstallListener, install } from '../install/installer.ts';
import type { InstalledRecord } from '../registry/record.ts';
import { candidateName, type EngineRegistry } from '../registry/registry.ts';
import type { UpdatePlan } from './plan.ts';
import { settle } from './switch.ts';

/**
 * Makes the new version beside the old one, up to a first start as proof. It goes on where an earlier try broke, by the
 * installer's own steps. The engine itself is only read and may go on running.
 */
export async function prepareUpdate(
  plan: UpdatePlan,
  registry: EngineRegistry,
  listener: InstallListener,
  signal: AbortSignal,
): Promise<InstalledRecord> {
  const { id } = plan.engine;
  await settle(id, registry);
  const name = candidateName(id);
  const other = await registry.find(name);
  if (other && !(other.kind === 'install' && other.candidateOf === id)) {
    throw new Error(
      `The update of "${id}" would be tried under the name "${name}", which another engine has. Add that one under another name first.`,
    );
  }
  const made = await install(plan.install, registry, listener, signal);
  if (made.kind !== 'install') throw new Error(`"${name}" is no install.`);
  return made;
}

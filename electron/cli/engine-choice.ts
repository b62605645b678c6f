import type { EngineChoice } from '../agent/agent.ts';
import { isLaunchable } from '../agent/engines/registry/record.ts';
import { EngineRegistry } from '../agent/engines/registry/registry.ts';
import { type Programs, UsageError } from './programs.ts';

export const starterChoice = (programs: Programs): EngineChoice => ({
  kind: 'starter',
  command: [process.execPath, programs.starterEngine],
});

/** `starter`, the address of a server that speaks ComfyUI's protocol, or the name of an engine of the data folder. */
export async function engineChoice(said: string, programs: Programs, dataDir: string): Promise<EngineChoice> {
  if (/^https?:\/\//.test(said) && URL.canParse(said)) return { kind: 'url', url: said.replace(/\/+$/, '') };
  const registry = new EngineRegistry(dataDir);
  if (said === 'starter') return starterChoice(programs);
  const record = await registry.get(said).catch((error: Error) => {
    throw new UsageError(
      `--engine takes "starter", an address such as http://127.0.0.1:8188, or an engine's name. ${error.message}`,
    );
  });
  if (record.kind === 'starter') return starterChoice(programs);
  if (!isLaunchable(record)) return { kind: 'url', url: record.url, headers: record.headers };
  if (record.state !== 'ready') {
    throw new UsageError(
      `The engine "${said}" is not wholly installed. Go on with: atelier engine install --name ${said}`,
    );
  }
  return { kind: 'launch', record, registry };
}

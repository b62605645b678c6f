import type { EngineChoice } from '../agent/engines/create.ts';
import { servingChoices } from '../agent/engines/manage/records.ts';
import { isLaunchable } from '../agent/engines/registry/record.ts';
import { EngineRegistry } from '../agent/engines/registry/registry.ts';
import { type Programs, UsageError } from './programs.ts';

export const starterChoice = (programs: Programs): EngineChoice => ({
  kind: 'starter',
  command: [process.execPath, programs.starterEngine],
});

/** What `--engine` names, each once; whatever served last when nothing is named. */
export async function engineChoices(
  said: readonly string[] | undefined,
  programs: Programs,
  dataDir: string,
): Promise<EngineChoice[]> {
  if (!said) return servingChoices(new EngineRegistry(dataDir), starterChoice(programs));
  return Promise.all([...new Set(said)].map((one) => engineChoice(one, programs, dataDir)));
}

/** `starter`, the address of a server that speaks ComfyUI's protocol, or the name of an engine of the data folder. */
async function engineChoice(said: string, programs: Programs, dataDir: string): Promise<EngineChoice> {
  if (/^https?:\/\//.test(said) && URL.canParse(said)) return { kind: 'url', url: said.replace(/\/+$/, '') };
  const registry = new EngineRegistry(dataDir);
  if (said === 'starter') return starterChoice(programs);
  const record = await registry.get(said).catch((error: Error) => {
    throw new UsageError(
      `--engine takes "starter", an address such as http://127.0.0.1:8188, or an engine's name. ${error.message}`,
    );
  });
  if (record.kind === 'starter') return starterChoice(programs);
  if (!isLaunchable(record))
    return { kind: 'url', name: record.id, url: record.url, headers: record.headers };
  if (record.state !== 'ready') {
    throw new UsageError(
      `The engine "${said}" is not wholly installed. Go on with: atelier engine install --name ${said}`,
    );
  }
  return { kind: 'launch', record, registry };
}

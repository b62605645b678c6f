import { hostname } from 'node:os';
import { join as joinPath } from 'node:path';
import { createAgent } from '../../agent/agent.ts';
import { EngineRegistry } from '../../agent/engines/registry/registry.ts';
import { dataFolder } from '../../data-folder.ts';
import { endSignal } from '../end-signal.ts';
import { engineChoices, starterChoice } from '../engine-choice.ts';
import { openLog } from '../log.ts';
import { pairedKeys } from '../pair.ts';
import { type Programs, readArgs, UsageError, version } from '../programs.ts';

/** `atelier join URL`: this machine serves another one's studio, once somebody there has typed the code it shows. */
export async function join(args: string[], programs: Programs): Promise<number> {
  const { values, positionals } = readArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      name: { type: 'string', default: hostname() },
      engine: { type: 'string', multiple: true },
      managed: { type: 'boolean', default: false },
    },
  });
  const gateway = gatewayAddress(positionals);
  const dataDir = dataFolder(values.data);
  const engines = await engineChoices(values.engine, programs, dataDir);
  const manage = { registry: new EngineRegistry(dataDir), starter: starterChoice(programs) };
  // Its own folder for each studio: two agents must not share one.
  const folder = joinPath(dataDir, 'joined', gateway.host.replace(/[^\w.-]/g, '_'));
  const { device: _, agent: key } = await pairedKeys(
    gateway.origin,
    joinPath(folder, 'keys.json'),
    (code, address) => {
      process.stdout.write(`Code: ${code}\nType it at ${address} within five minutes.\n`);
    },
  );
  const { log, close } = openLog(folder);
  const agent = createAgent({
    gatewayUrl: gateway.origin,
    key,
    agentId: values.name,
    dataDir: joinPath(folder, 'agent'),
    version: version(programs),
    engines,
    ...(values.managed && { manage }),
    log,
  });
  const asked = endSignal();
  try {
    await agent.start();
    process.stdout.write(`Serving ${gateway.origin} as ${values.name}; Ctrl+C ends it.\n`);
    await asked;
  } finally {
    await agent.stop();
    await close();
  }
  return 0;
}

function gatewayAddress(positionals: readonly string[]): URL {
  const [said = ''] = positionals;
  if (positionals.length !== 1 || !/^https?:\/\//.test(said) || !URL.canParse(said)) {
    throw new UsageError('join takes the address of a studio, such as http://studio.lan:7788.');
  }
  return new URL(said);
}

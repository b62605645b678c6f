// Carries out an install in a process of its own, for tests that kill it or give it a small disk.
// Arguments: the data folder, the request as JSON. Prints the steps as they begin, then `ready` or the words.
import { install } from '../../../../electron/agent/engines/install/installer.ts';
import { planInstall } from '../../../../electron/agent/engines/install/plan.ts';
import { installRequest } from '../../../../electron/agent/engines/install/request.ts';
import { EngineRegistry } from '../../../../electron/agent/engines/registry/registry.ts';

const [dataDir = '', request = '{}'] = process.argv.slice(2);
const registry = new EngineRegistry(dataDir);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const plan = await planInstall(installRequest.parse(JSON.parse(request)), registry.folder, 0);
const listener = { step: (name: string) => say(`step ${name}`), line: () => undefined };
await install(plan, registry, listener, new AbortController().signal).then(
  () => say('ready'),
  (error: Error) => say(`words ${error.message}`),
);

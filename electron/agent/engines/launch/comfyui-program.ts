import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { HttpClient } from '../../http.ts';
import { ComfyUiClient } from '../comfyui/client.ts';
import type { LaunchableRecord } from '../registry/record.ts';
import type { EngineRegistry } from '../registry/registry.ts';
import { LaunchRefused, type SupervisedProgram } from '../server-process.ts';
import { pythonEnvironment } from './environment.ts';
import { writeModelPaths } from './model-paths.ts';
import { offeredOptions } from './offered.ts';
import { optionArguments, optionProblems } from './options.ts';

const probeMs = 5000;

/**
 * A ComfyUI of the registry as a program to supervise: on loopback and a free port, in its folder, by its Python.
 *
 * ComfyUI can't repeat a token, but `/system_stats` shows its arguments, and one of them is the path of the model file
 * that we wrote for this engine alone. With process id and start time that makes it ours beyond doubt.
 */
export function comfyUiProgram(
  record: LaunchableRecord,
  registry: Pick<EngineRegistry, 'files' | 'sharedModels'>,
  http: HttpClient,
): SupervisedProgram {
  const files = registry.files(record.id);
  return {
    name: `The engine "${record.id}"`,
    recordPath: files.processRecord,
    logPath: files.log,
    dumpsOnAbort: true,
    async command() {
      const problems = optionProblems(record.options, await offeredOptions(record, files.offered));
      if (problems.length > 0) {
        const fix = `Correct the options of the engine "${record.id}".`;
        throw new LaunchRefused({ cause: 'bad_option', what: problems.join(' '), fix });
      }
      await writeModelPaths(files.modelPaths, registry.sharedModels);
      const port = await freePort();
      return {
        file: record.python,
        args: [
          'main.py',
          ...['--listen', '127.0.0.1', '--port', String(port), '--disable-auto-launch'],
          ...['--extra-model-paths-config', files.modelPaths],
          ...(record.base ? ['--base-directory', record.base] : []),
          ...(record.apart ? directoriesApart(files.folder) : []),
          ...optionArguments(record.options),
        ],
        cwd: record.path,
        env: pythonEnvironment({ ...gpuOrder(record), ...record.env }),
        url: `http://127.0.0.1:${port}`,
      };
    },
    async identify(url) {
      const stats = await new ComfyUiClient(http, url).systemStats(AbortSignal.timeout(probeMs));
      const { argv } = stats.system;
      return argv.includes(new URL(url).port) && argv.includes(files.modelPaths);
    },
  };
}

/** CUDA counts its GPUs by speed unless it is told to count them as the tools do that people look at. */
const gpuOrder = ({ options }: LaunchableRecord): Record<string, string> =>
  options.device === undefined ? {} : { CUDA_DEVICE_ORDER: 'PCI_BUS_ID' };

/** Two ComfyUIs in one folder would write the same names and lock the same database. */
const directoriesApart = (folder: string): string[] =>
  ['input', 'output', 'temp', 'user'].flatMap((name) => [`--${name}-directory`, join(folder, name)]);

/** A port that was free a moment ago. Should another program take it in between, the next start has another. */
function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}

import { join } from 'node:path';
import type { Logger } from 'pino';
import type { HttpClient } from '../../http.ts';
import { ComfyUiClient } from '../comfyui/client.ts';
import type { SupervisedProgram } from '../server-process.ts';
import type { ServerSource } from '../server-source.ts';
import { Supervisor, type SupervisorTimings } from '../supervisor.ts';

export interface StarterOptions {
  /** The program and its first arguments: `[node, …/starter-engine/main.ts]`. */
  readonly command: readonly string[];
  /** The agent's folder; the engine's own lies in it. */
  readonly dataDir: string;
  readonly probeNodes: boolean;
  readonly http: HttpClient;
  readonly log: Logger;
  readonly timings?: SupervisorTimings;
}

/** It ends by itself when no agent has been connected for so long: the last resort against orphans. */
const idleExitSeconds = 120;

/** The starter engine as a supervised process: loopback, any free port, a folder of its own. */
export function starterServer(options: StarterOptions): ServerSource {
  const [file = process.execPath, ...first] = options.command;
  const folder = join(options.dataDir, 'engines');
  const program: SupervisedProgram = {
    name: 'The starter engine',
    recordPath: join(folder, 'starter.json'),
    logPath: join(folder, 'starter.log'),
    command: (token) => ({
      file,
      args: [
        ...first,
        ...['--listen', '127.0.0.1', '--port', '0'],
        ...['--base-directory', join(folder, 'starter'), '--token', token],
        ...['--idle-exit', String(idleExitSeconds), '--preview-method', 'auto'],
        ...(options.probeNodes ? ['--probe-nodes'] : []),
      ],
      // Inside the app our own executable is Electron, which runs a plain program only when told so.
      env: process.versions.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {},
    }),
    readAddress: (line) => /To see the GUI go to: (http:\/\/\S+)/.exec(line)?.[1],
    identify: async (url, token) => {
      const stats = await new ComfyUiClient(options.http, url).systemStats(AbortSignal.timeout(5000));
      return stats.system.argv.includes(token);
    },
  };
  return new Supervisor(program, options.log, options.timings);
}

import type { Logger } from 'pino';
import type { HttpClient } from '../http.ts';
import { ComfyUiEngine } from './comfyui/comfyui-engine.ts';
import { type HangTimings, hangTimings } from './comfyui/hang-watch.ts';
import type { Engine } from './engine.ts';
import { comfyUiProgram } from './launch/comfyui-program.ts';
import type { LaunchableRecord } from './registry/record.ts';
import type { EngineRegistry } from './registry/registry.ts';
import { GivenServer } from './server-source.ts';
import { starterServer } from './starter/starter-server.ts';
import { Supervisor, type SupervisorTimings, supervisorTimings } from './supervisor.ts';

/**
 * An engine that an agent serves: the starter engine or a ComfyUI, which it runs itself, or a server that others run
 * and that speaks ComfyUI's protocol.
 */
export type EngineChoice =
  | { readonly kind: 'starter'; readonly command: readonly string[]; readonly probeNodes?: boolean }
  | { readonly kind: 'launch'; readonly record: LaunchableRecord; readonly registry: EngineRegistry }
  | {
      readonly kind: 'url';
      readonly url: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** `comfyui` when left out. */
      readonly name?: string;
    };

/** What every engine of an agent is made with. */
export interface EngineSurroundings {
  /** Names this agent to servers, the same through restarts of the agent. */
  readonly clientId: string;
  /** The agent's own folder; the starter engine's lies in it. */
  readonly dataDir: string;
  readonly http: HttpClient;
  readonly log: Logger;
  readonly timings?: Partial<SupervisorTimings> | undefined;
  readonly hang?: Partial<HangTimings> | undefined;
}

export function createEngine(choice: EngineChoice, around: EngineSurroundings): Engine {
  const { dataDir, http, log } = around;
  const common = { clientId: around.clientId, http, log, hangTimings: { ...hangTimings, ...around.hang } };
  const timings = { ...supervisorTimings, ...around.timings };
  switch (choice.kind) {
    case 'url': {
      const { name = 'comfyui', url, headers = {} } = choice;
      return new ComfyUiEngine({
        ...common,
        name,
        flavour: 'comfyui',
        source: new GivenServer(url),
        headers,
      });
    }
    case 'launch': {
      const source = new Supervisor(comfyUiProgram(choice.record, choice.registry, http), log, timings);
      const { id, options } = choice.record;
      const idleFreeSeconds = options.idle_free_s;
      const ofUser = { ...hangTimings, hangMs: options.hang_s * 1000, ...around.hang };
      return new ComfyUiEngine({
        ...common,
        ...{ name: id, flavour: 'comfyui', source, idleFreeSeconds, hangTimings: ofUser },
      });
    }
    case 'starter': {
      const { command, probeNodes = false } = choice;
      const source = starterServer({ command, dataDir, probeNodes, http, log, timings });
      return new ComfyUiEngine({ ...common, name: 'starter', flavour: 'starter', source });
    }
  }
}

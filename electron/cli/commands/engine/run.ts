import { crashWords } from '#shared/wire/crash.ts';
import { comfyUiProgram } from '../../../agent/engines/launch/comfyui-program.ts';
import { LaunchStages, stageWords } from '../../../agent/engines/launch/stages.ts';
import { endRecorded, keeperOf, runningProcess } from '../../../agent/engines/process-record.ts';
import {
  type EngineRecord,
  isLaunchable,
  type LaunchableRecord,
} from '../../../agent/engines/registry/record.ts';
import { ServerProcess } from '../../../agent/engines/server-process.ts';
import { supervisorTimings } from '../../../agent/engines/supervisor.ts';
import { HttpClient } from '../../../agent/http.ts';
import { type Call, say } from './shared.ts';

/** Only what we launch can be started and stopped. */
export function launchable(record: EngineRecord): LaunchableRecord {
  if (isLaunchable(record)) return record;
  throw new Error(
    record.kind === 'attach'
      ? `"${record.id}" is run by somebody else at ${record.url}; Atelier only talks to it.`
      : `"${record.id}" starts and stops with the studio: atelier serve --engine ${record.id}`,
  );
}

/** Starts an engine, shows its stages, and leaves it running by itself once it answers. */
export async function start({ registry, words: [id = ''] }: Call): Promise<number> {
  const record = launchable(await registry.get(id));
  if (record.state !== 'ready')
    throw new Error(`"${id}" is not wholly installed: atelier engine install --name ${id}`);
  const files = registry.files(id);
  const running = await runningProcess(files.processRecord);
  if (running) {
    throw new Error(
      `"${id}" runs already${running.url ? ` at ${running.url}` : ''} (process ${running.pid}).`,
    );
  }
  const http = new HttpClient();
  const program = comfyUiProgram(record, registry, http);
  const stages = new LaunchStages();
  const stopped = new AbortController();
  const interrupted = (): void => stopped.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupted);
  try {
    const server = await ServerProcess.launch(program, (line) => {
      if (stages.line(line)) tell(stages);
    });
    const url = await server.address(supervisorTimings, stopped.signal);
    if (url) {
      await server.release();
      say(`"${id}" is ready at ${url} (process ${server.pid}). It runs until: atelier engine stop ${id}`);
      return 0;
    }
    if (!stopped.signal.aborted) await server.giveUp();
    await server.end(supervisorTimings.stopMs);
    const words = stopped.signal.aborted ? `"${id}" was stopped.` : crashWords(await server.ended);
    process.stderr.write(`${words}\n`);
    return 1;
  } finally {
    http.close();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupted);
  }
}

let told = '';
function tell(stages: LaunchStages): void {
  const { report } = stages;
  const pack = report.packs.at(-1);
  const facts = [
    report.python && `Python ${report.python}`,
    report.torch && `torch ${report.torch}`,
    report.device,
  ];
  const line = pack
    ? `  node pack ${pack.name}: ${pack.failed ? `not imported${pack.error ? `: ${pack.error}` : ''}` : `${pack.seconds} s`}`
    : `${stageWords(report)} ${facts.filter(Boolean).join(', ')}`;
  if (line !== told) say(line);
  told = line;
}

export async function stop({ registry, words: [id = ''] }: Call): Promise<number> {
  launchable(await registry.get(id));
  const { processRecord } = registry.files(id);
  const running = await runningProcess(processRecord);
  const keeper = running && (await keeperOf(running));
  if (keeper) {
    throw new Error(
      `A studio (process ${keeper}) runs "${id}" and would start it again; stop the studio instead.`,
    );
  }
  await endRecorded(processRecord, supervisorTimings.stopMs);
  say(running ? `"${id}" is stopped.` : `"${id}" was not running.`);
  return 0;
}

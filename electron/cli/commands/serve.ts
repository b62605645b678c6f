import { existsSync } from 'node:fs';
import { dataFolder } from '../../data-folder.ts';
import { createStudio } from '../../studio.ts';
import { endSignal } from '../end-signal.ts';
import { engineChoices, starterChoice } from '../engine-choice.ts';
import { openLog } from '../log.ts';
import { type Programs, readArgs, version, wholeNumber } from '../programs.ts';

/** `atelier serve`: the studio without a window, until Ctrl+C. */
export async function serve(args: string[], programs: Programs): Promise<number> {
  const { values } = readArgs({
    args,
    options: {
      data: { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '7788' },
      'no-agent': { type: 'boolean', default: false },
      engine: { type: 'string', multiple: true },
    },
  });
  const port = wholeNumber(values.port, 'port', 0, 65_535);
  const dataDir = dataFolder(values.data);
  const engines = await engineChoices(values.engine, programs, dataDir);
  const { log, close } = openLog(dataDir);
  const studio = await createStudio({
    dataDir,
    host: values.host,
    port,
    version: version(programs),
    starter: values['no-agent'] ? null : starterChoice(programs),
    engines,
    log,
    ...(existsSync(programs.deskFolder) ? { deskFolder: programs.deskFolder } : {}),
  });
  // Listening to signals before start, so that Ctrl+C during a slow start leaves nothing behind either.
  const asked = endSignal();
  try {
    const { url } = await studio.start();
    process.stdout.write(`Atelier is ready: ${url}\n`);
    log.info({ url, dataDir }, 'ready');
    await asked;
  } finally {
    await studio.stop();
    await close();
  }
  return 0;
}

import { dirname, resolve } from 'node:path';
import electron from 'electron';
import { pino } from 'pino';
import { dataFolder } from '../data-folder.ts';
import { createStudio } from '../studio.ts';
import { runShell } from './shell.ts';

/** Built to out/main/desktop.js; the other programs lie beside it. */
const here = import.meta.dirname;
const root = resolve(here, '../..');
/** The same as the command line's, so that both hosts open one studio. */
const dataDir = dataFolder();

await runShell(electron, {
  preload: resolve(here, '../preload/index.cjs'),
  icon: resolve(root, 'resources/icon.png'),
  trayIcon: resolve(root, 'resources/tray.png'),
  createStudio: (version) =>
    createStudio({
      dataDir,
      host: '127.0.0.1',
      port: 7788,
      version,
      deskFolder: resolve(dirname(here), 'renderer'),
      starter: {
        kind: 'starter',
        command: [process.execPath, resolve(here, 'starter-engine.js')],
      },
      log: pino({ level: 'info' }, pino.destination({ dest: `${dataDir}/desktop.log`, mkdir: true })),
    }),
});

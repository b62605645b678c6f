import { dirname, resolve } from 'node:path';
import { demo } from './commands/demo.ts';
import { doctor } from './commands/doctor.ts';
import { engine } from './commands/engine/engine.ts';
import { importFile } from './commands/import.ts';
import { join } from './commands/join.ts';
import { key } from './commands/key.ts';
import { password } from './commands/password.ts';
import { run } from './commands/run.ts';
import { serve } from './commands/serve.ts';
import { type Programs, UsageError } from './programs.ts';

const usage = `Atelier: a render studio on your machine.

  atelier serve   [--data DIR] [--host H] [--port N] [--no-agent] [--engine starter|URL|NAME …]
  atelier run     FILE.json [--set key=value …] [--out DIR] [--gateway URL --key KEY] [--data DIR]
  atelier import  FILE [--name NAME] [--slug SLUG] [--check] [--gateway URL --key KEY] [--data DIR]
  atelier key     create --kind integration|agent|device --name N [--expires-in-days D] [--data DIR]
  atelier join    URL [--name N] [--engine starter|URL|NAME …] [--managed] [--data DIR]
                  (serve another machine's studio; --managed lets it install and run engines here)
  atelier password [--email E] [--data DIR]     (typed, or the first line of standard input)
  atelier engine  list|discover|attach|adopt|install|start|stop|status|logs|packs|update|restore|remove … (engine help)
  atelier doctor  [--data DIR]
  atelier demo

The data folder is --data, else ATELIER_DATA, else the platform's own place for application data.
`;

const commands: Record<string, (args: string[], programs: Programs) => Promise<number>> = {
  serve,
  run,
  join,
  import: importFile,
  key,
  password,
  engine,
  doctor,
  demo,
};

/** The entry is electron/cli/atelier.ts, built to out/main/cli.js; both lie two folders below the root. */
function programs(entry: string): Programs {
  const here = dirname(entry);
  const root = resolve(here, '../..');
  const starterEngine = entry.endsWith('.ts') ? '../starter-engine/main.ts' : './starter-engine.js';
  return {
    root,
    starterEngine: resolve(here, starterEngine),
    deskFolder: resolve(root, 'out/renderer'),
  };
}

/** Runs the command that the arguments name; returns the exit code. `entry` is the program's own file. */
export async function main(entry: string): Promise<number> {
  const [name = 'help', ...args] = process.argv.slice(2);
  const command = commands[name];
  if (!command) {
    const asked = ['help', '--help', '-h'].includes(name);
    (asked ? process.stdout : process.stderr).write(asked ? usage : `Unknown command "${name}".\n\n${usage}`);
    return asked ? 0 : 2;
  }
  try {
    return await command(args, programs(entry));
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${error.usage ?? usage}`);
      return 2;
    }
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `atelier ${name}: ${process.env.ATELIER_DEBUG ? (error as Error).stack : message}\n`,
    );
    return 1;
  }
}

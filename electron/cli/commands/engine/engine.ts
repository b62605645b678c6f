import type { Programs } from '../../programs.ts';
import { adopt, attach, discover } from './add.ts';
import { install } from './install.ts';
import { packDisable, packEnable, packInstall, packRemove, packUpdate } from './pack-changes.ts';
import { packs } from './packs.ts';
import { restore, snapshot, snapshots } from './past.ts';
import { start, stop } from './run.ts';
import { type Call, call, engineUsage, launchFlags, misused, say } from './shared.ts';
import { list, logs, remove, status } from './show.ts';
import { update } from './update.ts';

type Flags = Parameters<typeof call>[3];
type Subcommand = readonly [run: (call: Call) => Promise<number>, least: number, most: number, flags: Flags];

const launch = Object.keys(launchFlags) as (keyof typeof launchFlags)[];

const installFlags = [
  ...(['name', 'source', 'commit', 'sha256', 'torch', 'torch-index', 'torch-package', 'python'] as const),
  ...(['installer', 'constraint', 'skip', 'with', 'pip-arg', 'env', 'yes'] as const),
];

const packFlags = ['commit', 'plan', 'registry', 'insist', 'run-install-script', 'yes'] as const;
const updateFlags = [
  ...(['commit', 'source', 'sha256', 'python', 'installer', 'constraint', 'skip', 'with'] as const),
  ...(['pip-arg', 'canary', 'yes', 'switch', 'insist', 'discard', 'back', 'discard-old'] as const),
];

const subcommands: Readonly<Record<string, Subcommand>> = {
  list: [list, 0, 0, []],
  discover: [discover, 0, 0, []],
  attach: [attach, 1, 1, ['name', 'header']],
  adopt: [adopt, 1, 1, ['name', 'python', 'base', 'env', ...launch]],
  install: [install, 0, 0, [...installFlags, ...launch]],
  start: [start, 1, 1, []],
  stop: [stop, 1, 1, []],
  status: [status, 0, 1, []],
  logs: [logs, 1, 1, ['lines', 'search', 'level']],
  packs: [packs, 1, 1, ['missing']],
  'pack-install': [packInstall, 2, 2, ['name', ...packFlags]],
  'pack-update': [packUpdate, 2, 2, packFlags],
  'pack-disable': [packDisable, 2, 2, ['yes']],
  'pack-enable': [packEnable, 2, 2, ['yes']],
  'pack-remove': [packRemove, 2, 2, ['yes']],
  snapshot: [snapshot, 1, 1, []],
  snapshots: [snapshots, 1, 1, []],
  restore: [restore, 2, 2, ['yes']],
  update: [update, 1, 1, updateFlags],
  remove: [remove, 1, 1, ['delete-files']],
};

/** `atelier engine …`: the engines of a data folder. */
export async function engine(args: string[], programs: Programs): Promise<number> {
  const [name = 'help', ...rest] = args;
  if (['help', '--help', '-h'].includes(name)) {
    say(engineUsage);
    return 0;
  }
  const subcommand = subcommands[name];
  if (!subcommand) throw misused(`There is no "atelier engine ${name}".`);
  const [run, least, most, flags] = subcommand;
  return run(call(rest, programs, [least, most], flags));
}

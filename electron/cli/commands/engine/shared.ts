import { type LaunchOptions, launchOptions } from '#shared/wire/engines.ts';
import type { InstallListener } from '../../../agent/engines/install/installer.ts';
import { EngineRegistry } from '../../../agent/engines/registry/registry.ts';
import { dataFolder } from '../../../data-folder.ts';
import { type Programs, readArgs, UsageError } from '../../programs.ts';

export const engineUsage = `Engines of a data folder:

  atelier engine list
  atelier engine discover                      looks for ComfyUI on this machine; changes nothing
  atelier engine attach URL [--name N] [--header "Name: value" …]
  atelier engine adopt PATH [--python P] [--base DIR] [--name N] [--env NAME=VALUE …] [options] [-- ARGUMENTS]
  atelier engine install [--name N] [--source URL|PATH] [--commit C] [--sha256 HEX] [--torch cuda|rocm|xpu|mps|cpu]
                         [--torch-index URL|none] [--torch-package SPEC …] [--python P] [--installer auto|uv|pip]
                         [--constraint FILE] [--skip PACKAGE …] [--with PACKAGE …] [--pip-arg=ARG …] [--env NAME=VALUE …]
                         [--yes] [options] [-- ARGUMENTS]      without --yes only the plan is shown
  atelier engine start NAME                    runs by itself until "engine stop", or "serve --engine NAME" takes it over
  atelier engine stop NAME
  atelier engine status [NAME]
  atelier engine logs NAME [--lines N] [--search TEXT] [--level all|warning|error]
  atelier engine packs NAME                    its node packs, with version and how their last import went
  atelier engine packs NAME --missing FILE     the packs that a workflow needs and the running engine lacks
  atelier engine pack-install NAME SOURCE [--commit C] [--name FOLDER] [--registry URL] [--insist]
                              [--run-install-script] [--plan ID] [--yes]
                              SOURCE: a git address, a folder, or ID[@VERSION]; ID of --plan: only what was shown
  atelier engine pack-update NAME PACK [--commit C] [--registry URL] [--insist] [--run-install-script] [--plan ID] [--yes]
  atelier engine pack-disable|pack-enable|pack-remove NAME PACK [--yes]      without --yes only the plan is shown
  atelier engine snapshot NAME | snapshots NAME | restore NAME SNAPSHOT [--yes]
  atelier engine update NAME [--commit C] [--source URL|PATH] [--sha256 HEX] [--canary FILE …] [--yes]
                                               in a copy beside it; without --yes only the plan is shown
  atelier engine update NAME --switch [--insist] | --discard | --back | --discard-old
  atelier engine remove NAME [--delete-files]

  options: --vram gpu-only|highvram|normalvram|lowvram|novram|cpu  --preview none|auto|latent2rgb|taesd
           --attention split-cross|quad-cross|pytorch-cross|sage|flash  --precision force-fp32|force-fp16
           --device GPU-NUMBER  --reserve-vram GB
           --idle-free TIME     without work after which its models are unloaded; 0 = never
           --hang TIME          without any sign of life after which a run is ended; 15min unless said, 0 = never
           TIME: seconds, or with a unit: 90s, 15min, 2h
  ARGUMENTS go to main.py as they are, after a check against what its --help offers. All take --data DIR.
`;

export const say = (text: string): void => void process.stdout.write(`${text}\n`);
export const quoted = (path: string): string => (/^[\w./\\:@-]+$/.test(path) ? path : JSON.stringify(path));
export const misused = (message: string): UsageError => new UsageError(message, engineUsage);

export const launchFlags = {
  vram: { type: 'string' },
  preview: { type: 'string' },
  attention: { type: 'string' },
  precision: { type: 'string' },
  device: { type: 'string' },
  'reserve-vram': { type: 'string' },
  'idle-free': { type: 'string' },
  hang: { type: 'string' },
} as const;

const known = {
  ...launchFlags,
  data: { type: 'string' },
  name: { type: 'string' },
  header: { type: 'string', multiple: true },
  python: { type: 'string' },
  base: { type: 'string' },
  env: { type: 'string', multiple: true },
  source: { type: 'string' },
  commit: { type: 'string' },
  sha256: { type: 'string' },
  torch: { type: 'string' },
  'torch-index': { type: 'string' },
  'torch-package': { type: 'string', multiple: true },
  installer: { type: 'string' },
  constraint: { type: 'string' },
  skip: { type: 'string', multiple: true },
  with: { type: 'string', multiple: true },
  'pip-arg': { type: 'string', multiple: true },
  yes: { type: 'boolean' },
  lines: { type: 'string' },
  search: { type: 'string' },
  level: { type: 'string' },
  'delete-files': { type: 'boolean' },
  missing: { type: 'string' },
  plan: { type: 'string' },
  registry: { type: 'string' },
  'run-install-script': { type: 'boolean' },
  canary: { type: 'string', multiple: true },
  switch: { type: 'boolean' },
  insist: { type: 'boolean' },
  discard: { type: 'boolean' },
  back: { type: 'boolean' },
  'discard-old': { type: 'boolean' },
} as const;
type Flag = keyof typeof known;

/** What a subcommand was called with. */
export interface Call {
  readonly registry: EngineRegistry;
  readonly dataDir: string;
  readonly programs: Programs;
  readonly words: readonly string[];
  /** What stands after `--`. */
  readonly rest: readonly string[];
  readonly values: ReturnType<typeof parse>['values'];
}

const parse = (args: string[]) => readArgs({ args, allowPositionals: true, options: known });

/** Reads the arguments of a subcommand that takes so many words and these options. */
export function call(
  args: string[],
  programs: Programs,
  words: [number, number],
  flags: readonly Flag[],
): Call {
  const end = args.indexOf('--');
  const { values, positionals } = parse(end < 0 ? args : args.slice(0, end));
  const odd = Object.keys(values).find((flag) => flag !== 'data' && !flags.includes(flag as Flag));
  if (odd) throw misused(`--${odd} is not an option of this command.`);
  if (positionals.length < words[0] || positionals.length > words[1]) {
    throw misused(`This command takes ${words[0] === words[1] ? words[0] : words.join(' to ')} word(s).`);
  }
  const dataDir = dataFolder(values.data);
  return {
    registry: new EngineRegistry(dataDir),
    dataDir,
    programs,
    words: positionals,
    rest: end < 0 ? [] : args.slice(end + 1),
    values,
  };
}

/** Launch options as far as they were said, and with them what is not said from `before`; checked. */
export function launchOptionsOf(
  { values, rest }: Pick<Call, 'values' | 'rest'>,
  before?: LaunchOptions,
): LaunchOptions {
  const {
    vram,
    preview,
    attention,
    precision,
    device,
    'reserve-vram': reserve,
    'idle-free': idle,
    hang,
  } = values;
  const read = launchOptions.safeParse({
    ...before,
    ...(vram !== undefined && { vram }),
    ...(preview !== undefined && { preview }),
    ...(attention !== undefined && { attention }),
    ...(precision !== undefined && { precision }),
    ...(device !== undefined && { device: Number(device) }),
    ...(reserve !== undefined && { reserve_vram: Number(reserve) }),
    ...(idle !== undefined && { idle_free_s: seconds(idle, 'idle-free') }),
    ...(hang !== undefined && { hang_s: seconds(hang, 'hang') }),
    ...(rest.length > 0 && { extra: rest }),
  });
  if (read.success) return read.data;
  throw misused(read.error.issues.map((issue) => `--${flagOf(issue.path[0])}: ${wrong(issue)}.`).join(' '));
}

/** A union tells only that nothing fits. */
const wrong = ({ path, message }: { path: readonly unknown[]; message: string }): string =>
  path[0] === 'hang_s' ? 'from 60s to 24h, or 0 for never' : message;

const flagOf = (option: unknown): string =>
  ({ reserve_vram: 'reserve-vram', idle_free_s: 'idle-free', hang_s: 'hang' })[String(option)] ??
  String(option);

const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, min: 60, h: 3600 };

/** `90`, `90s`, `15min` or `2h` in seconds. */
function seconds(text: string, flag: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/.exec(text) ?? [];
  const factor = units[unit];
  if (number === undefined || factor === undefined)
    throw misused(`--${flag}: a time such as 90s, 15min or 2h, not "${text}".`);
  return Math.round(Number(number) * factor);
}

/** `NAME=VALUE`, or with another separator, as a record. */
export function pairs(said: readonly string[] | undefined, separator: '=' | ':'): Record<string, string> {
  return Object.fromEntries(
    (said ?? []).map((text) => {
      const at = text.indexOf(separator);
      if (at < 1) throw misused(`"${text}" should read NAME${separator}VALUE.`);
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    }),
  );
}

/** Steps as lines; what a tool prints meanwhile only on a terminal, over and over on one line. */
export function steps(): InstallListener<string> & { done(): void } {
  const { isTTY = false, columns = 80 } = process.stdout;
  const done = (): void => void (isTTY && process.stdout.write('\r\x1b[K'));
  return {
    done,
    step: (name, state) => {
      done();
      say(state === 'begins' ? `→ ${name}` : `✓ ${name} (done before)`);
    },
    line: (text) => {
      done();
      if (isTTY) process.stdout.write(`  ${text.slice(0, columns - 4)}`);
    },
  };
}

import type { LaunchOptions } from '#shared/wire/engines.ts';

const attention: Readonly<Record<NonNullable<LaunchOptions['attention']>, string>> = {
  'split-cross': '--use-split-cross-attention',
  'quad-cross': '--use-quad-cross-attention',
  'pytorch-cross': '--use-pytorch-cross-attention',
  sage: '--use-sage-attention',
  flash: '--use-flash-attention',
};

/** The arguments that these options stand for. */
export function optionArguments(options: LaunchOptions): string[] {
  return [
    ...(options.vram ? [`--${options.vram}`] : []),
    ...['--preview-method', options.preview],
    ...(options.attention ? [attention[options.attention]] : []),
    ...(options.precision ? [`--${options.precision}`] : []),
    ...(options.device === undefined ? [] : ['--cuda-device', String(options.device)]),
    ...(options.reserve_vram === undefined ? [] : ['--reserve-vram', String(options.reserve_vram)]),
    ...options.extra,
  ];
}

/** Arguments that Atelier decides: where it listens, and that no browser pops up. */
const ours = ['--listen', '--port', '--auto-launch', '--tls-keyfile', '--tls-certfile', '--help', '-h'];

export interface OfferedOptions {
  /** The options that this very checkout's `main.py --help` names, each with its choices if it has any. */
  readonly flags: Readonly<Record<string, readonly string[]>>;
}

/** What is wrong with these options for this checkout, each in a sentence; empty when it will take them. */
export function optionProblems(options: LaunchOptions, offered: OfferedOptions): string[] {
  const args = optionArguments(options);
  const problems: string[] = [];
  for (const [index, arg] of args.entries()) {
    if (!arg.startsWith('-') || /^-\d/.test(arg)) continue;
    const [flag = arg, inline] = arg.split('=', 2);
    if (ours.includes(flag)) {
      problems.push(
        `${flag} is decided by Atelier, which runs each engine on loopback and a free port; leave it out.`,
      );
      continue;
    }
    const choices = offered.flags[flag];
    if (!choices) {
      const near = nearest(flag, Object.keys(offered.flags));
      problems.push(`This ComfyUI does not know ${flag}.${near ? ` Did you mean ${near}?` : ''}`);
      continue;
    }
    const value = inline ?? args[index + 1];
    if (choices.length > 0 && value !== undefined && !value.startsWith('-') && !choices.includes(value)) {
      problems.push(`${flag} takes ${choices.join(', ')}, not "${value}".`);
    }
  }
  return problems;
}

/** The known option that is spelled most like it, when it can be a slip. */
function nearest(flag: string, known: readonly string[]): string | undefined {
  const best = known
    .map((option) => ({ option, slips: slipsBetween(flag, option) }))
    .toSorted((one, other) => one.slips - other.slips)[0];
  return best && best.slips <= Math.max(1, flag.length / 4) ? best.option : undefined;
}

/** Letters to change, add or leave out between two words (Levenshtein). */
function slipsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (const [at, wanted] of [...other].entries()) {
      const [left = 0, above = 0, corner = 0] = [next[at], row[at + 1], row[at]];
      next.push(Math.min(left + 1, above + 1, corner + (letter === wanted ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Reads argparse's help: option lines begin with two blanks and a dash, choices stand in braces or brackets. */
export function readHelp(help: string): OfferedOptions {
  const flags: Record<string, string[]> = {};
  for (const line of help.split(/\r?\n/)) {
    const option = /^ {2}(-\S.*)$/.exec(line)?.[1];
    if (!option) continue;
    // The description follows after two blanks.
    const [head = ''] = option.split(/ {2,}/);
    const choices = /[{[]([\w.-]+(?:,[\w.-]+)+)[}\]]/.exec(head)?.[1]?.split(',') ?? [];
    for (const [flag] of head.matchAll(/(?<![\w-])--?[a-zA-Z][\w-]*/g)) flags[flag] = choices;
  }
  return { flags };
}

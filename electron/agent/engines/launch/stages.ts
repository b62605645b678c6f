import { type ImportedPack, type LaunchReport, launchStages } from '#shared/wire/engines.ts';

type Stage = LaunchReport['stage'];

const order: readonly Stage[] = launchStages;

/** Follows how far a ComfyUI's start has come by its log, line by line. */
export class LaunchStages {
  #report: LaunchReport = { stage: 'python', python: '', torch: '', device: '', version: '', packs: [] };
  /** What each pack's import said, until the list of import times comes. */
  readonly #errors = new Map<string, string>();
  #lastLine = '';

  get report(): LaunchReport {
    return this.#report;
  }

  /** Takes a line; true when it told something new. */
  line(text: string): boolean {
    const before = this.#report;
    this.#read(text.trimEnd());
    if (text.trim()) this.#lastLine = text.trim();
    return this.#report !== before;
  }

  #read(text: string): void {
    const torch = /^pytorch version: (.+)$/i.exec(text)?.[1];
    const device = /^Device: (.+)$/.exec(text)?.[1];
    const python = /^\*{0,2} ?Python version: (\S+)/.exec(text)?.[1];
    const version = /^\*{0,2} ?ComfyUI version: (\S+)/.exec(text)?.[1];
    if (torch) this.#become('torch', { torch });
    if (device) this.#become('torch', { device });
    if (python) this.#become('python', { python });
    if (version) this.#become('node packs', { version });
    this.#readPack(text);
    if (/^Starting server/.test(text)) this.#become('server', {});
    if (/^To see the GUI go to:/.test(text)) this.#become('ready', {});
  }

  #readPack(text: string): void {
    const failed = /Cannot import (.+?) module for custom nodes: ?(.*)$/.exec(text);
    if (failed?.[1]) this.#errors.set(packName(failed[1]), failed[2] || this.#lastLine);
    const time = /^\s+(\d+(?:\.\d+)?) seconds( \(IMPORT FAILED\))?: (.+)$/.exec(text);
    if (!time?.[3]) return;
    const name = packName(time[3]);
    const error = this.#errors.get(name);
    const pack: ImportedPack = {
      name,
      seconds: Number(time[1]),
      failed: time[2] !== undefined,
      ...(error && { error }),
    };
    this.#become('node packs', { packs: [...this.#report.packs.filter((one) => one.name !== name), pack] });
  }

  /** Stages only go forward: a pack may print anything. */
  #become(stage: Stage, change: Partial<LaunchReport>): void {
    const furthest = order.indexOf(stage) > order.indexOf(this.#report.stage) ? stage : this.#report.stage;
    this.#report = { ...this.#report, ...change, stage: furthest };
  }
}

/** The last part of a path of either system. */
const packName = (path: string): string => path.trim().split(/[\\/]/).filter(Boolean).at(-1) ?? path;

const words: Readonly<Record<Stage, string>> = {
  python: 'Python is starting.',
  torch: 'PyTorch is loading.',
  'node packs': 'Node packs are being imported.',
  server: 'The server is starting.',
  ready: 'The server is up.',
};

/** Where a start stands, in a sentence, with what went wrong so far. */
export function stageWords({ stage, packs }: LaunchReport): string {
  const failed = packs.filter((pack) => pack.failed).map((pack) => pack.name);
  return failed.length === 0 ? words[stage] : `${words[stage]} Not imported: ${failed.join(', ')}.`;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Where the parts that a command starts lie on disk. */
export interface Programs {
  readonly root: string;
  readonly starterEngine: string;
  readonly deskFolder: string;
}

/** The command was called wrongly; the words say how. */
export class UsageError extends Error {
  /** How this command is called, when the program's own overview would not help. */
  readonly usage: string | undefined;

  constructor(message: string, usage?: string) {
    super(message);
    this.usage = usage;
  }
}

/** Arguments of a command, or a UsageError that names the one that is wrong. */
export function readArgs<const Config extends ParseArgsConfig>(config: Config) {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** A whole number of an option within bounds. */
export function wholeNumber(text: string, option: string, min: number, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new UsageError(`--${option} takes a whole number from ${min} to ${max}, not "${text}".`);
  }
  return value;
}

export function version(programs: Programs): string {
  const manifest: unknown = JSON.parse(readFileSync(join(programs.root, 'package.json'), 'utf8'));
  return (manifest as { version: string }).version;
}

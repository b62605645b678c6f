import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { EngineChoice } from '../agent/agent.ts';

/** Where the parts that a command starts lie on disk. */
export interface Programs {
  readonly root: string;
  readonly starterEngine: string;
  readonly deskFolder: string;
}

/** The command was called wrongly; the words say how. */
export class UsageError extends Error {}

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

/** `starter`, or the address of a server that speaks ComfyUI's protocol. */
export function engineChoice(said: string, programs: Programs): EngineChoice {
  if (said === 'starter') return { kind: 'starter', command: [process.execPath, programs.starterEngine] };
  if (!/^https?:\/\//.test(said) || !URL.canParse(said)) {
    throw new UsageError(
      `--engine takes "starter" or an address such as http://127.0.0.1:8188, not "${said}".`,
    );
  }
  return { kind: 'url', url: said.replace(/\/+$/, '') };
}

export function version(programs: Programs): string {
  const manifest: unknown = JSON.parse(readFileSync(join(programs.root, 'package.json'), 'utf8'));
  return (manifest as { version: string }).version;
}

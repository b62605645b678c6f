import { readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { NodeContext } from './node.ts';

type Folders = NodeContext['folders'];

/** True when `path` is `folder` or lies in it. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(resolve(folder), resolve(path));
  return way !== '..' && !/^\.\.[/\\]/.test(way) && !isAbsolute(way);
}

/**
 * The file that a LoadImage value names: `name.png`, `sub/name.png`, or either with ` [input]`, ` [output]` or
 * ` [temp]` behind it. Undefined where the name leaves its folder; ComfyUI would follow it.
 */
export function annotatedPath(value: string, folders: Folders): string | undefined {
  const suffix = /^(.*).\[(input|output|temp)\]$/s.exec(value);
  const folder = folders[(suffix?.[2] ?? 'input') as keyof Folders];
  const path = join(folder, suffix?.[1] ?? value);
  return value.includes('\0') || !isInside(folder, path) ? undefined : path;
}

export function fileExists(path: string | undefined): path is string {
  return path !== undefined && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false);
}

/** Names of the files right in the input folder, sorted as Python sorts. */
export function inputFiles(folders: Folders, pattern?: RegExp): string[] {
  let entries: { isFile(): boolean; name: string }[] = [];
  try {
    entries = readdirSync(folders.input, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.isFile() && (pattern?.test(entry.name) ?? true))
    .map(({ name }) => name)
    .sort();
}

import { isAbsolute } from 'node:path';

/** Where a node pack is to come from. */
export type PackSource =
  | { readonly kind: 'git'; readonly address: string }
  | { readonly kind: 'registry'; readonly id: string; readonly version: string | undefined };

/**
 * Reads what a person wrote or a workflow file carries: a git address, the absolute path of a local repository,
 * `owner/name` on GitHub, or an id of the registry, with `@version` or without.
 */
export function readSource(text: string): PackSource {
  if (
    isAbsolute(text) ||
    /^(?:https?|ssh|git|file):\/\/[^-]/i.test(text) ||
    /^[\w.]+@[\w.]+:[^-]/.test(text)
  ) {
    return { kind: 'git', address: text };
  }
  if (/^\w[\w.-]*\/\w[\w.-]*$/.test(text)) return { kind: 'git', address: `https://github.com/${text}` };
  const [, id, version] = /^(\w[\w.-]{0,99})(?:@(\d[\w.+-]*))?$/.exec(text) ?? [];
  if (id) return { kind: 'registry', id, version };
  throw new Error(
    `"${text}" is no source of a node pack: name a git address, a folder with a repository, or an id of the registry.`,
  );
}

/** The folder that the pack gets, as `git clone` and ComfyUI-Manager name it. */
export function nameOf(source: PackSource): string {
  if (source.kind === 'registry') return source.id;
  const last =
    source.address
      .split(/[\\/:]/)
      .filter(Boolean)
      .at(-1) ?? '';
  return last.replace(/\.git$/i, '');
}

/** Why this can't be the name of a pack's folder; empty when it can. */
export function nameProblem(name: string): string {
  if (
    /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_ .+()-]{0,99}$/u.test(name) &&
    !/^__|[ .]$|\.(?:disabled|py)$/i.test(name)
  )
    return '';
  return `"${name}" can't be the name of a node pack's folder. Choose one with --name.`;
}

/** Two spellings of one repository. */
export function sameAddress(one: string, other: string): boolean {
  return one !== '' && plain(one) === plain(other);
}

const plain = (address: string): string =>
  address
    .replace(/^[a-z+]+:\/\//i, '')
    .replace(/^[^@/]+@/, '')
    .replace(':', '/')
    .replace(/(?:\.git)?\/*$/, '')
    .toLowerCase();

import type { PackageChange } from './resolve.ts';

const isTorch = (name: string): boolean => name.startsWith('torch');

/** What changing this package would break, in words; refused unless somebody insists. */
export function guardWords(change: PackageChange): string[] {
  const { name, from, kind, rebuilt, breaks } = change;
  const goes = changeWords(change);
  const back = kind === 'downgraded' || kind === 'changed';
  return [
    ...(from !== null && isTorch(name) && rebuilt
      ? [`${goes} is another build of PyTorch; the engine may lose its GPU.`]
      : []),
    ...(back && !rebuilt && (isTorch(name) || name === 'numpy')
      ? [`${goes} goes back behind what the engine runs with.`]
      : []),
    ...breaks.map(({ by, wants }) => `${goes}, but ${by} wants ${name} ${wants}.`),
  ];
}

export const guardedChanges = (changes: readonly PackageChange[]): string[] => changes.flatMap(guardWords);

export const changeWords = ({ name, from, to }: PackageChange): string =>
  from === null ? `${name} ${to}` : `${name} ${from} → ${to}`;

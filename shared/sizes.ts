const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A size as people say it: 3.2 GB. */
export function bytesInWords(count: number): string {
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3));
  const amount = count / 1000 ** power;
  return `${amount.toFixed(power > 1 && amount < 100 ? 1 : 0)} ${units[power]}`;
}

/** A line of arguments as one types it: words apart by blanks, blanks kept inside quotes. A quote alone is itself. */
export function splitArguments(text: string): string[] {
  const words = text.matchAll(/(?:"[^"]*"|'[^']*'|\S)+/g);
  return [...words].map(([word]) => word.replace(/"([^"]*)"|'([^']*)'/g, (_, one, other) => one ?? other));
}

/** The same back again. */
export const joinArguments = (words: readonly string[]): string =>
  words.map((word) => (/[\s"']|^$/.test(word) ? `"${word.replaceAll('"', `"'"'"`)}"` : word)).join(' ');

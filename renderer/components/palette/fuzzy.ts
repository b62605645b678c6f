const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replaceAll(/\p{Diacritic}/gu, '')
    .toLowerCase();

/** Points for a letter of the query, by where it is found. */
const points = { wordStart: 8, afterLast: 5, inside: 1, gap: -0.2 } as const;

const startsWord = (text: string, at: number): boolean => at === 0 || /[\s\-_/.:(]/.test(text[at - 1] ?? '');

/**
 * How well a text fits what is typed: its letters in their order, at word starts and side by side best. `null` when it
 * does not fit at all. Short texts win among equals.
 */
export function matching(typed: string, text: string): number | null {
  const query = plain(typed).replaceAll(/\s+/g, '');
  const body = plain(text);
  if (query === '') return 0;
  const whole = body.indexOf(plain(typed).trim());
  let score = whole >= 0 ? query.length * points.afterLast + (startsWord(body, whole) ? 20 : 0) : 0;
  let last = -1;
  for (const letter of query) {
    const at = next(body, letter, last);
    if (at < 0) return null;
    if (at === last + 1 && last >= 0) score += points.afterLast;
    else score += startsWord(body, at) ? points.wordStart : points.inside;
    if (last >= 0) score += (at - last - 1) * points.gap;
    last = at;
  }
  return score - body.length * 0.05;
}

/** The next place of a letter: right after the last one, else at a word's start, else anywhere. */
function next(body: string, letter: string, last: number): number {
  if (last >= 0 && body[last + 1] === letter) return last + 1;
  for (let at = body.indexOf(letter, last + 1); at >= 0; at = body.indexOf(letter, at + 1)) {
    if (startsWord(body, at)) return at;
  }
  return body.indexOf(letter, last + 1);
}

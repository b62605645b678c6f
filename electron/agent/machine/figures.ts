/** The named numbers that are known, under their names: what a tool does not tell is left out, not zero. */
export function known<Name extends string>(
  figures: Readonly<Record<Name, number | undefined>>,
): Partial<Record<Name, number>> {
  return Object.fromEntries(
    Object.entries<number | undefined>(figures).filter(([, figure]) => Number.isFinite(figure)),
  ) as Partial<Record<Name, number>>;
}

/** A number, also as text (`"45.0"`); nothing for the many ways to say that there is none (`[N/A]`, `N/A`, null). */
export function figure(value: unknown): number | undefined {
  const number =
    typeof value === 'string' && value.trim() !== '' ? Number(value) : (value as number | undefined);
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A share as tools report it, which now and then runs over. */
export function percent(value: unknown): number | undefined {
  const number = figure(value);
  return number === undefined ? undefined : Math.min(100, Math.max(0, number));
}

/** The first that is a number. */
export const firstFigure = (...values: unknown[]): number | undefined =>
  values.map(figure).find((one) => one !== undefined);

/** The JSON that a tool printed, after the warnings that some versions print before it. */
export function printedJson(text: string): unknown {
  return JSON.parse(text.slice(Math.max(0, text.search(/^[[{]/m))));
}

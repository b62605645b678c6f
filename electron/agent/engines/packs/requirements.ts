/** The lines of a requirements file that say something, continued lines joined. */
export function requirementLines(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/\\\r?\n/g, '')
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter(Boolean);
}

/**
 * Whether a line names a package of the index and nothing else. Everything beyond (an address, a path, another index,
 * an option) takes code from a place that nobody has looked at, and building it runs that code.
 */
export function isPlain(line: string): boolean {
  const text = line.replace(/\s+/g, ' ').replace(/ --hash[= ]\w+:\w+/g, '');
  return (
    !text.includes(' --') &&
    /^[A-Za-z0-9][\w.-]* ?(?:\[[\w ,.-]*\])? ?(?:\(?[<>=!~][^;@/\\$]*)?(?:;[^@/\\$]*)?$/.test(text)
  );
}

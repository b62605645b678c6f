/** What forms hold lies in this browser, by workflow: bounded in number and size, the least used goes first. */
const prefix = 'atelier.form.';
const order = 'atelier.forms';
const mostForms = 40;
const largest = 256 * 1024;

const read = (key: string): unknown => {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
};

const recent = (): string[] => {
  const slugs = read(order);
  return Array.isArray(slugs) ? slugs.filter((one) => typeof one === 'string') : [];
};

export function forget(slug: string): void {
  localStorage.removeItem(prefix + slug);
}

export const recall = (slug: string): unknown => read(prefix + slug);

/** Keeps it, and lets go of what was not used for the longest time; a full browser loses old forms, never the run. */
export function remember(slug: string, value: unknown): void {
  const text = JSON.stringify(value);
  if (text.length > largest) {
    forget(slug);
    return;
  }
  const slugs = [slug, ...recent().filter((one) => one !== slug)];
  for (const old of slugs.splice(mostForms)) forget(old);
  while (!stored(slug, text, slugs) && slugs.length > 1) forget(slugs.pop() ?? '');
}

function stored(slug: string, text: string, slugs: readonly string[]): boolean {
  try {
    localStorage.setItem(prefix + slug, text);
    localStorage.setItem(order, JSON.stringify(slugs));
    return true;
  } catch {
    return false;
  }
}

type Plist = string | number | boolean | Plist[] | { [key: string]: Plist };

const mark = /<(\/?)(plist|dict|array|key|string|integer|real|data|date|true|false)\b[^>]*?(\/?)>([^<]*)/g;
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

interface Tag {
  readonly name: string;
  readonly closes: boolean;
  readonly empty: boolean;
  readonly text: string;
}

/** Reads a property list as macOS's tools write it in XML; binary data and dates stay text. Throws on anything else. */
export function readPlist(xml: string): Plist {
  if (!xml.includes('<plist')) throw new Error('this is no property list');
  const tags: Tag[] = [...xml.matchAll(mark)].map(([, slash, name = '', empty, text = '']) => ({
    name,
    closes: slash === '/',
    empty: empty === '/',
    text: text.replaceAll(/&(\w+);/g, (whole, entity: string) => entities[entity] ?? whole),
  }));
  let at = tags.findIndex(({ name }) => name === 'plist') + 1;

  /** The tag here, after which reading goes on. */
  const next = (): Tag => {
    const tag = tags[at];
    if (!tag) throw new Error('the property list ends too early');
    at += 1;
    return tag;
  };
  const closed = (name: string): boolean => {
    const tag = tags[at];
    if (!tag?.closes || tag.name !== name) return false;
    at += 1;
    return true;
  };
  const value = (): Plist => {
    const { name, closes, empty, text } = next();
    if (closes) throw new Error(`the property list has no value before </${name}>`);
    if (name === 'true' || name === 'false') {
      if (!empty) next();
      return name === 'true';
    }
    if (name === 'array') return empty ? [] : items();
    if (name === 'dict') return empty ? {} : entries();
    if (!empty) next();
    return name === 'integer' || name === 'real' ? Number(text) : text;
  };
  const items = (): Plist[] => {
    const all: Plist[] = [];
    while (!closed('array')) all.push(value());
    return all;
  };
  const entries = (): Record<string, Plist> => {
    const all: [string, Plist][] = [];
    while (!closed('dict')) all.push([String(value()), value()]);
    return Object.fromEntries(all);
  };
  return value();
}

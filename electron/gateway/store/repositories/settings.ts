import type { Reader, Store, Writer } from '../store.ts';

/** A gateway-wide value, or `undefined`. */
export function readSetting(reader: Reader, name: string): string | undefined {
  return reader.hot<{ value: string }>('SELECT value FROM settings WHERE name = ?', name)[0]?.value;
}

export function writeSetting(writer: Writer, name: string, value: string): void {
  writer.hotRun(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    name,
    value,
  );
}

/** The value of a setting, made at the first asking; safe against another process doing the same. */
export function settingOr(store: Store, name: string, make: () => string): Promise<string> {
  const kept = readSetting(store.read, name);
  if (kept !== undefined) return Promise.resolve(kept);
  return store.write((writer) => {
    const raced = readSetting(writer, name);
    if (raced !== undefined) return raced;
    const made = make();
    writeSetting(writer, name, made);
    return made;
  });
}

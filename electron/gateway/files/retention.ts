import type { Retention } from '#shared/wire/storage.ts';
import { retention as shape } from '#shared/wire/storage.ts';
import { readSetting, writeSetting } from '../store/repositories/settings.ts';
import type { Store } from '../store/store.ts';

const name = 'retention';
/** A desktop forgets what it was fed, and keeps what it made. */
const usual: Retention = { input_days: 1, output_days: -1 };

export function readRetention(store: Store): Retention {
  const kept = readSetting(store.read, name);
  return kept === undefined ? usual : shape.parse({ ...usual, ...(JSON.parse(kept) as object) });
}

/** Only what is given changes. */
export function changeRetention(
  store: Store,
  changes: { readonly [Name in keyof Retention]?: Retention[Name] | undefined },
): Promise<Retention> {
  const now = readRetention(store);
  const next = {
    input_days: changes.input_days ?? now.input_days,
    output_days: changes.output_days ?? now.output_days,
  };
  return store.write((writer) => {
    writeSetting(writer, name, JSON.stringify(next));
    return next;
  });
}

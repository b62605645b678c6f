import { setImmediate as turn } from 'node:timers/promises';
import { readSetting, writeSetting } from '../store/repositories/settings.ts';
import type { OutputRow } from '../store/schema.ts';
import type { Store } from '../store/store.ts';
import { idEnd } from './filter.ts';
import type { Thumbnails } from './thumbnails.ts';

const atOnce = 200;
const marker = 'previews_until';

type Look = Pick<OutputRow, 'id' | 'sha256' | 'kind' | 'listed'> & { readonly seen: 0 | 1 };

/**
 * Draws what was made before there were thumbnails, or while the gateway went down: newest first, down to where an
 * earlier walk has been. Whoever looks at a picture meanwhile is served first, since one picture is drawn at a time.
 */
export async function fillThumbnails(
  store: Store,
  thumbnails: Thumbnails,
  stopped: AbortSignal,
): Promise<void> {
  const until = readSetting(store.read, marker) ?? '';
  let newest: string | undefined;
  let below = idEnd;
  while (!stopped.aborted) {
    const rows = store.read.hot<Look>(
      `SELECT id, outputs.sha256, kind, listed, previews.sha256 IS NOT NULL AS seen FROM outputs
       LEFT JOIN previews ON previews.sha256 = outputs.sha256
       WHERE id < ? AND id > ? ORDER BY id DESC LIMIT ?`,
      below,
      until,
      atOnce,
    );
    newest ??= rows[0]?.id;
    for (const row of rows) {
      if (stopped.aborted) return;
      if (row.kind === 'image' && row.listed === 1 && row.seen === 0) await thumbnails.make(row.sha256);
    }
    below = rows.at(-1)?.id ?? '';
    if (rows.length < atOnce) break;
    await turn();
  }
  const seen = newest;
  if (seen === undefined || stopped.aborted) return;
  await store.write((writer) => writeSetting(writer, marker, seen));
}

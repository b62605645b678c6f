import { useTranslation } from 'react-i18next';
import type { OutputItem } from '#shared/wire/outputs.ts';
import { galleryApi, useChangeOutputs } from '../../api/gallery.ts';
import { notify } from '../../ui/notices.tsx';
import { selection } from './selection.ts';

const tell = (error: unknown) => void notify.bad(error instanceof Error ? error.message : String(error));
const idsOf = (items: readonly OutputItem[]) => items.map(({ id }) => id);

function follow(url: string, name: string): void {
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
}

/** What one can do with works, one or many. */
export function useDeeds() {
  const { t } = useTranslation();
  const { star, remove, restore } = useChangeOutputs();

  const bringBack = (items: readonly OutputItem[]) =>
    restore.mutate(idsOf(items), {
      onSuccess: ({ changed_count: count }) => notify.done(t('gallery.restored', { count })),
      onError: tell,
    });
  return {
    bringBack,
    /** Starred, unless all of them are. */
    star: (items: readonly OutputItem[]) =>
      star.mutate(
        { output_ids: idsOf(items), is_starred: !items.every(({ is_starred }) => is_starred) },
        {
          onSuccess: () => selection.clear(),
          onError: tell,
        },
      ),
    remove: (items: readonly OutputItem[]) =>
      remove.mutate(idsOf(items), {
        onSuccess: ({ changed_count: count }) => {
          selection.drop(idsOf(items));
          notify.undo(t('gallery.deleted', { count }), t('gallery.undo'), () => bringBack(items));
        },
        onError: tell,
      }),
    download: (items: readonly OutputItem[]) => {
      const [only] = items;
      if (only && items.length === 1) return follow(only.url, only.name);
      galleryApi.zip(idsOf(items)).then(({ url }) => follow(url, 'atelier.zip'), tell);
    },
  };
}

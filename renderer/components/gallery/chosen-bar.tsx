import { Columns2, Download, RotateCcw, Star, Trash2, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { mostOutputs } from '#shared/wire/outputs.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { selection, useSelection } from './selection.ts';
import { useDeeds } from './use-deeds.ts';

interface BarProps {
  /** Those that are shown were deleted: they can only be brought back. */
  readonly deleted: boolean;
  readonly onCompare: (one: string, other: string) => void;
}

const icon = { size: 16, strokeWidth: 1.5, 'aria-hidden': true } as const;

/** What to do with what is chosen; in reach wherever one has scrolled to. */
export function ChosenBar({ deleted, onCompare }: BarProps) {
  const { t } = useTranslation();
  const may = useMay();
  const deeds = useDeeds();
  const chosen = useSelection(({ items }) => items);
  const items = [...chosen.values()];
  const [one, other, third] = items;
  if (!one) return null;
  const pair = other && !third && [one, other].every(({ kind }) => kind === 'image') ? other : null;
  return (
    <section
      aria-label={t('gallery.chosenBar')}
      className="fixed inset-x-2 bottom-16 z-20 mx-auto flex w-fit max-w-[calc(100vw-1rem)] animate-arrive flex-wrap items-center justify-center gap-1.5 rounded-card border border-line bg-raised p-2 shadow-lift sm:bottom-6 sm:left-24"
    >
      <span className="tabular px-2 font-medium" aria-live="polite">
        {items.length >= mostOutputs
          ? t('gallery.tooMany', { count: mostOutputs })
          : t('gallery.chosen', { count: items.length })}
      </span>
      {deleted && may('restoreOutputs') && (
        <Button
          look="primary"
          onClick={() => {
            deeds.bringBack(items);
            selection.clear();
          }}
        >
          <RotateCcw {...icon} />
          {t('gallery.restore')}
        </Button>
      )}
      {!deleted && (
        <>
          <Button onClick={() => deeds.download(items)}>
            <Download {...icon} />
            {t(other ? 'gallery.downloadZip' : 'gallery.download')}
          </Button>
          {pair && (
            <Button onClick={() => onCompare(one.id, pair.id)}>
              <Columns2 {...icon} />
              {t('gallery.compare')}
            </Button>
          )}
          {may('starOutputs') && (
            <Button onClick={() => deeds.star(items)}>
              <Star {...icon} />
              {t(items.every(({ is_starred }) => is_starred) ? 'gallery.unstar' : 'gallery.star')}
            </Button>
          )}
          {may('deleteOutputs') && (
            <Button look="danger" onClick={() => deeds.remove(items)}>
              <Trash2 {...icon} />
              {t('gallery.delete')}
            </Button>
          )}
        </>
      )}
      <Button look="quiet" size="icon" aria-label={t('gallery.chooseNone')} onClick={selection.clear}>
        <X {...icon} />
      </Button>
    </section>
  );
}

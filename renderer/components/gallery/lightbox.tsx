import { clsx } from 'clsx';
import { ChevronLeft, ChevronRight, Download, Info, Star, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputItem } from '#shared/wire/outputs.ts';
import { useNeighbour, useOutput } from '../../api/gallery.ts';
import { ApiError } from '../../api/http.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../problem.tsx';
import { Details, type Value } from './details.tsx';
import type { OutputQuery } from './filter.ts';
import { Over } from './over.tsx';
import { useDeeds } from './use-deeds.ts';
import { Viewer } from './viewer.tsx';

interface LightboxProps {
  readonly id: string;
  readonly query: OutputQuery;
  readonly onLook: (id: string, replace: boolean) => void;
  readonly onClose: () => void;
  readonly onFilter: (value: Value) => void;
}

const icon = { size: 18, strokeWidth: 1.5, 'aria-hidden': true } as const;

/** What hangs beside it, and their pictures on their way already. Who steps before that is known steps once it is. */
function useSteps(query: OutputQuery, id: string, onLook: LightboxProps['onLook']) {
  const newer = useNeighbour(query, id, 'oldest').data;
  const older = useNeighbour(query, id, 'newest').data;
  const [wish, setWish] = useState<'newer' | 'older' | null>(null);
  useEffect(() => {
    for (const item of [newer, older]) if (item?.kind === 'image') new Image().src = item.url;
  }, [newer, older]);
  useEffect(() => {
    const to = wish === 'newer' ? newer : older;
    if (wish === null || to === undefined) return;
    setWish(null);
    if (to) onLook(to.id, true);
  }, [wish, newer, older, onLook]);
  return { newer, older, step: setWish };
}

function Step({ to, newer, onLook }: { to: OutputItem; newer: boolean; onLook: LightboxProps['onLook'] }) {
  const { t } = useTranslation();
  const Icon = newer ? ChevronLeft : ChevronRight;
  return (
    <Button
      size="icon"
      aria-label={t(newer ? 'gallery.newer' : 'gallery.older')}
      onClick={() => onLook(to.id, true)}
      className={clsx(
        'absolute top-1/2 z-10 -translate-y-1/2 rounded-full! bg-raised/80 sm:size-11',
        newer ? 'left-2 sm:left-4' : 'right-2 sm:right-4',
      )}
    >
      <Icon {...icon} />
    </Button>
  );
}

/** One key does one thing, wherever the focus is; not while somebody types. */
function useKeys(keys: readonly (readonly [key: string, act: (() => void) | false])[]): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { target, ctrlKey, metaKey, altKey } = event;
      if (ctrlKey || metaKey || altKey) return;
      if (target instanceof HTMLElement && target.closest('input, textarea, video, audio, pre')) return;
      // Something lies over the lightbox: the keys are meant for that.
      if (document.querySelectorAll('[role="dialog"]').length > 1) return;
      const act = keys.find(([key]) => key === event.key)?.[1];
      if (!act) return;
      event.preventDefault();
      act();
    };
    // On the way down: a dialog keeps the arrows to itself on their way up.
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, [keys]);
}

export default function Lightbox({ id, query, onLook, onClose, onFilter }: LightboxProps) {
  const { t } = useTranslation();
  const may = useMay();
  const deeds = useDeeds();
  const { data: item, error } = useOutput(id);
  const { newer, older, step } = useSteps(query, id, onLook);
  const [details, setDetails] = useState(() => window.innerWidth >= 900);
  const remove = () => {
    if (!item) return;
    deeds.remove([item]);
    const next = older ?? newer;
    if (next) onLook(next.id, true);
    else onClose();
  };
  const star = () => {
    if (item) deeds.star([item]);
  };
  const here = item !== undefined && item.id === id && item.deleted_at === null;
  useKeys([
    ['ArrowLeft', () => step('newer')],
    ['ArrowRight', () => step('older')],
    ['Delete', here && may('deleteOutputs') && remove],
    ['s', here && may('starOutputs') && star],
    ['i', () => setDetails((shown) => !shown)],
  ]);
  const gone = error instanceof ApiError && [400, 404].includes(error.status);
  return (
    <Over
      label={t('gallery.lightbox', { name: item?.name ?? '' })}
      title={item && <span className="text-soft">{item.workflow_name}</span>}
      onClose={onClose}
      actions={
        item && (
          <>
            {here && may('starOutputs') && (
              <Button
                look="quiet"
                size="icon"
                aria-label={t('gallery.star')}
                aria-pressed={item.is_starred}
                title={t('gallery.starHint')}
                onClick={star}
              >
                <Star {...icon} fill={item.is_starred ? 'currentColor' : 'none'} />
              </Button>
            )}
            <Button
              look="quiet"
              size="icon"
              aria-label={t('gallery.download')}
              onClick={() => deeds.download([item])}
            >
              <Download {...icon} />
            </Button>
            {here && may('deleteOutputs') && (
              <Button look="quiet" size="icon" aria-label={t('gallery.delete')} onClick={remove}>
                <Trash2 {...icon} />
              </Button>
            )}
            <Button
              look={details ? 'plain' : 'quiet'}
              size="icon"
              aria-label={t('gallery.details')}
              aria-pressed={details}
              onClick={() => setDetails(!details)}
            >
              <Info {...icon} />
            </Button>
          </>
        )
      }
    >
      <div className="flex min-h-0 flex-1 max-md:flex-col">
        <div className="relative min-h-0 min-w-0 flex-1 overflow-hidden bg-well">
          {error && !item && (
            <div className="mx-auto max-w-lg p-6">
              <Problem error={gone ? new Error(t('gallery.missing')) : error} />
            </div>
          )}
          {item && <Viewer key={item.id} item={item} />}
          {newer && <Step to={newer} newer onLook={onLook} />}
          {older && <Step to={older} newer={false} onLook={onLook} />}
        </div>
        {item && details && (
          <aside
            aria-label={t('gallery.details')}
            className="overflow-y-auto border-line p-5 max-md:max-h-[48dvh] max-md:border-t md:w-88 md:shrink-0 md:border-l"
          >
            <Details item={item} onFilter={onFilter} />
          </aside>
        )}
      </div>
    </Over>
  );
}

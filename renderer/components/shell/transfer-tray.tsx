import { ArrowDown, ArrowUp, Check, ChevronDown, ChevronUp, RotateCw, TriangleAlert, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { clearTransfers, summary, type Transfer, useTransfers } from '../../state/transfers.ts';
import { Button } from '../../ui/button.tsx';
import { bytes } from '../format.ts';
import { ProgressLine } from '../task-frame.tsx';

const icon = { size: 16, strokeWidth: 1.5, 'aria-hidden': true } as const;

function Line({ transfer }: { transfer: Transfer }) {
  const { t } = useTranslation();
  const { name, direction, done, total, state, error, cancel, retry } = transfer;
  const Arrow = direction === 'up' ? ArrowUp : ArrowDown;
  const way = t(`transfers.${direction}`);
  return (
    <li className="flex items-center gap-3 py-2.5">
      {state === 'failed' ? (
        <TriangleAlert {...icon} className="shrink-0 text-bad" />
      ) : state === 'done' ? (
        <Check {...icon} className="shrink-0 text-good" />
      ) : (
        <Arrow {...icon} className="shrink-0 text-soft" />
      )}
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">
          <span className="sr-only">{way}: </span>
          {name}
        </p>
        {state === 'moving' && (
          <div className="my-1.5">
            <ProgressLine value={total ? done / total : 0} label={`${way}: ${name}`} />
          </div>
        )}
        <p className={`tabular text-small ${state === 'failed' ? 'text-bad' : 'text-soft'}`}>
          {state === 'failed'
            ? error
            : state === 'done'
              ? t('transfers.finished')
              : total
                ? t('transfers.of', { done: bytes(done), total: bytes(total) })
                : bytes(done)}
        </p>
      </div>
      {state === 'failed' && retry && (
        <Button look="quiet" size="icon" aria-label={t('transfers.retry', { name })} onClick={retry}>
          <RotateCw {...icon} />
        </Button>
      )}
      {state === 'moving' && cancel && (
        <Button look="quiet" size="icon" aria-label={t('transfers.cancel', { name })} onClick={cancel}>
          <X {...icon} />
        </Button>
      )}
    </li>
  );
}

/** All that goes up or down, in one line at the edge; opened it names each. Not there while nothing moves. */
export function TransferTray() {
  const { t } = useTranslation();
  const all = useTransfers((state) => state.all);
  const [open, setOpen] = useState(false);
  if (all.length === 0) return null;
  const { moving, failed, percent } = summary(all);
  const words =
    moving > 0
      ? t('transfers.under', { count: moving, percent })
      : failed > 0
        ? t('transfers.failed', { count: failed })
        : t('transfers.done');
  const Chevron = open ? ChevronDown : ChevronUp;
  return (
    <section
      aria-label={t('transfers.title')}
      className="fixed inset-x-4 top-3 z-20 flex max-w-xs animate-arrive flex-col-reverse rounded-card border border-line bg-raised shadow-lift sm:inset-x-auto sm:top-auto sm:bottom-4 sm:left-28 sm:w-xs sm:flex-col"
    >
      {open && (
        <div className="max-h-[40dvh] overflow-y-auto px-4 pt-2">
          <ul className="divide-y divide-line">
            {all.map((transfer) => (
              <Line key={transfer.id} transfer={transfer} />
            ))}
          </ul>
          {all.some(({ state }) => state !== 'moving') && (
            <Button look="quiet" className="-ml-3 mb-1" onClick={clearTransfers}>
              {t('transfers.clear')}
            </Button>
          )}
        </div>
      )}
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex h-10 w-full items-center gap-2 px-4 text-small"
      >
        <span className={`tabular flex-1 text-left ${failed > 0 && moving === 0 ? 'text-bad' : ''}`}>
          {words}
        </span>
        <Chevron {...icon} className="text-soft" />
      </button>
    </section>
  );
}

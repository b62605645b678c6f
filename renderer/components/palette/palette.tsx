import { Dialog } from '@base-ui/react/dialog';
import { clsx } from 'clsx';
import { Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { closeOverlay } from '../../state/overlays.ts';
import { type PaletteItem, useItems } from './items.ts';
import { Keys } from './keys.tsx';
import { type Ranked, rank } from './rank.ts';

const idOf = (place: number) => `palette-${place}`;

function Line({ item, place, active }: { item: PaletteItem; place: number; active: boolean }) {
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active) line.current?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const Icon = item.icon;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the search field above has the focus and the keys
    <div
      ref={line}
      id={idOf(place)}
      role="option"
      tabIndex={-1}
      aria-selected={active}
      onClick={() => {
        closeOverlay();
        item.act();
      }}
      className={clsx(
        'flex min-h-11 cursor-pointer items-center gap-3 rounded-control px-3 sm:min-h-10',
        active ? 'bg-line' : 'hover:bg-hover',
      )}
    >
      <Icon size={17} strokeWidth={1.5} className="shrink-0 text-soft" aria-hidden />
      <span className="min-w-0 flex-1 truncate">{item.label}</span>
      {item.hint && <span className="max-w-[45%] truncate text-small text-soft">{item.hint}</span>}
    </div>
  );
}

function List({ ranked, active }: { ranked: readonly Ranked[]; active: number }) {
  const { t } = useTranslation();
  let place = -1;
  return (
    <div
      id="palette-list"
      role="listbox"
      aria-label={t('palette.results')}
      className="max-h-[min(60dvh,28rem)] overflow-y-auto p-2"
    >
      {ranked.map(({ group, items }) => (
        // biome-ignore lint/a11y/useSemanticElements: a group of options in a listbox
        <div key={group} role="group" aria-label={t(`palette.groups.${group}`)} className="pb-1">
          <p aria-hidden className="px-3 pt-2 pb-1 text-small text-soft">
            {t(`palette.groups.${group}`)}
          </p>
          {items.map((item) => {
            place += 1;
            return <Line key={item.key} item={item} place={place} active={place === active} />;
          })}
        </div>
      ))}
    </div>
  );
}

/** What the keys do to the place in the list; `undefined` when it is not theirs. */
function moved(key: string, place: number, count: number): number | undefined {
  if (count === 0) return undefined;
  if (key === 'ArrowDown') return (place + 1) % count;
  if (key === 'ArrowUp') return (place - 1 + count) % count;
  if (key === 'PageDown') return Math.min(count - 1, place + 8);
  if (key === 'PageUp') return Math.max(0, place - 8);
  return undefined;
}

function Body() {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  const ranked = rank(useItems(), typed);
  const flat = ranked.flatMap(({ items }) => items);
  const at = Math.min(active, Math.max(0, flat.length - 1));
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moved(event.key, at, flat.length);
    if (next !== undefined) {
      event.preventDefault();
      setActive(next);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      closeOverlay();
      flat[at]?.act();
    }
  };
  return (
    <>
      <div className="flex items-center gap-3 border-line border-b px-4">
        <Search size={18} strokeWidth={1.5} className="shrink-0 text-soft" aria-hidden />
        <input
          role="combobox"
          aria-expanded
          aria-controls="palette-list"
          aria-activedescendant={flat.length > 0 ? idOf(at) : undefined}
          aria-autocomplete="list"
          aria-label={t('palette.placeholder')}
          placeholder={t('palette.placeholder')}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
          className="h-13 min-w-0 flex-1 bg-transparent text-lead outline-none"
        />
      </div>
      <List ranked={ranked} active={at} />
      {flat.length === 0 && (
        <p role="status" className="px-5 pb-6 text-soft">
          {t('palette.none', { text: typed })} {t('palette.noneHint')}
        </p>
      )}
      <footer
        className="hidden gap-5 border-line border-t px-5 py-2.5 text-small text-soft sm:flex"
        aria-hidden
      >
        <span className="flex items-center gap-1.5">
          <Keys keys={['↑', '↓']} /> {t('palette.hints.move')}
        </span>
        <span className="flex items-center gap-1.5">
          <Keys keys={['Enter']} /> {t('palette.hints.open')}
        </span>
        <span className="flex items-center gap-1.5">
          <Keys keys={['Esc']} /> {t('palette.hints.close')}
        </span>
      </footer>
    </>
  );
}

/** One field for all there is: pages, workflows, tasks and what can be done. */
export default function Palette() {
  const { t } = useTranslation();
  return (
    <Dialog.Root open onOpenChange={(open) => !open && closeOverlay()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 animate-arrive bg-shade" />
        <Dialog.Popup className="fixed top-[max(1rem,12dvh)] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-card border border-line bg-raised shadow-lift">
          <Dialog.Title className="sr-only">{t('palette.title')}</Dialog.Title>
          <Body />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

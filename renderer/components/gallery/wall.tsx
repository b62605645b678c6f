import { type KeyboardEvent, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputItem } from '#shared/wire/outputs.ts';
import { newestOutputs } from '../../api/gallery.ts';
import { notify } from '../../ui/notices.tsx';
import { Problem } from '../problem.tsx';
import { useNow } from '../use-now.ts';
import { dayName } from './day-name.ts';
import type { OutputQuery } from './filter.ts';
import { type Day, headingHeight, type PlacedChunk, type PlacedDay } from './plan.ts';
import type { Wall } from './rows.ts';
import { selection, useIsChoosing, useSelection } from './selection.ts';
import { Tile } from './tile.tsx';
import { useDeeds } from './use-deeds.ts';
import { type Laid, usePlan, useSteady } from './use-plan.ts';
import { useView } from './use-view.ts';

interface WallProps {
  readonly days: readonly Day[];
  readonly query: OutputQuery;
  readonly onOpen: (item: OutputItem) => void;
}

const wallOf = (width: number): Wall =>
  width < 560 ? { width, row: 128, gap: 6 } : { width, row: width < 1000 ? 180 : 220, gap: 8 };

type Choose = (item: OutputItem, range: boolean) => void;

interface ChunkProps {
  readonly chunk: PlacedChunk;
  readonly laid: Laid | undefined;
  readonly wall: Wall;
  readonly onOpen: (item: OutputItem) => void;
  readonly onChoose: Choose;
}

/** Rows where pictures will hang: the same height as a row, in the colour of the wall. */
const waiting = ({ row, gap }: Wall) =>
  `repeating-linear-gradient(var(--well) 0 ${row}px, transparent ${row}px ${row + gap}px)`;

function Part({ chunk, laid, wall, onOpen, onChoose }: ChunkProps) {
  if (!laid) {
    return (
      <div
        aria-hidden
        className="absolute inset-x-0 rounded-card opacity-60"
        style={{ top: chunk.top, height: chunk.height - wall.gap, backgroundImage: waiting(wall) }}
      />
    );
  }
  return (
    <ul className="absolute inset-x-0" style={{ top: chunk.top, height: chunk.height }}>
      {laid.rows.flatMap((row) =>
        row.pictures.map(({ index, left, width }) => {
          const item = laid.items[index];
          return (
            item && (
              <Tile
                key={item.id}
                item={item}
                left={left}
                top={row.top}
                width={width}
                height={row.height}
                onOpen={onOpen}
                onChoose={onChoose}
              />
            )
          );
        }),
      )}
    </ul>
  );
}

function DayHeading({ day }: { day: Day }) {
  const { t } = useTranslation();
  const now = useNow(true, 60_000);
  return (
    <h2
      className="sticky top-0 z-10 -mx-2 flex items-end gap-3 bg-ground/92 px-2 pb-2 backdrop-blur-sm"
      style={{ height: headingHeight }}
    >
      <span className="font-semibold text-lead">{dayName(t, day.day, now)}</span>
      <span className="tabular pb-px text-small text-soft">
        {t('gallery.dayCount', { count: day.count })}
      </span>
    </h2>
  );
}

/** The next tile in a direction: beside it in order, above and below by where it hangs. */
function tileBeside(box: HTMLElement, from: HTMLElement, key: string): HTMLElement | undefined {
  const tiles = [...box.querySelectorAll<HTMLElement>('[data-tile]')];
  const at = tiles.indexOf(from);
  if (key === 'ArrowLeft' || key === 'ArrowRight') return tiles[at + (key === 'ArrowRight' ? 1 : -1)];
  const here = from.getBoundingClientRect();
  const middle = here.left + here.width / 2;
  const down = key === 'ArrowDown';
  const others = tiles
    .map((tile) => ({ tile, place: tile.getBoundingClientRect() }))
    .filter(({ place }) => (down ? place.top > here.bottom - 1 : place.bottom < here.top + 1));
  const distance = ({ place }: (typeof others)[number]) =>
    Math.abs(place.top - here.top) * 4 + Math.max(0, place.left - middle, middle - place.right);
  return others.toSorted((a, b) => distance(a) - distance(b))[0]?.tile;
}

const tell = (error: unknown) => void notify.bad(error instanceof Error ? error.message : String(error));

function useKeys(query: OutputQuery, laid: ReadonlyMap<string, Laid>, choose: Choose) {
  const deeds = useDeeds();
  const itemOf = (tile: HTMLElement): OutputItem | undefined => {
    for (const { items } of laid.values()) {
      const item = items.find(({ id }) => id === tile.dataset.tile);
      if (item) return item;
    }
    return undefined;
  };
  return (event: KeyboardEvent<HTMLElement>) => {
    const tile = (event.target as HTMLElement).closest<HTMLElement>('[data-tile]');
    const item = tile && itemOf(tile);
    if (!tile || !item || event.altKey) return;
    const chosen = [...useSelection.getState().items.values()];
    const meant = chosen.length > 0 ? chosen : [item];
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== 'a') return;
      event.preventDefault();
      newestOutputs(query).then(selection.all, tell);
      return;
    }
    if (event.key === ' ') choose(item, event.shiftKey);
    else if (event.key === 'Delete') deeds.remove(meant);
    else if (event.key === 's') deeds.star(meant);
    else if (event.key.startsWith('Arrow')) {
      const next = tileBeside(event.currentTarget, tile, event.key);
      if (event.shiftKey && chosen.length === 0) selection.toggle(item);
      next?.focus();
      const reached = next && itemOf(next);
      if (event.shiftKey && reached) choose(reached, true);
    } else return;
    event.preventDefault();
  };
}

/** Everything that fits, day by day, as far as one can see; however much it is. */
export function WallOfWorks({ days, query, onOpen }: WallProps) {
  const box = useRef<HTMLDivElement>(null);
  const view = useView(box);
  const wall = useMemo(() => wallOf(view.width), [view.width]);
  const { plan, shown, laid, error, retry } = usePlan(days, query, wall, view);
  useSteady(box, plan);
  const choose = useMemo<Choose>(
    () => (item, range) => {
      if (range) selection.reach(query, item).catch(tell);
      else selection.toggle(item);
    },
    [query],
  );
  const onKeyDown = useKeys(query, laid, choose);
  const choosing = useIsChoosing();
  useEffect(() => {
    if (!choosing) return;
    const onKey = (event: globalThis.KeyboardEvent) => event.key === 'Escape' && selection.clear();
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [choosing]);
  return (
    <>
      {error && <Problem error={error} onRetry={retry} />}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the tiles in it */}
      <div
        ref={box}
        onKeyDown={onKeyDown}
        className="relative [overflow-anchor:none]"
        style={{ height: plan.height }}
      >
        {shown.map((day) => (
          <DaySection key={day.day.begins_at} {...{ day, laid, wall, onOpen }} onChoose={choose} />
        ))}
      </div>
    </>
  );
}

interface DayProps extends Omit<ChunkProps, 'chunk' | 'laid'> {
  readonly day: PlacedDay;
  readonly laid: ReadonlyMap<string, Laid>;
}

function DaySection({ day, laid, ...rest }: DayProps) {
  const { t } = useTranslation();
  return (
    <section
      aria-label={t('gallery.wall', { day: day.day.day })}
      className="absolute inset-x-0"
      style={{ top: day.top, height: day.height }}
    >
      <DayHeading day={day.day} />
      {day.chunks.map((chunk) => (
        <Part key={chunk.key} chunk={chunk} laid={laid.get(chunk.key)} {...rest} />
      ))}
    </section>
  );
}

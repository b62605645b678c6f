import { lazy, Suspense, useCallback, useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useSearch } from 'wouter';
import type { OutputItem } from '#shared/wire/outputs.ts';
import { useOutputDays } from '../api/gallery.ts';
import { ChosenBar } from '../components/gallery/chosen-bar.tsx';
import {
  type GalleryFilter,
  isFiltered,
  queryOf,
  readFilter,
  writeFilter,
} from '../components/gallery/filter.ts';
import { Filters } from '../components/gallery/filters.tsx';
import { selection } from '../components/gallery/selection.ts';
import { WallOfWorks } from '../components/gallery/wall.tsx';
import { Page } from '../components/page.tsx';
import { Settled } from '../components/settled.tsx';
import { Blank } from '../ui/blank.tsx';
import { Button, LinkButton } from '../ui/button.tsx';

const Lightbox = lazy(() => import('../components/gallery/lightbox.tsx'));
const Compare = lazy(() => import('../components/gallery/compare.tsx'));

/** Reads the page's address, and writes it: what is shown, and what is opened over it. */
function useAddress() {
  const search = useSearch();
  const [, navigate] = useLocation();
  const filterText = useMemo(() => writeFilter(readFilter(new URLSearchParams(search))).toString(), [search]);
  const filter = useMemo(() => readFilter(new URLSearchParams(filterText)), [filterText]);
  const query = useMemo(() => queryOf(filter), [filter]);
  const params = new URLSearchParams(search);
  const show = useCallback(
    (next: URLSearchParams, more: Record<string, string>, replace: boolean) => {
      for (const [name, value] of Object.entries(more)) next.set(name, value);
      navigate(next.size > 0 ? `/gallery?${next}` : '/gallery', { replace });
    },
    [navigate],
  );
  const change = useCallback(
    (edit: Partial<GalleryFilter>) => show(writeFilter({ ...filter, ...edit }), {}, true),
    [filter, show],
  );
  return {
    filter,
    query,
    change,
    clear: () => show(new URLSearchParams(), {}, false),
    open: params.get('open'),
    compared: params.get('compare')?.split(',') ?? [],
    /** Opens over the wall; from one to the next the way back stays the wall. */
    look: useCallback(
      (id: string, replace = false) => show(writeFilter(filter), { open: id }, replace),
      [filter, show],
    ),
    compare: (one: string, other: string) => show(writeFilter(filter), { compare: `${one},${other}` }, false),
    back: useCallback(() => show(writeFilter(filter), {}, true), [filter, show]),
  };
}

function Nothing({ filter, onClear }: { filter: GalleryFilter; onClear: () => void }) {
  const { t } = useTranslation();
  if (!isFiltered(filter)) {
    return (
      <Blank title={t('gallery.emptyTitle')} body={t('gallery.emptyBody')}>
        <LinkButton href="/workflows" look="primary">
          {t('gallery.goWorkflows')}
        </LinkButton>
      </Blank>
    );
  }
  return (
    <Blank
      title={t('gallery.nothingTitle')}
      body={t(filter.deleted ? 'gallery.nothingDeleted' : 'gallery.nothingBody')}
    >
      <Button onClick={onClear}>{t('gallery.showAll')}</Button>
    </Blank>
  );
}

export default function Gallery() {
  const { t } = useTranslation();
  const address = useAddress();
  const { filter, query, look } = address;
  const days = useOutputDays(query);
  const queryText = JSON.stringify(query);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is chosen belongs to what is shown
  useEffect(() => selection.clear, [queryText]);
  const onOpen = useCallback((item: OutputItem) => look(item.id), [look]);
  const [one, other] = address.compared;
  return (
    <Page
      wide
      title={t('gallery.title')}
      subtitle={
        days.data && days.data.total_count > 0
          ? t('gallery.count', { count: days.data.total_count })
          : t('gallery.subtitle')
      }
    >
      <Filters filter={filter} onChange={address.change} onClear={address.clear} />
      <Settled query={days}>
        {({ day_list }) =>
          day_list.length === 0 ? (
            <Nothing filter={filter} onClear={address.clear} />
          ) : (
            <WallOfWorks key={queryText} days={day_list} query={query} onOpen={onOpen} />
          )
        }
      </Settled>
      <ChosenBar deleted={filter.deleted} onCompare={address.compare} />
      <Suspense>
        {address.open && (
          <Lightbox
            id={address.open}
            query={query}
            onLook={look}
            onClose={address.back}
            onFilter={(value) => address.change({ values: [...filter.values, value] })}
          />
        )}
        {one && other && <Compare one={one} other={other} onClose={address.back} />}
      </Suspense>
    </Page>
  );
}
